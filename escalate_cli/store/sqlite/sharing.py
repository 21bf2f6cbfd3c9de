"""Who may use the files of an installation: their owner alone, or also a group.

A directory is shared when it has the setgid bit and its group may read, write and enter it (mode
2770). Files made in it are 0660 and belong to that group, whatever the umask is. In any other
directory files are 0600. Directories likewise: 2770 or 0700.

What root makes in somebody's directory belongs to that person. So root can look after an
installation without locking its user out.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from escalate_cli import files

SHARE_IT = (
    "to share an installation, give the directory of its database to a group: chgrp GROUP DIR; chmod 2770 DIR"
)
"""the hint where one user cannot use what another has made"""

BESIDE = ("-journal", "-wal", "-shm", ".numbers")
"""the ends of the names of files that belong to a database"""
_DIRECTORIES = (".spool", ".backups")
_ALL_OF_THE_GROUP = stat.S_ISGID | stat.S_IRWXG


def group_of(directory: Path) -> int | None:
    """The id of the group that shares this directory; None if only its owner may use it, or it
    cannot be looked at.
    """
    try:
        status = os.stat(directory)
    except OSError:
        return None
    return status.st_gid if status.st_mode & _ALL_OF_THE_GROUP == _ALL_OF_THE_GROUP else None


def create_shared(path: Path, access: int = os.O_RDWR, directory: int | None = None) -> int:
    """Make a file that was not there, and open it; `FileExistsError` where something is. With an open
    `directory` it is made in that one, wherever its path leads by now.
    """
    place = path if directory is None else path.name
    descriptor = files.create(place, access, directory=directory)
    try:
        belong(descriptor, path.parent)
    except OSError:
        os.close(descriptor)
        with suppress(FileNotFoundError):
            os.unlink(place, dir_fd=directory)
        raise
    return descriptor


def belong(descriptor: int, directory: Path) -> None:
    """Give an open file, made a moment ago, the owner, group and mode that its directory asks for."""
    owner = _owner_for(directory)
    if owner is not None:
        os.fchown(descriptor, *owner)
    group = group_of(directory)
    if group is not None:
        if os.fstat(descriptor).st_gid != group:
            os.fchown(descriptor, -1, group)
        os.fchmod(descriptor, 0o660)


def make_directory(path: Path) -> None:
    """Make a directory of ours, unless it is there: shared with the group that shares its parent."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    owner = _owner_for(path.parent)
    if owner is not None:
        os.chown(path, *owner, follow_symlinks=False)
    group = group_of(path.parent)
    if group is not None:
        _to_group(path, group)


def _owner_for(directory: Path) -> tuple[int, int] | None:
    """Owner and group of what root makes here; None where it stays the maker's."""
    if os.geteuid() != 0:
        return None
    status = os.stat(directory)
    return (
        (status.st_uid, status.st_gid) if status.st_uid != 0 and not status.st_mode & stat.S_IWOTH else None
    )


def share_with(path: Path, group: int) -> None:
    """Share one of our directories with a group that we belong to."""
    _to_group(path, group)


def _to_group(path: Path, group: int) -> None:
    if os.lstat(path).st_gid != group:
        os.chown(path, -1, group, follow_symlinks=False)
    os.chmod(path, 0o2770)  # noqa: S103 - of this group alone


def is_private(status: os.stat_result, group: int | None, *owners: int) -> bool:
    """Whether only we, or only members of `group`, can have written into this directory; for root,
    also only one of `owners`.
    """
    if not stat.S_ISDIR(status.st_mode):
        return False
    if status.st_uid == os.getuid() and not status.st_mode & 0o077:
        return True
    if os.geteuid() == 0 and status.st_uid in owners and not status.st_mode & 0o022:
        return True
    return group is not None and status.st_gid == group and not status.st_mode & 0o007


def mend(database: Path) -> None:
    """Give to the group what an owner made before the directory was shared: the database and the
    files beside it. Files of other users only they can change; `doctor` names those.
    """
    group = group_of(database.parent)
    if group is None or _is_shared(database, group):
        return
    beside = [database, *(database.with_name(database.name + end) for end in BESIDE)]
    for directory in (database.with_name(database.name + end) for end in _DIRECTORIES):
        with suppress(OSError):
            if stat.S_ISDIR(os.lstat(directory).st_mode):
                _to_group(directory, group)
                beside += [directory / name for name in os.listdir(directory)]
    for path in beside:
        with suppress(OSError):
            if stat.S_ISREG(os.lstat(path).st_mode):
                os.chown(path, -1, group, follow_symlinks=False)
                os.chmod(path, 0o660)


def _is_shared(path: Path, group: int) -> bool:
    """Whether the group can use this file. Files that we may not change are answered for, too."""
    try:
        status = os.lstat(path)
    except OSError:
        return True
    return (status.st_gid == group and status.st_mode & 0o777 == 0o660) or os.getuid() not in (
        0,
        status.st_uid,
    )
