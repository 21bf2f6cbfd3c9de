"""What a monitor sent and nobody can read, kept as files beside the database, for a person to look at."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from escalate_cli import files

_BESIDE = ".unread"
_MOST = 100
"""files that are kept; the oldest go first"""
_LONGEST = 1 << 20
"""bytes of each"""


class SetAside:
    """The deliveries of one database that could not be read."""

    def __init__(self, database: Path) -> None:
        self.place = database.with_name(database.name + _BESIDE)

    def keep(self, name: str, content: bytes) -> Path | None:
        """Keep it; where it is, or None where it cannot be written."""
        path = self.place / name
        try:
            self.place.mkdir(mode=0o700, exist_ok=True)
            files.replace(path, content[:_LONGEST], mode=0o600)
        except OSError:
            return None
        for old in self.kept()[:-_MOST]:
            with suppress(OSError):
                old.unlink()
        return path

    def kept(self) -> list[Path]:
        """What is kept, the oldest first."""
        try:
            return sorted(path for path in self.place.iterdir() if not path.name.startswith("."))
        except OSError:
            return []
