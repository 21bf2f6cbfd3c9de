"""On a full disk pages go on; a declaration that cannot be stored is kept, and the fallback hears of it."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.kept_declarations import keep_declaration
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.failures import FULL, LOCKED
from tests.faults.disks import fill, small_disk
from tests.faults.fallback import FALLBACK, beating
from tests.faults.harness import crew, installation

# ── a full disk ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.long)])
def test_on_a_full_disk_pages_and_acknowledgements_go_on_from_the_reserve(tmp_path, web, disk, rounds):
    if disk.by != "tmpfs":
        rounds = 10  # that nothing is left is met there only when the reserve is to be filled up
    with installation(tmp_path / "place", web, crew(2, ("a",), wait="1s")) as place:
        on_disk = {"ESCALATE_DB": str(disk.place / "escalate.db")}
        assert place("tick", **on_disk).code == 0
        with disk.full():
            for number in range(1, rounds + 1):
                ran = place(
                    "declare", f"number {number}", "--service", "x", "--message", "m" * 14_000, **on_disk
                )
                assert ran.code == 0, ran.err
                assert place("ack", str(number), "--all", **on_disk).code == 0
            web.wait_for(2 * rounds)
            ran = place("tick", **on_disk)
            assert "full" in ran.err
            assert "free some space" in ran.err
        assert place("tick", **on_disk).err == ""
        assert sqlite3.connect(disk.place / "escalate.db").execute("PRAGMA integrity_check").fetchone() == (
            "ok",
        )


def test_a_database_that_could_not_even_be_begun_is_begun_once_there_is_space(tmp_path, web, disk):
    with installation(tmp_path / "place", web, crew(1, ("a",))) as place:
        on_disk = {"ESCALATE_DB": str(disk.place / "escalate.db")}
        (disk.place / "escalate.db").touch()
        with disk.full():
            for number in range(2):
                assert place("declare", f"number {number}", "--service", "x", **on_disk).code == 7
                ran = place("tick", **on_disk)
                assert ran.code == 7
                assert "free some space" in ran.err
        assert place("tick", **on_disk).code == 0
        titles = [one["title"] for one in place("list", "--json", **on_disk).json]
        assert titles == ["number 1", "number 0"]


def test_a_copy_takes_nobody_the_last_space(tmp_path, web):
    with (
        small_disk(tmp_path / "disk") as disk,
        installation(tmp_path / "place", web, crew(1, ("a",))) as place,
    ):
        on_disk = {"ESCALATE_DB": str(disk / "escalate.db")}
        assert place("tick", **on_disk).code == 0
        ballast = fill(disk)
        os.truncate(ballast, ballast.stat().st_size - 40_000)
        before = os.statvfs(disk).f_bavail
        ran = place("backup", str(disk / "copy.db"), **on_disk)
        assert ran.code == 7
        assert "KiB are needed there" in ran.err
        assert [one.name for one in disk.iterdir() if "copy" in one.name] == []
        assert place("declare", "down", "--service", "x", **on_disk).code == 0
        assert os.statvfs(disk).f_bavail == before, "the reserve is enough for a page"


@pytest.mark.long
def test_when_the_reserve_is_gone_too_nothing_is_lost_and_afterwards_it_is_paged_exactly_once(
    tmp_path, web, disk
):
    with installation(tmp_path / "place", web, crew(1, ("a",))) as place:
        on_disk = {"ESCALATE_DB": str(disk.place / "escalate.db")}
        assert place("tick", **on_disk).code == 0
        answers = {}
        with disk.full():
            for number in range(40):
                answers[number] = place(
                    "declare", f"number {number}", "--service", "x", "--message", "m" * 30_000, **on_disk
                )
                if answers[number].code == 7:
                    break
        last = answers[max(answers)]
        assert last.code == 7
        assert ("is full" if disk.by == "tmpfs" else "cannot be written any further: a quota") in last.err
        assert "the declaration is kept in" in last.err
        assert "free some space" in last.err
        for _ in range(2):
            place("tick", **on_disk)
        titles = [str(one["title"]) for one in place("list", "--json", **on_disk).json]
        assert sorted(titles) == sorted(f"number {number}" for number in answers)
        pages = [request for request in web.arrived if b"[high] #" in request.body]
        assert sorted(
            sum(f"number {number}\\n".encode() in page.body for page in pages) for number in answers
        ) == [1] * len(answers)


# ── the spool and the emergency page ──────────────────────────────────────────────────


def test_a_declaration_that_cannot_be_stored_is_kept_the_fallback_hears_of_it_and_it_is_paged_once_later(
    tmp_path, web
):
    with installation(tmp_path, web, FALLBACK) as place:
        place.db.write_bytes(b"this is no database")
        ran = place("declare", "All is dark", "--service", "x", "--severity", "high")
        assert ran.code == 7
        assert str(place.db) in ran.err
        assert "kept in" in ran.err
        assert "paged directly: P0" in ran.err
        web.wait_for(1)
        assert b"cannot use its database" in web.arrived[0].body
        assert b"All is dark" in web.arrived[0].body
        again = place("declare", "All is dark too", "--service", "x")
        assert again.code == 7
        assert len(web.arrived) == 1, "the emergency page is rate-limited"
        place.db.unlink()
        assert place("tick").code == 0
        assert place("tick").code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["All is dark too", "All is dark"]
        assert len(web.arrived) == 3


def test_a_tick_that_cannot_use_the_database_tells_the_fallback_once_in_its_interval(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place.db.mkdir()
        for _ in range(3):
            assert place("tick").code == 7
        web.wait_for(1)
        assert len(web.arrived) == 1


@pytest.mark.parametrize(
    ("code", "asks_to"),
    [(LOCKED, "do not declare it again: nothing more needs to be done"), (FULL, "as before")],
)
def test_whoever_declared_is_not_asked_to_do_again_what_is_kept(tmp_path, web, code, asks_to):
    with installation(tmp_path, web, FALLBACK) as place, closing(place.context) as context:
        told = keep_declaration(
            context, declaring.Request("down"), DatabaseProblem("It is shut", "as before", code=code)
        )
        assert told.message.startswith("It is shut; the declaration is kept in ")
        assert told.hint.startswith(asks_to)


@pytest.mark.long
def test_a_declaration_that_meets_a_locked_database_is_declared_once_without_another_word(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place.declare_quietly("first")
        with place.sql():
            ran = place("declare", "second", "--service", "x")
        assert ran.code == 7
        assert "is locked by another process; the declaration is kept in" in ran.err
        assert "hint: do not declare it again" in ran.err
        assert place("tick").code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["second", "first"]


@pytest.mark.parametrize("table", ["notifications", "timeline"])
def test_damage_that_a_pass_meets_after_its_work_is_told_once_and_keeps_the_heartbeat_away(
    tmp_path, web, table
):
    """The first is met by the auditor, the second only by the daily backup, for which nothing in a
    pass would have read it.
    """
    with installation(tmp_path, web, beating(web)) as place:
        assert place("tick").err.startswith("the secret ${BEAT}")
        with place.sql() as db:
            db.execute("UPDATE facts SET value = '1' WHERE name = 'last_backup_at'")
            page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        with open(place.db, "r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xa5" * 4096)
        for _ in range(2):
            ran = place("tick", BEAT="b")
            assert (ran.code, ran.out) == (7, "")
            first, second = ran.err.splitlines()
            assert first.startswith(f"escalate: error: the database {place.db} is damaged")
            assert second.startswith("hint: restore the last good backup")
        said = json.loads(place("tick", "--json", BEAT="b").err)["error"]
        assert said["code"] == "database-damaged"
        watch = place.begin("watch", "--interval", "1s", BEAT="b")
        assert watch.stderr is not None
        assert f"the database {place.db} is damaged".encode() in watch.stderr.readline()
        watch.terminate()
        place.end(watch)
        assert [one.path for one in web.arrived] == ["/a/p0"]
        assert b"cannot use its database" in web.arrived[0].body


def test_a_pass_pages_what_it_can_before_it_says_that_the_database_is_damaged(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place.declare_quietly()
        page = place.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'reserve'")[0][0]
        with open(place.db, "r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xa5" * 4096)
        ran = place("tick", "--json")
        assert ran.code == 7
        said = json.loads(ran.err)["error"]
        assert (said["code"], said["pass"]["sent"]) == ("database-damaged", 1)
        told = [one.json["title"] for one in web.arrived]
        assert len(told) == 2
        assert "The X is down" in told[0]
        assert told[1] == "[escalate] it cannot use its database"


def test_a_kept_declaration_that_no_longer_fits_the_configuration_is_declared_by_its_words(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place.db.write_bytes(b"x" * 100)
        assert place("declare", "The X is down", "--service", "x").code == 7
        place.db.unlink()
        config = next(place.config.glob("*.toml"))
        config.write_text(config.read_text().replace("services.x", "services.y"))
        assert place("tick").code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["The X is down"]
