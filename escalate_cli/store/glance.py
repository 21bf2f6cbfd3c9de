"""A glance at what is open, without opening the database as a command does: for the completion of a
shell, which has milliseconds and nobody to complain to.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from escalate_cli.store.statements import Statements

_sql = Statements("glance")
_PATIENCE = 0.2
"""seconds for a database that is in use"""


def glance_at_incidents(
    database: Path, *, resolved_too: bool = False
) -> list[tuple[int, str, str, str, str]]:
    """Number, title, severity, status and key ("" for none) of what is open; with `resolved_too` of
    the latest, open or over. `sqlite3.Error` where the database cannot be read."""
    rows = _rows(database, _sql.latest_incidents if resolved_too else _sql.open_incidents)
    return [(number, title, severity, status, key or "") for number, title, severity, status, key in rows]


def glance_at_nudges(database: Path) -> list[tuple[int, int, str]]:
    """Number, incident and what is proposed, of the nudges that wait for an answer."""
    return [(number, incident, action) for number, incident, action in _rows(database, _sql.open_nudges)]


def _rows(database: Path, statement: str) -> list[tuple[Any, ...]]:
    place = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, uri=True, timeout=_PATIENCE)) as connection:
        return connection.execute(statement).fetchall()
