"""Scenarios 13 to 18: providers that refuse, hang, drip, lie or come back, and everybody else paged
meanwhile.
"""

from __future__ import annotations

import json

import pytest

from tests.bad_servers import Tarpit, closed_port
from tests.delivery.processes import until
from tests.faults.harness import CLOCK, crew, installation
from tests.faults.rounds import mostly_long
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer


def waits(place, notification: int = 1) -> float:
    """Seconds until the next attempt, counted from the end of the last."""
    ((due, ended),) = place.rows(
        "SELECT n.due_at, max(a.ended_at) FROM notifications n JOIN attempts a ON a.notification_id = n.id"
        " WHERE n.id = ?",
        notification,
    )
    return (due - ended) / 1e6


TROUBLES = {
    "500": Answer(500),
    "502": Answer(502),
    "reset": Answer(trick="reset"),
    "closed without a word": Answer(trick="close"),
    "429": Answer(429, headers={"Retry-After": "90"}),
}


@pytest.mark.parametrize("trouble", mostly_long(TROUBLES, "429"))
def test_a_provider_in_trouble_is_tried_at_the_promised_times_until_it_takes_the_message_once(
    tmp_path, trouble
):
    answer = TROUBLES[trouble]
    asked_for = 90 if trouble == "429" else 0
    with (
        HttpServer(answer, answer, answer, Answer()) as web,
        installation(tmp_path, web, crew(1, ("a",), attempts=4)) as place,
    ):
        ran = place("declare", "down", "-s", "x")
        assert ran.code == 6
        for promised in (15, 45, 120):
            assert waits(place) == max(promised, asked_for)
            assert place("tick").code == 0, "not before it is due"
            place.let_leases_end()
            place("tick")
        assert place.rows("SELECT status, attempts FROM notifications") == [("sent", 4)]
        assert len(place.messages) == 4
        assert place("tick").code == 0
        assert len(place.messages) == 4


def test_refused_is_tried_again_when_the_provider_is_back(tmp_path):
    port = closed_port()
    with (
        HttpServer() as web,
        installation(tmp_path, web, crew(1, ("a",)).replace("PORT", str(port))) as place,
    ):
        assert place("declare", "down", "-s", "x").code == 6
        assert waits(place) == 15
        assert place.messages == []
        place.configure(crew(1, ("a",)), "all.toml")
        place.settle()
        place.account().must_be_sound(repeats=0)
        assert len(place.messages) == 1


LADDER = """
[people.lead]
name = "Lead"
contact = { b = "lead" }
[[policies.all-hands.levels]]
notify = ["person:lead"]
wait = "1h"
"""


@pytest.mark.parametrize("status", mostly_long([401, 403, 404, 410], 401, 404))
def test_what_is_hopeless_is_not_tried_again_and_the_next_level_is_paged_at_once(tmp_path, status):
    config = (
        crew(1, ("a", "b")).replace('contact = { a = "p0", b = "p0" }', 'contact = { a = "p0" }') + LADDER
    )
    with HttpServer(at_path={"/a/": Answer(status)}) as web, installation(tmp_path, web, config) as place:
        assert place("declare", "down", "-s", "x").code == 6
        assert place.told == ["/a/p0", "/b/lead"]
        assert place.rows("SELECT status, attempts FROM notifications ORDER BY id") == [
            ("failed", 1),
            ("sent", 1),
        ]


def test_a_mailbox_that_does_not_exist_is_hopeless_too(tmp_path):
    with HttpServer() as web, SmtpServer(RCPT="550 no such user") as mail:
        config = (
            crew(1, ("a", "b")).replace(
                'contact = { a = "p0", b = "p0" }', 'contact = { a = "p0@example.com" }'
            )
            + LADDER
        )
        config = config.replace(
            "json://127.0.0.1:PORT/a/{to}", f"mailto://127.0.0.1:{mail.port}?from=e@example.com&to={{to}}"
        )
        with installation(tmp_path, web, config) as place:
            assert place("declare", "down", "-s", "x").code == 6
            assert place.told == ["/b/lead"]
            assert place.rows("SELECT status, attempts, error FROM notifications ORDER BY id")[0] == (
                "failed",
                1,
                "SMTP 550: no such user",
            )


@pytest.mark.long
@pytest.mark.parametrize("trick", ["hang", "drip"])
def test_a_provider_that_never_ends_is_ended_and_everyone_else_is_paged_meanwhile(tmp_path, trick):
    """Twelve messages to a provider that never ends, all due before the one that another takes."""
    config = crew(12, ("a", "b"), timeout="8s", attempts=2)
    with (
        HttpServer(at_path={"/a/": Answer(trick=trick)}) as web,
        installation(tmp_path, web, config) as place,
    ):
        to_start = place.how_long("list")
        place.declare_quietly()
        with place.sql() as db:
            db.execute("UPDATE notifications SET due_at = due_at - 60000000 WHERE gateway = 'a'")
        began = CLOCK.monotonic()
        ran = place.end(place.begin("tick"))
        took = CLOCK.monotonic() - began
        quick = [message.instant for message in place.messages if message.path.startswith("/b/")]
        assert len(quick) == 12
        of_a = "FROM attempts a JOIN notifications n ON n.id = notification_id WHERE gateway = 'a'"
        ((first_ended,),) = place.rows(f"SELECT min(ended_at) {of_a}")
        assert max(quick) < first_ended, "everyone else, before the first of these has ended"
        assert took < 2 * 8 + 10 * to_start, took
        assert ran.code == 6
        assert place.rows("SELECT count(*), gateway, status FROM notifications GROUP BY 2, 3") == [
            (12, "a", "retrying"),
            (12, "b", "sent"),
        ]


