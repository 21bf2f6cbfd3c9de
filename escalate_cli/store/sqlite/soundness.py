"""Whether a database file is sound: its pages and rows, and whether its indexes agree with its
tables.

`quick_check` looks at pages and rows. Only `integrity_check` compares indexes with their tables. So
if the first finds nothing and the second does, only indexes are damaged. That loses nothing: they
are rebuilt from the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec


class Damage(msgspec.Struct, frozen=True):
    """What SQLite finds wrong, on one line; `indexes_only` where the tables are sound and `REINDEX`
    puts it right.
    """

    text: str
    indexes_only: bool


def look_through(run: Callable[[str], Sequence[Any]]) -> Damage | None:
    """The whole check, by a function that runs one statement and fetches its rows; None for a sound
    database.
    """
    for statement, indexes_only in (("PRAGMA quick_check(1)", False), ("PRAGMA integrity_check(1)", True)):
        answer = str(run(statement)[0][0])
        if answer != "ok":
            return Damage(" ".join(answer.removeprefix("*** in database main ***").split()), indexes_only)
    return None
