"""Organisations for drawn nights, made harder: handoffs within the night, own rules, hours, fallbacks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.calendar.hours import Hours, instant_to_local
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule
from escalate_cli.core.organisation.catalog import (
    Catalog,
    Channel,
    Fallback,
    Gateway,
    Limits,
    NotifyRules,
    Person,
    Severity,
    Step,
)
from escalate_cli.core.organisation.policy import Level, Mode, OnExpiry, Rule, Target, TargetKind, When
from tests.properties.virtual import PEOPLE, TEAMS, catalogs

minutes = st.sampled_from([0, 1, 3, 5, 10, 20, 29, 30, 45, 61, 90, 120]).map(lambda one: one * MINUTE)
around = st.sampled_from([-120, -60, -20, 0, 20, 30, 40, 60, 80, 110, 140])
"""minutes from the beginning to a local time of the wall clock at which something begins or ends"""
targets = st.sampled_from(
    [
        Target(TargetKind.ON_CALL),
        Target(TargetKind.ON_CALL, "blue"),
        Target(TargetKind.CHANNEL),
        Target(TargetKind.SCHEDULE, "rota"),
        Target(TargetKind.INCIDENT_LEAD),
        Target(TargetKind.ROUND_ROBIN, "red"),
        Target(TargetKind.PERSON, "eve"),
    ]
)
more_rules = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["soon", "later", "again"]),
        st.builds(
            When,
            open_for=st.sampled_from([None, 5 * MINUTE, 30 * MINUTE]),
            raised=st.sampled_from([False, False, True]),
            scope_grew=st.sampled_from([False, False, False, True]),
        ),
        page=st.sampled_from([(), (Target(TargetKind.PERSON, "eve"),), (Target(TargetKind.ON_CALL),)]),
        involve=st.sampled_from([(), (), ("blue",)]),
        raise_to=st.sampled_from([None, None, "critical"]),
        every=st.sampled_from([None, None, 40 * MINUTE]),
        mode=st.sampled_from([Mode.NUDGE, Mode.AUTO]),
        expires=st.sampled_from([None, 15 * MINUTE, 30 * MINUTE]),
        on_expiry=st.sampled_from(OnExpiry),
    ),
    max_size=2,
    unique_by=lambda one: one.name,
)
LIMITS = (
    Limits(),
    Limits(3, 10 * MINUTE),
    Limits(3, 20 * MINUTE),
    Limits(2, 10 * MINUTE),
    Limits(1, 20 * MINUTE),
)


@st.composite
def organisations(draw: st.DrawFn, start: Instant, zone: str) -> Catalog:
    """A drawn organisation with schedules, hours, channels, tight limits and people with their own
    ways to be reached.
    """
    catalog = draw(catalogs())
    local = instant_to_local(start, zone).replace(tzinfo=None, second=0, microsecond=0)
    policies = {
        name: replace(one, levels=tuple(draw(_level(level)) for level in one.levels))
        for name, one in catalog.policies.items()
    }
    return replace(
        catalog,
        people=_with_own_rules(catalog.people, draw),
        policies=policies,
        rules=tuple(draw(_rule(rule)) for rule in (*catalog.rules, *draw(more_rules))),
        services={
            name: replace(one, policy=draw(st.sampled_from([None, None, *TEAMS])))
            for name, one in catalog.services.items()
        },
        teams={name: replace(one, on_call="rota", channel="room") for name, one in catalog.teams.items()},
        channels={"room": Channel("room", "Room", {"email": "room@x"})},
        schedules={"rota": draw(_schedule(local, zone))},
        hours={"office": draw(_hours(local, zone))},
        gateways={
            one: Gateway(one, f"json://localhost/{one}/{{to}}", attempts=draw(st.sampled_from([4, 2])))
            for one in ("sms", "email")
        },
        limits=draw(st.sampled_from(LIMITS)),
        severities=tuple(draw(_severity(severity)) for severity in catalog.severities),
        fallback=draw(_fallback(catalog)),
    )


@st.composite
def _fallback(draw: st.DrawFn, catalog: Catalog) -> Fallback:
    """Mostly one that is reached; or none, one that follows the schedule, only a channel, or
    somebody who may have no address.
    """
    pages = [None, None, (), (Target(TargetKind.SCHEDULE, "rota"),), (Target(TargetKind.CHANNEL, "room"),)]
    pages.append((Target(TargetKind.PERSON, draw(st.sampled_from(PEOPLE))), Target(TargetKind.ON_CALL)))
    page = draw(st.sampled_from(pages))
    return (
        catalog.fallback if page is None else Fallback("red", page, draw(st.sampled_from([10, 20])) * MINUTE)
    )


def _with_own_rules(people: dict[str, Person], draw: st.DrawFn) -> dict[str, Person]:
    eve = replace(people["eve"], contact={"sms": "+9", "email": "eve@x"})
    steps = (Step(("email",)), Step(("sms",), 2 * MINUTE), Step(("sms", "email"), 7 * MINUTE))
    dan = replace(people["dan"], contact={"sms": "+8", "email": "dan@x"}, notify=NotifyRules(high=steps))
    return {**people, "eve": eve, "dan": draw(st.sampled_from([dan, people["dan"]]))}


@st.composite
def _schedule(draw: st.DrawFn, local: datetime, zone: str) -> Schedule:
    def rotation() -> Rotation:
        unit, back = draw(st.sampled_from([("d", 3), ("w", 28), ("months", 59)]))
        first = local - timedelta(days=back) + timedelta(minutes=draw(around))
        members = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3).map(tuple))
        return Rotation(members, first, 1, unit, draw(st.sampled_from([None, None, "office"])))

    def override() -> Override:
        begins = local + timedelta(minutes=draw(around))
        return Override(
            draw(st.sampled_from(PEOPLE)),
            begins,
            begins + timedelta(minutes=draw(st.sampled_from([30, 70, 1440]))),
        )

    rotations = tuple(rotation() for _ in range(draw(st.sampled_from([1, 2, 0]))))
    return Schedule(
        "rota", zone, rotations, tuple(override() for _ in range(draw(st.sampled_from([0, 0, 1, 2]))))
    )


@st.composite
def _hours(draw: st.DrawFn, local: datetime, zone: str) -> Hours:
    opens = local + timedelta(minutes=draw(around))
    closes = opens + timedelta(minutes=draw(st.sampled_from([40, 75, 480, 1440])))
    days = draw(st.sampled_from([(0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)]))
    holidays: tuple[date, ...] = draw(
        st.sampled_from([(), (), (local.date(),), ((local + timedelta(days=1)).date(),)])
    )
    return Hours("office", zone, days, opens.time(), closes.time(), holidays)


@st.composite
def _severity(draw: st.DrawFn, severity: Severity) -> Severity:
    hears: tuple[Target, ...] = (Target(TargetKind.CHANNEL, "room"),) if severity.id == "critical" else ()
    return replace(
        severity, inform=(*hears, *draw(st.sampled_from([(), (), (Target(TargetKind.PERSON, "eve"),)])))
    )


@st.composite
def _when(draw: st.DrawFn, when: When) -> When:
    """One condition in four also asks for a service, a team, a label or hours."""
    asked = draw(st.integers(0, 15))
    if asked == 0:
        return replace(when, services=("login",))
    if asked == 1:
        return replace(when, teams=("blue",))
    if asked == 2:
        return replace(when, labels=(("vip", draw(st.sampled_from(["yes", None]))),))
    return replace(when, hours=draw(st.sampled_from(["office", "!office"]))) if asked in (3, 4) else when


@st.composite
def _level(draw: st.DrawFn, level: Level) -> Level:
    added = draw(st.lists(st.one_of(st.just(Target(TargetKind.ON_CALL)), targets), max_size=2, unique=True))
    during = draw(st.sampled_from([None, None, None, "office", "!office"]))
    return replace(level, notify=(*level.notify, *added), during=during, when=draw(_when(level.when)))


@st.composite
def _rule(draw: st.DrawFn, rule: Rule) -> Rule:
    when = draw(_when(rule.when))
    ask = draw(
        st.sampled_from(
            [rule.ask, rule.ask, (Target(TargetKind.PERSON, "eve"), Target(TargetKind.CHANNEL, "room"))]
        )
    )
    return replace(rule, page=(*rule.page, *draw(st.lists(targets, max_size=1))), when=when, ask=ask)
