"""A database that was put aside for a copy harms neither itself nor the one in its place, whoever still has
it open. SQLite finds a journal by name: a connection whose file was put aside would play the journal of the
other one into it.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.copying import copy
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.failures import REPLACED
from escalate_cli.store.sqlite.gate import Gate
from escalate_cli.store.sqlite.restoring import restore
from escalate_cli.store.without_database.numbers import note_of
from tests.command import Escalate
from tests.faults.harness import CLOCK
from tests.world import WorldClock

READ, BEGIN = "SELECT title FROM incidents", "BEGIN IMMEDIATE"


def titles(path: Path) -> list[str]:
    """Of a sound database."""
    with closing(sqlite3.connect(path)) as there:
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [title for (title,) in there.execute(READ)]


@pytest.fixture
def place(escalate: Escalate) -> Escalate:
    assert escalate("declare", "the first", "--service", "login", "--message", "x" * 3000).code in (0, 6)
    assert escalate("backup", str(escalate.place / "copy.db")).code == 0
    assert escalate("declare", "the second", "--service", "login", "--message", "y" * 3000).code in (0, 6)
    return escalate


@pytest.fixture
def stale_path(place: Escalate) -> Path:
    return place.place / "escalate.db"


@pytest.fixture
def stale(place: Escalate) -> Iterator[Database]:
    """A connection to the database that was put aside."""
    database = Database(place.place / "escalate.db", CLOCK)
    assert len(database.run(READ)) == 2
    restore(place.place / "copy.db", database.path, CLOCK)
    yield database
    database.close()


@pytest.fixture
def writing(stale: Database) -> Iterator[Database]:
    """A connection to the one that is there now, with changes in its file that only its journal can undo."""
    database = Database(stale.path, CLOCK)
    database.run("PRAGMA cache_size=2")
    database.run("PRAGMA cache_spill=2")
    database.run(BEGIN)
    database.change("UPDATE incidents SET message = hex(randomblob(9000)), title = 'half'")
    assert Path(f"{stale.path}-journal").read_bytes()[:4] == b"\xd9\xd5\x05\xf9"
    yield database
    database.close()


def ask(database: Database) -> None:
    database.run(READ)


def write(database: Database) -> None:
    with database.transaction():
        database.change("UPDATE incidents SET title = 'too late'")


@pytest.mark.parametrize("act", [ask, write])
def test_whoever_still_has_a_database_open_that_was_put_aside_harms_neither_it_nor_the_other(
    place: Escalate, stale: Database, writing: Database, act: Callable[[Database], None]
) -> None:
    with pytest.raises(DatabaseProblem, match="another database was put at") as raised:
        act(stale)
    assert raised.value.code == REPLACED
    writing.run("ROLLBACK")
    (aside,) = place.place.glob("escalate.db.replaced-*[0-9]")
    assert (titles(stale.path), titles(aside)) == (["the first"], ["the first", "the second"])


@pytest.mark.parametrize("runs", [True, False])
def test_a_restore_takes_nothing_away_from_another_one_that_is_under_way(place: Escalate, runs: bool) -> None:
    """Only what a killed one has left is removed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        if not runs:
            other.communicate()
        left = place.place / f"escalate.db.restoring-{other.pid}"
        left.write_bytes(b"half of it")
        restore(place.place / "copy.db", place.place / "escalate.db", CLOCK)
        assert left.exists() is runs
        if runs:
            other.communicate()
    assert titles(place.place / "escalate.db") == ["the first"]


def test_the_gate_is_there_where_no_number_had_been_noted(place: Escalate, stale_path: Path) -> None:
    """As of a database of an older version, which is opened before the restore."""
    note_of(stale_path).unlink()
    with closing(Database(stale_path, WorldClock())) as reader:
        assert len(reader.run(READ)) == 2
        restore(place.place / "copy.db", stale_path, CLOCK)
        with Gate(stale_path).closed(CLOCK, 0), pytest.raises(DatabaseProblem, match="locked by another"):
            ask(reader)


def test_nobody_begins_to_read_or_write_while_a_copy_is_put_in_its_place(place: Escalate) -> None:
    """Neither whoever has it open, nor whoever opens it then. Whoever has begun goes on."""
    path, clock = place.place / "escalate.db", WorldClock()
    with closing(Database(path, clock)) as reader, closing(Database(path, clock)) as writer:
        writer.run(BEGIN)
        with Gate(path).closed(CLOCK, 0):
            for act in (
                lambda: ask(reader),
                lambda: write(reader),
                lambda: Database(path, clock),
                lambda: copy(path, place.place / "other.db", clock, 0),
            ):
                with pytest.raises(DatabaseProblem, match="locked by another process"):
                    act()
            ask(writer)
            writer.run("ROLLBACK")
        ask(reader)
