"""A way out for what is said and drawn while pages go out: a thread of its own writes it, and
whoever pages waits for no reader.

A terminal stopped by Ctrl-S, or a pipe that nobody reads, holds up that thread and nothing else. It
writes to the descriptor itself: were it stuck inside of `sys.stdout`, whose lock it would hold, the
process could not end.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from escalate_cli.cli.output import error_text, give_up, unwritable
from escalate_cli.context import Options
from escalate_cli.core.wording.text import printable

ROOM = 256 * 1024
"""bytes of lines that wait for a reader; what comes then is left out"""
_AT_ONCE = 4096


class Outlet:
    """Writes to one stream. `lost` hears, once, why it cannot be written any more; a reader that
    went away is no loss.
    """

    def __init__(self, stream: int, lost: Callable[[OSError], object] = lambda problem: None) -> None:
        self._stream, self._lost = stream, lost
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._picture: bytes | None = None
        self._left_out = 0
        self._is_writing = False
        self._is_over = False
        self._thread: threading.Thread | None = None

    def say(self, line: str) -> None:
        """One line more, if there is room; one line says later how many were left out."""
        data = (printable(line) + "\n").encode("utf-8", "backslashreplace")
        with self._changed:
            if sum(map(len, self._waiting)) + len(data) > ROOM:
                self._left_out += 1
                return
        self.put(data)

    def put(self, data: bytes) -> None:
        """Exactly this, in its turn. A picture that has not been begun yet is out of date then."""
        with self._changed:
            if not self._is_over:
                self._picture = None
                self._waiting.append(data)
                self._go_on()

    def show(self, picture: bytes) -> None:
        """The whole screen anew, instead of any picture that nobody has seen yet."""
        with self._changed:
            if not self._is_over:
                self._picture = picture
                self._go_on()

    def close(self, patience: float | None = 1.0) -> None:
        """Wait until all is written, so many seconds at most (None: as long as it takes). What is
        not read by then is lost, and nothing that is written to the stream afterwards waits for a
        reader."""
        with self._changed:
            if not self._changed.wait_for(self._is_idle, patience):
                self._is_over = True
                give_up(self._stream)

    def _is_idle(self) -> bool:
        return self._is_over or not (self._waiting or self._picture is not None or self._is_writing)

    def _go_on(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"writes to {self._stream}", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    # ── in the thread ──────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        # they are for whoever waits for them
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while not self._is_over:
            data = self._next()
            try:
                self._write(data)
            except OSError as problem:
                self._give_up(problem)
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._picture is not None)
            self._is_writing = True
            if not self._waiting and self._picture is not None:
                picture, self._picture = self._picture, None
                return picture
            lines = list(self._waiting)
            self._waiting.clear()
            if self._left_out:
                lines.append(f"{self._left_out} lines that nobody read are left out here\n".encode())
                self._left_out = 0
            return b"".join(lines)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left and not self._is_over:
            try:
                left = left[os.write(self._stream, left[:_AT_ONCE]) :]
            except BlockingIOError:  # somebody else who has the terminal open wants it so
                select.select([], [self._stream], [])

    def _give_up(self, problem: OSError) -> None:
        with self._changed:
            if self._is_over:
                return
            self._is_over = True
            self._waiting.clear()
            self._picture = None
            give_up(self._stream)
        if problem.errno != errno.EPIPE:
            self._lost(problem)


@contextmanager
def outlets(options: Options) -> Iterator[tuple[Outlet, Outlet]]:
    """Those of stdout and stderr, for a command that goes on for long; at the end they are closed."""
    stderr = Outlet(2)
    stdout = Outlet(
        1, lambda problem: stderr.put(error_text(unwritable(problem, acted=True), options).encode())
    )
    try:
        yield stdout, stderr
    finally:
        stdout.close()
        stderr.close()


class Sheet:
    """A file for Rich to draw on: what it writes goes to `take`."""

    def __init__(self, take: Callable[[bytes], object], encoding: str) -> None:
        self.take = take
        self.encoding = encoding

    def write(self, text: str) -> int:
        self.take(text.encode(self.encoding, "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""
