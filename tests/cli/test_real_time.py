"""The whole thing on the wall clock: second-long waits, ticks as cron would make them, and a watch
as a real process.
"""

from __future__ import annotations

import signal
from datetime import datetime

import pytest

from escalate_cli.core.calendar.duration import SECOND
from tests.delivery.processes import until
from tests.loopback import Bank, bank, server
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS

QUICK = (
    LOOPBACK.but("[fallback]", '[fallback]\nevery = "2s"')
    .but('after = "2m"', 'after = "1s"')
    .but('notify = ["on-call", "channel"]\nwait = "5m"', 'notify = ["on-call"]\nwait = "2s"')
    .but('wait = "10m"', 'wait = "2s"')
    + LOOPBACK_GATEWAYS
)
ANA, ANA_TOO, BO, CY = (
    "/sms/+447700900123",
    "/email/ana@example.com",
    "/email/bo@example.com",
    "/email/cy@example.com",
)
STORY = {ANA: 0, ANA_TOO: 1, BO: 2, CY: 4}
"""who hears, in this order, and how many seconds after the declaration at the earliest"""


@pytest.fixture
def escalate(tmp_path):
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", QUICK))


def too_early(escalate: Bank) -> list[tuple[str, float]]:
    """The ways of messages that came before their time, and how many seconds after the declaration
    they came.
    """
    declared_at = datetime.fromisoformat(escalate.show()["declared_at"]).timestamp()
    came = [
        (way, one.instant / SECOND - declared_at)
        for way, one in zip(escalate.told, escalate.messages, strict=True)
    ]
    return [(way, after) for way, after in came if after < STORY[way]]


def the_incident_is_quiet(escalate: Bank) -> bool:
    shown = escalate.show()
    assert shown["status"] == "acknowledged"
    assert not [one for one in shown["notifications"] if one["status"] in ("pending", "sending", "retrying")]
    return shown["next_due_at"] is None


@pytest.mark.long
def test_ticks_escalate_until_somebody_acknowledges(escalate):
    assert escalate.declare("Nobody can sign in", "-s", "login")["created"]
    assert escalate.told == [ANA], "declare does not wait for a tick"
    escalate.tick_until(4)
    assert set(escalate.told) == set(STORY)
    assert not too_early(escalate)
    assert escalate("ack", "1", "--by", "bo").code == 0
    told = escalate.told
    assert the_incident_is_quiet(escalate)
    assert (escalate("tick", "--json").json["sent"], escalate.told) == (0, told)


@pytest.mark.long
def test_a_watch_escalates_by_itself_until_somebody_acknowledges_and_ends_when_told(escalate):
    watching = escalate.start("watch", "--interval", "30s")
    try:
        until(escalate.ticked)
        escalate.declare("Nobody can sign in", "-s", "login")
        watching.send_signal(signal.SIGHUP)  # a fresh look, so that the long interval does not matter
        escalate.web.wait_for(5, timeout=30)
        assert set(escalate.told) == set(STORY), "and the fallback twice"
        assert not too_early(escalate)
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
    assert any("level 2 of 2 of policy standard: paged Bo Chen" in line for line in lines)
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
    assert set(escalate.told) >= set(list(STORY)[:3])
    shown = escalate.show()
    assert {one["attempts"] for one in shown["notifications"] if one["status"] == "sent"} == {1}
    assert len(escalate.told) == len([one for one in shown["notifications"] if one["status"] == "sent"])
