"""What keeps pages going when the machine under them fails: reserve, spool, emergency page,
backups, auditor, heartbeat.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.kept_declarations import keep_declaration
from escalate_cli.core.calendar.duration import DAY, MINUTE, SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.errors import DatabaseProblem
from escalate_cli.health.after_pass import after_pass
from escalate_cli.health.backups import backups
from escalate_cli.store.auditor import audit
from escalate_cli.store.sqlite.copying import copy
from escalate_cli.store.sqlite.failures import FULL, LOCKED
from tests.delivery.processes import needs_proc, until
from tests.faults.disks import fill, small_disk
from tests.faults.harness import CLOCK, crew, installation
from tests.servers import Answer, HttpServer
from tests.world import World

FALLBACK = crew(1, ("a",))


# ── a full disk ───────────────────────────────────────────────────────────────────────


def test_on_a_full_disk_pages_and_acknowledgements_go_on_from_the_reserve(tmp_path, web, disk):
    with installation(tmp_path / "place", web, crew(2, ("a",), wait="1s")) as place:
        on_disk = {"ESCALATE_DB": str(disk.place / "escalate.db")}
        assert place("tick", **on_disk).code == 0
        with disk.full():
            for number in range(1, 11):
                ran = place(
                    "declare", f"number {number}", "--service", "x", "--message", "m" * 14_000, **on_disk
                )
                assert ran.code == 0, ran.err
                assert place("ack", str(number), "--all", **on_disk).code == 0
            web.wait_for(20)
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


# ── backups ───────────────────────────────────────────────────────────────────────────


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
        ran = place("restore", "--yes", str(tmp_path / "copy.db"))
        assert ran.code == 0
        assert [one["title"] for one in place("list", "--json").json] == ["first"]
        place("declare", "third", "--service", "x")
        web.wait_for(3)
        watch.terminate()
        assert place.end(watch).code == 0
        assert len(list(place.db.parent.glob("*.replaced-*"))) == 2  # the database and its journal


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


@pytest.mark.parametrize("content", [b"", b"no database", None])
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


# ── the auditor ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("UPDATE incidents SET next_due_at = NULL", "nothing-due"),
        ("UPDATE incidents SET next_due_at = 5", "overdue"),
        ("UPDATE notifications SET status = 'sending', lease_until = 5", "stuck"),
        ("UPDATE notifications SET status = 'pending', due_at = 5", "unsent"),
    ],
)
def test_the_auditor_finds_what_was_forgotten(tmp_path, spoil, code):
    world = World(tmp_path)
    world.declare("down", "login")
    assert audit(world.store.database, world.clock.at) == ()
    with world.store.transaction():
        world.store.database.change(spoil)
    assert [one.code for one in audit(world.store.database, world.clock.at)] == [code]
    world.store.close()


def test_nobody_reached_at_all_keeps_the_heartbeat_away_and_is_paged_once_and_shown_by_doctor(tmp_path, web):
    """A policy that leads nowhere: its gateway refuses everything for good. The engine goes on
    paging the fallback besides.
    """
    ops = '[people.ops]\nname = "Ops"\ncontact = { b = "ops" }\n[gateways.b]\nurl = "json://127.0.0.1:PORT/b/{to}"\n'
    config = (
        (beating(web) + ops)
        .replace('page = ["person:p0"]', 'page = ["person:ops"]')
        .replace('via = ["a"]', 'via = ["a", "b"]')
    )
    with installation(tmp_path, web, config) as place:
        web.at_path |= {"/a/": Answer(401), "/b/": Answer(401)}
        place("declare", "down", "--service", "x", BEAT="b")
        assert "unreached" not in place("doctor", "--json", BEAT="b").out, "it has just begun"
        with place.sql() as database:
            database.execute("UPDATE incidents SET declared_at = declared_at - 130000000")
        del web.at_path["/b/"]
        place.forget()
        first, second = place("tick", BEAT="b"), place("tick", BEAT="b")
        assert (
            "incident 1: nobody could be reached: every page was given up; no page reaches person:"
            in first.err
        )
        assert second.err == ""
        told, beat = place.messages
        assert (told.path, beat.path) == ("/b/ops", "/beat/b"), "the fallback has heard of it"
        assert "escalate's own check: nobody could be reached" in told.json["message"]
        assert "no page reaches person:p0: each was given up" in told.json["message"]


def test_while_nobody_can_be_reached_the_heart_does_not_beat(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        web.at_path["/a/"] = Answer(401)
        place("declare", "down", "--service", "x", BEAT="b")
        with place.sql() as database:
            database.execute("UPDATE incidents SET declared_at = declared_at - 130000000")
        first, second = place("tick", BEAT="b"), place("tick", BEAT="b")
        assert "incident 1: nobody could be reached" in first.err
        assert second.err == ""
        found = {one["code"]: one for one in place("doctor", "--json", BEAT="b").json["findings"]}
        assert found["unreached"]["message"].startswith("incident 1: ")
        assert found["paged-in-vain"]["message"] == "incident 1: no page reaches person:p0: each was given up"
        assert [one.path for one in web.arrived if one.path.startswith("/beat")] == []
        web.at_path.clear()
        assert place("page", "1", "person:p0", BEAT="b").code == 0
        place("tick", BEAT="b")
        assert [one.path for one in web.arrived if one.path.startswith("/beat")] == ["/beat/b"]


def test_somebody_whom_no_page_reaches_is_paged_to_the_fallback_once_and_again_for_an_incident_declared_later(
    tmp_path,
):
    world = World(tmp_path)
    world.post.refuse = lambda url: (
        Outcome(OutcomeKind.PERMANENT, "no such number") if "%2B1" in url else None
    )

    def a_pass() -> None:
        after_pass(world.context, world.tick(), world.tick)
        world.clock.at += SECOND

    world.declare("nobody can log in", "login")
    world.expects("sms to bo")  # level 2 at once
    a_pass()
    world.expects("sms to ops")
    assert "no page reaches person:ana: each was given up" in world.timeline()
    for _ in range(2):
        a_pass()
    world.resolve()
    world.expects("resolved sms to bo", "resolved sms to ops")
    found = [one.code for one in audit(world.store.database, world.clock.at)]
    assert found == [], "what is over is over"

    world.declare("again nobody", "login")
    world.expects("sms to bo")
    world.ack("bo", 2)
    a_pass()
    world.expects()  # somebody has it: nobody else is woken for an address
    assert [(one.code, one.incident_id) for one in audit(world.store.database, world.clock.at)] == [
        ("paged-in-vain", 2)
    ]

    world.declare("and again", "login")
    world.expects("sms to bo")
    world.declare("and once more", "login")
    world.expects("sms to bo")
    for _ in range(2):
        a_pass()
    world.expects("sms to ops")
    world.resolve(3)
    world.expects("resolved sms to bo", "resolved sms to ops")
    a_pass()  # it was said when incident 4 was there already
    world.post.refuse = lambda url: None
    world.page("person:ana", incident=4)
    world.expects("sms to ana")
    assert audit(world.store.database, world.clock.at) == ()
    world.store.close()


def test_what_the_auditor_finds_is_paged_to_the_fallback_once(tmp_path):
    world = World(tmp_path)
    world.declare("down", "login")
    world.expects("sms to ana")
    for _ in range(3):
        with world.store.transaction():
            world.store.database.change("UPDATE escalations SET next_at = NULL")
            world.store.database.change("UPDATE incidents SET next_due_at = NULL")
        report = world.tick()
        after_pass(world.context, report, world.tick)
        world.clock.at += MINUTE
    world.expects("sms to ops")
    assert "nothing is due" in world.timeline()
    world.store.close()


# ── heartbeat, metrics, systemd ───────────────────────────────────────────────────────


def beating(web: HttpServer) -> str:
    return FALLBACK + f'[heartbeat]\nurl = "{web.url("http", "/beat")}/${{BEAT}}"\nevery = "1m"\n'


def test_the_heartbeat_is_pinged_after_a_good_pass_and_not_more_often_than_asked(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        for _ in range(2):
            assert place("tick", BEAT="s3cret").code == 0
        assert [request.path for request in web.arrived] == ["/beat/s3cret"]


def test_the_heartbeat_stays_away_when_something_was_forgotten(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        place("declare", "down", "--service", "x", BEAT="b")
        with place.sql() as database:
            database.execute("UPDATE escalations SET next_at = NULL")
            database.execute("UPDATE incidents SET next_due_at = NULL")
        place("tick", BEAT="b")
        assert [request.path for request in web.arrived if request.path.startswith("/beat")] == []


@needs_proc
@pytest.mark.parametrize("to_its_end", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_heartbeat_that_hangs_ends_itself_and_holds_up_nobody(tmp_path, web, to_its_end):
    """It is sent after everything else of a pass, by a process of its own with a time limit, for
    which a watch does not wait.
    """
    web.at_path["/beat"] = Answer(trick="hang")
    with installation(tmp_path, web, beating(web)) as place:
        own = uuid4().hex
        place.declare_quietly()
        assert place("tick", BEAT=own).code == 0
        assert place.told == ["/a/p0", f"/beat/{own}"]
        assert len(having(own)) == 1
        until(lambda: not to_its_end or not having(own), 30)


def having(word: str) -> list[Path]:
    """The processes that have this word in their environment."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word.encode() in (one / "environ").read_bytes():
                found.append(one)
    return found


