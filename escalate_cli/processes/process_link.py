"""The parent's end of a process of our own: starting it, the two pipes, ending it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal

from escalate_cli.processes import starting


class ProcessLink:
    """One process that runs the function `main` of `module`; `OSError` if it cannot be started. Only
    the parent holds the other ends of its pipes, so it ends with us.
    """

    def __init__(self, module: str, main: str) -> None:
        fds: list[int] = []
        try:
            their_input, our_output = _pipe(fds)
            our_input, their_output = _pipe(fds)
            self.pid = starting.start_process(module, main, their_input, their_output)
        except OSError:
            for fd in fds:
                os.close(fd)
            raise
        # imported this late, because the other process is loading meanwhile
        from escalate_cli.processes.framing import Packer, Unpacker

        os.close(their_input)
        os.close(their_output)
        os.set_blocking(our_input, False)
        os.set_blocking(our_output, False)
        self._answers, self._requests = Unpacker(our_input), Packer(our_output)
        self._closed = self._hung_up = False

    @property
    def answers_fd(self) -> int:
        """To wait on for answers."""
        return self._answers.fd

    @property
    def requests_fd(self) -> int:
        """To wait on for room, while `behind`."""
        return self._requests.fd

    @property
    def behind(self) -> bool:
        """Whether a request could not be written whole yet; `receive` goes on with it."""
        return self._requests.pending

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._answers.ended

    def ask(self, message: object) -> None:
        """Send a request; never blocks."""
        self._requests.write(message)

    def receive(self) -> list[object]:
        """The answers that are there; never blocks."""
        self._requests.flush()
        return self._answers.read()

    def kill(self) -> None:
        """End the process now; its children end with it."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self, patience: float) -> None:
        """Let the process end by itself within so many seconds, with all that it has to bury; then
        `close`.
        """
        if not self._closed:
            self._hang_up()
            ending = select.poll()
            ending.register(self._answers.fd, 0)
            ending.poll(patience * 1000)
        self.close()

    def close(self) -> None:
        """End the process (it kills what runs), and leave neither file nor zombie behind. A second
        time does nothing.
        """
        if self._closed:
            return
        self._closed = True
        self._hang_up()
        os.close(self._answers.fd)
        self.kill()
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)

    def _hang_up(self) -> None:
        if not self._hung_up:
            self._hung_up = True
            os.close(self._requests.fd)


def _pipe(fds: list[int]) -> tuple[int, int]:
    """A pipe with both ends above the standard streams, even if those are closed."""
    ends = []
    for end in os.pipe():
        fds.append(end)
        if end < 3:
            fds[-1] = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3)
            os.close(end)
        ends.append(fds[-1])
    return ends[0], ends[1]
