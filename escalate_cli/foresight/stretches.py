"""One kind of declaration over time: stretches that have one answer, and where each ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.breakpoints import Calendar, Questions
from escalate_cli.foresight.first_person import Walk, walk
from escalate_cli.foresight.known_walks import KnownWalks
from escalate_cli.foresight.rounds import Visit

_INSTANT: Span = 1
"""the shortest stretch: one microsecond"""


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of declarations, half-open, with one answer.

    `people` are those reached first (empty: nobody is, not within `first_person.NEVER_AFTER`). `after`
    is how long that takes for a declaration at `start`. That is the longest wait of the stretch:
    with `held` everybody waits for the same instant, so the wait shrinks towards the end.
    `by_fallback`: only `[fallback].page` reaches them. `because` is what the first of them is told.
    """

    start: Instant
    until: Instant
    people: tuple[str, ...]
    after: Span | None
    held: bool = False
    by_fallback: bool = False
    because: str = ""

    @property
    def reached_at(self) -> Instant | None:
        """When those are reached who wait from the start."""
        return None if self.after is None else self.start + self.after


def merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches, with neighbours that have the same answer made one."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and _same_answer(last, stretch):
            last = replace(last, until=stretch.until)
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last


def _same_answer(stretch: Stretch, other: Stretch) -> bool:
    if (stretch.people, stretch.by_fallback, stretch.held) != (other.people, other.by_fallback, other.held):
        return False
    return stretch.reached_at == other.reached_at if stretch.held else stretch.after == other.after


class Lookout:
    """Looks at a declaration at every instant at which its answer can change."""

    def __init__(self, declaration: Declaration, questions: Questions, calendar: Calendar) -> None:
        self.looked = 0
        self._declaration = declaration
        self._questions = questions
        self._calendar = calendar
        self._waits = _waits_beside_hours(questions.catalog)
        self._known = KnownWalks(calendar, bool(self._waits))

    def stretches(self, start: Instant, until: Instant) -> Iterator[Stretch]:
        """The stretches from `start` until `until`; neighbours may have the same answer."""
        at = start
        while at < until:
            walk = self._at(at)
            end, held = self._true_until(at, walk, until)
            first = walk.first
            after = None if first.at is None else first.at - at
            yield Stretch(at, end, first.people, after, held, first.by_fallback, first.because)
            at = end

    def _true_until(self, at: Instant, walk: Walk, until: Instant) -> tuple[Instant, bool]:
        """How far the declaration may move before the answer can change, and whether the first
        person's instant stands still meanwhile.
        """
        moving = walk.visits
        standing: set[Instant] = set()
        if len(walk.visits) > 1 and walk.asks_hours:
            nudged = self._at(at + _INSTANT)
            if len(nudged.visits) != len(walk.visits) or nudged.first.people != walk.first.people:
                return at + _INSTANT, False  # two things that coincide at this very instant only
            pairs = list(zip(walk.visits, nudged.visits, strict=True))
            moving = tuple(visit for visit, other in pairs if other[0] != visit[0])
            standing = {visit[0] for visit, other in pairs if other[0] == visit[0]}
            standing |= walk.pending & nudged.pending
            self._known.keep(at + _INSTANT, nudged, standing)
        self._known.keep(at, walk, standing)
        changes = (
            at + change - instant
            for instant, asked in moving
            for subject in asked
            if (change := self._calendar.next(subject, instant)) is not None
        )
        overtakings = self._overtakings(at, moving, standing)
        return min([until, *changes, *overtakings]), walk.first.at in standing

    def _overtakings(
        self, at: Instant, moving: tuple[Visit, ...], standing: set[Instant]
    ) -> Iterator[Instant]:
        """The declarations at which something that moves along meets something that stands still."""
        if standing:
            movers = {instant for instant, _ in moving}
            movers |= {instant + wait for instant in movers for wait in self._waits}
            yield from (at + still - mover for still in standing for mover in movers if mover < still)

    def _at(self, at: Instant) -> Walk:
        """The walk of a declaration at `at`."""
        known = self._known.at(at)
        if known is not None:
            return known
        self.looked += 1
        walked = walk(self._declaration, self._questions, at, self._calendar)
        self._known.remember(at, walked)
        return walked


def _waits_beside_hours(catalog: Catalog) -> tuple[Span, ...]:
    """The waits of rules that also look at hours: such a rule may be ripe at an instant at which
    nobody looks.
    """
    waits: set[Span | None] = set()
    for rule in catalog.rules:
        when = rule.when
        if when.hours is not None:
            waits |= {when.open_for, when.unacknowledged_for, when.no_update_for, when.at_severity_for}
    return tuple(sorted(wait for wait in waits if wait is not None))
