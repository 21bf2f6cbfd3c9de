"""Any order of operations keeps the promises of product.md §4."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.events import (
    EntryKind,
    LevelFailed,
    LevelHeld,
    LevelLeftOut,
    LevelOwed,
    LevelPaged,
    NudgeAnswered,
    NudgeDropped,
    NudgeExpired,
    RuleFired,
    SeverityChanged,
)
from escalate_cli.core.incident.situation import (
    EscalationStatus,
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    NudgeStatus,
)
from escalate_cli.core.organisation.catalog import Catalog
from tests.properties.virtual import Life, catalogs, operations

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
lives = st.lists(operations, max_size=14)


def live(catalog: Catalog, steps: list[tuple[str, object]], check) -> Life:
    life = Life(catalog)
    life.declare("login")
    check(life)
    for name, argument in steps:
        if name == "wait":
            life.pass_time(int(argument), 1)  # type: ignore[call-overload]
        else:
            life.do(name, argument)
        check(life)
    return life


@quick
@given(catalogs(), lives)
def test_4_3_an_open_incident_always_has_a_next_step_or_somebody_who_has_it(
    catalog: Catalog, steps: list
) -> None:
    def check(life: Life) -> None:
        incident = life.situation.incident
        if incident.status is IncidentStatus.OPEN:
            assert incident.next_due_at is not None
            assert any(escalation.next_at is not None for escalation in life.situation.escalations)
        if incident.status is IncidentStatus.ACKNOWLEDGED:
            assert incident.acknowledged_by is not None

    live(catalog, steps, check)


@quick
@given(catalogs(), lives)
def test_planning_again_at_the_same_instant_changes_nothing_more(catalog: Catalog, steps: list) -> None:
    def check(life: Life) -> None:
        again = plan(life.situation, catalog, life.now).situation
        assert again.entries == ()
        assert again.notifications == life.situation.notifications
        assert again.escalations == life.situation.escalations

    live(catalog, steps, check)


@quick
@given(catalogs(with_rules=False), st.sampled_from(["ana", "bo", "eve"]), st.integers(0, 90))
def test_4_6_an_acknowledged_escalation_pages_nobody_until_its_time_out(
    catalog: Catalog, who: str, after: int
) -> None:
    life = Life(catalog)
    life.declare("login")
    life.pass_time(after, 1)
    life.do("ack all", who)
    before = len(life.sent)
    timeout = catalog.policies["red"].ack_timeout
    quiet = (timeout or 600 * MINUTE) // MINUTE - 1
    life.pass_time(quiet, 1)
    assert [one for _, one in life.sent[before:]] == []
    life.pass_time(2, 1)
    assert bool(life.sent[before:]) == (timeout is not None)


@quick
@given(catalogs(), lives)
def test_4_9_a_nudge_ends_in_exactly_one_of_accepted_declined_expired(catalog: Catalog, steps: list) -> None:
    life = live(catalog, steps, lambda _: None)
    life.do("resolve", None)
    for nudge in life.situation.nudges:
        assert nudge.status in (NudgeStatus.ACCEPTED, NudgeStatus.DECLINED, NudgeStatus.EXPIRED)
    ends = Counter(
        entry.event.rule
        for entry in life.story
        if isinstance(entry.event, NudgeAnswered | NudgeExpired | NudgeDropped)
    )
    assert ends == Counter(nudge.rule for nudge in life.situation.nudges)


@quick
@given(catalogs(), st.integers(1, 300))
def test_4_9_no_rule_without_every_fires_twice_for_one_becoming_true(catalog: Catalog, minutes: int) -> None:
    """Nobody does anything: conditions only ever become true, so each rule fires at most once."""
    life = Life(catalog)
    life.declare("login")
    life.pass_time(minutes, 1)
    fired = Counter(entry.event.rule for entry in life.story if isinstance(entry.event, RuleFired))
    severities = len({entry.event.after for entry in life.story if isinstance(entry.event, SeverityChanged)})
    for rule in catalog.rules:
        if rule.every is None:
            assert fired[rule.name] <= 1 + severities


@quick
@given(catalogs(), lives)
def test_4_7_nothing_is_sent_after_the_end_but_the_news_of_it(catalog: Catalog, steps: list) -> None:
    life = live(catalog, steps, lambda _: None)
    life.do("resolve", None)
    before = len(life.sent)
    assert life.situation.incident.next_due_at is None
    life.pass_time(600, 10)
    assert life.sent[before:] == []
    assert all(not notification.live for notification in life.situation.notifications)


@settings(quick, max_examples=10)  # three days of minutes each
@given(catalogs(with_rules=False))
@pytest.mark.long
def test_4_11_ticking_every_minute_or_every_hour_reaches_the_same_people(catalog: Catalog) -> None:
    """In a day, whoever the minute ticks page by the policy, the hourly ticks page too; within a
    pass the earliest level comes first.
    """
    reached = []
    for every in (1, 60):
        life = Life(catalog)
        life.declare("login")
        life.pass_time(3 * 24 * 60, every)
        reached.append(
            {
                (one.level, one.recipient)
                for _, one in life.sent
                if one.kind is NotificationKind.PAGE and one.step == 0
            }
        )
    assert reached[0] == reached[1]


@settings(quick, max_examples=20)
@given(catalogs(with_rules=False), st.integers(1, 60))
def test_4_11_ticks_no_further_apart_than_the_shortest_wait_reach_the_same_people_in_the_same_order(
    catalog: Catalog, every: int
) -> None:
    shortest = min([*(level.wait for level in catalog.policies["red"].levels), catalog.fallback.every])
    every = min(every, shortest // MINUTE)
    orders = []
    for step in (1, every):
        life = Life(catalog)
        life.declare("login")
        life.pass_time(24 * 60 // step * step, step)
        reaching = (entry.event for entry in life.story if getattr(entry.event, "recipients", None))
        orders.append([(event.kind, getattr(event, "level", None)) for event in reaching])
    shorter = min(map(len, orders))
    assert orders[0][:shorter] == orders[1][:shorter]


@quick
@given(catalogs(), lives, st.integers(61, 4000))
def test_4_11_after_any_gap_one_pass_pages_at_most_two_levels_of_each_escalation(
    catalog: Catalog, steps: list, gap: int
) -> None:
    life = live(catalog, steps, lambda _: None)
    told = len(life.story)
    life.now += gap * MINUTE
    life.tick()
    paged = Counter(
        entry.team
        for entry in life.story[told:]
        if entry.kind in (EntryKind.LEVEL, EntryKind.EXHAUSTED) and getattr(entry.event, "recipients", None)
    )
    assert all(count <= 2 for count in paged.values()), paged


@quick
@given(catalogs(with_rules=False))
def test_4_4_nobody_is_left_out_without_a_word(catalog: Catalog) -> None:
    """Every level that was not paged in the first walk has an entry that says why."""
    life = Life(catalog)
    life.declare("login")
    life.pass_time(12 * 60, 1)
    escalation = life.situation.escalations[0]
    about_levels = (LevelPaged, LevelHeld, LevelLeftOut, LevelOwed, LevelFailed)
    told = {
        entry.event.level
        for entry in life.story
        if isinstance(entry.event, about_levels) and entry.team == escalation.team
    }
    assert told == set(range(1, escalation.levels + 1))
    assert escalation.status is EscalationStatus.EXHAUSTED
    assert all(
        notification.status is not NotificationStatus.PENDING or notification.due_at > life.now
        for notification in life.situation.notifications
    )
