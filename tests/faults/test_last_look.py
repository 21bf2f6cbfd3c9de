"""Scenarios 38, 39: what is claimed and not begun, and places that a dead gateway does not take
from a sound one.
"""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.delivery.sender import Envelope, Sender
from escalate_cli.engine.engine import Engine
from tests.delivery.processes import children_of, needs_proc, until
from tests.faults.harness import CLOCK, Installation, crew, installation, stop_and_continue
from tests.mail_server import SmtpServer
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


def test_what_another_holds_by_now_is_not_begun(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",), timeout="1s")) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        with place.sql() as db:
            db.execute("UPDATE notifications SET claim = 'of another' WHERE id = 1")
        go_on(place, tick)
        assert place.told == []
        place.settle()
        assert place.told == ["/a/p0"]


class LongAgo(Clock):
    """What is claimed by this clock is a claim no more."""

    def now(self) -> Instant:
        return super().now() - MINUTE


def test_what_outlasted_its_claim_is_not_begun_though_nobody_has_taken_it_over(tmp_path):
    """As if the process had slept between its claim and its attempt."""
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",), timeout="1s")) as place:
        place.declare_quietly()
        with place.sql() as db:
            db.execute("UPDATE notifications SET due_at = 1")
        context = Context(Options(), place.environ, LongAgo())
        Engine.on(context).tick()
        context.close()
        assert place.told == []
        assert place.rows("SELECT detail FROM attempts") == [("its claim is over; nothing was sent",)]
        place.settle()
        assert [message.json["title"].count("repeat") for message in place.messages] == [0]


@needs_proc
def test_what_was_stopped_until_its_claim_was_over_sends_nothing_though_it_had_connected():
    with HttpServer() as web, SmtpServer(banner="hold") as mail, Sender() as sender:
        sender.begin(0, Envelope(web.url(), (), "Log in is down", "", "page", 60 * SECOND))
        assert len(sender.outcomes(60)) == 1, "and everything is loaded"
        over = CLOCK.now() + SECOND
        wanted = (over, "builtins:bool", ("yes",))
        sender.begin(1, Envelope(mail.url(), (), "Log in is down", "", "page", 60 * SECOND, look=wanted))
        mail.connected.wait(1)  # under load it comes too late for that, and sends nothing either
        assert sender.worker_pid is not None
        stopped = children_of(sender.worker_pid)
        for child in stopped:
            os.kill(child, signal.SIGSTOP)
        mail.release()
        until(lambda: CLOCK.now() > over)
        for child in stopped:
            os.kill(child, signal.SIGCONT)
        [(_, outcome)] = sender.outcomes(60)
        assert (outcome.kind, outcome.detail) == (
            OutcomeKind.TEMPORARY,
            "its claim is over; nothing was sent",
        )
        assert mail.arrived == []


def test_the_last_look_is_just_before_the_first_byte(tmp_path):
    """Somebody acknowledges while the process that sends waits for the mail server's banner."""
    with HttpServer() as web, SmtpServer(banner="hold") as mail:
        config = crew(1, ("a",), timeout="50s")
        config = config.replace("json://127.0.0.1:PORT/a/{to}", mail.url("{to}@example.com"))
        with installation(tmp_path, web, config) as place:
            place.declare_quietly()
            tick = place.begin("tick")
            assert mail.connected.wait(60)
            assert place.statuses() == {"sending": 1}
            assert place("ack", "1", "--by", "p0").code == 0
            mail.release()
            place.end(tick)
            assert mail.arrived == []
            assert place.statuses() == {"cancelled": 1}
            withdrawn = "it is no longer wanted; nothing was sent"
            assert place.rows("SELECT detail FROM attempts") == [(withdrawn,)], "at once, not at its limit"
            place.declare_quietly("another")
            assert place("tick").code == 0
            assert len(mail.arrived) == 1, "and the next one is sent"


NOTE = """
from apprise.decorators import notify
@notify(on="note")
def note(body, title, notify_type, **kwargs):
    with open({file!r}, "a") as file:
        file.write(title)
    return True
"""


@pytest.mark.long
def test_the_last_look_is_also_before_what_speaks_neither_http_nor_smtp(tmp_path):
    plugins, sent = tmp_path / "plugins", tmp_path / "sent"
    plugins.mkdir()
    (plugins / "note.py").write_text(NOTE.format(file=str(sent)))
    config = crew(1, ("a",)).replace("json://127.0.0.1:PORT/a/{to}", "note://{to}")
    with HttpServer() as web, installation(tmp_path, web, config, APPRISE_PLUGIN_PATH=str(plugins)) as place:
        place.declare_quietly()
        tick = begin_and_stop(place, "tick")
        assert place("ack", "1", "--by", "p0").code == 0
        go_on(place, tick)
        assert not sent.exists()
        place.declare_quietly("another")
        place("tick")
        assert "another" in sent.read_text()


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


@pytest.mark.long
@pytest.mark.parametrize("dead", [("a",), ("a", "b", "c", "d")], ids=len)
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
