"""Drawn organisations with everything that decides who is paged, and drawn scripts for their incidents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time

from hypothesis import strategies as st

from escalate_cli.core.attempt import OutcomeKind
from escalate_cli.core.catalog import Catalog, Channel, Gateway, Hours, Limits, Override, Person, Rotation, Schedule, Step
from escalate_cli.core.duration import HOUR, MINUTE, Span
from escalate_cli.core.policy import Level, Rule, Target, TargetKind
from tests.properties.virtual import PEOPLE, SERVICES, SEVERITIES, catalogs

minutes = st.sampled_from([0, 1, 3, 5, 10, 20, 29, 30, 45, 61, 90, 120]).map(lambda one: one * MINUTE)
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
rotations = st.builds(
    Rotation,
    members=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3).map(tuple),
    start=st.sampled_from([datetime(2026, 11, 23, 10, 30), datetime(2026, 11, 2, 12, 0), datetime(2026, 11, 23, 9, 0)]),
    count=st.just(1),
    unit=st.sampled_from(["d", "w"]),
    hours=st.sampled_from([None, None, "office"]),
)
schedules = st.lists(rotations, max_size=2).map(tuple)
overrides = st.lists(
    st.builds(
        Override,
        person=st.sampled_from(PEOPLE),
        start=st.just(datetime(2026, 11, 23, 10, 20)),
        until=st.sampled_from([datetime(2026, 11, 23, 10, 50), datetime(2026, 11, 24, 10, 0)]),
    ),
    max_size=1,
).map(tuple)


@st.composite
def organisations(draw: st.DrawFn) -> Catalog:
    """A drawn organisation with schedules, hours, channels, tight limits and people with their own ways to be reached."""
    catalog = draw(catalogs())
    people = {
        **catalog.people,
        "eve": replace(catalog.people["eve"], contact={"sms": "+9", "email": "eve@x"}),
        **draw(st.fixed_dictionaries({"dan": st.just(_with_own_rules(catalog.people["dan"])) | st.just(catalog.people["dan"])})),
    }
    policies = {name: replace(one, levels=tuple(draw(_more(level)) for level in one.levels)) for name, one in catalog.policies.items()}
    return replace(
        catalog,
        people=people,
        policies=policies,
        rules=tuple(draw(_asking(rule)) for rule in catalog.rules),
        teams={name: replace(one, on_call="rota", channel="room") for name, one in catalog.teams.items()},
        channels={"room": Channel("room", "Room", {"email": "room@x"})},
        schedules={"rota": Schedule("rota", "UTC", draw(schedules), draw(overrides))},
        hours={"office": Hours("office", "UTC", (0, 1, 2, 3, 4), time(10, 40), time(18))},
        gateways={one: Gateway(one, f"json://localhost/{one}/{{to}}") for one in ("sms", "email")},
        limits=draw(st.sampled_from([Limits(), Limits(2, 10 * MINUTE), Limits(1, 20 * MINUTE)])),
        severities=tuple(
            replace(one, inform=(Target(TargetKind.CHANNEL, "room"),) if one.id == "critical" else ()) for one in catalog.severities
        ),
    )


def _with_own_rules(person: Person) -> Person:
    return replace(
        person,
        contact={"sms": "+8", "email": "dan@x"},
        notify=replace(person.notify, high=(Step(("email",)), Step(("sms",), 2 * MINUTE), Step(("sms", "email"), 7 * MINUTE))),
    )


@st.composite
def _more(draw: st.DrawFn, level: Level) -> Level:
    added = draw(st.lists(targets, max_size=1))
    return replace(level, notify=(*level.notify, *added), during=draw(st.sampled_from([None, None, None, "office", "!office"])))


@st.composite
def _asking(draw: st.DrawFn, rule: Rule) -> Rule:
    when = replace(rule.when, hours=draw(st.sampled_from([None, "office"])))
    return replace(rule, page=(*rule.page, *draw(st.lists(targets, max_size=1))), when=when)


@dataclass(frozen=True)
class Deed:
    """Something done to a drawn incident: `what` with `value`, `span` after the declaration."""

    span: Span
    what: str
    value: object


deeds = st.lists(
    st.one_of(
        st.builds(Deed, minutes, st.just("ack"), st.sampled_from([None, *PEOPLE])),
        st.builds(Deed, minutes, st.just("ack all"), st.sampled_from(PEOPLE)),
        st.builds(Deed, minutes, st.just("severity"), st.sampled_from(SEVERITIES)),
        st.builds(Deed, minutes, st.just("add"), st.sampled_from(SERVICES)),
        st.builds(Deed, minutes, st.just("drop"), st.sampled_from(SERVICES)),
        st.builds(Deed, minutes, st.just("say"), st.just("still looking")),
        st.builds(Deed, minutes, st.just("nudge"), st.booleans()),
        st.builds(Deed, minutes, st.just("resolve"), st.none()),
        st.builds(Deed, minutes, st.just("reopen"), st.none()),
        st.builds(Deed, minutes, st.just("snooze"), st.just(25 * MINUTE)),
        st.builds(Deed, minutes, st.just("next"), st.none()),
        st.builds(Deed, minutes, st.just("page"), st.sampled_from(PEOPLE)),
    ),
    max_size=7,
).map(lambda some: sorted(some, key=lambda one: one.span))

refusals = st.dictionaries(
    st.sampled_from(["+0", "+1", "+2", "+8", "+9", "eve@x", "bo@x", "room@x"]), st.sampled_from(list(OutcomeKind)), max_size=3
)
"""how attempts at these addresses end"""

LENGTH = 2 * HOUR + 30 * MINUTE
