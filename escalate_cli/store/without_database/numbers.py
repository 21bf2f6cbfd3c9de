"""The highest numbers that this installation has ever given, noted beside the database, so that
they are never used again.

The note outlives the database. When a copy is put back, or a new database is begun, numbers go on
above what is noted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from escalate_cli import files
from escalate_cli.store.sqlite import sharing

NUMBERED = ("incidents", "nudges")
"""what people name by its number: tables"""

GIVEN = "highest number given: "
"""by table, the name of the fact in which a restored database remembers numbers that it does not
hold itself
"""

_LARGEST = 2**62


def note_of(database: Path) -> Path:
    """The file of the note, beside what a link leads to."""
    real = Path(os.path.realpath(database))
    return real.with_name(real.name + ".numbers")


class Numbers:
    """The note of one database. What goes wrong with it stops nothing: numbers then follow those of
    the database alone.
    """

    def __init__(self, database: Path) -> None:
        self._path = note_of(database)

    def highest(self) -> dict[str, int]:
        """By table, the highest number that is noted; 0 for none."""
        numbers = dict.fromkeys(NUMBERED, 0)
        with suppress(OSError):
            with files.open_regular(self._path, follow=False) as file:
                text = file.read(1000).decode("ascii", "replace")
            for name, _, number in (line.partition(" ") for line in text.splitlines()):
                if name in numbers and number.isascii() and number.isdigit() and int(number) < _LARGEST:
                    numbers[name] = int(number)
        return numbers

    def note(self, numbers: Mapping[str, int]) -> None:
        """Note these, where they are higher. The file is made, too: on a full disk it can then be changed."""
        before = self.highest()
        after = {name: max(before[name], numbers.get(name, 0)) for name in NUMBERED}
        if after == before and os.path.lexists(self._path):
            return
        text = "".join(f"{name} {number}\n" for name, number in after.items()).encode()
        with suppress(OSError):
            descriptor = self._opened()
            try:
                os.pwrite(descriptor, text, 0)  # in place: on a full disk the old one can still be changed
                os.ftruncate(descriptor, len(text))
            finally:
                os.close(descriptor)

    def _opened(self) -> int:
        try:
            return os.open(self._path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return sharing.create_shared(self._path)
