"""Putting a copy of the database back."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import msgspec

from escalate_cli import files
from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.ledger import Ledger
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.comparing import Comparison, compare
from escalate_cli.store.sqlite.database import LOCK_PATIENCE_SECONDS, Database
from escalate_cli.store.sqlite.failures import DAMAGED, explain
from escalate_cli.store.sqlite.gate import Gate
from escalate_cli.store.sqlite.whereabouts import ASIDE, RESTORING, beside
from escalate_cli.store.without_database.numbers import GIVEN, Numbers

_BESIDE = sharing.BESIDE[:3]
"""files that SQLite takes for a part of whatever database has the name in front, even one that came
there later
"""
_NEWER = "database-newer"


class Restoration(msgspec.Struct, frozen=True):
    """What was done: what it changed, and where the former database is now; None if there was none."""

    comparison: Comparison
    aside: Path | None
    rebuilt: str | None = None
    """what was wrong with the indexes of the copy, which were rebuilt from their tables"""


def restore(
    copy: Path, path: Path, clock: Clock, agree: Callable[[Comparison], object] | None = None
) -> Restoration:
    """Put `copy` in the place of the database at `path`. What was there is kept beside it.

    `agree` is told what that changes, and raises if that is not wanted: then nothing is changed. It
    is asked again if incidents were declared or ended meanwhile. Without `agree` nobody is asked.
    Numbers that were ever given are not given again.

    The copy is checked first. A damaged copy, one of a newer version, or a file of something else
    changes nothing. A transaction that was cut short in the copy is undone by the journal beside
    it.
    """
    _must_be_readable(copy)
    # a link stays a link, and SQLite keeps the journal beside what it leads to
    path = Path(os.path.realpath(path))
    fresh = path.with_name(f"{path.name}{RESTORING}-{os.getpid()}")
    rebuilt: str | None = None
    try:
        for left in beside(path, RESTORING):
            if not _is_under_way(left, path):
                left.unlink(missing_ok=True)
        for part in ("", *_BESIDE[:2]):
            if not part or os.path.exists(f"{copy}{part}"):
                _copy(f"{copy}{part}", f"{fresh}{part}")
        if fresh.stat().st_size == 0:
            raise DatabaseProblem(f"the backup {copy} is empty", "choose another", code=DAMAGED)
        restored = Database(fresh, clock)
        wrong = restored.check()
        if wrong is not None and wrong.indexes_only and not restored.refused:
            restored.rebuild_indexes()
            rebuilt, wrong = wrong.text, restored.check()
        restored.close()
        if wrong is not None:
            raise DatabaseProblem(
                f"the backup {copy} is damaged: {wrong.text}", "choose another", code=DAMAGED
            )
        if restored.refused:
            raise DatabaseProblem(restored.refused, code=_NEWER)
        comparison, aside = _put_in_place(fresh, path, clock, agree)
        if any(comparison.highest.values()):
            Numbers(path).note(comparison.highest)
    except DatabaseProblem as problem:
        text = problem.message.replace(f"the database {fresh}", str(fresh)).replace(
            str(fresh), f"the backup {copy}"
        )
        instead = (
            "upgrade escalate, or choose an older copy" if problem.code == _NEWER else "choose another copy"
        )
        raise DatabaseProblem(text, f"nothing was changed; {instead}", code=problem.code) from None
    except OSError as problem:
        why = problem.strerror or problem
        raise DatabaseProblem(
            f"{copy} cannot be put in the place of {path}: {why}", "check paths and permissions"
        ) from None
    finally:
        with suppress(OSError):  # we may write nothing there at all
            _remove(fresh)
            # it was of an older version: the backup itself is still there
            for older in fresh.parent.glob(f"{fresh.name}.before-*"):
                older.unlink()
    return Restoration(comparison, aside, rebuilt)


def _is_under_way(left: Path, path: Path) -> bool:
    """Whether it is of another restore, and that was not killed."""
    process = left.name.removeprefix(f"{path.name}{RESTORING}-").partition("-")[0]
    return process.isdecimal() and int(process) != os.getpid() and files.is_running(int(process))


def _must_be_readable(copy: Path) -> None:
    """Refuse what is no file, and what one may not read, with the journal beside it."""
    try:
        status = os.stat(copy)
        if stat.S_ISREG(status.st_mode):
            for part in ("", *_BESIDE[:2]):
                if not part or os.path.exists(f"{copy}{part}"):
                    open(f"{copy}{part}", "rb").close()
            return
    except (FileNotFoundError, NotADirectoryError):
        text = f"there is no backup at {copy}"
    except OSError as problem:
        raise DatabaseProblem(
            f"the backup {copy} cannot be read: {problem.strerror}",
            "nothing was changed; restore it as a user who may read it, or choose another copy",
        ) from None
    else:
        is_directory = stat.S_ISDIR(status.st_mode)
        text = f"there is no backup at {copy}" if is_directory else f"{copy} is no file, and no backup"
    raise DatabaseProblem(text, "the daily ones are in the directory NAME.db.backups beside the database")


def _remember(fresh: Path, highest: Mapping[str, int], clock: Clock) -> None:
    database = Database(fresh, clock)
    try:
        with database.transaction():
            for table in (name for name, number in highest.items() if number):
                Ledger(database).remember(GIVEN + table, str(highest[table]))
    finally:
        database.close()


def _copy(source: str, target: str) -> None:
    with open(sharing.create_shared(Path(target), os.O_WRONLY), "wb") as new, open(source, "rb") as old:
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def _remove(path: Path) -> None:
    for part in ("", *_BESIDE):
        Path(f"{path}{part}").unlink(missing_ok=True)


def _put_in_place(
    fresh: Path, path: Path, clock: Clock, agree: Callable[[Comparison], object] | None
) -> tuple[Comparison, Path | None]:
    """Put `fresh` in the place of the database, and keep the old one beside it with its journal.
    Returned is what that changes, and where the old one is.

    What it changes is looked at while nobody can write, and agreed to while everybody can. There is
    no moment without a database: the old one gets a second name before the new one takes the first.
    Its journal has nothing to undo any more, unless it is damaged; then the journal gets a second
    name, too.
    """
    if os.path.exists(path):
        Numbers(path).note(Numbers(path).highest())  # the gate needs it
    for name in beside(path, ASIDE):  # of a restore that was killed before it changed anything
        if os.path.exists(path) and os.path.samefile(name, path):
            name.unlink()
    agreed: Comparison | None = None
    while True:
        with _held(path, clock) as held:
            comparison = compare(fresh, path, held)
            if agree is None or (agreed is not None and agreed.says_all_of(comparison)):
                _remember(fresh, comparison.highest, clock)
                return comparison, _exchange(fresh, path, clock)
        agree(comparison)
        agreed = comparison


def _exchange(fresh: Path, path: Path, clock: Clock) -> Path | None:
    """Put `fresh` there, and aside what is there; where that is now."""
    there = [part for part in ("", *_BESIDE) if os.path.exists(f"{path}{part}")]
    aside = None
    if there:
        aside = _keep(
            path, there, _free_name(path.with_name(f"{path.name}{ASIDE}{clock.now() // 1_000_000}"))
        )
    os.replace(fresh, path)
    _settle(path.parent)
    return aside


@contextmanager
def _held(path: Path, clock: Clock) -> Iterator[sqlite3.Connection | None]:
    """Hold the database at `path`, if it can be used, through the connection that is returned.
    Meanwhile nobody else reads or writes it, nor begins to. A transaction that was cut short in it is undone.
    """
    if not os.path.isfile(path):
        yield None
        return
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
    ) as connection:
        give_up_at = clock.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as problem:
                if getattr(problem, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    break  # it is no database, or a damaged one
                if clock.monotonic() > give_up_at:
                    raise explain(problem, path, LOCK_PATIENCE_SECONDS) from None
                clock.sleep(SECOND // 50)
            else:
                break
        gate = Gate(path)
        with ExitStack() as held:
            held.callback(gate.shut)
            try:
                held.enter_context(gate.closed(clock, LOCK_PATIENCE_SECONDS))
            except sqlite3.Error as problem:
                raise explain(problem, path, LOCK_PATIENCE_SECONDS) from None
            yield connection


def _keep(path: Path, there: Sequence[str], aside: Path) -> Path:
    """Give the database and its files a second name, and remove the first name of all but the
    database itself; returned is the second name.

    On a file system where a file can have one name only, the database loses its first name a moment
    before the new one gets it. The new one then already lies beside it, and says so to whoever
    comes in between.
    """
    for part in there:
        try:
            os.link(f"{path}{part}", f"{aside}{part}")
        except OSError:
            os.rename(f"{path}{part}", f"{aside}{part}")
        else:
            if part:
                os.unlink(f"{path}{part}")
    return aside if "" in there else Path(f"{aside}{there[0]}")


def _settle(directory: Path) -> None:
    """Make sure that the names in it survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _free_name(wanted: Path) -> Path:
    """`wanted`, or with a number after it, where nothing is yet."""
    name = wanted
    for number in itertools.count(2):
        # a journal that was put aside by itself
        if not any(os.path.lexists(f"{name}{part}") for part in ("", *_BESIDE)):
            break
        name = wanted.with_name(f"{wanted.name}-{number}")
    return name
