"""Declarations that could not be stored, kept as files until they can be: beside the database, else
in a temporary directory.

Each declaration is one file, written whole (temporary name, fsync, rename). Beside the database it
can be read by whoever can read that. A directory elsewhere belongs to its user alone, or to the
group that shares the database.

When the spool is emptied the same places are searched, those of other users too. They depend on the
database and the user but not on the environment: cron must find what a terminal has kept. If a
directory elsewhere exists, something is kept in it; other users cannot see more than that.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from escalate_cli import files
from escalate_cli.store.sqlite import sharing

_SUFFIX = ".json"
_BESIDE = ".spool"
_ELSEWHERE = ("/var/tmp", "/tmp", "/dev/shm")  # noqa: S108 - directories of ours in them, checked before use
_LARGEST = 32 << 20
"""bytes of a kept declaration"""


class SpoolContents(msgspec.Struct, frozen=True):
    """What is kept: files that can be read, the oldest first; and files or whole directories of
    other users that cannot.
    """

    readable: tuple[Path, ...]
    unreadable: tuple[Path, ...]


class Spool:
    """The spool of one database. Without `beside`, nothing is kept in the database's directory,
    since that may be the wrong one.
    """

    def __init__(self, database: Path, *, beside: bool = True) -> None:
        # A database has one spool, by whatever links it is reached. Where it is lost, its name is the real
        # one that it had: a link in that may lead elsewhere by now.
        self._database = Path(os.path.realpath(database)) if beside else database
        self.group = sharing.group_of(self._database.parent)
        """the group that shares the database"""
        self._beside = self._database.with_name(self._database.name + _BESIDE)
        self._digest = hashlib.sha256(os.fsencode(self._database)).hexdigest()[:16]
        runtime = f"/run/user/{os.getuid()}"
        elsewhere = [Path(place) for place in (*_ELSEWHERE, runtime)]
        self.places = (
            self._beside,
            *(place / f"escalate-kept-{os.getuid()}-{self._digest}" for place in elsewhere),
        )
        """where this user keeps declarations, the first choice first"""
        self.marks = (
            self._beside,
            *(place / f"escalate-{os.getuid()}-{self._digest}" for place in elsewhere),
        )
        """where the mark of the emergency page may be (mark.py); 0.1.0 also kept declarations there"""
        if not beside:
            self.marks = self.marks[1:]
        self._choices = self.places if beside else self.places[1:]

    def keep(self, name: str, content: bytes) -> Path | None:
        """Keep `content` under `name` in the first place that takes it; None when none does."""
        # twice: whoever empties a place may remove it in between
        for place in (*self._choices, *self._choices):
            try:
                if make(place, self.group):
                    return self._write(place, name, content)
            except OSError:
                continue
        return None

    def _write(self, place: Path, name: str, content: bytes) -> Path:
        partial, final = f".{name}.partial", name + _SUFFIX
        with _opened(place) as directory:
            if not trusted(place, os.fstat(directory), self.group):
                raise PermissionError
            flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY
            descriptor = os.open(partial, flags, 0o600, dir_fd=directory)
            try:
                with open(descriptor, "wb") as file:  # a nearly full disk takes a part and refuses the rest
                    sharing.belong(descriptor, place)
                    file.write(content)
                    file.flush()
                    os.fsync(descriptor)
                os.rename(partial, final, src_dir_fd=directory, dst_dir_fd=directory)
            except OSError:
                with suppress(OSError):
                    os.unlink(partial, dir_fd=directory)
                raise
            os.fsync(directory)
        return place / final

    def in_reach(self, kept: Path) -> bool:
        """Whether the user who owns the database can take this in, too. Not known counts as no."""
        try:
            owner = os.stat(self._database).st_uid
        except FileNotFoundError:  # nobody's yet, as far as can be seen
            return True
        except OSError:
            return self._is_of_the_group(kept.parent)
        status = os.stat(kept.parent)
        return status.st_uid == owner or self._is_of_the_group(kept.parent)

    def _is_of_the_group(self, place: Path) -> bool:
        return self.group is not None and sharing.group_of(place) == self.group

    def look(self) -> SpoolContents:
        """Everything that is kept, by whomever."""
        readable: list[Path] = []
        unreadable: list[Path] = []
        for place, owner in (
            *((place, None) for place in (*self.places, *self.marks[1:])),
            *self._of_others(),
        ):
            try:
                names, status = os.listdir(place), os.lstat(place)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError:
                unreadable.append(place)
                continue
            sound = trusted(place, status, self.group) or (
                owner is not None and sharing.is_private(status, self.group, owner)
            )
            for path in (
                place / name for name in names if name.endswith(_SUFFIX) and not name.startswith(".")
            ):
                (readable if sound and _can_be_read(path) else unreadable).append(path)
        return SpoolContents(tuple(sorted(readable, key=lambda path: path.name)), tuple(unreadable))

    def _of_others(self) -> Iterator[tuple[Path, int]]:
        """Where other users keep what they could not store in this database, and who they are."""
        for parent in map(Path, _ELSEWHERE):
            with suppress(OSError):
                for name in sorted(os.listdir(parent)):
                    user = name.removeprefix("escalate-kept-").removesuffix(f"-{self._digest}")
                    if (
                        user.isdigit()
                        and name == f"escalate-kept-{user}-{self._digest}"
                        and int(user) != os.getuid()
                    ):
                        status = os.lstat(parent / name)
                        if stat.S_ISDIR(status.st_mode) and status.st_uid == int(user):
                            yield parent / name, status.st_uid

    def kept(self) -> tuple[Path, ...]:
        """Everything that is kept and can be read, oldest first."""
        return self.look().readable

    def out_of_reach(self) -> list[str]:
        """What other users have declared and this one cannot read, a line each: this user's ticks
        page nobody for it.
        """
        return [
            f"what {_user_of(path)} declared and could not store is kept in {path}: this user cannot read it,"
            " and does NOT page it"
            for path in self.look().unreadable
        ]

    def read(self, kept: Path) -> bytes | None:
        """What was said; None when another process has taken it in meanwhile."""
        try:
            return _read(kept)
        except OSError:
            return None

    def drop(self, kept: Path) -> None:
        """It is stored now."""
        with suppress(OSError):  # what cannot be removed is not declared again: the database knows its name
            kept.unlink(missing_ok=True)
        if kept.parent != self._beside:
            with suppress(OSError):
                kept.parent.rmdir()


def make(place: Path, group: int | None) -> bool:
    """Make a directory for the spool or its mark, unless it is there. Returns whether it can be
    trusted. Beside the database only the owner or the group makes one: for everybody else it
    would be in the way.
    """
    if not os.path.lexists(place):
        shared = group is not None and sharing.group_of(place.parent) == group
        if not shared and _is_beside(place) and os.getuid() not in (0, os.stat(place.parent).st_uid):
            return False
        sharing.make_directory(place)
        if group is not None and not shared:
            with suppress(OSError):  # we are not of it: then it is ours alone
                sharing.share_with(place, group)
    return trusted(place, os.lstat(place), group)


def trusted(place: Path, status: os.stat_result, group: int | None) -> bool:
    """Whether a directory with this status is ours or our group's. Beside the database, root also
    trusts the database's owner.
    """
    owners = (os.stat(place.parent).st_uid,) if _is_beside(place) else ()
    return sharing.is_private(status, group, *owners)


def _is_beside(place: Path) -> bool:
    return place.suffix == _BESIDE


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield directory
    finally:
        os.close(directory)


def _user_of(path: Path) -> str:
    try:
        uid = os.lstat(path).st_uid
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except OSError:
        return "another user"
    except KeyError:
        return f"the user with uid {uid}"


def _can_be_read(path: Path) -> bool:
    try:
        _read(path, 1)
    except FileNotFoundError:
        return True  # taken in a moment ago: reading says so
    except OSError:
        return False
    return True


def _read(path: Path, length: int = _LARGEST) -> bytes:
    """A regular file of one name: what others link into their directory is not theirs to tell."""
    with files.open_regular(path, follow=False) as file:
        if os.fstat(file.fileno()).st_nlink > 1:
            raise PermissionError
        return file.read(length)
