"""What was forgotten is found, and whoever is reached by nobody is told to the fallback."""

from __future__ import annotations

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.health.after_pass import after_pass
from escalate_cli.health.oversights import look_for_forgotten
from escalate_cli.store.auditor import audit
from tests.faults.fallback import beating
from tests.faults.harness import installation
from tests.servers import Answer
from tests.world import World


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
    ops = (
        '[people.ops]\nname = "Ops"\ncontact = { b = "ops" }\n'
        '[gateways.b]\nurl = "json://127.0.0.1:PORT/b/{to}"\n'
    )
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


@pytest.mark.long
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
    world.expects("resolved email to bo", "resolved email to ops")
    found = [one.code for one in audit(world.store.database, world.clock.at)]
    assert found == [], "what is over is over"

    world.declare("again nobody", "login")
    world.expects("sms to bo")
    world.ack("bo", 2)
    a_pass()
    world.expects("inform slack to identity")  # somebody has it: nobody else is woken for an address
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
    world.expects("resolved email to bo", "resolved email to ops")
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


@pytest.mark.parametrize("spoil", ["status = 'retrying', due_at = 5", "status = 'sending', lease_until = 5"])
@pytest.mark.parametrize(("kind", "paged"), [("inform", ()), ("nudge", ()), ("page", ("sms to ops",))])
def test_of_an_incident_that_somebody_has_the_fallback_is_paged_only_for_a_page_that_was_forgotten(
    tmp_path, spoil, kind, paged
):
    """Clocks leap: news that waits for its next attempt seems to have waited for a day. That wakes nobody."""
    world = World(tmp_path)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.ack("ana")
    with world.store.transaction():
        world.store.database.change(f"UPDATE notifications SET kind = '{kind}', {spoil}")
    found = audit(world.store.database, world.clock.at)
    assert {oversight.concerns_a_page for oversight in found} == {kind == "page"}
    look = look_for_forgotten(world.context, PassReport(world.clock.at))
    assert not look.well  # the heartbeat is held back all the same
    assert look.is_due == bool(paged)
    world.engine().deliver(1)
    assert [message for message in world.sent() if message == "sms to ops"] == list(paged)
    world.store.close()
