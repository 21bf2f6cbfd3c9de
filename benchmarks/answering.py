"""How the people of the made year behave, played out on the virtual clock of
`foresight.simulation`: who is paged when, and what follows from an answer, is decided by the core.

Whoever is paged answers mostly, in about half of the level's wait, whatever the level and the hour;
nudges get a yes as often as not. What differs is planted (`planted.py`).
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from benchmarks.habits import LONGEST, habit
from benchmarks.planted import fact
from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND, Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry, entry_of
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, after
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import TargetKind
from escalate_cli.engine.recording import attempted
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening, SimulatedMessage, Simulation, simulate, simulate_on

NUDGE_YES, NUDGE_NO = 0.45, 0.25
_PATIENCE = 3 * MINUTE
Intention = Callable[[Situation, Catalog, Instant], Plan | str | Span]
"""what somebody has in mind for an instant; a span: not now, so much later"""


@dataclass(frozen=True)
class Story:
    """What will happen to an incident besides its paging, in microseconds after somebody has taken
    it. `moved_to` is a service that it is about instead."""

    lasts: Span
    moved_to: str | None = None
    moved_after: Span = 0
    added: str | None = None
    added_after: Span = 0
    severity: str | None = None
    severity_after: Span = 0
    lead: bool = False
    updates: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True)
class Try:
    """One attempt to deliver a notification."""

    began_at: Instant
    ended_at: Instant
    outcome: Outcome


@dataclass
class Life:
    """One incident from its declaration to its end. `situation` has the whole timeline when it is
    over; `tries` are the attempts by notification."""

    said: Declaration
    at: Instant
    story: Story
    catalog: Catalog
    dice: random.Random
    situation: Situation = field(init=False)
    now: Instant = field(init=False)
    entries: list[Entry] = field(default_factory=list)
    tries: dict[int, list[Try]] = field(default_factory=dict)
    _ahead: list[tuple[Instant, int, Intention]] = field(default_factory=list)
    _count: int = 0
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _asked: set[int] = field(default_factory=set)
    _taken: bool = False

    def live(self) -> None:
        """To the end."""
        self.now = self.at
        self._take(simulate(self.said, self.catalog, self.at, self.at, fails=self._attempt))
        self._intend(LONGEST, _end(None))
        self._notice()
        while self.situation.incident.status is not IncidentStatus.RESOLVED:
            self._step()
        self._take(simulate_on(self.situation, self.catalog, self.now, self.now + HOUR, fails=self._attempt))
        self._write_up()

    # ── time ───────────────────────────────────────────────────────────────────────────

    def _step(self) -> None:
        """On to the next intention, or to a new page that gives somebody another one."""
        at, _, intention = self._ahead[0]
        later: list[Span | None] = []

        def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
            came_to = intention(situation, catalog, now)
            later.append(came_to if isinstance(came_to, int) else None)
            return "not yet" if isinstance(came_to, int) else came_to

        script = [Happening(at - self.now, act)]
        passed = simulate_on(
            self.situation, self.catalog, self.now, at, script, fails=self._attempt, enough=_wants_an_answer
        )
        self._take(passed)
        if later:
            heapq.heappop(self._ahead)
            self.now = at
            if later[0] is not None:
                self._intend(later[0], intention)
        else:
            self.now = passed.messages[-1].at
        self._notice()

    def _take(self, passed: Simulation) -> None:
        self.situation = passed.situation
        self.entries += passed.entries

    def _intend(self, span: Span, intention: Intention) -> None:
        self._count += 1
        heapq.heappush(self._ahead, (self.now + span, self._count, intention))

    # ── people ─────────────────────────────────────────────────────────────────────────

    def _notice(self) -> None:
        for escalation in self.situation.escalations:
            if (
                _waits(escalation)
                and (escalation.id, escalation.page_round) not in self._seen
                and escalation.page_round
            ):
                self._seen.add((escalation.id, escalation.page_round))
                self._consider(escalation)
        for nudge in self.situation.nudges:
            if nudge.status is NudgeStatus.OPEN and nudge.id not in self._asked:
                self._asked.add(nudge.id)
                self._decide(nudge.rule)
        if self.situation.incident.acknowledged_by is not None and not self._taken:
            self._taken = True
            self._begin(self.situation.incident.acknowledged_by)

    def _consider(self, escalation: Escalation) -> None:
        """Somebody of those who were paged just now will answer, or nobody."""
        people = _paged(escalation, self.situation) or self._in_the_room(escalation)
        level = (
            escalation.policy.levels[escalation.level - 1]
            if escalation.status is EscalationStatus.PAGING
            else None
        )
        wait = level.wait if level is not None else self.catalog.fallback.every
        usual = habit(escalation.policy.id, escalation.level if level is not None else 0, wait)
        who, span, answers = (
            self.dice.choice(people or [""]),
            usual.after(self.dice),
            self.dice.random() < usual.likely,
        )
        if people and answers:
            self._intend(span, _answer(escalation.id, who))

    def _in_the_room(self, escalation: Escalation) -> list[str]:
        """Where only a channel was told: the team reads it."""
        level = escalation.policy.levels[escalation.level - 1]
        only_a_channel = all(one.kind is TargetKind.CHANNEL for one in level.notify)
        return list(self.catalog.teams[escalation.team].members) if only_a_channel else []

    def _decide(self, rule: str) -> None:
        roll, span = self.dice.random(), int(4 * MINUTE * math.exp(self.dice.gauss(0, 0.4)))
        if rule == fact("nudge-accepted")["rule"]:
            self._intend(span, happenings.nudge_answer(0, True, rule=rule).act)
        elif rule == fact("nudge-declined")["rule"]:
            if roll < 0.75:
                self._intend(span, happenings.nudge_answer(0, False, rule=rule).act)
        elif roll < NUDGE_YES + NUDGE_NO:
            self._intend(span, happenings.nudge_answer(0, roll < NUDGE_YES, rule=rule).act)

    def _begin(self, who: str) -> None:
        """Somebody has it: what they will find out, say and change, and when it will be over."""
        story = self.story
        for span, message in story.updates:
            self._intend(span, happenings.change(0, Changes(message=message), by=who).act)
        if story.lead and self.said.lead is None:
            self._intend(2 * MINUTE, happenings.change(0, Changes(lead=who), by=who).act)
        if story.severity is not None:
            self._intend(
                story.severity_after, happenings.change(0, Changes(severity=story.severity), by=who).act
            )
        if story.added is not None:
            self._intend(
                story.added_after, happenings.change(0, Changes(add_services=(story.added,)), by=who).act
            )
        if story.moved_to is not None:
            changes = Changes(add_services=(story.moved_to,), drop_services=self.said.services)
            self._intend(story.moved_after, happenings.change(0, changes, by=who).act)
        self._intend(story.lasts, _end(who))

    # ── gateways ───────────────────────────────────────────────────────────────────────

    def _attempt(self, one: Notification) -> OutcomeKind | None:
        """How an attempt at its due time ends, noted as the engine would."""
        outcome = self._outcome(one.gateway)
        ended_at = one.due_at + int(0.7 * SECOND * math.exp(self.dice.gauss(0, 0.5)))
        self.tries.setdefault(one.id, []).append(Try(one.due_at, ended_at, outcome))
        return outcome.kind

    def _outcome(self, gateway: str) -> Outcome:
        roll = self.dice.random()
        if gateway == fact("gateway-fails")["gateway"] and roll > 0.85:
            return Outcome(OutcomeKind.PERMANENT, "HTTP 400: the number cannot be reached by this sender")
        if roll < 0.008:
            return Outcome(
                OutcomeKind.TEMPORARY,
                self.dice.choice(("HTTP 503", "no answer in time", "connection refused", "HTTP 429")),
            )
        if roll < 0.009:
            return Outcome(
                OutcomeKind.UNKNOWN, "no answer in time after the message was sent; it may have arrived"
            )
        if roll < 0.010:
            return Outcome(OutcomeKind.PERMANENT, "HTTP 404")
        return Outcome(OutcomeKind.SENT, "HTTP 200")

    # ── the record ─────────────────────────────────────────────────────────────────────

    def _write_up(self) -> None:
        """What the engine leaves besides: when messages were really sent, their errors, and an
        entry for each attempt.
        """
        notifications = []
        for notification in self.situation.notifications:
            tries = self.tries.setdefault(notification.id, [])
            # went with a digest
            if (
                notification.status is NotificationStatus.SENT
                and len(tries) < notification.attempts
                and notification.sent_at is not None
            ):
                tries.append(
                    Try(
                        notification.sent_at,
                        notification.sent_at + SECOND,
                        Outcome(OutcomeKind.SENT, "HTTP 200"),
                    )
                )
            self.entries += [self._entry(notification, number, made) for number, made in enumerate(tries, 1)]
            sent = notification.status is NotificationStatus.SENT
            last = tries[-1] if tries else None
            notifications.append(
                replace(
                    notification,
                    sent_at=last.ended_at if sent and last is not None else None,
                    error=last.outcome.detail if last is not None and not sent else None,
                )
            )
        self.entries.sort(key=lambda entry: entry.at)
        self.situation = replace(
            self.situation, notifications=tuple(notifications), entries=tuple(self.entries)
        )

    def _entry(self, one: Notification, number: int, made: Try) -> Entry:
        verdict = after(number, self.catalog.gateways[one.gateway].attempts, made.outcome, made.ended_at)
        event = attempted(replace(one, attempts=number), verdict.status, verdict.reason)
        return entry_of(event, made.ended_at, None, self.catalog)


def _waits(escalation: Escalation) -> bool:
    return escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)


def _wants_an_answer(message: SimulatedMessage) -> bool:
    return message.kind in (NotificationKind.PAGE, NotificationKind.NUDGE)


def _paged(escalation: Escalation, situation: Situation) -> list[str]:
    """The people whom the current paging of this escalation has reached or will reach, in order."""
    found = (
        notification.recipient.removeprefix("person:")
        for notification in situation.notifications
        if (notification.escalation_id, notification.page_round) == (escalation.id, escalation.page_round)
        and notification.recipient.startswith("person:")
        and notification.status is not NotificationStatus.FAILED
    )
    return list(dict.fromkeys(found))


def _answer(escalation_id: int, who: str) -> Intention:
    """This person takes it, unless somebody has; not before a message has arrived."""
    take = happenings.acknowledgement(0, who).act

    def intention(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str | Span:
        mine = [
            notification
            for notification in situation.notifications
            if notification.recipient == f"person:{who}" and notification.kind is NotificationKind.PAGE
        ]
        if mine and all(one.sent_at is None or one.sent_at > now - 10 * SECOND for one in mine):
            return MINUTE
        if not any(
            escalation.id == escalation_id and _waits(escalation) for escalation in situation.escalations
        ):
            return "somebody has it"
        return take(situation, catalog, now)

    return intention


def _end(who: str | None) -> Intention:
    """It is over, when every team that was called has answered and nothing is being asked."""

    def intention(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str | Span:
        asked = any(
            nudge.status is NudgeStatus.OPEN and nudge.rule == fact("nudge-accepted")["rule"]
            for nudge in situation.nudges
        )
        if now - situation.incident.declared_at < LONGEST and (situation.paging or asked):
            return _PATIENCE
        return happenings.resolution(0, by=who).act(situation, catalog, now)

    return intention
