"""Scenario 11: databases of every released schema go on living; a migration is whole or not at all,
and happens once.
"""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.auditor import audit
from escalate_cli.store.sqlite import database, migrating
from tests.faults.released import POLICIES, SCHEMAS, released
from tests.world import World, instant

NUMBERS = [script.stem for script in migrating.migrations()]
NEXT = int(NUMBERS[-1]) + 1


def schema_of(path) -> set[tuple[str, ...]]:
    with sqlite3.connect(path) as raw:
        return {
            tuple(row)
            for row in raw.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")
        }


def test_every_schema_has_a_database_that_was_left_by_its_version():
    kept = sorted(path.stem for path in SCHEMAS.iterdir())
    assert kept == NUMBERS, "python -m tests.faults.released > tests/faults/schemas/NNN.sql"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_migrated_database_has_the_schema_of_a_new_one(tmp_path, number):
    """So a schema that was released is not edited any more: what changes is a migration."""
    released(number, tmp_path / "old.db")
    for name in ("old.db", "new.db"):
        database.Database(tmp_path / name, Clock()).close()
    assert schema_of(tmp_path / "old.db") == schema_of(tmp_path / "new.db")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_database_of_a_released_schema_keeps_everything_and_its_incidents_go_on(tmp_path, number):
    released(number, tmp_path / "escalate.db")
    world = World(tmp_path, POLICIES)
    world.clock.at = instant("2026-11-23T10:06:00")

    paging, taken, over, retried = (world.look(number) for number in (1, 2, 3, 4))
    assert [one.incident.title for one in (paging, taken)] == ["Łódź cannot log in 💥", "cards are declined"]
    assert (paging.incident.key, paging.incident.message, paging.incident.labels) == (
        "monitor-7",
        "since ten",
        {"region": "eu"},
    )
    assert [one.incident.status.value for one in (paging, taken, over, retried)] == [
        "open",
        "acknowledged",
        "resolved",
        "open",
    ]
    assert (taken.incident.severity, taken.incident.acknowledged_by) == ("critical", "dan")
    assert [notification.recipient for notification in paging.notifications] == [
        "person:ana",
        "person:ana",
        "person:bo",
        "channel:identity-room",
    ]
    assert (retried.notifications[0].status.value, retried.notifications[0].attempts) == ("retrying", 1)
    assert [escalation.level for escalation in paging.escalations] == [2]
    assert "level 2 of 3 of policy standard: paged Bo, Identity room" in world.timeline(1)
    assert "the bank is looking into it" in world.timeline(2)
    assert audit(world.store.database, world.clock.at) == ()
    assert world.store.database.check() is None

    world.advance("1m", every="15s")
    world.expects("sms to dan")  # the retry
    world.nudge("yes", "ana")
    world.expects("sms to cto")
    world.ack("ana", 1)
    world.expects("inform slack to identity", "inform email to bo", "inform email to cto")
    assert world.declare("again", "login", key="monitor-7") == 1, "its key still holds"
    world.declare("and another", "login")
    world.expects("sms to bo")  # the next turn of the round robin
    world.store.close()


def test_the_life_that_is_kept_is_the_life_that_is_lived(tmp_path):
    """The maker of the files still makes what the latest of them holds."""
    from tests.faults.released import live

    world = World(tmp_path, POLICIES)
    live(world)
    kept = tmp_path / "kept.db"
    released(NUMBERS[-1], kept)
    with sqlite3.connect(kept) as raw:
        for table in ("incidents", "notifications", "nudges", "turns"):
            ours = world.store.database.run(f"SELECT count(*) FROM {table}")[0][0]
            assert ours == raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0], table
    world.store.close()


# ── a made-up further migration ─────────────────────────────────────────────────────────


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A place for migrations that holds those that there are."""
    place = tmp_path / "migrations"
    place.mkdir()
    for script in migrating.migrations():
        shutil.copy(script, place)
    monkeypatch.setattr(migrating, "MIGRATIONS", place)
    return place


def test_an_older_database_is_migrated_whole_or_not_at_all_after_a_copy(tmp_path, scripts):
    """With a made-up migration: one that works, and one that fails half way."""
    path = tmp_path / "escalate.db"
    first = database.Database(path, Clock())
    with first.transaction():
        first.change("INSERT INTO facts (name, value) VALUES ('who', 'me')")
    first.close()
    (scripts / f"{NEXT:03}.sql").write_text(
        "ALTER TABLE facts ADD COLUMN mood TEXT;\nINSERT INTO nowhere VALUES (1);\n"
    )
    with pytest.raises(DatabaseProblem, match=str(path)):
        database.Database(path, Clock())
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (NEXT - 1,)
        assert "mood" not in str(raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'facts'").fetchone())
    (scripts / f"{NEXT:03}.sql").write_text(
        "ALTER TABLE facts ADD COLUMN mood TEXT;\nUPDATE facts SET mood = 'good';\n"
    )
    second = database.Database(path, Clock())
    assert [tuple(row) for row in second.run("SELECT value, mood FROM facts")] == [("me", "good")]
    second.close()
    copy = path.with_name(f"escalate.db.before-{NEXT:03}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (NEXT - 1,)
        assert raw.execute("SELECT value FROM facts").fetchall() == [("me",)]


def test_many_that_open_an_older_database_at_once_migrate_it_once(tmp_path, scripts):
    path = tmp_path / "escalate.db"
    for number in range(10):
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        (scripts / f"{NEXT:03}.sql").unlink(missing_ok=True)
        database.Database(path, Clock()).close()
        (scripts / f"{NEXT:03}.sql").write_text(
            "ALTER TABLE facts ADD COLUMN mood TEXT;\nINSERT INTO facts VALUES ('once', 'yes', 'good');\n"
        )
        with ThreadPoolExecutor(6) as pool:
            for opened in pool.map(lambda _: database.Database(path, Clock()), range(6)):
                opened.close()
        with sqlite3.connect(path.with_name(f"escalate.db.before-{NEXT:03}")) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == (NEXT - 1,), (
                f"round {number}: the copy is of the older database"
            )
        with sqlite3.connect(path) as raw:
            assert raw.execute("SELECT name, mood FROM facts").fetchall() == [("once", "good")]


def test_an_older_backup_is_migrated_when_it_is_put_back_and_leaves_nothing_behind(tmp_path, scripts):
    from escalate_cli.store.sqlite.restoring import restore

    path, copy = tmp_path / "data" / "escalate.db", tmp_path / "copy.db"
    path.parent.mkdir()
    first = database.Database(path, Clock())
    with first.transaction():
        first.change("INSERT INTO facts (name, value) VALUES ('who', 'me')")
    first.copy_to(copy)
    first.close()
    (scripts / f"{NEXT:03}.sql").write_text("ALTER TABLE facts ADD COLUMN mood TEXT;\n")
    path.unlink()
    path.with_name("escalate.db-journal").unlink()
    restore(copy, path, Clock())
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name, value, mood FROM facts").fetchall() == [("who", "me", None)]
    assert [one.name for one in path.parent.iterdir()] == ["escalate.db"]
