"""Copies of the database: one a day, of which the latest seven are kept, and those that are asked for."""

from __future__ import annotations

import os
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
    """Write a sound copy; without `to`, the day's one beside the database, of which the latest
    seven are kept.

    Where it is; and what is to be said of indexes that were damaged: they are rebuilt, now that
    there is a copy.
    """
    store = context.store
    if to is not None:
        refuse_to_replace(to, store.database.path)
        return to, _mended(context, store.database.copy_to(to))
    place = backups(store.database.path)
    path = place / f"{instant_to_local(context.clock.now(), 'UTC'):%Y-%m-%d}.db"
    try:
        sharing.make_directory(place)
        files.forget_abandoned(place)
        damage = store.database.copy_to(path)
        for old in sorted(place.glob("????-??-??.db"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    return path, _mended(context, damage)


def _mended(context: Context, damage: Damage | None) -> str | None:
    """Rebuild the indexes, where they are damaged; what is said of it."""
    if damage is None:
        return None
    context.store.database.rebuild_indexes()
    return rebuilt(context, damage)


def back_up_daily(context: Context, report: PassReport) -> None:
    """The day's copy, by one process of all that tick now; the next one tries again where it fails."""
    if _is_copied_today(context):
        return
    ledger, database = context.store.ledger, context.store.database
    # reading costs less than a copy in vain at each pass
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
        with context.store.transaction():
            ledger.remember(_BACKED_UP, str(context.clock.now()))


@contextmanager
def alone_in(place: Path) -> Iterator[bool]:
    """Whether nobody else copies into this directory. That ends with the process, however it ends:
    the next one copies then.
    """
    try:
        sharing.make_directory(place)
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    try:
        yield files.take(directory)
    finally:
        os.close(directory)


def _no_copy(place: Path, problem: OSError) -> DatabaseProblem:
    text = f"no copy can be kept in {place}: {problem.strerror or problem}"
    return DatabaseProblem(text, f"see that {place} can be written; {sharing.SHARE_IT}")


def _is_copied_today(context: Context) -> bool:
    """By the date that names the copy: ticks a day apart are never exactly a day apart."""
    value = context.store.ledger.fact(_BACKED_UP)
    return value is not None and int(value) // DAY == context.clock.now() // DAY
