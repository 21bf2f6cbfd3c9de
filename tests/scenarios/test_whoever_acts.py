"""What has lapsed when somebody acts is done first, then what they do (promise 3)."""

from __future__ import annotations

import pytest

from escalate_cli.actions.maintenance import begin_maintenance, end_maintenance
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.errors import Conflict
from tests.organisations import STANDARD
from tests.scenarios.policies import TIMEOUT


def test_4_3_an_acknowledgement_between_the_end_of_the_time_out_and_the_next_tick_counts(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 60_000_000
    world.ack("ana")
    world.advance("9m59s")
    world.clock.at += 31_000_000
    assert world.ack("ana").incident.status is IncidentStatus.ACKNOWLEDGED
    world.advance("9m", every="9m")
    world.expects("inform slack to identity", "inform slack to identity")
    assert "no update since: paging Identity again" in world.timeline()
    assert "called off before it went out" in world.timeline()
    acknowledged = [one for one in world.store.situations.timeline(1) if one.kind is EntryKind.ACKNOWLEDGED]
    assert len(acknowledged) == 2
    world.advance("2m")
    world.expects("sms to ana", "inform slack to identity")


def test_4_3_on_the_dot_is_in_time(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000
    world.ack("ana")
    world.tick()
    world.expects("inform slack to identity")
    assert "level 2" not in world.timeline()


@pytest.mark.parametrize("by", ["ana", "bo"])
def test_4_3_an_acknowledgement_on_the_dot_of_a_time_out_is_in_time(world_with, by: str) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 60_000_000
    world.ack("ana")
    world.clock.at += 10 * 60_000_000
    world.ack(by)
    world.tick()
    assert [message for message in world.sent() if not message.startswith("inform")] == []
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    assert world.look().incident.acknowledged_by == by
    assert "paging Identity again" not in world.timeline()


def test_4_3_what_lapsed_is_done_before_an_act_that_leaves_it_standing(world_with) -> None:
    """Level 2 was due: an update goes the way a tick and then the update would have gone."""
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000 + 30_000_000
    world.update(labels=(("seen", "yes"),))
    world.expects("sms to bo")


def test_4_3_an_update_does_not_undo_a_time_out_that_has_lapsed(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.clock.at += 10 * 60_000_000 + 30_000_000
    world.update(message="still looking")
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")


def test_4_3_a_page_that_fell_due_goes_out_though_somebody_goes_on_to_the_level_after_it(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000 + 30_000_000
    world.next_level()
    world.expects("sms to bo", "sms to ops")


def test_4_3_a_snooze_that_has_ended_is_over_before_the_next_act(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.snooze("1h", "ana")
    world.sent()
    world.clock.at += 61 * 60_000_000
    world.page("cto")
    world.expects("sms to ana", "sms to cto")
    assert "the snooze by Ana is over" in world.timeline()


@pytest.mark.parametrize("on_expiry", ["page", "drop"])
def test_4_3_a_nudge_that_has_expired_is_over_before_the_next_act(world_with, on_expiry: str) -> None:
    more = (
        '[[rules]]\nname = "Ask"\nwhen = { severity = "major" }\npage = ["person:cto"]\nmode = "nudge"\n'
        f'ask = ["person:bo"]\nexpires = "3m"\non_expiry = "{on_expiry}"\n'
    )
    world = world_with(STANDARD, more=more)
    world.declare("down", "login")
    world.expects("sms to ana", "nudge sms to bo")
    number = world.store.situations.open_nudges()[0][1].id
    world.clock.at += 3 * 60_000_000 + 30_000_000
    with pytest.raises(Conflict, match="already expired"):
        world.nudge("no", "bo", number)
    assert "expired without an answer" in world.timeline(), (
        "what has lapsed is stored though the answer came too late"
    )
    world.tick()
    world.expects(*(["sms to cto"] if on_expiry == "page" else []))


def test_4_3_a_page_an_act_calls_off_is_not_said_to_have_gone_out_though_its_recipient_was_asked_something(
    world_with,
) -> None:
    more = (
        '[[rules]]\nname = "Ask"\nwhen = { open_for = "3m" }\npage = ["person:cto"]\nmode = "nudge"\nask ='
        ' ["person:bo"]\n'
    )
    world = world_with(STANDARD, more=more)
    world.declare("down", "login")
    world.clock.at += 5 * 60_000_000 + 30_000_000
    world.ack("ana")
    world.expects("sms to ana", "nudge sms to bo", "inform slack to identity")
    assert "level 2 of 2 of policy standard: paged Bo; called off before it went out" in world.timeline()


def test_4_3_a_maintenance_that_has_ended_is_over_before_the_next_act(world_with) -> None:
    world = world_with(STANDARD)
    world.maintenance("login", "1h")
    world.declare("down", "login")
    world.expects_nothing()
    world.clock.at += 61 * 60_000_000
    world.update(labels=(("seen", "yes"),))
    world.expects("sms to ana")


def kinds_since(world, number: int) -> list[EntryKind]:
    return [one.kind for one in world.store.situations.timeline(1)[number:]]


@pytest.mark.parametrize(
    ("lapsing", "said"),
    [("time-out", "no update since: paging Identity again"), ("snooze", "the snooze by Ana is over")],
)
def test_4_3_what_lapsed_before_a_maintenance_began_is_on_record_before_it(
    world_with, lapsing: str, said: str
) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    if lapsing == "snooze":
        world.snooze("10m", "ana")
    else:
        world.ack("ana")
    world.sent()
    world.clock.at += 10 * 60_000_000 + 30_000_000
    entries = len(world.store.situations.timeline(1))
    world.maintenance("login", "1h")
    assert said in world.timeline()
    assert "paged Ana; called off before it went out" in world.timeline()
    told = [EntryKind.PAGED] if lapsing == "time-out" else []  # that nobody has it any more
    assert kinds_since(world, entries) == [
        EntryKind.ESCALATION,
        EntryKind.LEVEL,
        *told,
        EntryKind.MAINTENANCE,
    ]
    assert world.look().incident.status is IncidentStatus.OPEN
    world.advance("59m")
    world.expects(*["inform slack to identity" for _ in told])
    world.advance("1m")
    world.expects("sms to ana")


def test_4_3_a_level_that_fell_due_before_a_maintenance_began_is_on_record_before_it(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000 + 30_000_000
    world.maintenance("login", "1h")
    assert "called off before it went out" in world.timeline()
    world.tick()
    world.expects_nothing()
    world.advance("1h")
    world.expects("sms to ana")


def test_4_3_what_lapsed_before_a_maintenance_that_is_planned_happens(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000 + 30_000_000
    begin_maintenance(world.context, ["login"], 60 * 60_000_000, start=world.clock.at + 10_000_000)
    world.tick()
    world.expects("sms to bo")


def test_4_3_a_snooze_that_ended_in_a_maintenance_is_over_before_the_maintenance_is_ended(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.snooze("30m", "ana")
    world.expects("sms to ana", "inform slack to identity")
    world.maintenance("login", "8h")
    world.clock.at += 31 * 60_000_000
    end_maintenance(world.context, ["login"])
    assert "the snooze by Ana is over" in world.timeline()
    world.sleep("3m")
    world.expects("sms to ana")
    assert "maintenance over since 3m: Identity is paged now" in world.timeline()
    assert world.look().notifications[-1].late == 3 * 60_000_000


def test_4_3_on_the_dot_of_a_maintenance_nothing_has_lapsed(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 5 * 60_000_000
    world.maintenance("login", "1h")
    assert "level 2" not in world.timeline()
    world.tick()
    world.expects_nothing()


def test_4_3_an_incident_that_cannot_be_read_stops_no_maintenance(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.declare("slow", "login")
    world.ack("ana", 1)
    world.ack("ana", 2)
    world.sent()
    with world.store.transaction():
        world.store.database.change("UPDATE escalations SET status = 'pagign' WHERE incident_id = 1", ())
        world.store.database.change(
            "UPDATE incidents SET next_due_at = ? WHERE id = 1", (world.clock.at + 1,)
        )
    world.clock.at += 60_000_000
    world.maintenance("login", "1h")
    assert len(world.store.situations.maintenance()) == 1
