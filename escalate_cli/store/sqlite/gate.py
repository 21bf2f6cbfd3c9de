"""A gate before a database, through which whoever begins to read or write it passes, and which `restore`
closes while it puts another file in its place.

SQLite finds the journal by the name of the database. A connection whose file has been put aside takes the
journal of the file that has the name now for its own: it plays that into the one put aside, and ends it for
whoever is writing it. (SQLite looks for that only before it writes.) So nobody takes a lock on a database
without having seen, behind the gate, that its file still has the name. With the lock, it keeps it.

The gate is a lock on the note of the numbers beside the database, which is there from the first incident on
and is always changed in place. The kernel opens it again when a process ends, however that ends. Where there
is no note, or its file system knows no such locks, there is no gate.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.store.without_database.numbers import note_of


def _busy() -> sqlite3.OperationalError:
    problem = sqlite3.OperationalError("another database is being put in its place")
    problem.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return problem


class Gate:
    """The gate of one database, for one connection. `shut` it with the connection."""

    def __init__(self, database: Path) -> None:
        self._path = note_of(database)
        self._descriptor: int | None = None

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Inside, nothing is put in its place. `sqlite3.OperationalError` with SQLITE_BUSY while that is
        being done.
        """
        if not self._lock(fcntl.LOCK_SH):
            raise _busy()
        try:
            yield
        finally:
            self._open_again()

    @contextmanager
    def closed(self, clock: Clock, patience_seconds: float) -> Iterator[None]:
        """Inside, nobody else begins anything. `sqlite3.OperationalError` with SQLITE_BUSY where patience
        ends before that.
        """
        give_up_at = clock.monotonic() + patience_seconds
        while not self._lock(fcntl.LOCK_EX):
            if clock.monotonic() > give_up_at:
                raise _busy()
            clock.sleep(SECOND // 500)
        try:
            yield
        finally:
            self._open_again()

    def _lock(self, how: int) -> bool:
        """Whether it was got. True where there is nothing to lock."""
        if self._descriptor is None:
            with suppress(OSError):
                # an exclusive lock needs a writer on some network file systems
                access = os.O_RDWR if how == fcntl.LOCK_EX else os.O_RDONLY
                self._descriptor = os.open(self._path, access | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor is None:
            return True
        try:
            fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _open_again(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def shut(self) -> None:
        """Give the file up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