def test_a_heartbeat_that_lacks_its_secret_stops_no_page(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        place.declare_quietly()
        ran = place("tick")
        assert "the secret ${BEAT} is not set" in ran.err
        assert len(web.arrived) == 1


def test_metrics_that_a_full_disk_does_not_take_are_named_and_leave_nothing_behind(tmp_path, web):
    with small_disk(tmp_path / "disk") as disk:
        target = disk / "escalate.prom"
        with installation(tmp_path / "place", web, FALLBACK + f'[metrics]\ntextfile = "{target}"\n') as place:
            fill(disk)
            for _ in range(2):
                ran = place("tick")
                assert (ran.code, ran.err.splitlines()) == (
                    0,
                    [f"the metrics cannot be written to {target}: No space left on device"],
                )
            assert [one.name for one in disk.iterdir()] == ["ballast"]


def test_metrics_are_written_whole_for_node_exporter(tmp_path, web):
    target = tmp_path / "metrics" / "escalate.prom"
    target.parent.mkdir()
    with installation(tmp_path / "place", web, FALLBACK + f'[metrics]\ntextfile = "{target}"\n') as place:
        place("declare", "down", "--service", "x")
        web.answer_with(Answer(401))
        place("declare", "refused", "--service", "x")
        web.answer_with(Answer(503))
        place("declare", "later", "--service", "x")
        place("ack", "1", "--all")
        assert place("tick").code == 0
        lines = dict(line.split() for line in target.read_text().splitlines() if not line.startswith("#"))
        last, oldest = (
            float(lines.pop("escalate_last_pass_timestamp_seconds")),
            float(lines.pop("escalate_oldest_unacknowledged_seconds")),
        )
        assert abs(last - CLOCK.now() / SECOND) < 60
        assert 0 <= oldest < 60
        refused = place.rows("SELECT count(*) FROM notifications WHERE status = 'failed'")[0][0]
        assert refused > 0
        assert lines == {
            "escalate_incidents_open": "2",
            "escalate_incidents_acknowledged": "1",
            "escalate_notifications_pending": "0",
            "escalate_notifications_failed_total": str(refused),
        }
        assert [path.name for path in target.parent.iterdir()] == ["escalate.prom"]


def test_watch_tells_systemd_that_it_is_ready_alive_and_stopping(tmp_path, web):
    with (
        installation(tmp_path, web, FALLBACK) as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
    ):
        line.bind(str(tmp_path / "notify"))
        line.settimeout(60)
        watch = place.begin(
            "watch", "--interval", "1s", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="400000"
        )
        heard = [line.recv(100) for _ in range(4)]
        watch.terminate()
        assert place.end(watch).code == 0
        heard.append(line.recv(100))
        while heard[-1] == b"WATCHDOG=1":
            heard.append(line.recv(100))
        assert heard[0] == b"READY=1"
        assert set(heard[1:4]) == {b"WATCHDOG=1"}
        assert heard[-1] == b"STOPPING=1"


def test_a_watch_goes_on_when_its_supervisor_listens_no_more(tmp_path, web):
    """The socket is full after a few datagrams that nobody takes."""
    with (
        installation(tmp_path, web, FALLBACK) as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
    ):
        line.bind(str(tmp_path / "notify"))
        watch = place.begin(
            "watch", "--interval", "1s", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="10000"
        )
        until(lambda: line.recv(100, socket.MSG_PEEK))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, suppress(BlockingIOError):
            other.setblocking(False)
            other.connect(str(tmp_path / "notify"))
            while True:
                other.send(b"X=1")
        place.declare_quietly()
        web.wait_for(1)
        watch.terminate()
        assert place.end(watch).code == 0


def test_a_reloaded_watch_uses_the_new_configuration(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place("tick")
        with place.sql() as database:
            database.execute("DELETE FROM facts")
        watch = place.begin("watch", "--interval", "1s")
        until(lambda: place.rows("SELECT 1 FROM facts WHERE name = 'last_pass_at'"))
        config = next(place.config.glob("*.toml"))
        config.write_text(config.read_text().replace('name = "P0"', 'name = "Renamed"'))
        watch.send_signal(1)
        place.declare_quietly()
        web.wait_for(1)
        watch.terminate()
        assert place.end(watch).code == 0
        assert "Renamed" in place("timeline", "1").out
