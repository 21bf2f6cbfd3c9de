"""The promises of the guide, 5 to 8: how a person is notified, and what answers and updates do."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import BANK, STANDARD
from tests.scenarios.policies import GONE, OWN_RULES, TO_ANN
from tests.world import World

# ── 5. a person along their own rules; a channel once, through every contact ──────────


def test_4_5_a_person_is_notified_along_their_own_rules_for_the_urgency(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("down", "login")
    world.expects("slack to ann", "email to ann")
    world.advance("2m")
    world.expects("sms to %2B44")
    world.declare("slow", "login", severity="minor")
    world.expects("email to ann")


@pytest.mark.parametrize(
    ("steps", "at_once", "a_minute_later"),
    [
        ('{ via = ["slack"], after = "2m" }', ["slack to ann"], []),
        (
            '{ via = ["slack"], after = "2m" }, { via = ["sms"], after = "3m" }',
            ["slack to ann"],
            ["sms to %2B44"],
        ),
        (
            '{ via = ["email"] }, { via = ["sms"], after = "3m" }, { via = ["slack"], after = "2m" }',
            ["slack to ann"],
            ["sms to %2B44"],
        ),
    ],
    ids=["an only step", "two steps that both wait", "a first step without an address"],
)
def test_4_5_the_first_step_that_leads_somewhere_begins_at_once(
    world_with, steps, at_once, a_minute_later
) -> None:
    more = (
        f'[people.ann]\nname = "Ann"\ncontact = {{ sms = "+44", slack = "ann" }}\nnotify.high = [ {steps} ]\n'
    )
    world = world_with(TO_ANN, more=more)
    world.declare("down", "login")
    world.expects(*at_once)
    world.advance("1m")
    world.expects(*a_minute_later)


def test_4_5_later_steps_are_cancelled_by_an_acknowledgement(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("down", "login")
    world.ack("ann")
    world.advance("1h")
    world.expects("slack to ann", "email to ann", "inform slack to identity")


def test_4_5_when_every_address_of_a_step_failed_for_good_the_next_step_comes_at_once(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.post.refuse = lambda url: None if "/sms/" in url else GONE
    world.declare("down", "login")
    world.expects("sms to %2B44")


def test_4_5_a_channel_is_told_through_every_contact_it_has(world_with) -> None:
    more = '[channels.both]\nname = "Both"\ncontact = { slack = "both", email = "both@example.com" }\n'
    world = world_with(STANDARD.but('["on-call"]', '["channel:both"]'), more=more)
    world.declare("down", "login")
    world.expects("slack to both", "email to both")
    world.advance("4m")
    world.expects_nothing()


# ── 6. ack stops the escalations of one's teams; resolve stops everything ─────────────


def test_4_6_an_acknowledgement_stops_the_escalations_of_the_persons_teams_only(world: World) -> None:
    world.declare("down", "login", "payments")
    world.expects("sms to ana", "sms to cara")
    world.ack("bo")
    world.advance("5m")
    world.expects("sms to dan", "inform slack to identity", "inform email to ana", "inform email to cara")
    assert world.look().incident.status is IncidentStatus.OPEN


@pytest.mark.parametrize(("by", "everything"), [("cto", False), ("ana", True)])
def test_4_6_an_outsider_or_all_stops_every_escalation(world: World, by: str, everything: bool) -> None:
    world.declare("down", "login", "payments")
    world.ack(by, everything=everything)
    world.advance("2h")
    pages = [message for message in world.sent() if not message.startswith("inform ")]
    assert pages == ["sms to ana", "sms to cara"]
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_4_6_a_member_of_a_team_that_has_already_acknowledged_does_not_silence_the_others(
    world: World,
) -> None:
    world.declare("down", "login", "payments")
    world.ack("ana")
    world.ack("bo")
    world.advance("5m")
    world.expects(
        "sms to ana", "sms to cara", "sms to dan", "inform slack to identity", "inform email to cara"
    )


def test_4_6_resolve_stops_everything_and_tells_those_who_were_paged(world: World) -> None:
    world.declare("down", "login")
    world.advance("5m")
    world.resolve(message="restarted")
    world.advance("2h")
    world.expects("sms to ana", "sms to bo", "resolved email to ana", "resolved email to bo")


def test_4_6_an_acknowledgement_forgotten_for_its_timeout_pages_again_and_says_why(world_with) -> None:
    world = world_with(STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"'))
    world.declare("down", "login")
    world.ack("ana")
    world.advance("29m")
    world.expects("sms to ana", "inform slack to identity")
    world.advance("1m")
    world.expects("sms to ana", "inform slack to identity")
    assert (
        "acknowledged by Ana 30m ago and no update since: paging Identity again from level 1"
        in world.timeline()
    )
    assert world.look().incident.status is IncidentStatus.OPEN


def test_4_6_an_acknowledgement_that_was_followed_by_an_update_is_forgotten_from_then_and_says_so(
    world_with,
) -> None:
    world = world_with(STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"'))
    world.declare("down", "login")
    world.ack("ana")
    world.advance("10m")
    world.update(severity="critical")
    world.advance("30m")
    assert (
        "acknowledged by Ana 40m ago, the last update 30m ago: paging Identity again from level 1"
        in world.timeline()
    )
    world.sent()


# ── 7. updates ────────────────────────────────────────────────────────────────────────


def test_4_7_a_new_service_starts_its_teams_escalation_though_others_have_acknowledged(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.update(add_services=("payments",))
    world.expects("sms to ana", "sms to cara", "inform slack to identity", "inform slack to identity")
    assert world.look().incident.status is IncidentStatus.OPEN


def test_4_7_a_rise_in_urgency_pages_the_current_level_again_the_new_way_at_once(world: World) -> None:
    world.declare("slow", "login", severity="minor")
    world.advance("5m")
    world.expects("email to ana", "email to bo")
    world.update(severity="critical")
    world.expects("sms to bo", "inform slack to identity")


def test_4_7_a_rise_in_urgency_does_not_delay_the_next_level(world: World) -> None:
    world.declare("slow", "login", severity="minor")
    world.advance("4m")
    world.update(severity="major")
    world.expects("email to ana", "sms to ana", "inform slack to identity")
    world.advance("1m")
    world.expects("sms to bo")


def test_4_7_a_rise_in_severity_without_a_rise_in_urgency_pages_nobody_again(world: World) -> None:
    world.declare("down", "login")
    world.update(severity="critical")
    world.expects("sms to ana", "inform slack to identity")


# ── 8. the policy is fixed at the start, people are looked up at the moment of paging ─


def test_4_8_the_levels_are_fixed_when_the_escalation_starts(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD.but('["lead"]', '["person:cto"]'))
    world.advance("5m")
    world.expects("sms to ana", "sms to bo")


def test_4_8_who_is_on_call_is_looked_up_at_the_moment_of_paging(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD, organisation=BANK.but('lead = "bo"', 'lead = "cto"'))
    world.advance("5m")
    world.expects("sms to ana", "sms to cto")


def test_4_8_reload_adopts_an_edited_policy(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD.but('["lead"]', '["person:cto"]'))
    world.reload()
    world.advance("5m")
    world.expects("sms to ana", "sms to cto")
