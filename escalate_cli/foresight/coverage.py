"""Who is reached first, and after how long, for every service, severity and moment of the coming
weeks: exact, not sampled.

Each answer is a declaration run through `core.escalation.plan` on a virtual clock until the first
person is paged, if nobody acknowledges. How long an answer stays true follows from what core looked
at and when: an instant that moves along with the declaration (a level five minutes later) may move
up to the next handoff or change of hours that it depends on; one that stands still (a level held
until Monday) may be overtaken by those that move. Between two such moments the same people are
reached, after the same time or at the same instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.escalation.scope import policy_for
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog, Service, Severity
from escalate_cli.core.organisation.policy import Policy, When
from escalate_cli.foresight.breakpoints import HOURS, Calendar, Subject, noting
from escalate_cli.foresight.first_person import FirstPeople, Walk
from escalate_cli.foresight.first_person import walk as walk_of

_INSTANT: Span = 1
"""the shortest stretch: one microsecond"""


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of declarations, half-open, with one answer.

    `people` are those reached first (empty: nobody is, not within `first_person.LONGEST`); `after`
    is how long that takes for a declaration at `start`: the longest of the stretch, since with
    `held` it shrinks towards its end (everybody waits for the same instant). `by_fallback`: only
    `[fallback].page` reaches them. `because` is what the first of them is told.
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


class Row(msgspec.Struct, frozen=True):
    """The stretches, without holes and in order, that these services share at these severities:
    same team, policy and conditions.
    """

    team: str
    policy: str
    services: tuple[str, ...]
    severities: tuple[str, ...]
    stretches: tuple[Stretch, ...]


class Coverage(msgspec.Struct, frozen=True):
    """The whole answer from `start` until `until`; `looked` counts the declarations that were run to find it.

    `unknown` are the services that could not be looked at, and why: they have no row.
    """

    start: Instant
    until: Instant
    rows: tuple[Row, ...]
    looked: int
    unknown: tuple[tuple[str, str], ...] = ()


def cover(
    catalog: Catalog, start: Instant, until: Instant, progress: Callable[[int, int], None] | None = None
) -> Coverage:
    """Cover every service and severity from `start` until `until`. `progress` is told how many rows
    of how many are done.
    """
    asked: set[Subject] = set()
    noted = noting(catalog, asked)
    calendar = Calendar(catalog, start)
    rows = []
    unknown: list[tuple[str, str]] = []
    looked = 0
    kinds = _kinds(catalog)
    for number, (team, policy, services, severities) in enumerate(kinds):
        declaration = Declaration("-", severities[0], services[:1])
        line = _Line(declaration, noted, calendar, asked, _spans(catalog))
        try:
            stretches = tuple(merged(line.stretches(start, until)))
            rows.append(Row(team, policy, services, severities, stretches))
        except Exception as problem:  # the other teams are looked at as ever
            unknown.append((f"{', '.join(services)} ({team})", words_of(problem)))
        looked += line.looked
        if progress is not None:
            progress(number + 1, len(kinds))
    return Coverage(start, until, tuple(rows), looked, tuple(unknown))


def merged(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
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


def _kinds(catalog: Catalog) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Services and severities that no condition can tell apart, together: team, policy, services,
    severities.
    """
    services: dict[tuple[object, ...], list[Service]] = {}
    for service in catalog.services.values():
        policy = policy_for(service.team, service.policy, catalog)
        named = tuple(
            service.id in (when.services or ())
            for when in _conditions(policy, catalog)
            if when.services is not None
        )
        services.setdefault((service.team, policy.id, named), []).append(service)
    kinds = []
    for alike in services.values():
        team, policy = alike[0].team, policy_for(alike[0].team, alike[0].policy, catalog)
        severities: dict[tuple[object, ...], list[str]] = {}
        for severity in catalog.severities:
            severities.setdefault(_looks(severity, policy, catalog), []).append(severity.id)
        ids = tuple(service.id for service in alike)
        kinds += [(team, policy.id, ids, tuple(alike_severities)) for alike_severities in severities.values()]
    return kinds


def _conditions(policy: Policy, catalog: Catalog) -> list[When]:
    """The conditions that an incident under this policy may meet; a rule may bring in teams, and so
    any policy.
    """
    policies = catalog.policies.values() if any(rule.involve for rule in catalog.rules) else (policy,)
    return [level.when for possible in policies for level in possible.levels] + [
        rule.when for rule in catalog.rules
    ]


def _looks(severity: Severity, policy: Policy, catalog: Catalog) -> tuple[object, ...]:
    """What conditions and people see of a severity."""
    if any(rule.raise_to for rule in catalog.rules):
        return (severity.id,)
    conditions = _conditions(policy, catalog)
    return severity.urgency, tuple(
        severity.id in when.severities for when in conditions if when.severities is not None
    )


def _spans(catalog: Catalog) -> tuple[Span, ...]:
    """The waits of rules that also look at hours: such a rule may be ripe at an instant at which
    nobody looks.
    """
    spans: set[Span] = set()
    for rule in catalog.rules:
        when = rule.when
        if when.hours is not None:
            waits = (when.open_for, when.unacknowledged_for, when.no_update_for, when.at_severity_for)
            spans.update(wait for wait in waits if wait is not None)
    return tuple(sorted(spans))


