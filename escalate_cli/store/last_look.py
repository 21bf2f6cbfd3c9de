"""A last look before sending, by the sending process through its own connection: is the
notification still wanted, and is the claim still ours?
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from escalate_cli.store.statements import Statements

_PATIENCE_SECONDS = 1.0
_STILL_CLAIMED = Statements("outbox").still_claimed
"""read when this module is loaded, so that not every child reads it"""


def is_wanted(path: str, token: str, notifications: list[int]) -> bool:
    """Whether any of these notifications is still claimed by `token` and not called off. When the
    database cannot be asked the answer is yes: as far as is known, it is still wanted.
    """
    ids = json.dumps(notifications)
    try:
        with closing(
            sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)
        ) as database:
            return database.execute(_STILL_CLAIMED, {"token": token, "ids": ids}).fetchone() is not None
    except sqlite3.Error:
        return True
