"""The first person whom a declaration reaches if nobody acknowledges. Core runs on a virtual clock
until then, and no further.

Without a fallback that reaches somebody, levels are walked for ever. So that there is an answer, a
walk is followed for `NEVER_AFTER`.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, WEEK, Instant, Span
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.incident.situation import NotificationKind, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.breakpoints import HOURS, Calendar, Questions
from escalate_cli.foresight.rounds import Leap, Rounds, Visit, moved_on

NEVER_AFTER: Span = WEEK + DAY
"""longer than a turn of a week: whoever is not reached by then counts as never reached"""

_MOST_PLANS = 1000
"""only a walk with rounds of a few seconds that are all different comes near this"""


class FirstPeople(msgspec.Struct, frozen=True):
    """Who is reached first (several at the same instant), when (None: nobody is), whether only by
    the fallback, and the reason given.
    """

    people: tuple[str, ...]
    at: Instant | None
    by_fallback: bool = False
    because: str = ""


class Walk(msgspec.Struct, frozen=True):
    """One declaration run up to its first person: the instants at which core planned, what it asked
    there, the outcome, and what else was still to come just before.

    Only the first `known` visits follow from the answers before them (None: all of them). After a
    jump over rounds the calendar decides what comes next.
    """

    visits: tuple[Visit, ...]
    first: FirstPeople
    pending: frozenset[Instant] = frozenset()
    known: int | None = None
    leap: Leap | None = None

    @property
    def asks_hours(self) -> bool:
        """Whether hours decided anything. Only then can an instant stand still while the
        declaration moves.
        """
        return any(kind == HOURS for _, asked in self.visits for kind, _ in asked)

    def begun_later(self, span: Span, calendar: Calendar) -> Walk | None:
        """The walk that begins `span` later, where it is the same but for the number of rounds left
        out; None: it has to be walked.
        """
        if self.leap is None or self.first.at is None:
            return None
        visits = moved_on(self.visits, self.leap, span, calendar)
        fewer = replace(self.leap, times=self.leap.times - span // self.leap.period)
        return None if visits is None else replace(self, visits=visits, leap=fewer)


def first_person(declaration: Declaration, catalog: Catalog, at: Instant) -> FirstPeople:
    """Who is paged first if the declaration is made at `at` and nobody acknowledges."""
    return walk(declaration, Questions(catalog), at, Calendar(catalog, at)).first


def walk(declaration: Declaration, questions: Questions, at: Instant, calendar: Calendar) -> Walk:
    """The walk of a declaration made at `at`, in the catalog of `questions`."""
    catalog = questions.catalog
    questions.taken()
    planned = declare(declaration, catalog, at)
    visits = [(at, questions.taken())]
    now, until = at, at + NEVER_AFTER
    rounds = Rounds(catalog, calendar, until)
    pending: frozenset[Instant] = frozenset()
    for _ in range(_MOST_PLANS):
        first = _first(planned.situation, catalog, now)
        if first is not None:
            known = rounds.leapt.visit if rounds.leapt else None
            return Walk(tuple(visits), first, pending, known, rounds.leapt)
        planned, left_out = rounds.leap(planned, visits)
        visits += left_out
        if planned.next_due_at is None or planned.next_due_at > until:
            break
        now = planned.next_due_at
        pending = _pending(planned.situation, catalog, now)
        questions.taken()
        planned = plan(replace(planned.situation, entries=()), catalog, now)
        visits.append((now, questions.taken()))
    known = rounds.leapt.visit if rounds.leapt else len(visits)
    return Walk(tuple(visits), FirstPeople((), None), pending, known, rounds.leapt)


def _pending(situation: Situation, catalog: Catalog, now: Instant) -> frozenset[Instant]:
    """What is due after `now`, but for the rules that look at hours: those are asked about at every look."""
    every = {rule.name: rule.every for rule in catalog.rules if rule.every is not None}
    due = [escalation.next_at for escalation in situation.escalations]
    due += [nudge.expires_at for nudge in situation.nudges]
    due += [
        rule.fired_at + every[rule.rule]
        for rule in situation.rules
        if rule.fired_at is not None and rule.rule in every
    ]
    return frozenset(at for at in due if at is not None and at > now)


def _first(situation: Situation, catalog: Catalog, now: Instant) -> FirstPeople | None:
    pages = [
        notification
        for notification in situation.notifications
        if notification.kind is NotificationKind.PAGE
        and notification.recipient.is_person
        and notification.due_at <= now
    ]
    if not pages:
        return None
    fallback = [page for page in pages if page.level is None and page.source == catalog.fallback.source]
    chosen = pages if len(fallback) == len(pages) else [page for page in pages if page not in fallback]
    people = tuple(dict.fromkeys(page.recipient.id for page in chosen))
    return FirstPeople(people, now, chosen is pages and bool(fallback), chosen[0].because)
