"""A real terminal: a program has its inner end, a test reads the outer one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import termios

_MOVES_AND_COLOURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_TO_THE_TOP = b"\x1b[H"


class Terminal:
    """`inner` is what a program has; at the other end nobody reads unless asked to. Use as a
    context manager.
    """

    def __init__(self, width: int = 100, height: int = 30) -> None:
        self.outer, self.inner = pty.openpty()
        fcntl.ioctl(self.inner, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.set_blocking(self.outer, False)
        self.seen = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *raised: object) -> None:
        os.close(self.inner)
        os.close(self.outer)

    def is_full(self) -> None:
        """As after a while in which a program wrote and nobody read."""
        fill(self.inner)

    def shows(self, *words: str) -> bool:
        """Whether all of these words have been drawn by now."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.seen += os.read(self.outer, 100_000)
        return all(word.encode() in self.seen for word in words)

    @property
    def lines(self) -> list[str]:
        """What has been drawn, without moves and colours; a picture drawn over another comes after it."""
        drawn = self.seen.replace(_TO_THE_TOP, b"\n")
        return _MOVES_AND_COLOURS.sub(b"", drawn).decode(errors="replace").splitlines()


def fill(writer: int) -> None:
    """Write until nothing more is taken."""
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, b"\n"):
            pass
    os.set_blocking(writer, True)