@pytest.mark.long
def test_nine_gateways_dead_or_hanging_and_one_alive_deliver_through_it_within_seconds(tmp_path):
    """A hundred and thirty-five messages of the dead ones are due before the fifteen of the one
    that lives.
    """
    gateways = [f"g{number}" for number in range(10)]
    with HttpServer() as web, Tarpit() as silent, Tarpit(b"HTTP/1.1 200 OK") as dripping:
        config = crew(15, gateways, timeout="3s", attempts=1)
        for number, port in enumerate([silent.port] * 5 + [dripping.port] * 2 + [closed_port()] * 2):
            config = config.replace(f"127.0.0.1:PORT/g{number}/", f"127.0.0.1:{port}/g{number}/")
        with installation(tmp_path, web, config) as place:
            to_start = place.how_long("list")
            place.declare_quietly()
            with place.sql() as db:
                db.execute("UPDATE notifications SET due_at = due_at - 60000000 WHERE gateway <> 'g9'")
            began = CLOCK.monotonic()
            tick = place.begin("tick")
            arrived = web.wait_for(15)
            assert arrived[0].at - began < 5 + 5 * to_start, "the first within seconds"
            assert arrived[14].at - began < 15 + 15 * to_start
            place.kill(tick)


def test_providers_dead_for_an_hour_and_back_make_one_page_a_target_and_no_burst(world_of_an_hour):
    """On the injected clock: at the end of the outage each target of the current level gets one
    page, not one for each that failed.
    """
    world, down = world_of_an_hour
    down.append(True)
    incident = world.declare("down", "login")
    world.advance("1h")
    assert world.sent() == []
    down.clear()
    world.advance("6m")
    back = world.sent()
    assert len(back) == len(set(back)), back
    assert len(back) <= 2, back
    world.ack("bo", incident)


@pytest.fixture
def world_of_an_hour(tmp_path):
    from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
    from tests.world import World

    world, down = World(tmp_path), []
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500") if down else None
    return world, down


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, {"ok": False, "error": "channel_not_found"}), "channel_not_found"),
        (Answer(200, "ERROR: no credit"), "no credit"),
        (Answer(302, headers={"Location": "http://127.0.0.1:9/login"}), "redirect"),
        (Answer(trick="truncate"), "IncompleteRead"),
    ],
)
def test_a_provider_that_takes_the_message_and_means_no_has_not_sent_it(tmp_path, answer, said):
    with HttpServer(answer) as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        ran = place("declare", "down", "-s", "x")
        ((status, error),) = place.rows("SELECT status, error FROM notifications WHERE id = 1")
        assert status in ("retrying", "failed"), (status, error)
        assert said in error or "it may have arrived" in error
        assert ran.code == 6


PLUGIN = """
import os, sys
from apprise.decorators import notify

@notify(on="rogue")
def rogue(body, title, notify_type, meta=None, **kwargs):
    {deed}
"""


DEEDS = (
    "raise RuntimeError('S3CRET')",
    "os.abort()",
    "print('S3CRET' * 100000); return True",
    "os.kill(os.getppid(), 15)",
)


@pytest.mark.parametrize("deed", mostly_long(DEEDS, DEEDS[0]))
def test_a_plugin_that_misbehaves_harms_no_other_page(tmp_path, deed):
    plugins = tmp_path / "home" / ".apprise" / "plugins"
    config = crew(1, ("a", "b")).replace("json://127.0.0.1:PORT/a/{to}", "rogue://{to}")
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        plugins.mkdir(parents=True)
        (plugins / "rogue.py").write_text(PLUGIN.format(deed=deed))
        ran = place("declare", "down", "-s", "x", "--json")
        assert ran.code in (0, 6), ran
        assert "S3CRET" not in ran.out.replace("RuntimeError: S3CRET", "") + ran.err.replace(
            "RuntimeError: S3CRET", ""
        )
        assert place.told == ["/b/p0"]
        assert json.loads(ran.out)["notifications"][1]["status"] == "sent"


def test_a_secret_that_is_put_right_while_an_incident_runs_is_used_by_the_next_attempt(tmp_path):
    key = tmp_path / "key"
    key.write_text("wrong\n")
    config = crew(1, ("a",)).replace("json://127.0.0.1", f"json://robot:${{file:{key}}}@127.0.0.1")
    with HttpServer(Answer(503), Answer()) as web, installation(tmp_path, web, config) as place:
        place("declare", "down", "-s", "x")
        key.write_text("right\n")
        place.settle()
        from base64 import b64decode

        used = [b64decode(message.headers["Authorization"].split()[1]).decode() for message in place.messages]
        assert used == ["robot:wrong", "robot:right"]
        key.unlink()
        ran = place("declare", "again", "-s", "x")
        assert ran.code == 6
        assert f"the secret ${{file:{key}}} cannot be read" in ran.err
        key.write_text("back\n")
        place.settle()
        until(lambda: len(place.messages) == 3)
