"""Putting a copy of the database back."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.database import Database
from escalate_cli.store.trouble import DAMAGED


def restore(copy: Path, path: Path, clock: Clock) -> Path | None:
    """Put `copy` in the place of the database at `path`. What was there is kept beside it; where, or None if nothing was.

    The copy is looked through first: a damaged one, or a file of something else, changes nothing.
    """
    if not copy.is_file():
        raise DatabaseProblem(f"there is no backup at {copy}", "the daily ones are in the directory NAME.db.backups beside the database")
    fresh = path.with_name(path.name + ".restoring")
    try:
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600), "wb") as target, open(copy, "rb") as source:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        if fresh.stat().st_size == 0:
            raise DatabaseProblem(f"the backup {copy} is empty", "choose another", code=DAMAGED)
        found = Database(fresh, clock)
        wrong = found.check()
        found.close()
        if wrong is not None:
            raise DatabaseProblem(f"the backup {copy} is damaged: {wrong}", "choose another", code=DAMAGED)
        Path(f"{fresh}-journal").unlink(missing_ok=True)
        aside = _put_aside(path, clock)
        os.replace(fresh, path)
    except DatabaseProblem as problem:
        text = problem.message.replace(f"the database {fresh}", str(fresh)).replace(str(fresh), f"the backup {copy}")
        raise DatabaseProblem(text, "nothing was changed; choose another copy", code=problem.code) from None
    except OSError as problem:
        raise DatabaseProblem(f"{copy} cannot be restored: {problem.strerror or problem}", "check paths and permissions") from None
    finally:
        fresh.unlink(missing_ok=True)
        Path(f"{fresh}-journal").unlink(missing_ok=True)
        for older in fresh.parent.glob(f"{fresh.name}.before-*"):  # it was of an older version: the backup itself is still there
            older.unlink()
    return aside


def _put_aside(path: Path, clock: Clock) -> Path | None:
    """Move the database away with its journal, which belongs to it alone."""
    if not path.exists():
        return None
    aside = _free_name(path.with_name(f"{path.name}.replaced-{clock.now() // 1_000_000}"))
    os.replace(path, aside)
    journal = Path(f"{path}-journal")
    if journal.exists():
        os.replace(journal, f"{aside}-journal")
    return aside


def _free_name(wanted: Path) -> Path:
    """`wanted`, or with a number after it, where nothing is yet; an empty file holds it, so that no other process takes it."""
    name = wanted
    for number in itertools.count(2):
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            name = wanted.with_name(f"{wanted.name}-{number}")
    return name
