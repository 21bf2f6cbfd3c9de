"""The whole thing on the wall clock: second-long waits, ticks as cron would make them, and a watch as a real process."""

from __future__ import annotations

import signal

import pytest

from tests.delivery.processes import until
from tests.loopback import Bank, bank, server

QUICK = """
[settings]
default_severity = "major"
[fallback]
team = "identity"
page = ["person:cy"]
every = "2s"
[[severities]]
id = "major"
urgency = "high"
[services.login]
name = "Log in"
team = "identity"
[teams.identity]
name = "Identity"
members = ["ana", "bo"]
lead = "bo"
on_call = "primary"
policy = "quick"
[people.ana]
name = "Ana Ruiz"
contact = { sms = "ana", email = "ana" }
notify.high = [ { via = ["sms"] }, { via = ["email"], after = "1s" } ]
[people.bo]
name = "Bo Chen"
contact = { sms = "bo" }
[people.cy]
name = "Cy"
contact = { sms = "cy" }
[schedules.primary]
[[schedules.primary.rotations]]
members = ["ana"]
start = 2026-01-05T09:00:00
every = "1w"
[gateways.sms]
url = "json://127.0.0.1:PORT/sms/{to}"
text = "short"
[gateways.email]
url = "json://127.0.0.1:PORT/email/{to}"
[policies.quick]
[[policies.quick.levels]]
notify = ["on-call"]
wait = "2s"
[[policies.quick.levels]]
notify = ["lead"]
wait = "2s"
"""
STORY = ["/sms/ana", "/email/ana", "/sms/bo", "/sms/cy", "/sms/cy"]


@pytest.fixture
def escalate(tmp_path):
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", QUICK))


def gaps(escalate: Bank) -> list[float]:
    """Seconds from the first message to each."""
    return [one.at - escalate.messages[0].at for one in escalate.messages]


def the_incident_is_quiet(escalate: Bank) -> bool:
    shown = escalate.show()
    assert shown["status"] == "acknowledged"
    assert not [one for one in shown["notifications"] if one["status"] in ("pending", "sending", "retrying")]
    return shown["next_due_at"] is None


def test_ticks_escalate_until_somebody_acknowledges(escalate):
    assert escalate.declare("Nobody can sign in", "-s", "login")["created"]
    assert escalate.told == STORY[:1], "declare does not wait for a tick"
    escalate.tick_until(4)
    assert escalate.told[:4] == STORY[:4]
    on_time = [0, 1, 2, 4]
    assert all(came >= due - 0.6 for came, due in zip(gaps(escalate), on_time, strict=False)), gaps(escalate)
    assert escalate("ack", "1", "--by", "bo").code == 0
    told = escalate.told
    assert the_incident_is_quiet(escalate)
    assert (escalate("tick", "--json").json["sent"], escalate.told) == (0, told)


def test_a_watch_escalates_by_itself_until_somebody_acknowledges_and_ends_when_told(escalate):
    watching = escalate.start("watch", "--interval", "30s")
    try:
        until(escalate.ticked)
        escalate.declare("Nobody can sign in", "-s", "login")
        watching.send_signal(signal.SIGHUP)  # a fresh look, so that the long interval does not matter
        escalate.web.wait_for(5, timeout=30)
        assert escalate.told[:5] == STORY
        assert all(came >= due - 0.6 for came, due in zip(gaps(escalate), [0, 1, 2, 4, 6], strict=False)), gaps(escalate)
        assert escalate("ack", "1", "--by", "bo").code == 0
        told = escalate.told
        assert the_incident_is_quiet(escalate)
        assert escalate("list").err == "", "somebody ticks"
    finally:
        watching.send_signal(signal.SIGTERM)
        out, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (0, b"")
    assert escalate.told == told
    lines = out.decode().splitlines()
    assert lines[0].endswith("Z #1 page to Ana Ruiz by email: sent")
    assert any("level 2 of 2 of policy quick: paged Bo Chen" in line for line in lines)
    assert any("has run out of levels: the fallback is paged" in line for line in lines)


def test_ticks_beside_a_watch_repeat_nothing(escalate):
    watching = escalate.start("watch", "--interval", "1s")
    try:
        escalate.declare("Nobody can sign in", "-s", "login")
        escalate.tick_until(3)
    finally:
        watching.send_signal(signal.SIGTERM)
        _, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (0, b"")
    assert escalate.told[:3] == STORY[:3]
    shown = escalate.show()
    assert {one["attempts"] for one in shown["notifications"] if one["status"] == "sent"} == {1}
    assert len(escalate.told) == len([one for one in shown["notifications"] if one["status"] == "sent"])
