"""The last look at a claim, by the process that sends, through a connection of its own: whether it is still wanted, and still its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_PATIENCE_SECONDS = 1.0


def is_wanted(path: str, token: str, notifications: list[int]) -> bool:
    """Whether any of these notifications is still claimed by `token` and not called off.

    A database that cannot be asked is no answer: then it is wanted, as far as is known.
    """
    marks = ", ".join("?" * len(notifications))
    claimed = "SELECT 1 FROM notifications WHERE claim = ? AND status = 'sending' AND stopped = 0"
    statement = f"{claimed} AND id IN ({marks}) LIMIT 1"
    try:
        with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)) as database:
            return database.execute(statement, (token, *notifications)).fetchone() is not None
    except sqlite3.Error:
        return True
