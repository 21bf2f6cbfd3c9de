"""Who is first written to after how long when nobody ever answers, over four days. Not every minute
of them is walked through.

An incident that nobody touches sooner or later repeats itself: the fallback every 15 minutes, or
the levels round after round. From then on only a handoff or a change of hours can bring in anybody
new. So the rounds before the next one are skipped.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.escalation.conditions import judge
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
    Escalation,
    NotificationKind,
    Nudge,
    NudgeStatus,
    RuleState,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.breakpoints import Calendar, Questions, Subject
from escalate_cli.foresight.outbox import WAITING
from escalate_cli.foresight.rounds import later
from escalate_cli.foresight.simulation import Simulation, simulate, simulate_on

FOLLOWED_FOR: Span = 4 * DAY
"""how long each incident is followed: over a long weekend"""
_CALLS = (NotificationKind.PAGE, NotificationKind.NUDGE, NotificationKind.INFORM)


def first_reached(catalog: Catalog, service: str, severity: str, at: Instant) -> dict[str, Span]:
    """After how many microseconds each person is first written to, within `FOLLOWED_FOR`, when nobody
    ever answers.
    """
    until = at + FOLLOWED_FOR
    rounds = _Rounds(catalog, at)
    reached: dict[str, Span] = {}
    simulation = simulate(
        Declaration("-", severity, (service,)),
        rounds.questions.catalog,
        at,
        until,
        settled=rounds.begin_again,
    )
    while True:
        _take(simulation, at, reached)
        leap = rounds.leap(until)
        if leap is None:
            return reached
        now = rounds.now + leap
        leaped = _later(simulation.situation, leap)
        rounds.forget()
        simulation = simulate_on(leaped, rounds.questions.catalog, now, until, settled=rounds.begin_again)


def _take(simulation: Simulation, at: Instant, reached: dict[str, Span]) -> None:
    for message in simulation.messages:
        if message.person is not None and message.kind in _CALLS:
            reached.setdefault(message.person, message.at - at)


@dataclass
class _Rounds:
    """Notices when an incident stands as it stood before, and what the round in between depended on."""

    catalog: Catalog
    now: Instant
    questions: Questions = field(init=False)
    _calendar: Calendar = field(init=False)
    _stood: dict[Hashable, Instant] = field(default_factory=dict)
    _asked_at: list[tuple[Instant, tuple[Subject, ...]]] = field(default_factory=list)
    _began_at: Instant | None = None

    def __post_init__(self) -> None:
        self.questions = Questions(self.catalog)
        self._calendar = Calendar(self.catalog, self.now)

    def forget(self) -> None:
        """Begin to look anew, from where the incident is followed next."""
        self.questions.taken()
        self._stood.clear()
        self._asked_at.clear()
        self._began_at = None

    def begin_again(self, situation: Situation, now: Instant) -> bool:
        """Whether a round has just ended that can only repeat itself until a handoff or a change of
        hours.
        """
        self.now = now
        self._asked_at.append((now, self.questions.taken()))
        standing = _standing(situation, self.catalog, now)
        began_at = self._stood.get(standing)
        self._stood[standing] = now
        if began_at is None or began_at >= now:
            return False
        change = self._next_change(began_at, began_at)
        if change is not None and change <= now:
            return False
        self._began_at = began_at
        return True

    def leap(self, until: Instant) -> Span | None:
        """How many whole rounds can be skipped before the next handoff or change of hours, as a
        span: all but the last. None if nothing changes until `until`, or nothing more would ever
        be due.
        """
        if self._began_at is None:
            return None
        change = self._next_change(self._began_at, self.now)
        if change is None or change > until:
            return None
        span = self.now - self._began_at
        return max((change - self.now) // span - 1, 0) * span

    def _next_change(self, since: Instant, at: Instant) -> Instant | None:
        """The first change after `at` of what was asked about after `since`."""
        asked = {subject for when, subjects in self._asked_at if when > since for subject in subjects}
        changes = (self._calendar.next(subject, at) for subject in asked)
        return min((change for change in changes if change is not None), default=None)


def _standing(situation: Situation, catalog: Catalog, now: Instant) -> Hashable:
    """Everything that decides what comes next, except the calendar. Times count from `now`."""
    decision = Decision(situation, catalog, now)
    waits = (judge(replace(rule.when, hours=None), decision).look_at for rule in catalog.rules)
    return (
        situation.incident.severity,
        situation.incident.status,
        situation.incident.services,
        tuple(_standing_of(escalation, now) for escalation in situation.escalations),
        tuple(sorted(_remembered(rule, catalog, now) for rule in situation.rules)),
        tuple((nudge.rule, _from(now, nudge.expires_at)) for nudge in _open(situation)),
        tuple(
            sorted(
                (notification.recipient, notification.gateway, notification.due_at - now)
                for notification in situation.notifications
                if notification.status in WAITING
            )
        ),
        tuple(sorted(situation.turns.items())),
        tuple(_from(now, wait) for wait in waits),
    )


def _standing_of(escalation: Escalation, now: Instant) -> Hashable:
    further = min(escalation.cycle, escalation.policy.repeat + 1)  # rounds beyond `repeat` are all alike
    where = (escalation.status, escalation.level, further, escalation.held, escalation.owed, escalation.muted)
    return (escalation.id, escalation.urgency, *where, _from(now, escalation.next_at))


def _remembered(state: RuleState, catalog: Catalog, now: Instant) -> tuple[str, bool, Span]:
    repeated = any(rule.name == state.rule and rule.every is not None for rule in catalog.rules)
    return (state.rule, state.holds, (state.fired_at or 0) - now if repeated else 0)


def _open(situation: Situation) -> list[Nudge]:
    return [nudge for nudge in situation.nudges if nudge.status is NudgeStatus.OPEN]


def _from(now: Instant, at: Instant | None) -> Span | None:
    return None if at is None else at - now


def _later(situation: Situation, span: Span) -> Situation:
    """The situation after more rounds of the same, of `span` in all: its messages are later, too."""
    notifications = tuple(
        replace(
            notification,
            due_at=notification.due_at + span,
            sent_at=None if notification.sent_at is None else notification.sent_at + span,
        )
        for notification in situation.notifications
    )
    return replace(later(situation, span), notifications=notifications)
