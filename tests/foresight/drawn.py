"""Drawn nights: organisations with everything that decides who is paged, and what happens to one
incident of theirs.

A night begins at an ordinary noon, in the hour before a holiday, or shortly before the clocks
change; its handoffs, hours and overrides begin and end in the hours around it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND, Instant, Span
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from tests.foresight.drawn_organisations import minutes, organisations
from tests.properties.virtual import PEOPLE, SERVICES, SEVERITIES
from tests.world import instant

LENGTH = 2 * HOUR + 30 * MINUTE
BEGINNINGS = (
    ("2026-11-23T10:00:00", "UTC"),
    ("2026-11-27T16:30:00", "Europe/London"),  # a Friday afternoon
    ("2026-12-24T23:20:00", "Europe/London"),  # before Christmas
    ("2026-10-25T00:10:00", "Europe/London"),  # the clocks go back at 01:00 UTC
    ("2026-03-29T00:10:00", "Europe/London"),  # and forward
    ("2026-10-03T14:20:00", "Australia/Lord_Howe"),  # forward by half an hour at 15:30 UTC
)
beginnings = st.tuples(st.sampled_from(BEGINNINGS), st.sampled_from([0, 0, 17 * SECOND + 250_000]))


@dataclass(frozen=True)
class Deed:
    """Something done to a drawn incident: `what` with `value`, `span` after the declaration."""

    span: Span
    what: str
    value: object


@dataclass(frozen=True)
class Refusal:
    """Attempts at an address, or through a gateway, end like this until `span` after the declaration."""

    where: str
    kind: OutcomeKind
    span: Span


@dataclass(frozen=True)
class Quiet:
    """A maintenance of `service`, begun `before` the declaration, for `span`."""

    service: str
    before: Span
    span: Span


@dataclass(frozen=True)
class Night:
    """One drawn case: what is configured, what is declared when, what happens then. `earlier`
    counts incidents of the day before, each of which has taken its turn of a round robin."""

    catalog: Catalog
    start: Instant
    zone: str
    services: tuple[str, ...]
    severity: str
    lead: str | None
    labels: tuple[tuple[str, str], ...]
    script: tuple[Deed, ...]
    refused: tuple[Refusal, ...]
    quiet: tuple[Quiet, ...]
    earlier: int

    def outcome(self, gateway: str, address: str, at: Instant) -> OutcomeKind:
        """How an attempt at this instant ends."""
        found = (
            one.kind for one in self.refused if one.where in (gateway, address) and at < self.start + one.span
        )
        return next(found, OutcomeKind.SENT)


deeds = st.lists(
    st.one_of(
        st.builds(Deed, minutes, st.just("ack"), st.sampled_from([None, *PEOPLE])),
        st.builds(Deed, minutes, st.just("ack all"), st.sampled_from(PEOPLE)),
        st.builds(Deed, minutes, st.just("pass"), st.sampled_from([None, *PEOPLE])),
        st.builds(Deed, minutes, st.just("severity"), st.sampled_from(SEVERITIES)),
        st.builds(Deed, minutes, st.just("add"), st.sampled_from(SERVICES)),
        st.builds(Deed, minutes, st.just("drop"), st.sampled_from(SERVICES)),
        st.builds(Deed, minutes, st.just("lead"), st.sampled_from(PEOPLE)),
        st.builds(Deed, minutes, st.just("label"), st.sampled_from(["yes", "no"])),
        st.builds(Deed, minutes, st.just("say"), st.just("still looking")),
        st.builds(Deed, minutes, st.just("nudge"), st.booleans()),
        st.builds(Deed, minutes, st.just("nudge"), st.booleans()),
        st.builds(Deed, minutes, st.just("resolve"), st.none()),
        st.builds(Deed, minutes, st.just("reopen"), st.none()),
        st.builds(Deed, minutes, st.just("snooze"), st.just(25 * MINUTE)),
        st.builds(Deed, minutes, st.just("next"), st.none()),
        st.builds(Deed, minutes, st.just("page"), st.sampled_from(PEOPLE)),
    ),
    max_size=6,
)
STORIES: tuple[tuple[tuple[str, object], ...], ...] = (
    (),
    (("nudge", True),),
    (("nudge", False), ("nudge", False), ("nudge", True)),
    (("resolve", None), ("reopen", None)),
    (("ack", None), ("reopen", None)),
    (("pass", None), ("pass", None), ("pass", None), ("pass", None)),
    (("ack", None), ("pass", None), ("ack", "eve")),
    (("ack", None), ("ack", None), ("say", "still looking")),
    (("severity", "minor"), ("severity", "critical")),
    (("severity", "major"), ("ack all", "eve"), ("add", "db")),
)
"""what is done one after the other, and means nothing in another order"""


@st.composite
def scripts(draw: st.DrawFn) -> tuple[Deed, ...]:
    told = draw(st.sampled_from(STORIES))
    story = [
        Deed(span, what, value)
        for span, (what, value) in zip(sorted(draw(minutes) for _ in told), told, strict=True)
    ]
    return tuple(sorted((*story, *draw(deeds)), key=lambda one: one.span))


refusals = st.lists(
    st.builds(
        Refusal,
        st.sampled_from(
            ["sms", "sms", "email", "email", "+0", "+1", "+2", "+8", "+9", "eve@x", "bo@x", "room@x"]
        ),
        st.sampled_from([OutcomeKind.TEMPORARY, OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN]),
        st.sampled_from([SECOND, 20 * SECOND, 15 * MINUTE, LENGTH]),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
quiets = st.lists(
    st.builds(
        Quiet,
        st.sampled_from(SERVICES),
        st.sampled_from([0, 5, 20]).map(lambda one: one * MINUTE),
        st.sampled_from([10, 35, 90]).map(lambda one: one * MINUTE),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@st.composite
def nights(draw: st.DrawFn) -> Night:
    (begins, zone), odd = draw(beginnings)
    start = instant(begins) + odd
    return Night(
        catalog=draw(organisations(start, zone)),
        start=start,
        zone=zone,
        services=draw(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2, unique=True).map(tuple)),
        severity=draw(st.sampled_from(SEVERITIES)),
        lead=draw(st.sampled_from([None, None, *PEOPLE])),
        labels=draw(st.sampled_from([(), (("vip", "yes"),)])),
        script=draw(scripts()),
        refused=draw(st.one_of(st.just(()), refusals)),
        quiet=draw(st.one_of(st.just(()), st.just(()), quiets)),
        earlier=draw(st.sampled_from([0, 0, 1, 2])),
    )
