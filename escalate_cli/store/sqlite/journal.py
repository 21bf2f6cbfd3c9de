"""What the journal beside a database tells when the database file is missing or empty: whether it
is new, or was lost.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.failures import DAMAGED

_HEADER = 28
"""bytes that journal_mode=PERSIST zeroes when a transaction ends"""


def refuse_emptied(path: Path) -> None:
    """An empty or missing file is new, unless its journal shows that transactions were committed:
    then it was lost.

    A journal whose whole header is zeroed has ended a transaction. A journal under way, or cut
    short by a kill, also has its first bytes zero until it is synced, but not the salt and the page
    size behind them: then another process is just making the database.
    """
    try:
        with open(_journal_of(path), "rb") as journal:
            header = journal.read(_HEADER)
    except FileNotFoundError:
        return
    if header != b"\0" * _HEADER:
        return
    try:
        what = "is empty, but was not: it has been truncated" if os.stat(path).st_size == 0 else None
    except FileNotFoundError:
        what = "is gone, but its journal is still there"
    if what is not None:
        raise DatabaseProblem(
            f"the database {path} {what}",
            "restore the last good backup with `escalate restore FILE`; to begin anew, remove"
            f" {path}-journal too",
            code=DAMAGED,
        )


def forget_the_beginning(connection: sqlite3.Connection, path: Path) -> None:
    """When not even the schema could be stored, leave no journal behind that looks like the end of
    a transaction.
    """
    with suppress(sqlite3.Error, OSError):
        connection.execute("BEGIN IMMEDIATE")  # nobody else writes to the journal meanwhile
        if os.stat(path).st_size == 0:
            os.truncate(_journal_of(path), 0)
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _journal_of(path: Path) -> str:
    return f"{path}-journal"
