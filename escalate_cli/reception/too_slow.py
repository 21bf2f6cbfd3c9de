"""A limit for taking apart what a stranger has written: 60 KB of commas in a `From` take minutes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(BaseException):
    """The limit was reached. No `except Exception` of what is interrupted may hold it up."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` in what runs within it after so many seconds of a processor, however busy the
    machine is. Signals come to the main thread alone: elsewhere there is no limit.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    try:
        before = signal.signal(signal.SIGPROF, interrupt)
    except ValueError:
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
