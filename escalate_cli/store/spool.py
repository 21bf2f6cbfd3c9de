"""Declarations that could not be stored, kept as files until they can be: beside the database, else in memory-backed places.

One file a declaration, written whole (temporary name, fsync, rename), readable by its owner only. Every directory that is used must
be ours alone; the same candidates are looked through when the spool is emptied.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Spooled:
    """A kept declaration: where it is, and what was said."""

    path: Path
    content: bytes


class Spool:
    """The spool of one database."""

    def __init__(self, database: Path, environ: Mapping[str, str]) -> None:
        absolute = database.absolute()
        name = f"escalate-{os.getuid()}-{hashlib.sha256(os.fsencode(absolute)).hexdigest()[:16]}"
        runtime = environ.get("XDG_RUNTIME_DIR", "")
        self.places = tuple(
            place
            for place in (
                absolute.with_name(absolute.name + ".spool"),
                Path(runtime) / name if runtime.startswith("/") else None,
                Path("/dev/shm") / name,  # noqa: S108 - a directory of ours, checked before use
                Path("/tmp") / name,  # noqa: S108 - likewise
            )
            if place is not None
        )

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
            os.write(descriptor, content)
            os.fsync(descriptor)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        os.rename(partial, final)
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return final

    def _is_ours(self, place: Path) -> bool:
        found = os.lstat(place)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077

    def kept(self) -> tuple[Spooled, ...]:
        """Everything that is kept, oldest first."""
        found = []
        for place in self.places:
            try:
                names = sorted(os.listdir(place)) if self._is_ours(place) else []
            except OSError:
                continue
            for name in names:
                if name.endswith(_SUFFIX) and not name.startswith("."):
                    found.append(place / name)
        return tuple(Spooled(path, path.read_bytes()) for path in sorted(found, key=lambda path: path.name))

    def drop(self, spooled: Spooled) -> None:
        """It is stored now."""
        spooled.path.unlink(missing_ok=True)