@dataclass(slots=True)
class _Node:
    """What is known of walks that came this far: by what core asked here and what it was answered,
    the outcome or the next node.
    """

    after: Span
    known: dict[tuple[Subject, ...], dict[tuple[object, ...], _Node | _End]] = field(default_factory=dict)


class _End(msgspec.Struct, frozen=True):
    """How such a walk ends; `pending` counts from the declaration."""

    first: FirstPeople
    pending: tuple[Span, ...]


class _Line:
    """One kind of declaration through time. Walks that met the same answers are remembered, not run again."""

    def __init__(
        self,
        declaration: Declaration,
        catalog: Catalog,
        calendar: Calendar,
        asked: set[Subject],
        spans: tuple[Span, ...],
    ) -> None:
        self.looked = 0
        self._said = declaration
        self._catalog = catalog
        self._calendar = calendar
        self._asked = asked
        self._spans = spans
        self._root = _Node(0)
        self._leaps: dict[Span, dict[Span, tuple[Instant, Walk]]] = {}
        """walks that leave out rounds: by the length of a round and when in it they begin"""

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
        person stands still meanwhile.
        """
        moving = walk.visits
        standing: set[Instant] = set()
        if len(walk.visits) > 1 and walk.asks_hours:
            nudged = self._at(at + _INSTANT)
            if len(nudged.visits) != len(walk.visits) or nudged.first.people != walk.first.people:
                return at + _INSTANT, False  # two things that coincide at this very instant only
            pairs = list(zip(walk.visits, nudged.visits, strict=True))
            moving = tuple(visit for visit, other in pairs if other[0] != visit[0])
            standing = {visit[0] for visit, other in pairs if other[0] == visit[0]} | (
                walk.pending & nudged.pending
            )
            self._keep(at + _INSTANT, nudged, standing)
        self._keep(at, walk, standing)
        end = until
        for instant, asked in moving:
            for subject in asked:
                change = self._calendar.next(subject, instant)
                if change is not None:
                    end = min(end, at + change - instant)
        if standing:
            movers = {instant for instant, _ in moving}
            movers |= {instant + span for instant in movers for span in self._spans}
            end = min([end, *(at + still - mover for still in standing for mover in movers if mover < still)])
        return end, walk.first.at in standing

    def _at(self, at: Instant) -> Walk:
        known = self._recall(at) or self._joined(at)
        if known is not None:
            return known
        self.looked += 1
        walk = walk_of(self._said, self._catalog, at, self._asked, self._calendar)
        self._remember(at, walk)
        return walk

    def _keep(self, at: Instant, walk: Walk, standing: set[Instant]) -> None:
        """Keep a walk that moves along with its declaration up to the rounds that it leaves out:
        those that begin later may join it.
        """
        if walk.leap is not None and not any(
            instant in standing for instant, _ in walk.visits[: walk.leap.visit]
        ):
            self._leaps.setdefault(walk.leap.period, {})[at % walk.leap.period] = (at, walk)

    def _joined(self, at: Instant) -> Walk | None:
        for period, by_phase in self._leaps.items():
            kept = by_phase.get(at % period)
            walk = kept and kept[1].begun_later(at - kept[0], self._calendar)
            if walk is not None:
                return walk
        return None

    def _answers(self, asked: tuple[Subject, ...], at: Instant) -> tuple[object, ...]:
        return tuple([self._calendar.value(subject, at) for subject in asked])

    def _distances(self, asked: tuple[Subject, ...], at: Instant) -> tuple[object, ...]:
        """The answers and, for hours, how far away their next change is: core waits for it."""
        answers: list[object] = []
        for subject in asked:
            answers.append(self._calendar.value(subject, at))
            if subject[0] == HOURS:
                change = self._calendar.next(subject, at)
                answers.append(None if change is None else change - at)
        return tuple(answers)

    def _recall(self, at: Instant) -> Walk | None:
        node = self._root
        visits = []
        while True:
            now = at + node.after
            for asked, by_answers in node.known.items():
                following = by_answers.get(self._answers(asked, now)) or by_answers.get(
                    self._distances(asked, now)
                )
                if following is not None:
                    break
            else:
                return None
            visits.append((now, asked))
            if isinstance(following, _End):
                first = replace(following.first, at=None if following.first.at is None else now)
                return Walk(tuple(visits), first, frozenset(at + span for span in following.pending))
            node = following

    def _remember(self, at: Instant, walk: Walk) -> None:
        """Where a walk ends, only the answers matter; where it goes on, core may wait for hours to change.

        A rule that waits for hours and for something else may ask about hours of later on: what
        follows then is not remembered. Where rounds were left out, only the calendar says what
        comes next: that is not remembered either, nor that a walk was given up.
        """
        node = self._root
        last = len(walk.visits) - 1
        for number, (now, asked) in enumerate(walk.visits):
            if walk.known is not None and number >= walk.known - 1:
                return
            by_answers = node.known.setdefault(asked, {})
            if number == last:
                by_answers[self._answers(asked, now)] = _End(
                    walk.first, tuple(instant - at for instant in walk.pending)
                )
                return
            if self._spans and any(kind == HOURS for kind, _ in asked):
                return
            following = by_answers.setdefault(
                self._distances(asked, now), _Node(walk.visits[number + 1][0] - at)
            )
            if isinstance(following, _End):  # cannot be: core is deterministic
                return
            node = following
