"""Small organisations drawn by hypothesis, with everything that makes time matter: rotations within
hours, gaps, overrides, levels that are held, rules that wait; in a week in which the clocks change.
Every time in them is a multiple of ten minutes.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule
from escalate_cli.core.organisation.catalog import (
    Catalog,
    Channel,
    Fallback,
    Gateway,
    Person,
    Service,
    Settings,
    Severity,
    Team,
    Urgency,
)
from escalate_cli.core.organisation.policy import Level, Mode, OnExpiry, Policy, Rule, When, parse_target

ZONE = "Europe/London"
SATURDAY = datetime(2026, 10, 24)  # the clocks go back in the night that follows
PEOPLE = ("ana", "bo", "cy", "deaf")
TARGETS = (
    "on-call",
    "channel",
    "members",
    "on-call:other",
    "schedule:spare",
    "person:cy",
    "person:deaf",
    "round-robin",
    "channel:room",
)
QUIET = ("on-call", "channel", "channel:room", "person:deaf", "schedule:spare")
"""those of the first levels: what reaches nobody at once is what makes time matter"""
FALLBACKS = tuple(
    tuple(map(parse_target, page))
    for page in (
        (),
        ("person:bo",),
        ("schedule:spare",),
        ("schedule:spare", "channel:room"),
        ("person:deaf",),
        ("channel:room",),
    )
)

spans = st.integers(1, 9).map(lambda count: count * 10 * MINUTE)
clocks = st.integers(0, 47).map(lambda half: time(half // 2, 30 * (half % 2)))
hours_names = st.sampled_from((None, None, "day", "night"))
targets = st.lists(st.sampled_from(TARGETS).map(parse_target), min_size=1, max_size=2, unique=True).map(tuple)
quiet_targets = st.sampled_from(QUIET).map(lambda name: (parse_target(name),))


@st.composite
def hours(draw: st.DrawFn, name: str) -> Hours:
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True))
    holiday = (SATURDAY + timedelta(days=draw(st.integers(0, 2)))).date()
    return Hours(name, ZONE, tuple(days), draw(clocks), draw(clocks), draw(st.sampled_from(((), (holiday,)))))


@st.composite
def schedules(draw: st.DrawFn, name: str) -> Schedule:
    start = SATURDAY - timedelta(days=5)
    rotations = tuple(
        Rotation(
            tuple(draw(st.permutations(PEOPLE[:3]))[: draw(st.integers(1, 3))]),
            datetime.combine(start, draw(clocks)),
            1,
            "d",
            draw(hours_names),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    overrides: tuple[Override, ...] = ()
    if draw(st.booleans()):
        begin = SATURDAY + timedelta(minutes=10 * draw(st.integers(0, 288)))
        overrides = (
            Override(
                draw(st.sampled_from(PEOPLE)), begin, begin + timedelta(minutes=10 * draw(st.integers(1, 60)))
            ),
        )
    return Schedule(name, ZONE, rotations, overrides)


@st.composite
def levels(draw: st.DrawFn, number: int) -> Level:
    when = When(
        hours=draw(st.sampled_from((None, None, "day", "!day", "night"))),
        severities=draw(st.sampled_from((None, ("bad",)))),
    )
    return Level(draw(targets if number else quiet_targets), draw(spans), when, draw(hours_names))


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    when = When(
        hours=draw(st.sampled_from((None, None, None, "day", "!night", "night"))),
        open_for=draw(st.one_of(st.none(), spans)),
        at_severity_for=draw(st.one_of(st.none(), st.none(), spans)),
        raised=draw(st.integers(0, 5)) == 0,
    )
    does = draw(st.sampled_from(("page", "page", "page", "involve", "raise")))
    nudge = draw(st.integers(0, 3)) == 0
    return Rule(
        name,
        when,
        page=draw(targets) if does == "page" else (),
        involve=("other",) if does == "involve" else (),
        raise_to="bad" if does == "raise" else None,
        every=draw(st.one_of(st.none(), spans)),
        mode=Mode.NUDGE if nudge else Mode.AUTO,
        expires=draw(spans) if nudge else None,
        on_expiry=OnExpiry.PAGE,
    )


@st.composite
def organisations(draw: st.DrawFn) -> Catalog:
    people = {name: Person(name, name, ZONE, {} if name == "deaf" else {"mail": name}) for name in PEOPLE}
    policies = {
        name: Policy(
            name,
            tuple(draw(levels(number)) for number in range(draw(st.integers(1, 3)))),
            draw(st.integers(0, 2)),
        )
        for name in ("first", "second")
    }
    return Catalog(
        version="drawn",
        settings=Settings("bad", ZONE),
        severities=(Severity("mild", Urgency.LOW, 0), Severity("bad", Urgency.HIGH, 1)),
        services={
            "login": Service("login", "Log in", "own"),
            "shop": Service("shop", "Shop", "other", policy="first"),
        },
        teams={
            "own": Team("own", "Own", ("ana", "bo"), "ana", "rota", "first", "room"),
            "other": Team("other", "Other", ("cy",), None, "spare", "second", None),
        },
        people=people,
        channels={"room": Channel("room", "Room", {"mail": "room"})},
        gateways={"mail": Gateway("mail", "json://127.0.0.1/{to}")},
        schedules={name: draw(schedules(name)) for name in ("rota", "spare")},
        hours={name: draw(hours(name)) for name in ("day", "night")},
        policies=policies,
        rules=tuple(draw(rules(f"rule {number}")) for number in range(draw(st.integers(0, 2)))),
        fallback=Fallback("other", draw(st.sampled_from(FALLBACKS)), source="f:1"),
    )


OFFICE = '[hours.office]\ndays = ["mon", "tue", "wed", "thu", "fri"]\nfrom = "09:00"\nto = "17:00"\n'
