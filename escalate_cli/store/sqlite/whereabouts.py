"""Whether there was a database before: if it is missing now, that tells a first start from a loss.

A disk that is not mounted leaves an empty directory, and a link that was changed leads to another
one. Whoever begins a new database there forgets every running incident. So each user's state
directory holds a small file for each database that was used, and a process remembers which it has
opened. The numbers, copies and leftovers of a restore beside a database tell of it, too.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from escalate_cli import files
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.failures import DAMAGED
from escalate_cli.store.without_database.numbers import Numbers

RESTORING = ".restoring"
"""the end of the name of a copy that is being put in the place of a database"""
ASIDE = ".replaced-"
"""what follows the name of a database that was put aside for a copy"""
BACKUPS = ".backups"
"""the end of the name of the directory with the daily copies"""

_PUT_BACK = "put it back (mount its disk, or `escalate restore FILE`)"


class Whereabouts:
    """What this user's processes know about databases. `state` is the directory of their marks;
    without one, only this process remembers.
    """

    def __init__(self, state: Path | None) -> None:
        self._marks = None if state is None else state / "databases"
        self._opened: dict[Path, Path] = {}

    def note(self, database: Path, identity: tuple[int, int]) -> None:
        """The database that was opened is there; `identity` is its device and inode. Nothing is
        noted of a directory that does not hold it: its disk may have been lost since it was opened.
        What goes wrong with the mark stops nothing.
        """
        self._opened[database] = Path(os.path.realpath(database))
        place = _place(database, identity)
        if place is not None and self._marks is not None and self._marked(database) != place:
            with suppress(OSError):
                self._write(self._mark_of(database), msgspec.json.encode(place))

    def real(self, database: Path) -> Path | None:
        """Where a missing database really was, as far as is known; None if it is not missing, or
        never was there.
        """
        if os.path.exists(database):
            return None
        marked = self._marked(database)
        return self._opened.get(database) or (Path(os.fsdecode(marked["real"])) if marked else None)

    def refuse_lost(self, database: Path, directory: int | None = None) -> str | None:
        """Asked before a new database is begun: `DatabaseProblem` if that would forget one that was
        there. The open `directory` is the one in which it would be made.

        If somebody removed its files and the directory is still the same, a new one may be begun;
        returned is a sentence that says what is lost.
        """
        what = f"the database {database} is gone"
        if database in self._opened:
            raise DatabaseProblem(
                f"{what}: it was there when this process began",
                f"{_PUT_BACK}, or begin this anew",
                code=DAMAGED,
            )
        half = next(beside(database, RESTORING), None)
        if half is not None:
            raise DatabaseProblem(
                f"{what}: a restore was cut short (it left {half})",
                f"run `escalate restore FILE` again; to begin without a database, remove {half}",
                code=DAMAGED,
            )
        marked, place = self._marked(database), _place(database, directory=directory)
        if marked is not None and (place is None or marked != place):
            raise DatabaseProblem(
                f"{what}: it was in another directory of this name (is a disk not mounted, or a link"
                " switched?)",
                f"{_PUT_BACK}; to begin without it, remove {self._mark_of(database)}",
                code=DAMAGED,
            )
        copies = sorted(
            str(copy) for copy in database.with_name(database.name + BACKUPS).glob("????-??-??.db")
        )
        aside = [str(file) for file in beside(database, ASIDE)]
        if marked is None and not copies and not aside and not any(Numbers(database).highest().values()):
            return None
        latest = copies[-1:] or aside[-1:]
        how = (
            f"`escalate restore {latest[0]}` puts the latest copy back"
            if latest
            else "`escalate restore FILE` puts a copy back"
        )
        return f"{what} with every incident in it, though it was there before; {how}"

    def _mark_of(self, database: Path) -> Path:
        return (self._marks or Path()) / f"{zlib.crc32(os.fsencode(os.path.abspath(database))):08x}"

    def _marked(self, database: Path) -> dict[str, bytes] | None:
        if self._marks is None:
            return None
        try:
            mark = msgspec.json.decode(self._mark_of(database).read_bytes(), type=dict[str, bytes])
        except (OSError, ValueError):  # also a mark that cannot be read
            return None
        return (
            mark
            if mark.get("database") == os.fsencode(os.path.abspath(database))
            and {"real", "directory"} <= mark.keys()
            else None
        )

    def _write(self, mark: Path, content: bytes) -> None:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(mark, content, made=lambda descriptor: sharing.belong(descriptor, mark.parent))


def _place(
    database: Path, identity: tuple[int, int] | None = None, directory: int | None = None
) -> dict[str, bytes] | None:
    """Which directory a database is in, whatever its name; `directory` is that one, opened. None
    where it cannot be looked at, or holds another file of that name than the one with this
    `identity`.
    """
    real = os.path.realpath(database)
    parent = os.path.dirname(real)
    try:
        status = os.stat(parent)
        # a link leads to a directory of its own
        if directory is not None and not os.path.islink(database):
            status = os.fstat(directory)
        if identity is not None and (
            _identity(os.stat(real)) != identity or _identity(os.stat(parent)) != _identity(status)
        ):
            return None
    except OSError:
        return None
    texts = {
        "database": os.path.abspath(database),
        "real": real,
        "directory": f"{status.st_dev}:{status.st_ino}",
    }
    return {name: os.fsencode(text) for name, text in texts.items()}  # names of files are bytes


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def beside(database: Path, end: str) -> Iterator[Path]:
    """Files whose names begin as that of the database and this end do, in order."""
    real = Path(os.path.realpath(database))
    with suppress(OSError):
        for name in sorted(os.listdir(real.parent)):
            if name.startswith(real.name + end):
                yield real.parent / name
