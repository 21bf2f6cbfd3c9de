"""Who hears what: the end goes where the pages went, and what changed is told; promises 6, 7 and 23
of product.md §4.
"""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, IN_TWO_STEPS, STANDARD

LOUD_END = BANK.but("[settings]", '[settings]\nend_urgency = "high"')


# ── 6. the end goes where the pages went ──────────────────────────────────────────────


def test_4_6_the_end_goes_by_the_gateway_that_reached_them_though_the_first_address_is_dead(
    world_with,
) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 404") if "/sms/" in url else None
    world.declare("down", "login")
    world.expects("email to ana")
    world.resolve()
    world.expects("resolved email to ana")


def test_4_6_the_end_goes_by_every_gateway_that_reached_them_the_second_step_too(world_with) -> None:
    loud = IN_TWO_STEPS.but("[settings]", '[settings]\nend_urgency = "high"')
    world = world_with(STANDARD, organisation=loud)
    world.declare("down", "login")
    world.advance("2m")
    world.expects("sms to ana", "email to ana")
    world.resolve()
    world.expects("resolved sms to ana", "resolved email to ana")


@pytest.mark.parametrize("low", ['[ { via = ["email"] } ]', '[ { via = ["slack"] } ]'])
def test_4_6_the_end_goes_where_the_pages_went_though_the_severity_was_lowered_since(
    world_with, low: str
) -> None:
    organisation = LOUD_END.but('low = [ { via = ["email"] } ]', f"low = {low}")
    world = world_with(STANDARD, organisation=organisation)
    world.declare("down", "login")
    world.update(severity="minor")
    world.expects("sms to ana", "inform slack to identity")
    world.resolve()
    world.expects("resolved sms to ana", "resolved slack to identity")


def test_4_23_the_end_comes_by_what_has_reached_them_where_low_urgency_leads_nowhere_or_to_a_dead_address(
    world_with,
) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 404") if "/email/" in url else None
    world.declare("down", "login")
    world.advance("3m")
    world.resolve()
    world.expects("sms to ana", "resolved sms to ana")


def test_4_6_the_end_goes_to_whom_only_a_later_step_has_reached(world_with) -> None:
    """The gateway of the first step was down all along."""
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 503") if "/sms/" in url else None
    world.declare("down", "login")
    world.advance("3m")
    world.expects("email to ana")
    world.resolve()
    world.expects("resolved email to ana")


def test_4_6_the_end_goes_by_what_there_is_now_where_the_gateway_is_gone_that_reached_them(
    world_with,
) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.expects("sms to ana")
    less = BANK.but('[gateways.sms]\nurl = "json://127.0.0.1:1/sms/{to}"\ntext = "short"\n', "")
    less = (
        less.replace('"sms"', '"email"').replace('sms = "+', 'pager = "+')
        + '[gateways.pager]\nurl = "json://127.0.0.1:1/pager/{to}"\n'
    )
    world.configure(STANDARD, organisation=less)
    world.resolve()
    world.expects("resolved email to ana")


# ── 7. a rise in urgency ends a snooze, and is told to whoever has it; channels hear what has changed ───


