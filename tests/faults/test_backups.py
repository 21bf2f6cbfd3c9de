"""Backups: one a day of seven, put back while others run, and never in the way of a page."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from escalate_cli.core.calendar.duration import DAY, SECOND
from escalate_cli.errors import DatabaseProblem
from escalate_cli.health.after_pass import after_pass
from escalate_cli.health.backups import backups
from escalate_cli.store.sqlite.copying import copy
from tests.delivery.processes import can_be_told_to_end, until
from tests.faults.fallback import FALLBACK
from tests.faults.harness import CLOCK, installation
from tests.world import World


def test_a_tick_makes_one_backup_a_day_and_keeps_seven(tmp_path):
    world = World(tmp_path)
    context = world.context
    for _ in range(10):
        for _ in range(3):
            after_pass(context, world.tick(), world.tick)
            world.clock.at += DAY // 3
    kept = sorted(path.name for path in backups(world.store.database.path).iterdir())
    assert len(kept) == 7
    assert kept[-1] == "2026-12-03.db"
    world.store.close()


def test_ticks_that_are_not_quite_a_day_apart_make_a_backup_each(tmp_path):
    world = World(tmp_path)
    for early in range(5):
        world.clock.at = world.start_at + early * (DAY - SECOND)
        after_pass(world.context, world.tick(), world.tick)
    kept = sorted(path.name for path in backups(world.store.database.path).iterdir())
    assert kept == [f"2026-11-{day}.db" for day in range(23, 28)]
    world.store.close()


def test_a_backup_can_be_put_back_and_the_watching_process_notices(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place("declare", "first", "--service", "x")
        assert place("backup", str(tmp_path / "copy.db")).code == 0
        place("declare", "second", "--service", "x")
        watch = place.begin("watch", "--interval", "1s")
        until(lambda: can_be_told_to_end(watch.pid))
        ran = place("restore", "--yes", str(tmp_path / "copy.db"))
        assert ran.code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["first"]
        place("declare", "third", "--service", "x")
        web.wait_for(3)
        watch.terminate()
        assert place.end(watch).code == 0
        assert len(list(place.db.parent.glob("*.replaced-*"))) == 2  # the database and its journal


@pytest.mark.long
def test_a_copy_waits_for_no_lock_for_ever_and_leaves_nothing_half_done(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place.declare_quietly()
        holder = sqlite3.connect(place.db, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseProblem, match="is locked by another process"):
            copy(place.db, tmp_path / "copies.db", CLOCK, 0.3)
        holder.execute("ROLLBACK")
        holder.close()
        assert [one.name for one in tmp_path.iterdir() if "copies" in one.name] == []
        copy(place.db, tmp_path / "copies.db", CLOCK, 0.3)
        with closing(sqlite3.connect(tmp_path / "copies.db")) as copied:
            assert copied.execute("SELECT title FROM incidents").fetchall() == [("The X is down",)]


@pytest.mark.parametrize("content", [pytest.param(b"", marks=pytest.mark.long), b"no database", None])
def test_a_damaged_backup_changes_nothing(tmp_path, web, content):
    with installation(tmp_path, web, FALLBACK) as place:
        place("declare", "first", "--service", "x")
        copy = tmp_path / "copy.db"
        if content is None:
            place("backup", str(copy))
            damaged = bytearray(copy.read_bytes())
            damaged[4096:12288] = b"\xff" * 8192
            content = bytes(damaged)
        copy.write_bytes(content)
        ran = place("restore", "--yes", str(copy))
        assert ran.code == 7
        assert [one["title"] for one in place("list", "--json").json] == ["first"]
