"""Any page is stopped by its own recipient's acknowledgement; a snooze ends when it was said to."""

from __future__ import annotations

from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import IN_TWO_STEPS, STANDARD
from tests.scenarios.policies import TIMEOUT

# ── 5. any page, whatever its cause, is stopped by its own recipient's acknowledgement


def test_4_5_a_page_by_hand_on_an_incident_that_somebody_has_is_stopped_by_its_recipients_acknowledgement(
    world_with,
) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.ack("ana")
    world.page("bo")
    world.expects("sms to ana", "sms to bo", "inform slack to identity")
    world.ack("bo")
    world.advance("10m")
    world.expects("inform slack to identity")
    assert "acknowledged by Bo" in world.timeline()
    assert world.look().incident.acknowledged_by == "ana"
    entries = len(world.store.situations.timeline(1))
    world.ack("bo")
    assert len(world.store.situations.timeline(1)) == entries, "a second time changes nothing"


def test_4_5_another_persons_acknowledgement_does_not_stop_a_page_by_hand_on_an_incident_that_somebody_has(
    world_with,
) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.ack("ana")
    world.page("bo", "cto")
    world.expects("sms to ana", "sms to bo", "sms to cto", "inform slack to identity")
    world.ack("bo")
    world.advance("3m")
    world.expects("email to cto", "inform slack to identity", "inform email to cto")


def test_4_5_a_page_by_a_rule_on_an_incident_that_somebody_has_is_stopped_by_its_recipients_acknowledgement(
    world_with,
) -> None:
    more = '[[rules]]\nname = "Critical"\nwhen = { severity = "critical" }\npage = ["person:cto"]\n'
    world = world_with(STANDARD, more=more, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.update(severity="critical")
    assert "sms to cto" in world.sent()
    world.ack("cto")
    world.advance("10m")
    world.expects("inform slack to identity")


def test_4_5_the_auditors_page_is_stopped_by_its_recipients_acknowledgement(world_with) -> None:
    from escalate_cli.core.changes import respond as core

    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.ack("ana")
    before = world.look()
    with world.store.transaction():
        now = world.clock.now()
        planned = core.page_by_hand(
            before, world.catalog.fallback.page, world.catalog, now, by="the auditor", message="look"
        )
        world.store.situations.save(before, planned.situation)
    world.tick()
    world.expects("sms to ana", "sms to ops", "inform slack to identity")
    world.ack("ops")
    world.advance("10m")
    world.expects("inform slack to identity")


def test_4_5_whoever_the_fallback_pages_ends_paging_by_acknowledging_though_of_another_team_in_the_incident(
    world_with,
) -> None:
    organisation = IN_TWO_STEPS.but('page = ["person:ops"]', 'page = ["person:eve"]')
    world = world_with(STANDARD, organisation=organisation)
    world.declare("down", "login", "auth-db")
    world.ack("eve")
    world.advance("15m")
    world.sent()
    assert "the fallback is paged" in world.timeline()
    world.ack("eve")
    world.advance("1h")
    world.expects("inform slack to identity", "inform email to ana", "inform email to bo")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_4_6_whoever_acknowledges_what_was_put_off_takes_it_and_nobody_is_paged_when_the_snooze_would_end(
    world_with,
) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.snooze("30m", "ana")
    taken = world.ack("bo")
    assert (taken.incident.acknowledged_by, taken.escalations[0].snoozed_until) == ("bo", None)
    world.advance("3h")
    world.expects("inform slack to identity", "inform slack to identity", "inform email to ana")
    assert "acknowledged by Bo for Identity" in world.timeline()
    assert world.ack("bo") == world.look(), "a second time changes nothing"


# ── a snooze ends when it was said to end ─────────────────────────────────────────────


def test_an_update_does_not_make_a_snooze_longer(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.snooze("5m", "ana")
    world.sent()
    world.advance("4m")
    world.update(labels=(("seen", "yes"),))
    world.advance("1m")
    world.expects("sms to ana")
    assert "the snooze by Ana is over" in world.timeline()
