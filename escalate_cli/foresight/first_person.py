"""The first person whom a declaration reaches if nobody acknowledges: core run on a virtual clock until then, and no further."""

from __future__ import annotations

from dataclasses import dataclass, replace

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.declaration import Declaration, declare
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.plan import plan
from escalate_cli.foresight.breakpoints import HOURS, Subject


@dataclass(frozen=True, slots=True)
class First:
    """The first person reached: who (several at the same instant), when (None: nobody), by the fallback only, and the reason given."""

    people: tuple[str, ...]
    at: Instant | None
    by_fallback: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """One declaration run up to its first person: the instants at which core planned, what it asked there, the outcome, and what else
    was still to come just before."""

    visits: tuple[tuple[Instant, tuple[Subject, ...]], ...]
    first: First
    pending: frozenset[Instant] = frozenset()

    @property
    def asks_hours(self) -> bool:
        """Whether hours decided anything: only then can an instant stand still while the declaration moves."""
        return any(kind == HOURS for _, asked in self.visits for kind, _ in asked)


def first_person(said: Declaration, catalog: Catalog, at: Instant) -> First:
    """Who is paged first if `said` is declared at `at` and nobody acknowledges."""
    return walk(said, catalog, at, set()).first


def walk(said: Declaration, catalog: Catalog, at: Instant, asked: set[Subject]) -> Walk:
    """The walk of `said`, declared at `at`; `catalog` is one that notes in `asked` what core asks of it (breakpoints.py)."""
    asked.clear()
    planned = declare(said, catalog, at)
    visits = [(at, tuple(sorted(asked)))]
    now = at
    pending: frozenset[Instant] = frozenset()
    for _ in range(_patience(planned.situation, catalog)):
        first = _first(planned.situation, catalog, now)
        if first is not None:
            return Walk(tuple(visits), first, pending)
        if planned.next_due_at is None or _given_up(planned.situation, catalog, now):
            break
        now = planned.next_due_at
        pending = _pending(planned.situation, catalog, now)
        asked.clear()
        planned = plan(replace(planned.situation, entries=()), catalog, now)
        visits.append((now, tuple(sorted(asked))))
    return Walk(tuple(visits), _first(planned.situation, catalog, now) or First((), None), pending)


def _pending(situation: Situation, catalog: Catalog, now: Instant) -> frozenset[Instant]:
    """What is due after `now`, but for the rules that look at hours: those are asked about at every look."""
    every = {rule.name: rule.every for rule in catalog.rules if rule.every is not None}
    due = [one.next_at for one in situation.escalations]
    due += [one.expires_at for one in situation.nudges]
    due += [one.fired_at + every[one.rule] for one in situation.rules if one.fired_at is not None and one.rule in every]
    return frozenset(one for one in due if one is not None and one > now)


def _patience(situation: Situation, catalog: Catalog) -> int:
    """More plans than all walks of all policies take."""
    return 20 + 3 * len(catalog.rules) + sum((one.levels + 1) * (one.policy.repeat + 2) for one in situation.escalations)


def _first(situation: Situation, catalog: Catalog, now: Instant) -> First | None:
    pages = [one for one in situation.notifications if one.kind is NotificationKind.PAGE and one.recipient.startswith("person:")]
    pages = [one for one in pages if one.due_at <= now]
    if not pages:
        return None
    fallback = [one for one in pages if one.level is None and one.source == catalog.fallback.source]
    chosen = pages if len(fallback) == len(pages) else [one for one in pages if one not in fallback]
    people = tuple(dict.fromkeys(one.recipient.removeprefix("person:") for one in chosen))
    return First(people, now, chosen is pages and bool(fallback), chosen[0].because)


def _given_up(situation: Situation, catalog: Catalog, now: Instant) -> bool:
    """Whether every policy has run out without reaching anybody, and no rule is still to come."""
    waiting = any(
        rule.when.open_for or rule.when.unacknowledged_for or rule.when.no_update_for or rule.when.at_severity_for or rule.when.hours
        for rule in catalog.rules
    )
    active = [one for one in situation.escalations if one.status is not EscalationStatus.STOPPED]
    return not waiting and all(_is_over(one, now) for one in active)


def _is_over(escalation: Escalation, now: Instant) -> bool:
    if escalation.status is EscalationStatus.EXHAUSTED or escalation.cycle > escalation.policy.repeat:
        return True
    idle = escalation.level == 0 and escalation.held is None and escalation.next_at is not None and escalation.next_at > now
    return escalation.status is EscalationStatus.PAGING and idle
