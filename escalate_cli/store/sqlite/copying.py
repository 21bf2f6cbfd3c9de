"""A sound copy of a database that is in use."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from escalate_cli import files
from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.errors import DatabaseProblem, FileRefusal, UsageProblem
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.gate import Gate
from escalate_cli.store.sqlite.soundness import Damage, look_through

APPLICATION_ID = 0x45534341
"""'ESCA': marks the file as ours"""


class NoRoomForCopy(DatabaseProblem):
    """The disk is too full for a copy."""


class DamagedSource(Exception):
    """The source is damaged: no new copy was made, and an older one was left as it was."""


def refuse_to_replace(target: Path, source: Path) -> None:
    """`UsageProblem` unless `target` may become a backup: a new or empty file, or an older backup
    of one of our databases, but not `source` itself.
    """
    elsewhere = "name a file, new or an older backup, in a directory that exists"
    try:
        status = os.stat(target)
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise UsageProblem(f"there is no directory {target.parent}", elsewhere) from None
        return
    except OSError as problem:
        kind = FileRefusal if isinstance(problem, PermissionError) else UsageProblem
        raise kind(f"no copy can be written to {target}: {problem.strerror}", elsewhere) from None
    if stat.S_ISDIR(status.st_mode):
        raise UsageProblem(f"{target} is a directory", elsewhere)
    if source.exists() and source.samefile(target):
        raise UsageProblem(f"{target} is the database itself", "name another file for its backup")
    if not stat.S_ISREG(status.st_mode) or (status.st_size and not _is_ours(target)):
        raise UsageProblem(
            f"{target} is there already, and is no backup of escalate",
            "name another file, or move that one away",
        )


def _is_ours(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")  # where SQLite keeps it
    except OSError:
        return False


def copy(source: Path, target: Path, clock: Clock, patience_seconds: float) -> Damage | None:
    """Copy everything that is committed. Only a sound copy replaces an existing target, as a whole;
    `DamagedSource` when there is none. Its owner and mode follow the directory (sharing.py).

    If only indexes of the source are damaged, those of the copy are rebuilt; returned is what was
    wrong with them. The source is read through a connection of its own, so that a copy can be made
    within a transaction, before its first change. SQLite's backup would wait for a locked database
    for ever. This one gives up after some seconds with a DatabaseProblem.
    """
    partial = files.partial_of(target)
    give_up_at = clock.monotonic() + patience_seconds

    def tried(status: int, left: int, pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and clock.monotonic() > give_up_at:
            raise sqlite3.OperationalError(f"{source} is locked by another process")

    try:
        files.forget_abandoned(target.parent, target.name)
        left, needed = os.statvfs(target.parent), source.stat().st_size
        if (
            left.f_bavail * left.f_frsize < needed
        ):  # otherwise it would take the last free byte from what needs it more
            raise OSError(errno.ENOSPC, f"{needed >> 10:,} KiB are needed there")
        with (
            _held(sharing.create_shared(partial)),
            closing(_reading(source, clock, give_up_at)) as original,
            closing(sqlite3.connect(partial)) as copied,
        ):
            original.backup(copied, progress=tried)
            copied.execute("PRAGMA journal_mode=DELETE")
            damage = mend_indexes(copied)
        os.replace(partial, target)
        return damage
    except DamagedSource:
        _forget(partial)
        raise
    except (sqlite3.Error, OSError) as problem:
        _forget(partial)
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedSource from None
        why = problem.strerror if isinstance(problem, OSError) else problem
        kind = NoRoomForCopy if _is_for_want_of_room(problem) else DatabaseProblem
        raise kind(
            f"no copy could be written to {target}: {why}", "check the space and permissions there"
        ) from None


def _reading(source: Path, clock: Clock, give_up_at: float) -> sqlite3.Connection:
    """A connection that has begun to read."""
    gate, there = Gate(source), f"{source.absolute().as_uri()}?mode=rw"  # not made anew, should it be gone
    try:
        while True:
            connection: sqlite3.Connection | None = None
            try:
                with gate.passing():
                    connection = sqlite3.connect(there, uri=True, timeout=0, isolation_level=None)
                    connection.execute("BEGIN")
                    connection.execute("PRAGMA schema_version").fetchone()
                return connection
            except sqlite3.Error as problem:
                if connection is not None:
                    connection.close()
                busy = getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if busy and clock.monotonic() > give_up_at:
                    raise sqlite3.OperationalError(f"{source} is locked by another process") from None
                if not busy:
                    raise
            clock.sleep(SECOND // 20)
    finally:
        gate.shut()


def _is_for_want_of_room(problem: sqlite3.Error | OSError) -> bool:
    if isinstance(problem, OSError):
        return problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    code = getattr(problem, "sqlite_errorcode", 0)  # a quota or a limit is a write that fails
    return code & 0xFF == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_WRITE


def mend_indexes(connection: sqlite3.Connection) -> Damage | None:
    """Check a database that nobody else uses, and rebuild its indexes if they are damaged; returned
    is what was wrong with them. `DamagedSource` if anything else is damaged. (0.6 s for 60 MB;
    the backup itself takes longer.)
    """
    damage = look_through(lambda statement: connection.execute(statement).fetchall())
    if damage is None:
        return None
    if not damage.indexes_only:
        raise DamagedSource(damage.text)
    try:
        connection.execute("REINDEX")
        connection.commit()
    except sqlite3.Error:
        raise DamagedSource(damage.text) from None
    if look_through(lambda statement: connection.execute(statement).fetchall()) is not None:
        raise DamagedSource(damage.text)
    return damage


@contextmanager
def _held(descriptor: int) -> Iterator[None]:
    """Have others see that somebody is writing this file."""
    try:
        files.take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _forget(partial: Path) -> None:
    with suppress(OSError):  # it could not even be made
        partial.unlink(missing_ok=True)
