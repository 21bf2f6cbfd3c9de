"""The mark that keeps messages which are sent without a database from being sent too often: a file
in the spool that every process respects.

It belongs to its user, or to the group that shares the database. It says when it was made, and for
how long nobody else needs to do the same. If it cannot be written anywhere, this process still
respects it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.without_database.spool import make, trusted

_NAME = ".emergency"


class Mark:
    """The mark in the first of `places` that takes it."""

    def __init__(self, places: Sequence[Path], group: int | None = None) -> None:
        self._places = places
        self._group = group
        self._own = ""

    def take(self, now: Instant, span: Span) -> bool:
        """Whether it is time, by every mark there is. If so, it is noted that for `span` it is not.
        Of two processes only one gets a yes.
        """
        if _holds(self._own, now):
            return False
        for place in self._places:
            with suppress(OSError), _opened(place, os.O_RDONLY, self._group) as file:
                if _holds(_read(file), now):
                    return False
        return self._write(now, span, unless_it_holds=True)

    def put(self, at: Instant, span: Span) -> None:
        """Note anew for how long it is not time."""
        self._write(at, span, unless_it_holds=False)

    def _write(self, at: Instant, span: Span, *, unless_it_holds: bool) -> bool:
        text = f"{at} {span}"
        for place in self._places:
            try:
                with _opened(place, os.O_RDWR | os.O_CREAT, self._group) as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if unless_it_holds and _holds(_read(file), at):
                        return False
                    # in place: on a full disk the old one can still be changed
                    os.pwrite(file, text.encode(), 0)
                    os.ftruncate(file, len(text))
            except BlockingIOError:  # somebody else is just doing it
                if unless_it_holds:
                    return False
            except OSError:
                continue
            break
        self._own = text
        return True


@contextmanager
def _opened(place: Path, flags: int, group: int | None) -> Iterator[int]:
    """The file in `place`, which must be ours alone or of the group that shares the database; both
    are made where the flags ask for it.
    """
    if flags & os.O_CREAT and place.parent.is_dir():
        make(place, group)
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if not trusted(place, os.fstat(directory), group):
            raise PermissionError
        file = os.open(_NAME, flags | os.O_NOFOLLOW, 0o600, dir_fd=directory)
    finally:
        os.close(directory)
    try:
        with suppress(OSError):  # it belongs to another member, and is as it should be
            sharing.belong(file, place)
        yield file
    finally:
        os.close(file)


def _read(file: int) -> str:
    return os.pread(file, 100, 0).decode("ascii", "replace")


def _holds(text: str, now: Instant) -> bool:
    """Whether it is not time yet. A mark that lies further ahead than it can last was made before
    the clock was set back.
    """
    try:
        at, span = map(int, text.split())
    except ValueError:
        return False
    return abs(now - at) < span
