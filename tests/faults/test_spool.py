"""Declarations that could not be stored: kept whole, found by whoever ticks, taken in once, and in
nobody's way.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.kept_declarations import keep_declaration, take_in
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.failures import LOCKED
from escalate_cli.store.without_database.spool import Spool
from tests.delivery.processes import until
from tests.faults.disks import fill, small_disk
from tests.faults.harness import crew, installation
from tests.faults.rounds import report
from tests.world import World

HELD = DatabaseProblem("it is locked", code=LOCKED)


@pytest.mark.long
def test_what_is_kept_is_taken_in_once_by_however_many(tmp_path, web):
    wanted = [f"number {number}" for number in range(40)]
    with installation(tmp_path, web, crew(1, ("a",))) as place:
        with closing(place.context) as context:
            for title in wanted:
                keep_declaration(context, declaring.Request(title, ("x",)), HELD)
        together = [place.begin("tick") for _ in range(4)]
        ended = [place.end(one) for one in together]
        assert [(one.code, one.err) for one in ended] == [(0, "")] * len(together)
        assert sorted(str(one["title"]) for one in place("list", "--json").json) == sorted(wanted)
        place.settle()
        account = place.account()
        assert account.expected == len(wanted)
        account.must_be_sound(repeats=0)


def test_whoever_takes_in_what_another_has_just_taken_in_declares_nothing(tmp_path):
    """Both have looked, and neither had seen the other's."""
    world = World(tmp_path)
    asked = declaring.Request("down", ("login",))
    first, second = (
        declaring.store_declaration(world.context, asked, remember="spooled one") for _ in range(2)
    )
    assert (first.created, second.created) == (True, False)
    assert first.situation.incident.id == second.situation.incident.id
    world.store.close()


@pytest.mark.parametrize("written", [None, "since the deployment"])
def test_4_11_a_declaration_that_waited_in_the_spool_says_since_when(tmp_path, written):
    world = World(tmp_path)
    asked = declaring.Request("down", ("login",), message=written)
    keep_declaration(world.context, asked, HELD)
    made = world.clock.at
    world.clock.at += 90 * MINUTE
    assert take_in(world.context).problem is None
    message = world.look().incident.message
    assert message.splitlines()[:-1] == ([] if written is None else [written])
    since = named_wall_time(made, "Europe/London", world.clock.at)
    assert message.splitlines()[-1] == f"(declared at {since}; it could not be stored before now)"
    world.tick()
    assert since in world.last().body
    world.sent()
    world.store.close()


@pytest.mark.long
def test_a_kept_declaration_that_does_not_fit_is_in_nobody_s_way(tmp_path, web, disk):
    config = crew(1, ("a",), wait="1s").replace('page = ["person:p0"]', 'page = ["person:ops"]')
    with installation(
        tmp_path / "place", web, config + '[people.ops]\nname = "Ops"\ncontact = { a = "ops" }\n'
    ) as place:
        on_disk = {"ESCALATE_DB": str(disk.place / "escalate.db")}
        assert place("tick", **on_disk).code == 0
        with disk.full():
            assert place("declare", "first", "--service", "x", **on_disk).code == 0
            assert place("declare", "big", "--service", "x", "--message", "m" * 120_000, **on_disk).code in (
                0,
                7,
            )
            for _ in range(3):
                big = place("declare", "bigger", "--service", "x", "--message", "m" * 120_000, **on_disk)
            assert (big.code, "kept in" in big.err) == (7, True)

            def gone_on() -> bool:
                ran = place("tick", **on_disk)
                assert ran.code == 7
                assert "a declaration waits in" in ran.err
                return any(b"[high] #1 first" in one.body for one in web.arrived if one.path == "/a/ops")

            until(gone_on, 30)
        place("tick", **on_disk)
        kept = {str(one["title"]) for one in place("list", "--json", **on_disk).json}
        assert kept == {"first", "big", "bigger"}
        assert Spool(disk.place / "escalate.db").kept() == ()


def test_what_is_kept_is_kept_whole_or_elsewhere(tmp_path):
    said = b"x" * 30_000
    with small_disk(tmp_path / "disk") as place:
        ballast = fill(place)
        os.truncate(ballast, ballast.stat().st_size - 16_384)
        spool = Spool(place / "escalate.db")
        try:
            kept = spool.keep("one", said)
            assert kept is not None
            assert kept.read_bytes() == said
            assert place not in kept.parents
            assert [one.name for one in place.rglob("*") if "one" in one.name] == [], (
                "no half of it is left behind"
            )
        finally:
            for one in spool.places:
                shutil.rmtree(one, ignore_errors=True)


def test_a_spool_is_found_by_whatever_way_its_database_is_reached(tmp_path, web):
    with installation(tmp_path / "place", web, crew(1, ("a",))) as place:
        (tmp_path / "link").symlink_to(place.db.parent, target_is_directory=True)
        place.db.write_bytes(b"no database")
        linked = {"ESCALATE_DB": str(tmp_path / "link" / place.db.name), "XDG_RUNTIME_DIR": str(tmp_path)}
        assert place("declare", "down", "--service", "x", **linked).code == 7
        place.db.unlink()
        assert place("tick").code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["down"]
        report(rounds=1)


NOT_UTF_8 = "caf\udce9 pos is down"


@pytest.mark.parametrize("wrong", ["damaged", pytest.param("locked", marks=pytest.mark.long)])
def test_4_1_what_is_declared_in_other_bytes_than_utf_8_while_the_database_cannot_be_used_is_kept(
    tmp_path, web, wrong
):
    """And paged: at once where the database is damaged, by the next tick where it was locked only."""
    with installation(tmp_path, web, crew(1, ("a",))) as place, ExitStack() as until_then:
        assert place("tick").code == 0
        sound = place.db.read_bytes()
        if wrong == "damaged":
            place.db.write_bytes(b"no database" * 100)
        else:
            holder = until_then.enter_context(closing(sqlite3.connect(place.db, isolation_level=None)))
            holder.execute("BEGIN EXCLUSIVE")
        ran = place("declare", NOT_UTF_8, "-s", "x", "-m", f"for {NOT_UTF_8}", "--label", f"a={NOT_UTF_8}")
        assert (ran.code, "is kept in" in ran.err) == (7, True), ran
        assert len(web.arrived) == (wrong == "damaged")
        until_then.close()
        place.db.write_bytes(sound)
        assert place("tick").code == 0
        assert [one["title"] for one in place("list", "--json").json] == [r"caf\udce9 pos is down"]
        assert "caf" in web.arrived[-1].json["title"]
