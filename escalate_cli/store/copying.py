"""A sound copy of a database that is in use."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem


def copy(source: Path, target: Path, clock: Clock, patience_seconds: float) -> None:
    """Copy what is committed, readable by the owner only; an existing target is replaced whole.

    The source is read through a connection of its own, so that it can be copied within a transaction, before its first change. A backup
    would wait for a locked database for ever; this one gives up after so many seconds, with a DatabaseProblem.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    give_up_at = clock.monotonic() + patience_seconds

    def tried(status: int, left: int, pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and clock.monotonic() > give_up_at:
            raise sqlite3.OperationalError(f"{source} is locked by another process")

    try:
        partial.unlink(missing_ok=True)
        left, needed = os.statvfs(target.parent), source.stat().st_size
        if left.f_bavail * left.f_frsize < needed:  # else it would take the last byte from what needs it more
            raise OSError(errno.ENOSPC, f"{needed >> 10:,} KiB are needed there")
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_RDWR, 0o600))
        there = f"{source.absolute().as_uri()}?mode=rw"  # never made anew, should it be gone by now
        with closing(sqlite3.connect(there, uri=True)) as here, closing(sqlite3.connect(partial)) as beside:
            here.backup(beside, progress=tried)
            beside.execute("PRAGMA journal_mode=DELETE")
        os.replace(partial, target)
    except (sqlite3.Error, OSError) as problem:
        partial.unlink(missing_ok=True)
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise DatabaseProblem(f"no copy could be written to {target}: {why}", "check the space and permissions there") from None
