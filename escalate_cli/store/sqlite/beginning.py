"""What is at the path of a database before it is opened: one of ours, nothing yet, or something
that must not be taken for either.

A directory may be exchanged for another one at any moment (a disk is lost or found). So a new file
is made in the very directory of which it was asked whether a new database may be begun there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.failures import DAMAGED, UNWRITABLE
from escalate_cli.store.sqlite.journal import refuse_emptied
from escalate_cli.store.sqlite.whereabouts import Whereabouts

_HEADER = b"SQLite format 3\x00"
_NAME_IT = "name the database file with --db or $ESCALATE_DB"
_ONLY_AS_A_PLACE = getattr(os, "O_PATH", os.O_RDONLY)


class Beginning(msgspec.Struct, frozen=True):
    """What was found."""

    fresh: bool
    """the file is new, or empty"""
    begun_anew: str | None = None
    """what users should know when a new database is begun though there had been one"""


def cannot_be_opened(path: Path, problem: OSError) -> DatabaseProblem:
    what = f"the database {path} cannot be opened: {problem.strerror or problem}"
    return DatabaseProblem(what, "check its path, owner and permissions", code=UNWRITABLE)


def prepare(path: Path, whereabouts: Whereabouts | None, *, create_directory: bool) -> Beginning:
    """Make sure that the path is one of our databases, or a new file. `DatabaseProblem` otherwise, and where
    a new one would forget one that was there.
    """
    try:
        if create_directory:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.parent.is_dir():
            raise DatabaseProblem(
                f"the directory of the database does not exist: {path.parent}",
                f"create it (mkdir -p {path.parent}) or name another with --db",
            )
        with _held(path.parent) as directory:
            try:
                status = os.stat(path.name, dir_fd=directory)
            except FileNotFoundError:
                return _begin(path, directory, whereabouts)
            if not stat.S_ISREG(status.st_mode):
                raise DatabaseProblem(f"{path} is not a regular file", _NAME_IT)
            if status.st_size == 0:
                sharing.mend(Path(os.path.realpath(path)))
                return _empty(path, directory, whereabouts)
        sharing.mend(Path(os.path.realpath(path)))
        with open(path, "rb") as file:
            if file.read(len(_HEADER)) != _HEADER:
                raise DatabaseProblem(
                    f"{path} is not a database of escalate",
                    "move it away, or restore a backup with `escalate restore FILE`",
                    code=DAMAGED,
                )
    except OSError as problem:
        raise cannot_be_opened(path, problem) from None
    return Beginning(fresh=False)


def _begin(path: Path, directory: int, whereabouts: Whereabouts | None) -> Beginning:
    """Make the file, if it may be begun."""
    beginning = _empty(path, directory, whereabouts)
    try:
        os.close(sharing.create_shared(path, directory=directory))
    # another process was quicker by a moment: it is as new for both; or a link that leads nowhere
    except FileExistsError:
        with suppress(FileNotFoundError):
            os.stat(path.name, dir_fd=directory)
            return Beginning(fresh=True, begun_anew=beginning.begun_anew)
        raise DatabaseProblem(f"{path} is not a regular file", _NAME_IT) from None
    return beginning


def _empty(path: Path, directory: int, whereabouts: Whereabouts | None) -> Beginning:
    """Whether it may be begun: nothing of another one is there, and none was there."""
    refuse_emptied(path)
    if whereabouts is None:
        return Beginning(fresh=True)
    lost, problem = None, None
    try:
        lost = whereabouts.refuse_lost(path, directory)
    except DatabaseProblem as met:
        problem = met
    # another process has begun it meanwhile: what tells of it is its own
    with suppress(FileNotFoundError):
        if os.stat(path.name, dir_fd=directory).st_size:
            return Beginning(fresh=True)
    if problem is not None:
        raise problem
    return Beginning(fresh=True, begun_anew=lost)


@contextmanager
def _held(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, _ONLY_AS_A_PLACE | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
