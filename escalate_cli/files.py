"""Files that are written whole or not at all, and never where somebody else's link leads.

What is written in a directory that others may write to, too, is made anew, under a name that nobody
can foresee, and then takes the place of whatever is there: a planted link is replaced and not
followed. Where only we, or root, can have made it, a link stays a link.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

_MOST_LINKS = 40
_LONGEST_NAME = 180
"""bytes of a name that a partial file tells of: the rest of the 255 is for what it adds"""
_WHAT_IS_OPEN = ("/dev/fd/", "/dev/std", "/proc/")
_ENDS = ("", "-journal", "-wal", "-shm")
_OLD_AFTER_SECONDS = 3600
"""a partial file that nobody has touched for so long is nobody's, even if a process has the number
that it tells of
"""


class NotRegular(OSError):
    """What should be read is a directory, a device, a FIFO, or a link that is not followed."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(errno.EINVAL, "is not a regular file", os.fspath(path))


def open_regular(path: Path | str, *, follow: bool = True) -> BinaryIO:
    """Open a regular file for reading, or `NotRegular`. Nothing is waited for: a FIFO would stop whoever
    reads. Without `follow` a link is refused.
    """
    if not stat.S_ISREG(os.stat(path, follow_symlinks=follow).st_mode):
        raise NotRegular(path)
    links = 0 if follow else os.O_NOFOLLOW
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | links)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # it was put there in between
        os.close(descriptor)
        raise NotRegular(path)
    return open(descriptor, "rb")


def create(
    path: Path | str, access: int = os.O_WRONLY, mode: int = 0o600, *, directory: int | None = None
) -> int:
    """Make a file that was not there, and open it; `FileExistsError` where anything is, also a link
    that leads nowhere. A relative path is one of the open `directory`.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC | access
    return os.open(path, flags, mode, dir_fd=directory)


def replace(
    target: Path | str,
    data: bytes,
    *,
    mode: int | None = None,
    lasting: bool = False,
    made: Callable[[int], None] | None = None,
) -> None:
    """Put a file with this content in the place of `target`, in one step; `OSError` leaves
    everything as it was.

    Without a `mode` it is that of the file that was there, else 0600. `lasting`: it outlives a power cut.
    `made` gives the open file the owner and mode that the place asks for, in the stead of both.
    """
    target = followed(Path(target))
    forget_abandoned(target.parent, target.name)
    partial = partial_of(target)
    descriptor = create(partial)
    try:
        with open(descriptor, "wb") as file:
            take(descriptor)
            if made is None:
                _take_after(descriptor, target, mode)
            else:
                made(descriptor)
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(descriptor)
            os.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _take_after(descriptor: int, target: Path, mode: int | None) -> None:
    """Give a new file the mode of what it will replace, and, for root, the owner."""
    try:
        before = os.lstat(target)
    except FileNotFoundError:
        before = None
    if before is not None and stat.S_ISREG(before.st_mode):
        ours = before.st_uid == os.geteuid()
        if os.geteuid() == 0 and not ours:
            os.fchown(descriptor, before.st_uid, before.st_gid)
        if mode is None:
            mode = before.st_mode & (0o777 if ours else 0o755)
    if mode is not None:
        os.fchmod(descriptor, mode)


def write(target: Path | str, data: bytes) -> None:
    """Write what somebody wants in `target`: by `replace`, but into a device or a pipe, and where
    only the file is ours to write and not its directory, into what is there."""
    target = Path(target)
    try:
        into = not stat.S_ISREG(os.stat(target).st_mode) or str(target).startswith(_WHAT_IS_OPEN)
    except FileNotFoundError:
        into = False
    try:
        if not into:
            replace(target, data)
    except PermissionError:
        if target.is_symlink() or not os.access(target, os.W_OK):
            raise
        into = True
    if into:
        with open(os.open(target, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC | os.O_NOCTTY), "wb") as file:
            file.write(data)


def followed(path: Path) -> Path:
    """Where the links lead that only we or root can have made; the first other link, or what is no
    link, is the answer.
    """
    for _ in range(_MOST_LINKS):
        if not path.is_symlink() or not _is_ours_alone(path.parent):
            return path
        path = path.parent / os.readlink(path)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path))


def _is_ours_alone(directory: Path) -> bool:
    try:
        status = os.stat(directory)
    except OSError:
        return False
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & 0o022


# ── partial files ─────────────────────────────────────────────────────────────────────


def partial_of(target: Path) -> Path:
    """A name beside `target` for what will take its place: it tells whose it is, and nobody can
    foresee it.
    """
    return target.with_name(f".{_short(target.name)}.{os.getpid()}-{os.urandom(8).hex()}.partial")


def take(descriptor: int) -> bool:
    """Whether this process has an open file or directory for itself from now on, until it is
    closed. The kernel takes that back when the process ends, however it does. True where nobody can
    say: not every file system knows.
    """
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def forget_abandoned(directory: Path, name: str | None = None) -> None:
    """Remove the partial files in `directory` whose process was killed before it could: all, or
    those for the file `name`.
    """
    import re

    shape = re.compile(r"\.(.+)\.([0-9]{1,9})(?:-[0-9a-f]{16})?\.partial", re.DOTALL)
    try:
        names = os.listdir(directory)
    except OSError:
        return
    for entry in names:
        match = shape.fullmatch(entry)
        if (
            match
            and (name is None or _short(name) == match[1])
            and _is_abandoned(directory / entry, int(match[2]))
        ):
            for end in _ENDS:
                with suppress(OSError):
                    os.unlink(directory / (entry + end))


def _is_abandoned(partial: Path, process: int) -> bool:
    try:
        descriptor = os.open(partial, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not take(descriptor):
            return False
        return not is_running(process) or _is_old(status)
    finally:
        os.close(descriptor)


def is_running(process: int) -> bool:
    """Whether there is a process of this number; True where we may not know."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _is_old(status: os.stat_result) -> bool:
    return Clock().now() // SECOND - status.st_mtime > _OLD_AFTER_SECONDS


def _short(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_LONGEST_NAME])
