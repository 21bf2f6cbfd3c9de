"""A database as a small archive: column by column, since what is alike lies together then, and what can be
derived is not kept twice.

Instants are the bulk of what cannot be guessed, and most stand in several columns. Each incident has the
list of its own, and a column has places in that list. Numbers of rows are kept as steps from the row before;
within the data of a timeline's entry, the number of a notification counts from the first of its incident.
"""

from __future__ import annotations

import base64
import json
import lzma
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

_FIRST_INSTANT = 10**15
"""microseconds: in 2001; no other number is as large"""
_BEST = 9 | lzma.PRESET_EXTREME
_REFERENCE = re.compile(r'(?<="notification":)-?\d+')
_OWN = ("incidents", "escalations", "nudges", "notifications", "attempts", "timeline")
"""tables of which each row belongs to an incident"""

Column = list[Any]
Table = dict[str, Column]


def pack(database: Path) -> bytes:
    """The archive of a database."""
    with closing(sqlite3.connect(database)) as connection:
        pragmas = [
            f"PRAGMA {name}={_first(connection, f'PRAGMA {name}')}"
            for name in ("application_id", "user_version")
        ]
        schema = [
            sql
            for (sql,) in connection.execute(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
            )
        ]
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        tables = {name: _read(connection, name) for name in names}
    belongs, instants = _belonging(tables), dict[int, set[int]]()
    for name in _OWN:
        for column in tables[name].values():
            for owner, value in zip(belongs[name], column, strict=True):
                if _is_instant(value):
                    instants.setdefault(owner, set()).add(value)
    places = {owner: {at: place for place, at in enumerate(sorted(own))} for owner, own in instants.items()}
    packed = {
        name: {
            column: _packed(name, column, values, belongs.get(name), places, tables)
            for column, values in table.items()
        }
        for name, table in tables.items()
    }
    archive = {
        "statements": pragmas + schema,
        "instants": [_steps(sorted(instants.get(number, ()))) for number in tables["incidents"]["id"]],
        "tables": packed,
    }
    return lzma.compress(
        json.dumps(archive, ensure_ascii=False, separators=(",", ":")).encode(), preset=_BEST
    )


def unpack(archive: bytes, database: Path) -> None:
    """Make the database of an archive."""
    kept = json.loads(lzma.decompress(archive))
    tables: dict[str, Table] = {name: {} for name in kept["tables"]}
    for name in sorted(tables, key=lambda name: name == "attempts"):  # their notifications first
        for column, (how, values) in kept["tables"][name].items():
            tables[name][column] = list(accumulate(values)) if how == "steps" else values
    belongs = _belonging(tables)
    instants = dict(
        zip(tables["incidents"]["id"], (list(accumulate(own)) for own in kept["instants"]), strict=True)
    )
    first = _first_notifications(tables)
    for name, table in tables.items():
        for column, (how, _) in kept["tables"][name].items():
            values = table[column]
            if how == "places":
                table[column] = [
                    None if place is None else instants[owner][place]
                    for owner, place in zip(belongs[name], values, strict=True)
                ]
            elif how == "bytes":
                table[column] = [base64.b85decode(value) for value in values]
            elif how == "data":
                table[column] = _renumbered(
                    values, belongs[name], lambda owner, number: number + first[owner]
                )
    with closing(sqlite3.connect(database)) as connection:
        for statement in kept["statements"]:
            connection.execute(statement)
        for name, table in tables.items():
            marks = ", ".join("?" * len(table))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", zip(*table.values(), strict=True))
        connection.commit()


def _packed(
    table: str,
    column: str,
    values: Column,
    owners: Column | None,
    places: dict[int, dict[int, int]],
    tables: dict[str, Table],
) -> tuple[str, Column]:
    """How the values are kept, and what is kept of them."""
    if any(isinstance(value, bytes) for value in values):
        return "bytes", [base64.b85encode(value).decode() for value in values]
    if owners is None:
        return "values", values
    if any(map(_is_instant, values)):
        return "places", [
            None if at is None else places[owner][at] for owner, at in zip(owners, values, strict=True)
        ]
    if (column == "id" or column.endswith("_id")) and None not in values:
        return "steps", _steps(values)
    if (table, column) == ("timeline", "data"):
        first = _first_notifications(tables)
        return "data", _renumbered(values, owners, lambda owner, number: number - first[owner])
    return "values", values


def _is_instant(value: object) -> bool:
    return isinstance(value, int) and value > _FIRST_INSTANT


def _steps(values: Sequence[int]) -> list[int]:
    return [*values[:1], *(after - before for before, after in pairwise(values))]


def _belonging(tables: dict[str, Table]) -> dict[str, Column]:
    """The incident of each row."""
    of_notification = dict(
        zip(tables["notifications"]["id"], tables["notifications"]["incident_id"], strict=True)
    )
    return {
        name: table["id"]
        if name == "incidents"
        else [of_notification[number] for number in table["notification_id"]]
        if name == "attempts"
        else table["incident_id"]
        for name, table in tables.items()
        if name in _OWN
    }


def _first_notifications(tables: dict[str, Table]) -> dict[int, int]:
    """The number of the first notification of each incident."""
    rows = zip(tables["notifications"]["incident_id"], tables["notifications"]["id"], strict=True)
    return dict(sorted(rows, reverse=True))


def _renumbered(values: Column, owners: Iterable[int], number_of: Callable[[int, int], int]) -> Column:
    return [
        _REFERENCE.sub(lambda match, owner=owner: str(number_of(owner, int(match[0]))), value)  # type: ignore[misc]
        for owner, value in zip(owners, values, strict=True)
    ]


def _read(connection: sqlite3.Connection, table: str) -> Table:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
    names = [name for name, *_ in cursor.description]
    rows = cursor.fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _first(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]