def test_4_7_a_rise_in_urgency_ends_a_snooze_and_pages_the_current_level_the_new_way(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("slow", "login", severity="minor")
    world.advance("5m")
    world.expects("email to ana", "email to bo")
    world.snooze("8h", "ana")
    assert world.update(severity="major").incident.status is IncidentStatus.OPEN
    room = "inform slack to identity"  # it is put off, it got worse, nobody has it any more
    world.expects("sms to bo", room, "inform email to bo", room, room, "inform email to ana")
    assert "the urgency rose: the snooze by Ana ends" in world.timeline()
    world.advance("9m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ops")


def test_4_7_a_rise_in_urgency_by_a_rule_ends_a_snooze_too(world_with) -> None:
    more = '[[rules]]\nname = "drags on"\nwhen = { open_for = "1h" }\nraise_to = "critical"\n'
    world = world_with(STANDARD, more=more)
    world.declare("slow", "login", severity="minor")
    world.snooze("8h", "ana")
    world.expects("email to ana", "inform slack to identity")
    world.advance("1h", every="10m")
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")
    world.ack("ana")
    world.expects("inform slack to identity")


def test_4_7_a_rise_without_a_rise_in_urgency_leaves_a_snooze_alone(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.snooze("8h", "ana")
    world.update(severity="critical")
    world.advance("1h", every="10m")
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")


def test_4_7_whoever_has_acknowledged_hears_the_new_way_that_the_urgency_rose(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("slow", "login", severity="minor")
    world.ack("ana")
    world.expects("email to ana", "inform slack to identity")
    assert world.update(severity="major").incident.status is IncidentStatus.ACKNOWLEDGED
    world.expects("inform sms to ana", "inform slack to identity")
    assert any(
        "raised from minor to major" in one.body for _, one in world.post.letters if "/sms/" in one.url
    )
    world.update(severity="critical")
    world.expects("inform slack to identity")
    world.advance("2h", every="10m")
    world.expects_nothing()


def test_4_23_who_has_it_and_raises_the_urgency_is_not_told_of_their_own_deed(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("slow", "login", severity="minor")
    world.ack("ana")
    world.sent()
    assert world.update(severity="major", by="ana").incident.status is IncidentStatus.ACKNOWLEDGED
    world.expects("inform slack to identity")
    world.advance("1h", every="10m")
    world.expects_nothing()


def test_4_23_a_colleague_who_has_it_too_hears_what_the_other_raised(world_with) -> None:
    everyone = STANDARD.replace('notify = ["on-call"]', 'notify = ["members"]\nacks = "all"')
    world = world_with(everyone)
    world.declare("slow", "login", severity="minor")
    world.ack("ana")
    world.ack("bo")
    world.sent()
    world.update(severity="major", by="ana")
    world.expects("inform sms to bo", "inform slack to identity")


def test_4_7_who_has_two_escalations_hears_once_that_the_urgency_rose(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("slow", "login", "payments", severity="minor")
    world.ack("ops")
    world.sent()
    world.update(severity="major")
    world.expects("inform sms to ops", "inform slack to identity")


def test_4_7_whoever_has_it_hears_along_all_their_steps_until_they_acknowledge_that(world_with) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("slow", "login", severity="minor")
    world.ack("ana")
    world.update(severity="major")
    world.expects("email to ana", "inform sms to ana", "inform slack to identity", "inform slack to identity")
    world.advance("2m")
    world.expects("inform email to ana")
    world.update(severity="minor")
    world.update(severity="major")
    world.expects("inform sms to ana", *["inform slack to identity"] * 2)
    world.ack("ana")
    world.advance("1h", every="10m")
    world.expects("inform slack to identity")


def test_4_7_when_nobody_who_has_it_can_be_told_that_the_urgency_rose_the_current_level_is_paged(
    world_with,
) -> None:
    more = '[people.mute]\nname = "Mute"\ncontact = { email = "mute@example.com" }\n'
    world = world_with(STANDARD, more=more)
    world.declare("slow", "login", severity="minor")
    world.ack("mute")
    world.expects("email to ana", "inform slack to identity", "inform email to ana")
    assert world.update(severity="major").incident.status is IncidentStatus.OPEN
    world.expects(
        "sms to ana", "inform slack to identity", "inform slack to identity", "inform email to mute"
    )
    assert "cannot be told that the urgency rose" in world.timeline()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"severity": "critical"}, "Severity raised from major to critical (by Bo)."),
        ({"severity": "minor"}, "Severity lowered from major to minor (by Bo)."),
        ({"add_services": ("payments",)}, "Now also Card payments (by Bo)."),
        (
            {"drop_services": ("login",), "add_services": ("payments",)},
            "Now also Card payments; no longer Log in (by Bo).",
        ),
        ({"lead": "cara"}, "Lead is now Cara (by Bo)."),
        (
            {"severity": "critical", "message": "worse"},
            "Severity raised from major to critical.\nUpdate by Bo: worse",
        ),
        ({"message": "worse"}, "Update by Bo: worse"),
    ],
)
def test_4_23_a_change_of_severity_scope_or_lead_is_told_to_the_channels_with_what_changed(
    world_with, change: dict, said: str
) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.update(by="bo", **change)
    told = [one.body for _, one in world.post.letters if "/slack/" in one.url]
    assert len(told) == 1
    assert told[0].startswith(said)
    world.sent()


def test_4_23_a_rule_that_raises_the_severity_is_told_to_the_channels(world_with) -> None:
    more = '[[rules]]\nname = "drags on"\nwhen = { open_for = "10m" }\nraise_to = "critical"\n'
    world = world_with(STANDARD, more=more)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("10m")
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")
    assert 'Severity raised from major to critical (rule "drags on").' in world.last().body


def test_4_23_what_has_not_changed_is_not_told(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login", lead="ana")
    world.sent()
    world.update(severity="major", lead="ana", add_services=("login",), labels=(("a", "b"),))
    world.expects_nothing()
