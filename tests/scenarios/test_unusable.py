"""What cannot be used at run time: the page goes on without it and says so (product.md §4.20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import HOUR, SECOND
from escalate_cli.core.escalation import levels
from escalate_cli.core.escalation import position as walk
from escalate_cli.core.escalation.position import Due
from escalate_cli.core.incident.situation import Escalation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.problem import ERROR
from escalate_cli.health.doctor.usability import incident_findings
from tests.organisations import BANK, STANDARD
from tests.world import World, instant

OFFICE = STANDARD.but('notify = ["lead"]', 'notify = ["lead"]\nduring = "office"')
DAMAGED = "a damaged value"

Spoil = Callable[[Catalog], Catalog]


def without_schedule(catalog: Catalog, schedule: str = "identity-primary") -> Catalog:
    """The catalog with a schedule that raises."""
    found = catalog.schedules[schedule]
    odd = replace(found, rotations=tuple(replace(rotation, unit="fortnight") for rotation in found.rotations))
    return replace(catalog, schedules={**catalog.schedules, schedule: odd})


@pytest.fixture
def without_policy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Catalog], Catalog]:
    """Gives a catalog a policy of Identity's own that raises when it is run. No value of a policy
    does: the program must.
    """

    def due(escalation: Escalation, *more: Any) -> Due:
        if escalation.policy.id == "odd":
            raise TypeError(DAMAGED)
        return walk.due(escalation, *more)

    def spoilt(catalog: Catalog) -> Catalog:
        teams = {**catalog.teams, "identity": replace(catalog.teams["identity"], policy="odd")}
        odd = replace(catalog.policies["standard"], id="odd")
        return replace(catalog, teams=teams, policies={**catalog.policies, "odd": odd})

    monkeypatch.setattr(levels, "due", due)
    return spoilt


def in_zone(catalog: Catalog, zone: str) -> Catalog:
    """The catalog with every schedule of Identity, and every hours, in this zone."""
    schedule = replace(catalog.schedules["identity-primary"], timezone=zone)
    hours = {name: replace(one, timezone=zone) for name, one in catalog.hours.items()}
    return replace(catalog, schedules={**catalog.schedules, "identity-primary": schedule}, hours=hours)


def test_4_20_a_schedule_that_cannot_be_used_costs_its_level_only(world: World) -> None:
    world.catalog = without_schedule(world.catalog)
    world.declare("Log in is broken", "login", "payments")
    world.expects("sms to bo", "sms to cara")
    assert "level 1 of 2 of policy standard reaches nobody" in world.timeline()
    assert "schedule identity-primary cannot be used (ValueError: " in world.timeline()
    page = next(
        notification for notification in world.look().notifications if notification.recipient == "person:bo"
    )
    assert "schedule identity-primary cannot be used" in page.because, (
        "the page itself says what was done without"
    )


def test_4_20_a_policy_that_cannot_be_run_is_replaced_by_the_fallback_until_an_ack(
    world: World, without_policy: Spoil
) -> None:
    world.catalog = without_policy(world.catalog)
    world.declare("Log in is broken", "login", "payments")
    world.expects("sms to ops", "sms to cara")
    assert "policy odd of Identity cannot be run (TypeError" in world.timeline()
    world.advance("5m")
    world.expects("sms to dan")
    world.advance("10m")
    world.expects("sms to ops")  # Identity's again, and Payments' policy has run out: one message of both
    world.ack("ana")
    world.ack("cara")
    world.advance("1h")
    world.expects(
        "inform slack to identity",
        "inform email to ops",
        "inform email to cara",
        "inform email to dan",
        "inform slack to identity",
        "inform email to ops",
        "inform email to dan",
    )


def test_4_20_a_fallback_that_cannot_be_used_either_means_everybody_behind_it(
    world: World, without_policy: Spoil
) -> None:
    fallback = replace(world.catalog.fallback, page=(Target(TargetKind.ON_CALL, "platform"),))
    world.catalog = replace(
        without_policy(without_schedule(world.catalog, "platform-primary")), fallback=fallback
    )
    world.declare("Log in is broken", "login")
    world.expects("sms to eve")


def test_4_20_without_any_fallback_a_policy_that_cannot_be_run_means_everybody_in_the_team(
    world: World, without_policy: Spoil
) -> None:
    world.catalog = without_policy(world.catalog)
    world.catalog = replace(world.catalog, fallback=replace(world.catalog.fallback, page=(), team=None))
    world.declare("Log in is broken", "login")
    world.expects("sms to ana", "sms to bo")


@pytest.mark.parametrize("zone", ["US/Gone", "../../etc/passwd", "Europe"])
def test_4_20_a_time_zone_that_is_gone_is_taken_as_utc_and_the_page_says_so(world: World, zone: str) -> None:
    world.configure(OFFICE)
    world.clock.at = instant("2026-07-06T16:50:00")  # 17:50 in London, in office hours in UTC
    world.catalog = in_zone(world.catalog, zone)
    world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    assert (
        f'the time zone "{zone}" cannot be used on this machine: times are taken as UTC' in world.last().body
        or world.timeline()
    )
    assert "times are taken as UTC" in world.look().notifications[0].because
    world.advance("5m")
    world.expects("sms to bo")
    assert f'hours office: the time zone "{zone}" cannot be used' in world.timeline()


def test_4_20_nobody_waits_for_hours_that_cannot_be_used(world: World) -> None:
    world.configure(OFFICE)
    world.clock.at = instant("2026-07-05T16:50:00")  # a Sunday
    hours = {name: replace(one, start=DAMAGED) for name, one in world.catalog.hours.items()}
    world.catalog = replace(world.catalog, hours=hours)
    world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    world.advance("5m")
    world.expects("sms to bo")
    assert "hours office cannot be used (TypeError" in world.timeline()


def test_4_20_an_incident_whose_plan_cannot_be_stored_is_stored_without_it_and_the_fallback_is_paged(
    world: World,
) -> None:
    endless = tuple(replace(level, wait=2**63) for level in world.catalog.policies["standard"].levels)
    standard = replace(world.catalog.policies["standard"], levels=endless)
    world.catalog = replace(world.catalog, policies={"standard": standard})
    number = world.declare("Log in is broken", "login")
    world.expects("sms to ops")
    assert "the incident could not be planned (DamagedRow" in world.timeline(number)
    world.advance("15m")
    world.expects("sms to ops")


RULES = """
[[rules]]
name = "Identity's own"
when = { team = "identity", hours = "office", open_for = "2m" }
page = ["person:cto"]
[[rules]]
name = "Of everybody"
when = { open_for = "3m" }
page = ["person:eve"]
"""


def test_4_20_a_rule_that_cannot_be_used_stops_no_other_and_the_fallback_decides(world: World) -> None:
    world.configure(STANDARD, more=RULES)
    rule = world.catalog.rules[0]
    world.catalog = replace(
        world.catalog,
        rules=(replace(rule, when=replace(rule.when, open_for=DAMAGED)), world.catalog.rules[1]),
    )
    world.declare("Log in is broken", "login")
    world.expects("sms to ana", "sms to ops")
    world.advance("3m")
    world.expects("sms to eve")
    world.ack("ana")
    world.advance("1h")
    world.expects("inform slack to identity", "inform email to ops", "inform email to eve")
    assert """rule "Identity's own" cannot be used (TypeError""" in world.timeline()


def gone(catalog: Catalog) -> Catalog:
    return in_zone(catalog, "US/Gone")


@pytest.mark.parametrize("spoil", [without_schedule, gone])
def test_4_20_a_pass_in_which_something_could_not_be_used_says_so(world: World, spoil: Spoil) -> None:
    world.declare("Log in is broken", "login")
    world.snooze("30m", "ana")
    world.catalog = spoil(world.catalog)
    world.sent()
    world.clock.at += HOUR
    troubles = world.tick().troubles
    assert any(
        trouble.startswith("incident 1: ") and "identity-primary" in trouble and "cannot be used" in trouble
        for trouble in troubles
    ), troubles
    assert len(world.sent()) == 1
    world.clock.at += SECOND
    assert world.tick().troubles == [], (
        "the incident says it once; what lasts is looked for by each pass's own check"
    )


def test_4_20_a_team_that_is_gone_is_named_to_the_fallback_and_by_the_doctor_until_it_is_reloaded(
    world: World,
) -> None:
    world.declare("down", "login")
    renamed = BANK.but("[teams.identity]", "[teams.sign-in]").but('team = "identity"', 'team = "sign-in"')
    world.configure(STANDARD, organisation=renamed)
    world.advance("15m")
    assert "sms to ops" in world.sent()
    reasons = [page.because for page in world.look().notifications if page.recipient == "person:ops"]
    assert any("team identity is no longer in the configuration" in because for because in reasons)
    found = incident_findings(world.catalog, world.store, world.clock.at)
    assert [(problem.code, problem.level) for problem in found] == [("team-gone", ERROR)]
    assert "its team identity is no longer in the configuration" in found[0].message
    world.reload()
    assert incident_findings(world.catalog, world.store, world.clock.at) == []
    world.sent()
