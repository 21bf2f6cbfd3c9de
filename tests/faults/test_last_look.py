"""Scenarios 38, 39: what is claimed and not begun, and places that a dead gateway does not take
from a sound one.
"""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.faults.harness import Installation, crew, installation, stop_and_continue
from tests.servers import Answer, HttpServer


def begin_and_stop(place: Installation, *arguments: str) -> subprocess.Popen[bytes]:
    """A process that has committed its claim and is stopped before it hands anything over."""
    process = place.begin(*arguments, ESCALATE_FAILPOINT="claimed-stop")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    return process


def go_on(place: Installation, process: subprocess.Popen[bytes]) -> None:
    stop_and_continue(process, False)
    ran = place.end(process)
    assert "Traceback" not in ran.err, ran


@pytest.mark.parametrize(
    "act", [("ack", "1", "--by", "p0"), ("resolve", "1", "--by", "p0")], ids=["ack", "resolve"]
)
def test_no_attempt_begins_after_an_act_that_returned_0_though_it_was_claimed_before(tmp_path, act):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a", "b"))) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        assert place.statuses() == {"sending": 2}
        assert place(*act).code == 0
        go_on(place, tick)
        assert [message for message in place.messages if "[resolved]" not in message.json["title"]] == []
        assert place.rows("SELECT DISTINCT status FROM notifications WHERE kind = 'page'") == [("cancelled",)]


def test_what_was_taken_over_meanwhile_is_sent_by_the_one_who_has_it_and_says_that_it_repeats(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        place.let_leases_end()
        assert place("tick").code == 0
        go_on(place, tick)
        assert place.told == ["/a/p0"]
        assert "(repeat)" in place.messages[0].json["title"]


def test_what_outlasted_its_claim_is_not_begun_though_nobody_has_taken_it_over(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",), timeout="1s")) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        with place.sql() as db:  # as if it had been stopped for so long
            db.execute("UPDATE notifications SET claim = 'of another' WHERE id = 1")
        go_on(place, tick)
        assert place.told == []
        place.settle()
        assert place.told == ["/a/p0"]


def test_a_database_that_cannot_be_asked_at_the_last_moment_stops_no_page(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        moved = place.db.with_name("moved.db")
        place.db.rename(moved)
        stop_and_continue(tick, False)
        web.wait_for(1)
        moved.rename(place.db)
        place.end(tick)
        assert place.told == ["/a/p0"]


@pytest.mark.parametrize(
    "dead", [("a",), pytest.param(("a", "b", "c", "d"), marks=pytest.mark.long)], ids=len
)
def test_a_hanging_gateway_leaves_the_places_to_a_sound_one_however_much_is_due_by_it(tmp_path, dead):
    """Fifty by each dead gateway, then one by a sound one: it waits for none of them."""
    hang = Answer(trick="hang")
    config = crew(50, dead, timeout="50s")
    config += (
        '[gateways.sound]\nurl = "json://127.0.0.1:PORT/sound/{to}"\n[people.q]\nname = "Q"\ncontact = {'
        ' sound = "q" }\n'
    )
    config += (
        '[people.q.notify]\nhigh = [ { via = ["sound"] } ]\n[services.y]\nname = "The Y"\nteam = "other"\n'
    )
    config += '[teams.other]\nname = "Other"\nmembers = ["q"]\npolicy = "all-hands"\n'
    paths = {f"/{gateway}/p{number}": hang for gateway in dead for number in range(50)}
    with HttpServer(at_path=paths) as web, installation(tmp_path, web, config) as place:
        place.declare_quietly()
        tick = place.begin("tick")
        web.wait_for(16 * len(dead))
        place.declare_quietly("The Y is down", service="y")
        arrived = web.wait_for(16 * len(dead) + 1)
        assert [one.path for one in arrived if one.path.startswith("/sound")] == ["/sound/q"]
        assert place.statuses()["sent"] == 0 or place.statuses()["sending"] == 16 * len(dead)
        place.kill(tick)
