"""Rules: every condition, alone and combined, on a virtual clock; actions, re-arming, `every`, and nudges."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import NudgeStatus
from tests.organisations import STANDARD
from tests.world import World

QUIET = """
[policies.standard]
[[policies.standard.levels]]
notify = ["channel:status"]
wait = "4w"
"""
"""a policy that keeps out of the story: it tells a channel once"""


def rule(when: str, *lines: str, name: str = "the rule") -> str:
    action = lines or ('page = ["person:cto"]',)
    return "\n".join(["", "[[rules]]", f'name = "{name}"', f"when = {{ {when} }}", *action, ""])


def tell(world_with, when: str, *lines: str, **more: str) -> World:
    world = world_with(QUIET + rule(when, *lines), **more)
    world.declare("down", "login")
    world.expects("slack to status")
    return world


# ── conditions ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ('severity = "critical"', {"severity": "critical"}),
        ('severity = ">=critical"', {"severity": "critical"}),
        ('severity = "<major"', {"severity": "minor"}),
        ('severity = ["minor", "critical"]', {"severity": "critical"}),
        ('service = "payments"', {"add_services": ("payments",)}),
        ('service = ["payments", "auth-db"]', {"add_services": ("payments",)}),
        ('team = "payments"', {"add_services": ("payments",)}),
        ('label = "region"', {"labels": (("region", "eu"),)}),
        ('label = "region=eu"', {"labels": (("region", "eu"),)}),
        ('label = { region = "eu" }', {"labels": (("region", "eu"),)}),
        ("raised = true", {"severity": "critical"}),
        ("scope_grew = true", {"add_services": ("payments",)}),
        (
            'severity = ">=critical", team = "payments"',
            {"severity": "critical", "add_services": ("payments",)},
        ),
        ('raised = true, label = "vip"', {"severity": "critical", "labels": (("vip", "1"),)}),
    ],
)
def test_a_rule_fires_when_an_update_makes_its_condition_true(world_with, when: str, then: dict) -> None:
    world = tell(world_with, when)
    world.advance("1h", every="30m")
    world.expects_nothing()
    world.update(**then)
    expected = ["sms to cto" if then.get("severity") != "minor" else "email to cto"]
    if "add_services" in then:
        expected.append("slack to status")
    if "add_services" in then or "severity" in then:
        expected.append("inform slack to identity")
    world.expects(*expected)
    world.advance("2h", every="30m")
    world.expects_nothing()


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        ('open_for = "45m"', 45),
        ('unacknowledged_for = "20m"', 20),
        ('no_update_for = "30m"', 30),
        ('at_severity_for = "10m"', 10),
        ('open_for = "45m", no_update_for = "50m"', 50),
        ('severity = "major", open_for = "7m"', 7),
        ('hours = "office", open_for = "1m"', 1),
    ],
)
def test_a_rule_on_time_fires_exactly_when_it_comes_due(world_with, when: str, minutes: int) -> None:
    world = tell(world_with, when)
    due = world.look().incident.next_due_at
    assert due == world.start_at + minutes * 60_000_000
    world.advance(f"{minutes - 1}m" if minutes > 1 else "30s", every="1h")
    world.expects_nothing()
    world.advance("1m" if minutes > 1 else "30s")
    world.expects("sms to cto")
    world.advance("6h", every="10m")
    world.expects_nothing()


def test_unacknowledged_for_does_not_fire_once_somebody_has_it(world_with) -> None:
    world = tell(world_with, 'unacknowledged_for = "20m"')
    world.advance("10m")
    world.ack("ana")
    world.advance("2h", every="10m")
    world.expects("inform slack to identity", "inform slack to status")


def test_no_update_for_starts_again_with_every_update(world_with) -> None:
    world = tell(world_with, 'no_update_for = "30m"')
    world.advance("20m")
    world.update(labels=(("seen", "yes"),))
    world.advance("29m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to cto")
    world.update(labels=(("seen", "again"),))
    world.advance("30m")
    world.expects("sms to cto")


def test_at_severity_for_counts_from_the_last_change(world_with) -> None:
    world = tell(world_with, 'severity = "critical", at_severity_for = "10m"')
    world.advance("1h", every="5m")
    world.update(severity="critical")
    world.advance("9m")
    world.expects("inform slack to identity")
    world.advance("1m")
    world.expects("sms to cto")


def test_hours_hold_a_rule_until_they_begin_and_arm_it_again_the_next_day(world_with) -> None:
    world = world_with(QUIET + rule('hours = "office"'))
    world.declare("down", "login")  # Monday 10:00
    world.expects("slack to status", "sms to cto")
    world.advance("23h", every="1h")  # Tuesday 09:00
    world.expects("sms to cto")
    world.advance("24h", every="24h")  # a day without a tick in between: Wednesday 09:00
    world.expects("sms to cto")


def test_outside_of_hours_is_a_condition_too(world_with) -> None:
    world = tell(world_with, 'hours = "!office", open_for = "1h"')
    world.advance("7h29m", every="7h29m")  # 17:29
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to cto")


def test_a_rule_fires_again_only_after_its_condition_was_false(world_with) -> None:
    world = tell(world_with, 'severity = ">=critical"')
    for _ in range(3):
        world.update(severity="critical")
        world.expects("sms to cto", "inform slack to identity")
        world.update(labels=(("a", "b"),))
        world.expects_nothing()
        world.update(severity="major")
        world.expects("inform slack to identity")


def test_every_fires_it_again_while_the_condition_holds_and_a_gap_makes_no_burst(world_with) -> None:
    world = tell(world_with, 'no_update_for = "30m"', 'inform = ["person:cto"]', 'every = "30m"')
    world.advance("2h")
    world.expects(*["inform sms to cto"] * 4)
    world.sleep("10h")
    world.expects("inform sms to cto")


# ── actions ───────────────────────────────────────────────────────────────────────────


def test_inform_tells_without_asking_for_an_acknowledgement(world_with) -> None:
    world = tell(world_with, 'open_for = "5m"', 'inform = ["person:cto", "channel"]')
    world.advance("5m")
    world.expects("inform sms to cto", "inform slack to identity")
    assert "escalate ack" not in world.last().body


def test_involve_starts_the_teams_policy_and_scope_changes_leave_it_alone(world_with) -> None:
    world = world_with(STANDARD + rule('severity = ">=critical"', 'involve = ["payments"]'))
    world.declare("down", "login", severity="critical")
    world.expects("sms to ana", "sms to cara")
    world.update(add_services=("auth-db",))
    world.expects("sms to eve", "inform slack to identity")
    world.ack("ops", everything=True)
    world.expects(
        "inform slack to identity", *[f"inform email to {person}" for person in ("ana", "cara", "eve")]
    )
    assert [escalation.team for escalation in world.look().escalations] == [
        "identity",
        "payments",
        "platform",
    ]


def test_raise_to_raises_once_and_the_rules_that_follow_from_it_fire_too(world_with) -> None:
    policies = (
        QUIET
        + rule('open_for = "10m"', 'raise_to = "critical"', name="drags on")
        + rule('severity = "critical"', name="top")
    )
    world = world_with(policies)
    world.declare("down", "login")
    world.advance("10m")
    world.expects("slack to status", "sms to cto", "inform slack to identity")
    assert world.look().incident.severity == "critical"
    world.update(severity="major")
    world.advance("2h", every="10m")
    world.expects("inform slack to identity")


def test_relative_targets_of_a_rule_mean_every_team_in_the_incident(world_with) -> None:
    world = world_with(QUIET + rule('open_for = "1m"', 'page = ["on-call"]'))
    world.declare("down", "login", "payments")
    world.sent()
    world.advance("1m")
    world.expects("sms to ana", "sms to cara")


def test_a_rule_that_reaches_nobody_pages_the_fallback_and_says_so(world_with) -> None:
    more = '[people.mute]\nname = "Mute"\ncontact = { email = "m@example.com" }\n'
    world = tell(world_with, 'open_for = "1m"', 'page = ["person:mute"]', more=more)
    world.advance("1m")
    world.expects("sms to ops")
    assert 'rule "the rule" did not reach: Mute has no address for high urgency' in world.timeline()


def test_rules_look_at_acknowledged_incidents_too(world_with) -> None:
    world = tell(world_with, 'open_for = "45m"')
    world.ack("ana")
    world.advance("45m")
    world.expects("sms to cto", "inform slack to identity", "inform slack to status")


def test_nothing_fires_after_the_end(world_with) -> None:
    world = tell(world_with, 'open_for = "45m"')
    world.resolve()
    world.expects("resolved slack to status")
    world.advance("2h", every="10m")
    world.expects_nothing()


# ── nudges ────────────────────────────────────────────────────────────────────────────

NUDGE = ('page = ["person:cto"]', 'mode = "nudge"', 'expires = "10m"')


def nudged(world_with, *lines: str) -> World:
    world = world_with(QUIET + rule('open_for = "5m"', *(lines or NUDGE)))
    world.declare("down", "login", lead="bo")
    world.expects("slack to status", "inform sms to bo")
    world.advance("5m")
    world.expects("nudge sms to bo")
    return world


def test_a_nudge_asks_the_lead_and_says_what_to_type(world_with) -> None:
    world = nudged(world_with)
    nudge = world.look().nudges[0]
    assert f"escalate nudge {nudge.id} yes|no" in world.last().body
    assert (nudge.status, nudge.asked, nudge.action) == (NudgeStatus.OPEN, ("person:bo",), "page person:cto")
    world.resolve()
    world.sent()


def test_a_yes_does_it_and_a_second_yes_does_nothing_more(world_with) -> None:
    world = nudged(world_with)
    number = world.look().nudges[0].id
    world.nudge("yes", "bo")
    world.expects("sms to cto")
    world.nudge("yes", "bo", number)
    world.advance("1h", every="10m")
    world.expects_nothing()
    assert world.look().nudges[0].status is NudgeStatus.ACCEPTED


def test_a_no_drops_it(world_with) -> None:
    world = nudged(world_with)
    world.nudge("no", "bo")
    world.advance("1h", every="10m")
    world.expects_nothing()
    assert (world.look().nudges[0].status, world.look().nudges[0].answered_by) == (NudgeStatus.DECLINED, "bo")


def test_an_unanswered_nudge_expires_into_nothing(world_with) -> None:
    world = nudged(world_with)
    world.advance("1h", every="10m")
    world.expects_nothing()
    assert world.look().nudges[0].status is NudgeStatus.EXPIRED


def test_an_unanswered_nudge_expires_into_the_action(world_with) -> None:
    world = nudged(world_with, *NUDGE, 'on_expiry = "page"')
    world.advance("9m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to cto")
    assert world.look().nudges[0].status is NudgeStatus.EXPIRED


def test_without_a_lead_whoever_acknowledged_is_asked_else_the_on_call(world_with) -> None:
    world = world_with(
        QUIET + rule('open_for = "5m"', *NUDGE, name="first") + rule('open_for = "9m"', *NUDGE, name="second")
    )
    world.declare("down", "login")
    world.advance("5m")
    world.expects("slack to status", "nudge sms to ana")
    world.ack("bo")
    world.advance("4m")
    world.expects("nudge sms to bo", "inform slack to identity", "inform slack to status")


def test_a_nudge_works_with_every_action(world_with) -> None:
    world = nudged(
        world_with,
        'involve = ["payments"]',
        'raise_to = "critical"',
        'inform = ["person:cto"]',
        'mode = "nudge"',
    )
    assert world.look().nudges[0].action == "inform person:cto; involve payments; raise to critical"
    world.nudge("yes", "bo")
    world.expects("inform sms to cto", "slack to status", "inform slack to identity")
    assert world.look().incident.severity == "critical"


def test_one_word_makes_the_same_rule_automatic(world_with) -> None:
    world = world_with(QUIET + rule('open_for = "5m"', 'page = ["person:cto"]', 'mode = "auto"'))
    world.declare("down", "login", lead="bo")
    world.advance("5m")
    world.expects("slack to status", "inform sms to bo", "sms to cto")


def test_a_rule_with_an_open_nudge_does_not_ask_twice(world_with) -> None:
    world = nudged(world_with, 'page = ["person:cto"]', 'mode = "nudge"', 'every = "5m"')
    world.advance("1h")
    world.expects_nothing()
    assert world.open_nudges() == 1


def test_an_answered_nudge_with_every_asks_again(world_with) -> None:
    world = nudged(world_with, 'page = ["person:cto"]', 'mode = "nudge"', 'every = "30m"')
    world.nudge("no", "bo")
    world.advance("30m")
    world.expects("nudge sms to bo")
