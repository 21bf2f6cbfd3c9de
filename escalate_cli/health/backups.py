"""Copies of the database: one a day, of which the latest seven are kept, and those that people ask
for.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escalate_cli import files
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import rebuilt
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.copying import refuse_to_replace
from escalate_cli.store.sqlite.failures import DAMAGED, damaged
from escalate_cli.store.sqlite.soundness import Damage

KEPT_BACKUPS = 7
_BACKED_UP = "last_backup_at"
_FOUND_DAMAGED = "found_damaged_at"


def backups(database: Path) -> Path:
    """Where the daily copies of this database are."""
    return database.with_name(database.name + ".backups")


def back_up(context: Context, to: Path | None = None) -> tuple[Path, str | None]:
    """Write a sound copy; without `to`, the day's copy beside the database, of which the latest
    seven are kept.

    Returned are its place, and what to say about damaged indexes: now that there is a copy, they
    are rebuilt.
    """
    store = context.store
    if to is not None:
        refuse_to_replace(to, store.database.path)
        return to, _mended(context, store.database.copy_to(to), to)
    place = backups(store.database.path)
    path = place / f"{instant_to_local(context.clock.now(), 'UTC'):%Y-%m-%d}.db"
    try:
        _make_ready(place)
        files.forget_abandoned(place)
        damage = store.database.copy_to(path)
        for old in sorted(place.glob("????-??-??.db"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    return path, _mended(context, damage, path)


def _mended(context: Context, damage: Damage | None, copy: Path) -> str | None:
    """Rebuild the indexes if they are damaged; returned is what to say about it. `copy` has every row."""
    if damage is None:
        return None
    context.store.database.rebuild_indexes()
    return f"{rebuilt(context, damage)}; a copy from before is {copy}"


def back_up_daily(context: Context, report: PassReport) -> None:
    """The day's copy, made by one of all processes that tick now. If it fails, the next one tries
    again. Where it shows that an index was damaged, the pass is not finished: what was hidden is due.
    """
    if _is_copied_today(context):
        return
    ledger, database = context.store.ledger, context.store.database
    # reading costs less than a useless copy at each pass
    if ledger.fact(_FOUND_DAMAGED) is not None and database.check() is not None:
        raise damaged(database.path, ": it is not copied")
    with alone_in(backups(database.path)) as alone:
        if not alone or _is_copied_today(context):
            return
        try:
            _, note = back_up(context)
        except DatabaseProblem as problem:
            if problem.code == DAMAGED:
                with context.store.transaction():
                    ledger.remember(_FOUND_DAMAGED, str(context.clock.now()))
            raise
        report.warn(*([note] if note else []))
        report.unfinished = report.unfinished or note is not None
        with context.store.transaction():
            ledger.remember(_BACKED_UP, str(context.clock.now()))


@contextmanager
def alone_in(place: Path) -> Iterator[bool]:
    """Whether nobody else copies into this directory. The claim ends with its process, however that
    ends; then the next one copies.
    """
    try:
        _make_ready(place)
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    try:
        yield files.take(directory)
    finally:
        os.close(directory)


def _make_ready(place: Path) -> None:
    """Make the directory of the copies, unless it is there. Where everybody may write, a link or a directory
    that somebody else put there is not used.
    """
    sharing.make_directory(place)
    status, parent = os.lstat(place), os.stat(place.parent)
    ours = {0, os.geteuid()} if parent.st_mode & stat.S_IWOTH else {0, os.geteuid(), parent.st_uid}
    group = sharing.group_of(place.parent)
    shared = stat.S_ISDIR(status.st_mode) and group is not None and status.st_gid == group
    if status.st_uid not in ours and not shared:
        raise PermissionError(errno.EPERM, "somebody else has put it there")


def _no_copy(place: Path, problem: OSError) -> DatabaseProblem:
    text = f"no copy can be kept in {place}: {problem.strerror or problem}"
    return DatabaseProblem(text, f"see that {place} can be written; {sharing.SHARE_IT}")


def _is_copied_today(context: Context) -> bool:
    """Judged by the date in the copy's name: two ticks are never exactly a day apart."""
    value = context.store.ledger.fact(_BACKED_UP)
    return value is not None and int(value) // DAY == context.clock.now() // DAY
