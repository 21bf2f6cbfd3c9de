"""The migrations of the database: numbered files of SQL, run in order, each once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from escalate_cli.store.statements import SQL_PLACE

MIGRATIONS = SQL_PLACE / "migrations"
_WITH_VALUES = 2
"""from this migration on entries have events, and notifications have reasons; existing ones are
converted
"""


def migrations() -> tuple[Path, ...]:
    """The numbered migrations, in order; the last number is the schema version of this program."""
    return tuple(sorted(MIGRATIONS.glob("[0-9][0-9][0-9].sql")))


def latest_migration() -> int:
    """The number of the last one, which a database that is up to date has as its `user_version`."""
    return int(migrations()[-1].stem)


def migrate(connection: sqlite3.Connection, at: int) -> None:
    """Run those that a database `at` this number is missing. Inside a transaction."""
    for script in migrations():
        number = int(script.stem)
        if number <= at:
            continue
        for statement in _statements(script.read_text(encoding="utf-8")):
            connection.execute(statement)
        if at and number == _WITH_VALUES:
            _give_values(connection)
        connection.execute(f"PRAGMA user_version={number}")


def _give_values(connection: sqlite3.Connection) -> None:
    from escalate_cli.store.migrations.old_reasons import give_reasons
    from escalate_cli.store.migrations.old_timelines import give_events

    give_events(connection)
    give_reasons(connection)


def _statements(script: str) -> Iterator[str]:
    """The statements of a migration; `executescript` would commit behind our back."""
    pending = ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
