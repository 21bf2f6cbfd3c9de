"""The signals that end a watch or have it look at its configuration anew."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from escalate_cli.core.calendar.duration import SECOND, Span

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """SIGTERM and SIGINT ask for the end, SIGHUP for a fresh look at the configuration; each wakes
    whoever waits on `fd`.
    """

    def __init__(self) -> None:
        self.fd, self._write_fd = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_fd, False)
        self.stop = False
        self.reload = False

    @contextmanager
    def heard(self) -> Iterator[Signals]:
        """Listen while the block runs."""
        before = {number: signal.signal(number, self._hear) for number in HEARD}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self.fd)
            os.close(self._write_fd)

    def _hear(self, number: int, frame: object) -> None:
        if number == signal.SIGHUP:
            self.reload = True
        else:
            self.stop = True
        with suppress(OSError):  # the pipe is full: whoever waits on it is awake already
            os.write(self._write_fd, b".")

    def rest(self, span: Span, news: Sequence[int] = ()) -> bool:
        """Wait for a signal or for one of these file descriptors to become readable, at most `span`
        microseconds; whether there is either since the last rest.
        """
        readable: Sequence[int] = ()
        if not (self.stop or self.reload):
            poll = select.poll()
            for fd in (self.fd, *news):
                poll.register(fd, select.POLLIN)
            readable = [fd for fd, _ in poll.poll(span * 1000 / SECOND)]
        self.be_quiet()
        heard = self.stop or self.reload or any(fd in news for fd in readable)
        self.reload = False
        return heard

    def be_quiet(self) -> None:
        """Wake nobody any more for what has been heard."""
        with suppress(BlockingIOError):
            os.read(self.fd, 4096)
