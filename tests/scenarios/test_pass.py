"""`pass`: "not me" ends one's own part of a level, and leaves an open incident a next step, always."""

from __future__ import annotations

from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, NotificationKind
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import IN_TWO_STEPS, STANDARD
from tests.world import World

EVERYBODY = STANDARD.but('notify = ["on-call"]', 'notify = ["members"]')
EACH = EVERYBODY.but('wait = "5m"', 'wait = "5m"\nacks = "all"')
GONE = Outcome(OutcomeKind.PERMANENT, "no such number")


def test_29_the_next_level_comes_at_once_when_nobody_of_this_one_is_left(world: World) -> None:
    world.declare("down", "login")
    world.advance("1m")
    world.sent()
    world.pass_on("ana")
    world.expects("sms to bo", "inform slack to identity")
    assert "Ana has passed it on for Identity: nobody else of that page is left" in world.timeline()


def test_29_the_next_level_waits_as_long_as_somebody_of_this_one_is_left(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.expects("sms to ana", "sms to bo")
    world.pass_on("ana")
    world.expects("inform slack to identity", "inform email to bo")
    assert "it still waits for Bo" in world.timeline()
    world.advance("4m59s")
    world.expects_nothing()
    world.pass_on("bo")
    assert world.look().escalations[0].level == 2
    world.sent()


def test_29_my_later_steps_stop(world_with) -> None:
    world = world_with(EVERYBODY, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.pass_on("ana")
    world.sent()
    world.advance("2m")
    world.expects("email to bo")


def test_29_who_passes_twice_or_was_not_paged_changes_nothing(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.pass_on("ana")
    before = world.look()
    world.pass_on("ana")
    world.pass_on("cara")
    assert world.look() == before
    world.sent()


def test_29_at_the_fallback_it_goes_no_further_and_is_paged_again_when_it_is_due(world: World) -> None:
    world.declare("down", "login")
    world.advance("15m")
    (escalation,) = world.look().escalations
    assert escalation.status is EscalationStatus.EXHAUSTED
    world.sent()
    world.pass_on("ops")
    after = world.look().escalations[0]
    assert (after.status, after.next_at) == (escalation.status, escalation.next_at)
    world.advance("15m")
    assert "sms to ops" in world.sent()
    world.sent()


def test_29_with_acks_all_one_who_passes_is_not_awaited_and_one_who_has_acknowledged_keeps_it(
    world_with,
) -> None:
    world = world_with(EACH)
    world.declare("down", "login")
    world.ack("bo")
    assert world.look().incident.status is IncidentStatus.OPEN
    world.pass_on("ana")
    situation = world.look()
    assert situation.incident.status is IncidentStatus.ACKNOWLEDGED
    assert situation.incident.acknowledged_by == "bo"
    world.sent()


def test_29_with_acks_all_and_nobody_who_has_acknowledged_the_next_level_comes(world_with) -> None:
    world = world_with(EACH)
    world.declare("down", "login")
    world.pass_on("bo")
    world.pass_on("ana")
    assert world.look().escalations[0].level == 2
    world.sent()


def test_29_whoever_has_it_gives_it_back_and_the_next_level_is_paged(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.pass_on("ana")
    assert "sms to bo" in world.sent()
    situation = world.look()
    assert (situation.incident.status, situation.incident.acknowledged_by) == (IncidentStatus.OPEN, None)
    assert "Ana, who had it for Identity, has given it back: it is paged again" in world.timeline()
    world.ack("bo")
    assert world.look().incident.acknowledged_by == "bo"
    world.sent()


def test_29_one_whose_every_page_failed_is_not_waited_for(world_with) -> None:
    world = world_with(EVERYBODY)
    world.post.refuse = lambda url: GONE if url.endswith("%2B2") else None
    world.declare("down", "login")
    world.pass_on("ana")
    assert world.look().escalations[0].level == 2
    world.sent()


def test_29_when_the_others_fail_after_a_pass_the_next_level_comes(world_with) -> None:
    world = world_with(EVERYBODY)
    busy = Outcome(OutcomeKind.TEMPORARY, "busy")
    world.post.refuse = lambda url: busy if url.endswith("%2B2") else None
    world.declare("down", "login")
    world.pass_on("ana")
    assert world.look().escalations[0].level == 1
    world.post.refuse = lambda url: GONE if url.endswith("%2B2") else None
    world.advance("1m")
    assert world.look().escalations[0].level == 2
    world.sent()


def test_29_a_page_besides_ends_for_who_passes_it(world_with) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.page("cara")
    world.sent()
    world.pass_on("cara")
    world.advance("3m")
    assert not [message for message in world.sent() if message.endswith("cara")]
    assert "passed on by Cara, who was paged besides" in world.timeline()


def test_29_a_new_paging_asks_those_who_passed_before(world_with) -> None:
    world = world_with(EVERYBODY.but('wait = "5m"', 'wait = "5m"') + "")
    world.declare("down", "login", severity="minor")
    world.pass_on("ana")
    world.sent()
    world.update(severity="critical")
    assert any(message.endswith("to ana") and "inform" not in message for message in world.sent())


def test_29_people_hear_that_somebody_passed(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.pass_on("ana")
    notes = {note.note for note in world.look().notifications if note.kind is NotificationKind.INFORM}
    assert notes == {"Ana cannot take it. It still waits for Bo."}
    world.sent()


def test_29_who_heard_that_somebody_has_it_hears_that_they_have_given_it_back(world: World) -> None:
    world.declare("down", "login")
    world.snooze("20m", "cto")
    world.advance("1m")
    world.ack("bo")
    world.expects(
        "sms to ana", "inform slack to identity", "inform email to ana",
        "inform slack to identity", "inform email to ana", "inform email to cto",
    )  # fmt: skip
    world.advance("1m")
    world.pass_on("bo")
    assert "inform email to cto" in world.sent()
    assert world.look().incident.status is IncidentStatus.OPEN


def test_29_who_passes_it_and_takes_it_after_all_may_give_it_back(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.pass_on("ana")
    world.ack("ana")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    world.pass_on("ana")
    situation = world.look()
    assert (situation.incident.status, situation.escalations[0].level) == (IncidentStatus.OPEN, 2)
    world.sent()


def test_29_who_passes_a_page_keeps_the_first_acknowledgement_on_record(world_with) -> None:
    world = world_with(STANDARD.but("[policies.standard]\n", '[policies.standard]\nack_timeout = "30m"\n'))
    world.declare("down", "login")
    world.ack("bo")
    first = world.look().incident.acknowledged_at
    world.advance("30m")
    world.pass_on("ana")
    assert world.look().incident.acknowledged_at == first
    world.sent()


def test_29_who_passes_after_a_level_was_asked_for_by_hand_gives_it_to_nobody_who_had_it_before(
    world: World,
) -> None:
    world.declare("down", "login")
    world.ack("bo")
    world.maintenance("login", "3m")
    world.next_level()
    world.pass_on("ana")
    assert world.look().incident.status is IncidentStatus.OPEN
    world.sent()
    world.advance("3m")
    world.expects("sms to ana")
