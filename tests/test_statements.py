"""SQL has one address, and every statement a name, a purpose and a use.

All can be run, those of a pass find their rows by an index, and what is stored whole forgets no field.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.incident.situation import Escalation, Incident, Maintenance, Notification, Nudge
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import SQL_PLACE, Statements, statements_of
from tests.sources import sources, tree_of

TABLES = "|".join(re.findall(r"CREATE TABLE (\w+)", (SQL_PLACE / "migrations" / "001.sql").read_text()))
NAMES_A_TABLE = re.compile(
    r"\bSELECT\b.*\bFROM\b|\bINSERT\b.*\bINTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b"
    rf"|\b(CREATE|ALTER|DROP)\b.*\bTABLE\b|\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+({TABLES})\b",
    re.S,
)
"""in capitals, as all our SQL is: "select" is also a word of English"""

FILES = {
    path.stem: statements_of(path.read_text(encoding="utf-8"), path.name)
    for path in sorted(SQL_PLACE.glob("*.sql"))
}


# ── one address ───────────────────────────────────────────────────────────────────────


def test_no_sql_that_names_a_table_is_outside_of_the_files_of_the_store() -> None:
    """A second dialect needs a second folder, and nothing else."""
    assert [f"{name}: {sql}" for name, text in sources() for sql in _sql_in(text)] == []


def test_what_finds_sql_finds_it() -> None:
    sql = (
        'run("SELECT id, title\\nFROM " + table)',
        'f"UPDATE {table} SET {settings}"',
        '"SELECT 1" " FROM x"',
        '"DELETE FROM x"',
        'x = " FROM incidents"',
    )
    assert all(_sql_in(line) for line in sql)
    assert not any(
        _sql_in(line)
        for line in (
            '"PRAGMA user_version"',
            '"select one from these incidents"',
            "# SELECT 1 FROM incidents",
        )
    )


def _sql_in(text: str) -> list[str]:
    """The strings in a Python file that are SQL; what is put in between in an f-string is a name
    like any other.
    """
    found = []
    for node in ast.walk(tree_of(text)):
        if isinstance(node, ast.JoinedStr):
            string = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            string = node.value
        else:
            continue
        found += [" ".join(string.split())[:80]] if NAMES_A_TABLE.search(string) else []
    return found


def test_every_file_and_every_statement_says_what_it_is_for() -> None:
    for path in SQL_PLACE.rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("-- "), path
        assert re.findall(r"^-- name: (.+)\n(?!-- \w)", text, re.M) == [], path
        if path.parent == SQL_PLACE:  # a migration that was released is not edited any more
            assert max(map(len, text.splitlines())) <= 110, path


def test_every_statement_is_used_and_every_one_that_is_used_exists() -> None:
    used = {name for _, text in sources() for name in _statements_used(text)}
    assert used == {f"{file}.{name}" for file, named in FILES.items() for name in named}


def _statements_used(text: str) -> Iterator[str]:
    """Of a Python file: `_sql = Statements("outbox")` and `_sql.claim`, or both at once."""
    files: dict[str, str] = {}
    for node in ast.walk(tree_of(text)):
        if (
            isinstance(node, ast.Assign)
            and (file := _file_of(node.value))
            and isinstance(node.targets[0], ast.Name)
        ):
            files[node.targets[0].id] = file
    for node in ast.walk(tree_of(text)):
        if isinstance(node, ast.Attribute):
            file = files.get(node.value.id) if isinstance(node.value, ast.Name) else _file_of(node.value)
            if file:
                yield f"{file}.{node.attr}"


def _file_of(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="Statements"), args=[ast.Constant(value=str(file))]):
            return file
    return None


# ── what they do ──────────────────────────────────────────────────────────────────────

EVERY_PASS = {
    "audit": FILES["audit"],
    "figures": FILES["figures"],
    "ledger": ("find_fact", "remember_fact", "count_fact"),
    "outbox": (
        "waiting", "waiting_of_incident", "still_waits", "claim", "still_claimed", "end_attempt",
        "record_outcome", "look_again", "abandoned", "count_sent", "count_under_way", "severities_sent",
        "severities_under_way", "due_beside",
    ),
    "situations": (
        "find_incident", "escalations_of", "notifications_of", "nudges_of", "turns_of", "timeline_of",
        "has_entry", "update_incident", "change_notification", "exists", "open_with_key", "due", "push_ahead",
        "look_at_all", "next_due_at", "running_ids", "list_running", "running", "find_incidents",
        "escalations_of_several", "nudges_of_several", "waiting", "incident_of_nudge", "open_nudges",
    ),
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "escalate.db", Clock())
    opened.run(FILES["migrating"]["make_old_reasons"])
    yield opened
    opened.close()


def plan(database: Database, statement: str) -> list[str]:
    """How SQLite goes about it, whatever the values."""
    values = dict.fromkeys(re.findall(r"(?<![:\w]):(\w+)", statement))
    return [row["detail"] for row in database.run(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_sqlite_understands_every_statement(database: Database) -> None:
    for file in FILES.values():
        for statement in file.values():
            if not statement.startswith(("CREATE", "DROP")):
                plan(database, statement)


def test_no_pass_reads_a_table_through_from_end_to_end(database: Database) -> None:
    """A million past notifications cost nothing."""
    # what is left is no table, but what a part of the statement gave
    read_through = re.compile(r"SCAN (?!\(|json_each|vain)\w+$")
    found = [
        f"{file}.{name}: {line}"
        for file, names in EVERY_PASS.items()
        for name in names
        for line in plan(database, FILES[file][name])
        if read_through.match(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "besides", "names"),
    [
        (Incident, {"id", "rules"}, ("insert_incident", "update_incident")),
        (Escalation, {"id", "incident_id"}, ("insert_escalation", "update_escalation")),
        (Nudge, {"id", "incident_id"}, ("insert_nudge", "update_nudge")),
        (Notification, {"id", "incident_id"}, ("insert_notification",)),
        (Maintenance, {"id"}, ("insert_maintenance",)),
    ],
)
def test_what_is_stored_whole_names_each_field_and_gives_it_its_own_value(kind, besides, names) -> None:
    for name in names:
        statement = FILES["situations"][name]
        if name.startswith("insert"):
            inserted = re.fullmatch(
                r"INSERT INTO \w+ \((.*?)\) VALUES \((.*?)\)\s+RETURNING id", statement, re.S
            )
            assert inserted is not None
            pairs = list(zip(*(re.findall(r"\w+", part) for part in inserted.groups()), strict=True))
        else:
            pairs = re.findall(r"(\w+) = :(\w+)", statement)
        assert all(column == value for column, value in pairs)
        assert {column for column, _ in pairs} | besides == set(kind.__struct_fields__) | besides, name


def test_a_statement_that_does_not_exist_is_told_at_once() -> None:
    with pytest.raises(AttributeError, match=r"outbox\.sql has no statement 'clam'"):
        _ = Statements("outbox").clam


@pytest.mark.parametrize(
    "text", ["-- name: a\n-- A.\nX;\n\n-- name: a\nY;", "-- name: a b\nX;", "-- name: a\n-- nothing to run\n"]
)
def test_a_name_that_is_there_twice_or_is_none_or_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.sql"):
        statements_of(text, "x.sql")


def test_what_is_run_is_without_the_comment_above_it() -> None:
    """`Database.run` and sqlite3 look at how a statement begins."""
    assert statements_of(
        "-- A file.\n\n-- name: a\n-- Why.\n--\n-- More.\nSELECT 1;\n\n-- name: b\nSELECT 2;\n", "x.sql"
    ) == {"a": "SELECT 1", "b": "SELECT 2"}
