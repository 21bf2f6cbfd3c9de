"""The named statements of `sql/*.sql`: all SQL that names a table is there, and every dialect would
have such files.

`-- name: claim` begins a statement; the comment below it says what it is for. What follows, up to the next
name, is run as it stands, with values for its `:parameters`. Transactions, PRAGMA and REINDEX, which name no
table, stay where the connection is handled.
"""

from __future__ import annotations

from pathlib import Path

SQL_PLACE = Path(__file__).with_name("sql")
_NAME = "\n-- name: "


class Statements:
    """The statements of one file, as attributes. The file is read when the first of them is asked for."""

    def __init__(self, file: str) -> None:
        self._path = SQL_PLACE / f"{file}.sql"

    def __getattr__(self, name: str) -> str:
        """Called for what is not there yet: it is read then, or does not exist."""
        if not name.startswith("_"):
            statements = statements_of(self._path.read_text(encoding="utf-8"), self._path.name)
            self.__dict__.update(statements)
            if name in statements:
                return statements[name]
            raise AttributeError(f"{self._path.name} has no statement {name!r}")
        raise AttributeError(name)


def statements_of(text: str, file: str) -> dict[str, str]:
    """The statements of a file by name, without the comments above them.

    `ValueError` where a name is there twice, is none, or names no statement.
    """
    statements: dict[str, str] = {}
    for part in f"\n{text}".split(_NAME)[1:]:
        name, *lines = part.splitlines()
        while lines and lines[0].startswith("--"):
            del lines[0]
        statement = "\n".join(lines).strip().removesuffix(";")
        if name in statements or not name.isidentifier() or not statement:
            raise ValueError(f"{file}: {name!r} is there twice, is no name, or names no statement")
        statements[name] = statement
    return statements
