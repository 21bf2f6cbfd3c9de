"""Declarations that could not be stored, kept as files until they can be: beside the database, else in a temporary directory.

One file a declaration, written whole (temporary name, fsync, rename), readable by its owner only. Every directory that is used must
be ours alone; the same candidates are looked through when the spool is emptied. They depend on the database and the user, and not on
the environment: what a terminal keeps, cron must find.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

_SUFFIX = ".json"


class Spool:
    """The spool of one database."""

    def __init__(self, database: Path) -> None:
        real = Path(os.path.realpath(database))  # a database has one spool, by whatever links it is reached
        name = f"escalate-{os.getuid()}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:16]}"
        elsewhere = ("/var/tmp", "/tmp", "/dev/shm", f"/run/user/{os.getuid()}")  # noqa: S108 - a directory of ours in it, checked before use
        self.places = (real.with_name(real.name + ".spool"), *(Path(one) / name for one in elsewhere))

    def keep(self, name: str, content: bytes) -> Path | None:
        """Keep `content` under `name` in the first place that takes it; None when none does."""
        for place in self.places:
            try:
                if not place.parent.is_dir():
                    continue
                place.mkdir(mode=0o700, exist_ok=True)
                if self._is_ours(place):
                    return self._write(place, name, content)
            except OSError:
                continue
        return None

    def _write(self, place: Path, name: str, content: bytes) -> Path:
        partial, final = place / f".{name}.partial", place / (name + _SUFFIX)
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600)
        try:
            with open(descriptor, "wb") as file:  # a nearly full disk takes a part and refuses the rest
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.rename(partial, final)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return final

    def _is_ours(self, place: Path) -> bool:
        found = os.lstat(place)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077

    def kept(self) -> tuple[Path, ...]:
        """Everything that is kept, oldest first."""
        found = []
        for place in self.places:
            try:
                names = os.listdir(place) if self._is_ours(place) else []
            except OSError:
                continue
            found += [place / name for name in names if name.endswith(_SUFFIX) and not name.startswith(".")]
        return tuple(sorted(found, key=lambda path: path.name))

    def read(self, kept: Path) -> bytes | None:
        """What was said; None when another process has taken it in meanwhile."""
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, kept: Path) -> None:
        """It is stored now."""
        kept.unlink(missing_ok=True)
