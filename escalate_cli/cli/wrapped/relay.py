"""The way from an output of the wrapped command to ours: every byte is passed on as it is and at once,
and the last of them are remembered.

Where our output is a terminal, the command writes to a terminal, too, so that it keeps its colours.
Elsewhere it writes to a pipe.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import select
import termios
import threading
from contextlib import suppress

_AT_ONCE = 64 * 1024
_ROOM = 1 << 20
"""bytes that a pipe holds at most: so many may still come from a command that has ended"""


class Tail:
    """The last bytes that were written, at least `room` of them, in the order in which they came."""

    def __init__(self, room: int = 64 * 1024) -> None:
        self._room = room
        self._bytes = bytearray()
        self._lock = threading.Lock()
        self.is_cut = False
        """whether there was more before these bytes"""

    def add(self, data: bytes) -> None:
        """Remember `data` after what is there."""
        with self._lock:
            self._bytes += data
            if len(self._bytes) > 2 * self._room:
                del self._bytes[: -self._room]
                self.is_cut = True

    @property
    def content(self) -> bytes:
        """What is remembered."""
        with self._lock:
            return bytes(self._bytes)


class Relay:
    """Passes on to `stream` (1 or 2) what the command writes to `inner`.

    `trouble` says why something could not be passed on, where that is not the doing of a reader who
    went away.
    """

    def __init__(self, stream: int, tail: Tail) -> None:
        self.stream = stream
        self.trouble: str | None = None
        self._tail = tail
        self._is_terminal = os.isatty(stream)
        self._outer, self.inner = pty.openpty() if self._is_terminal else os.pipe()
        self._stop, self._stopper = os.pipe()
        if self._is_terminal:
            _make_alike(stream, self.inner)
        self._thread = threading.Thread(target=self._run, name=f"passes on to {stream}", daemon=True)

    def start(self) -> None:
        """The command has its end of it: begin to pass on."""
        os.close(self.inner)
        self._thread.start()

    def close(self) -> None:
        """There is no command."""
        for end in (self.inner, self._outer, self._stop, self._stopper):
            os.close(end)

    def drain(self) -> None:
        """The command has ended: wait until all that it wrote is passed on.

        A process that it left behind may go on writing. What comes from there is passed on by a
        `cat`, so that nothing is lost, and that process does not die of a broken pipe.
        """
        os.close(self._stopper)
        self._thread.join()
        if self._outer >= 0:
            with suppress(OSError):
                os.posix_spawnp("cat", ["cat"], os.environ, file_actions=self._from_here_to_there())
            self._close()

    def _from_here_to_there(self) -> list[tuple[int, int, int] | tuple[int, int, str, int, int]]:
        return [
            (os.POSIX_SPAWN_DUP2, self._outer, 0),
            (os.POSIX_SPAWN_DUP2, self.stream, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]

    def resize(self) -> None:
        """Our terminal has another size now: so has the command's."""
        if self._is_terminal and self._outer >= 0:
            with suppress(OSError):
                _copy_size(self.stream, self._outer)

    # ── in the thread ──────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        left = _ROOM
        while self._outer >= 0 and left > 0:
            ready, _, _ = select.select([self._outer, self._stop], [], [])
            if self._outer in ready:
                data = self._read()
                self._pass_on(data)
                left -= len(data) if self._stop in ready else 0
            elif self._stop in ready:
                break
        os.close(self._stop)

    def _read(self) -> bytes:
        try:
            return os.read(self._outer, _AT_ONCE)
        except OSError as problem:
            if problem.errno != errno.EIO:  # so a terminal says that nobody has it open any more
                raise
            return b""

    def _pass_on(self, data: bytes) -> None:
        if not data:
            self._close()
            return
        self._tail.add(data)
        if self.trouble is not None:
            return
        try:
            _write_whole(self.stream, data)
        except OSError as problem:
            if problem.errno in (errno.EPIPE, errno.EIO):
                self._close()  # as if our reader had left the command itself
            else:
                self.trouble = problem.strerror or type(problem).__name__

    def _close(self) -> None:
        os.close(self._outer)
        self._outer = -1


def relays(tail: Tail) -> tuple[Relay, Relay]:
    """Those of stdout and stderr: one for both where they lead to the same place, so that lines stay
    in order.
    """
    out = Relay(1, tail)
    return out, out if os.path.sameopenfile(1, 2) else Relay(2, tail)


def _write_whole(stream: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(stream, left) :]
        except BlockingIOError:  # somebody else who has it open wants it so
            select.select([], [stream], [])


def _make_alike(ours: int, theirs: int) -> None:
    """Settings and size of our terminal; but what is written is changed by one of them only."""
    with suppress(termios.error, OSError):
        settings = termios.tcgetattr(ours)
        settings[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        _copy_size(ours, theirs)


def _copy_size(ours: int, theirs: int) -> None:
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, fcntl.ioctl(ours, termios.TIOCGWINSZ, bytes(8)))
