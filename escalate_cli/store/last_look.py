"""The last look at a claim, by the process that sends, through a connection of its own: whether it
is still wanted, and still its own.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from escalate_cli.store.statements import Statements

_PATIENCE_SECONDS = 1.0
_STILL_CLAIMED = Statements("outbox").still_claimed
"""read when this is loaded, and not by every child"""


def is_wanted(path: str, token: str, notifications: list[int]) -> bool:
    """Whether any of these notifications is still claimed by `token` and not called off.

    A database that cannot be asked is no answer: then it is wanted, as far as is known.
    """
    ids = json.dumps(notifications)
    try:
        with closing(
            sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)
        ) as database:
            return database.execute(_STILL_CLAIMED, {"token": token, "ids": ids}).fetchone() is not None
    except sqlite3.Error:
        return True
