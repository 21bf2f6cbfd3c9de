"""What is said when SQLite fails: each kind of failure with a code that callers can tell apart, and
a hint.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from escalate_cli.errors import DatabaseProblem

LOCKED = "database-locked"
FULL = "database-full"
UNWRITABLE = "database-unwritable"
DAMAGED = "database-damaged"
REPLACED = "database-replaced"

PASSING = (LOCKED, REPLACED)
"""what the next process does not meet any more, and nobody is woken for"""


def damaged(path: Path, more: str = "") -> DatabaseProblem:
    """What is said of a database that is damaged."""
    return DatabaseProblem(
        f"the database {path} is damaged{more}",
        "restore the last good backup with `escalate restore FILE`; keep the damaged file",
        code=DAMAGED,
    )


def explain(problem: sqlite3.Error, path: Path, waited_seconds: float) -> DatabaseProblem:
    """The error for a failure of the database at `path`. If it was locked, it was waited for this
    long.

    A write that fails for another reason than ENOSPC is SQLITE_IOERR_WRITE, mostly a quota (EDQUOT)
    or a limit (EFBIG). It is treated like a full disk: what still fits into the file goes on.
    """
    code = getattr(problem, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_IOERR_WRITE:
        text = (
            f"the database {path} cannot be written any further: a quota, a limit of file sizes, or a failing"
            " disk"
        )
        return DatabaseProblem(text, "free some space, or raise the limit; nothing was changed", code=FULL)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        text = f"another database was put at {path} while this one was in use"
        return DatabaseProblem(text, "run the command again", code=REPLACED)
    kind = code & 0xFF
    if kind == sqlite3.SQLITE_CORRUPT:
        return damaged(path)
    owner = "check its path, owner and permissions"
    text, hint, name = {
        sqlite3.SQLITE_BUSY: (
            f"the database {path} is locked by another process",
            f"it was waited for {waited_seconds:.0f} s; find the holder with `fuser {path}` and try again",
            LOCKED,
        ),
        sqlite3.SQLITE_FULL: (
            f"the disk of the database {path} is full",
            "free some space; nothing was changed",
            FULL,
        ),
        sqlite3.SQLITE_READONLY: (
            f"the database {path} cannot be written",
            "check its owner, permissions and file system",
            UNWRITABLE,
        ),
        sqlite3.SQLITE_CANTOPEN: (f"the database {path} cannot be opened", owner, UNWRITABLE),
        sqlite3.SQLITE_NOTADB: (
            f"{path} is not a database of escalate, or it is damaged",
            "restore the last good backup with `escalate restore FILE`",
            DAMAGED,
        ),
    }.get(kind, (f"the database {path} cannot be used: {problem}", "run `escalate doctor`", None))
    return DatabaseProblem(text, hint, code=name)
