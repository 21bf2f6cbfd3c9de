"""Rounds that repeat themselves: levels walked again and again in which nobody is reached.

Without a fallback that reaches somebody, levels are walked for ever. If somebody is on call only on
Monday, hundreds of rounds come before that. As long as no handoff and no change of hours comes
between, one round is like the next, and those are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import (
    Escalation,
    Incident,
    NotificationKind,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import When
from escalate_cli.foresight.breakpoints import HOURS, Calendar, Subject

Visit = tuple[Instant, tuple[Subject, ...]]
"""an instant at which core planned, and what it asked about then"""


class Leap(msgspec.Struct, frozen=True):
    """Rounds left out: the number of the visit after them, how long a round takes, and how many
    were left out.
    """

    visit: int
    period: Span
    times: int


class Rounds:
    """What of one walk may be left out. `until` is the last instant that the walk is followed to."""

    def __init__(self, catalog: Catalog, calendar: Calendar, until: Instant) -> None:
        self._catalog = catalog
        self._calendar = calendar
        self._until = until
        self._seen: dict[tuple[object, ...], int] = {}
        self.leapt: Leap | None = None
        """the first leap"""

    def leap(self, planned: Plan, visits: list[Visit]) -> tuple[Plan, list[Visit]]:
        """The plan as it is after as many further rounds as are like the last one, and the visits
        of the last of them.

        The plan itself and no visits, where nothing can be left out.
        """
        now = visits[-1][0]
        state = _state(planned.situation, self._catalog, now)
        if state is None:
            return planned, []
        before = self._seen.get(state)
        self._seen[state] = len(visits) - 1
        if before is None:
            return planned, []
        loop = visits[before + 1 :]
        period = now - visits[before][0]
        standing = [
            escalation.next_at
            for escalation in planned.situation.escalations
            if _stands_still(escalation, self._catalog)
        ]
        ends = [self._until, *(at - period for at in standing if at is not None)]
        times = self._alike(loop, period, min(ends))
        if times < 1:
            return planned, []
        self.leapt = self.leapt or Leap(len(visits), period, times)
        span = times * period
        moved = [(at + span, asked) for at, asked in loop]
        self._seen = {state: len(visits) - 1 + len(moved)}
        situation = later(
            planned.situation, span, lambda escalation: _stands_still(escalation, self._catalog)
        )
        next_due_at = None if planned.next_due_at is None else planned.next_due_at + span
        return replace(planned, situation=situation, next_due_at=next_due_at), moved

    def _alike(self, loop: list[Visit], period: Span, until: Instant) -> int:
        """How many more times these visits get the same answers, the last of them before `until`.
        Core waits for hours: they must not change until the visit after."""
        if period <= 0:
            return 0
        times = (until - loop[-1][0]) // period
        for at, asked in loop:
            for subject in asked:
                change = self._calendar.next(subject, at)
                if change is not None:
                    times = min(times, (change - at - 1) // period - (subject[0] == HOURS))
        return times


def moved_on(
    visits: tuple[Visit, ...], leap: Leap, span: Span, calendar: Calendar
) -> tuple[Visit, ...] | None:
    """The visits of a walk that begins `span` later and joins this one after its jump; None if it
    does not, or that cannot be known.
    """
    if span % leap.period or not 0 < span < leap.times * leap.period:
        return None
    before = visits[: leap.visit]
    for number, (at, asked) in enumerate(before):
        following = before[number + 1][0] if number + 1 < len(before) else at
        for subject in asked:
            change = calendar.next(subject, at)
            room = max(following - at, leap.period) if subject[0] == HOURS else 1
            if change is not None and at + span + room > change:
                return None
    return (*((at + span, asked) for at, asked in before), *visits[leap.visit :])


def _state(situation: Situation, catalog: Catalog, now: Instant) -> tuple[object, ...] | None:
    """All that decides what time does from `now` on, seen from `now`; None while a rule still waits
    for its time.
    """
    incident = situation.incident
    if any(_waits(rule.when, incident, now) for rule in catalog.rules):
        return None
    every = {rule.name for rule in catalog.rules if rule.every is not None}
    return (
        incident.severity,
        tuple(_state_of(escalation, catalog, now) for escalation in situation.escalations),
        tuple(
            (
                state.rule,
                state.holds,
                None if state.fired_at is None else now - state.fired_at if state.rule in every else 0,
            )
            for state in situation.rules
        ),
        tuple(
            (nudge.rule, (nudge.expires_at or now) - now)
            for nudge in situation.nudges
            if nudge.status is NudgeStatus.OPEN
        ),
        frozenset(
            (notification.escalation_id, notification.level)
            for notification in situation.notifications
            if notification.kind is NotificationKind.PAGE
        ),
        tuple(sorted(situation.turns.items())),
    )


def _waits(when: When, incident: Incident, now: Instant) -> bool:
    """Whether one of the times that a condition waits for is still to come."""
    waits = (
        (when.open_for, incident.open_since),
        (when.unacknowledged_for, incident.unacknowledged_since),
        (when.no_update_for, incident.message_since),
        (when.at_severity_for, incident.severity_since),
    )
    return any(span is not None and since is not None and now < since + span for span, since in waits)


def _stands_still(escalation: Escalation, catalog: Catalog) -> bool:
    """Whether the next thing happens at a fixed instant of the calendar: a level is held until its
    hours, and the fallback is not looked at.
    """
    if escalation.held is None:
        return False
    cycle = escalation.cycle + (escalation.held <= escalation.level)
    return cycle <= escalation.policy.repeat or not catalog.fallback.page


def _state_of(escalation: Escalation, catalog: Catalog, now: Instant) -> tuple[object, ...]:
    cycle = min(escalation.cycle, escalation.policy.repeat + 1)  # from there on one round is like the other
    since = 0 if _stands_still(escalation, catalog) else now
    due_in = None if escalation.next_at is None else escalation.next_at - since
    return (
        escalation.team,
        escalation.status,
        escalation.level,
        cycle,
        escalation.held,
        escalation.owed,
        escalation.urgency,
        due_in,
    )


def later(
    situation: Situation, span: Span, stands_still: Callable[[Escalation], bool] = lambda escalation: False
) -> Situation:
    """The situation with all that is still to come `span` later, but for escalations that stand still."""

    def moved(at: Instant | None) -> Instant | None:
        return None if at is None else at + span

    return replace(
        situation,
        incident=replace(situation.incident, next_due_at=moved(situation.incident.next_due_at)),
        escalations=tuple(
            escalation if stands_still(escalation) else replace(escalation, next_at=moved(escalation.next_at))
            for escalation in situation.escalations
        ),
        rules=tuple(
            replace(rule, looked_at=rule.looked_at + span, fired_at=moved(rule.fired_at))
            for rule in situation.rules
        ),
        nudges=tuple(replace(nudge, expires_at=moved(nudge.expires_at)) for nudge in situation.nudges),
    )
