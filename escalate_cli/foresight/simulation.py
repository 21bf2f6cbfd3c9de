"""What a declaration leads to, message by message: the core on a virtual clock that leaps from one
due instant to the next.

Who is paged when is decided by `core.changes` and `core.escalation.plan`, as in a real pass; here
is only what the engine does around them: what is due is sent, what exceeds `[limits]` is held back
for a digest, what failed is tried again. Every message is taken by its provider at its due instant,
unless `fails` says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events.reasons import Because
from escalate_cli.core.incident.situation import (
    Entry,
    IncidentStatus,
    Maintenance,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, after
from escalate_cli.core.notification.limits import (
    GOES_ALONE,
    Ruling,
    concerns,
    judge,
    matters_most,
    uses_up,
    waits_as_well,
)
from escalate_cli.core.notification.together import goes_with, joined, leader_first
from escalate_cli.core.organisation.catalog import Catalog

Fails = Callable[[Notification], OutcomeKind | None]
"""how an attempt to deliver this notification ends; None: the provider takes it"""

Act = Callable[[Situation, Catalog, Instant], Plan | str]
"""what somebody does at an instant: the plan that follows, or a sentence that says why nothing does"""

_WAITING = (NotificationStatus.PENDING, NotificationStatus.RETRYING)
_ROUNDS = 1000
"""rounds at one instant; each ends with a failure or is the last, so no life comes near this"""


class Happening(msgspec.Struct, frozen=True):
    """Something that somebody does `span` microseconds after the beginning; foresight/happenings.py
    makes them.
    """

    span: Span
    act: Act


class SimulatedMessage(msgspec.Struct, frozen=True):
    """One message that arrives. `recipient` is "person:ID" or "channel:ID"; `after` counts from the
    beginning; `digest_of` is the number of messages that this one carries because of `[limits]`, 1
    for an ordinary one."""

    at: Instant
    after: Span
    kind: NotificationKind
    recipient: str
    gateway: str
    address: str
    team: str | None
    level: int | None
    because: str
    reason: Because
    source: str
    digest_of: int = 1

    @property
    def person(self) -> str | None:
        """The id of the person it reaches; None for a channel."""
        kind, _, identifier = self.recipient.partition(":")
        return identifier if kind == "person" else None


class Remark(msgspec.Struct, frozen=True):
    """Why something that the script says came to nothing."""

    at: Instant
    text: str


class Simulation(msgspec.Struct, frozen=True):
    """What happened between two instants: messages and timeline in order, the remarks on the
    script, and how things stand at the end.

    `over` says that nothing more would ever be due, had the simulation gone on.
    """

    start: Instant
    until: Instant
    messages: tuple[SimulatedMessage, ...]
    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    situation: Situation
    over: bool


def simulate(
    declaration: Declaration,
    catalog: Catalog,
    start: Instant,
    until: Instant,
    script: Sequence[Happening] = (),
    *,
    fails: Fails | None = None,
    enough: Callable[[SimulatedMessage], bool] | None = None,
    settled: Callable[[Situation, Instant], bool] | None = None,
    maintenance: Sequence[Maintenance] = (),
    next_turns: Mapping[str, int] | None = None,
) -> Simulation:
    """Declare at `start` and let time pass until `until`, the last instant that is looked at.

    What the script has happen at an instant comes before what time does at that instant: an
    acknowledgement on the dot is in time. `enough` ends the simulation after the instant at which
    it says yes to a message: to learn who is reached first takes no whole day. `settled` does so
    when it says yes to how things stand after an instant.
    """
    declared = declare(declaration, catalog, start, maintenance=maintenance, next_turns=next_turns).situation
    life = _Life(catalog, start, fails, replace(declared, entries=()), entries=list(declared.entries))
    return _run(life, until, script, enough, settled)


def simulate_on(
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    until: Instant,
    script: Sequence[Happening] = (),
    *,
    fails: Fails | None = None,
    enough: Callable[[SimulatedMessage], bool] | None = None,
    settled: Callable[[Situation, Instant], bool] | None = None,
) -> Simulation:
    """Let time pass for an incident as it stands at `now`; what is overdue by then is done at once,
    as by a late tick.
    """
    life = _Life(catalog, now, fails, replace(situation, entries=()))
    return _run(life, until, script, enough, settled)


def _run(
    life: _Life,
    until: Instant,
    script: Sequence[Happening],
    enough: Callable[[SimulatedMessage], bool] | None,
    settled: Callable[[Situation, Instant], bool] | None = None,
) -> Simulation:
    ahead = sorted(
        ((life.now + happening.span, happening.act) for happening in script), key=lambda act_at: act_at[0]
    )
    looked = 0
    life.settle()
    while True:
        while ahead and ahead[0][0] <= life.now:
            life.do(ahead.pop(0)[1])
            life.settle()
        is_enough = enough is not None and any(enough(message) for message in life.messages[looked:])
        looked = len(life.messages)
        is_enough = is_enough or (settled is not None and settled(life.situation, life.now))
        moments = [at for at in (life.next_at, ahead[0][0] if ahead else None) if at is not None]
        upcoming = min(moments, default=None)
        if is_enough or upcoming is None or upcoming > until:
            break
        life.now = upcoming
        if not ahead or ahead[0][0] > upcoming:
            life.settle()
    messages, entries, remarks = tuple(life.messages), tuple(life.entries), tuple(life.remarks)
    return Simulation(life.start, until, messages, entries, remarks, life.situation, over=upcoming is None)


class _Claimed(msgspec.Struct, frozen=True):
    """What goes out in one message, its leader first."""

    together: list[Notification]
    digest_of: int


@dataclass
class _Life:
    """One incident on a virtual clock, and what the engine's outbox remembers of its messages."""

    catalog: Catalog
    now: Instant
    fails: Fails | None
    situation: Situation
    start: Instant = field(init=False)
    messages: list[SimulatedMessage] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    held_back: set[int] = field(default_factory=set)
    bundled: set[int] = field(default_factory=set)
    severities: dict[int, str] = field(default_factory=dict)
    """how bad it was when this notification was sent"""

    def __post_init__(self) -> None:
        self.start = self.now

    @property
    def next_at(self) -> Instant | None:
        """The next instant at which time does something."""
        due = [
            notification.due_at
            for notification in self.situation.notifications
            if notification.status in _WAITING
        ]
        if self.situation.incident.next_due_at is not None:
            due.append(self.situation.incident.next_due_at)
        return min(due, default=None)

    def take(self, after: Situation) -> None:
        self.entries += after.entries
        self.situation = replace(after, entries=())

    def do(self, act: Act) -> None:
        def do(situation: Situation) -> Situation:
            came_to = act(situation, self.catalog, self.now)
            if isinstance(came_to, str):
                self.remarks.append(Remark(self.now, came_to))
                return situation
            return came_to.situation

        self.take(acting(self.situation, self.catalog, self.now, do))

    def settle(self) -> None:
        """Plan and send until nothing is left to do now, as a pass does."""
        for _ in range(_ROUNDS):
            due_at = self.situation.incident.next_due_at
            if due_at is not None and due_at <= self.now:
                self.take(plan(self.situation, self.catalog, self.now).situation)
            if not self._send():
                return

    def _send(self) -> bool:
        """Send what is due, the longest due first; whether something failed for good, so that the
        plan must be looked at again.

        All of it is under way before the first outcome is known, as in a pass: `[limits]` count
        what is under way, too.
        """
        due = sorted(
            (
                notification
                for notification in self.situation.notifications
                if notification.status in _WAITING and notification.due_at <= self.now
            ),
            key=lambda notification: notification.due_at,
        )
        if not due:
            return False
        known = {notification.id: notification for notification in self.situation.notifications}
        # One that is no longer what it was is held back, or goes with a digest.
        attempts = [
            claimed
            for notification in due
            if known[notification.id] is notification
            and (claimed := self._claim(notification, known)) is not None
        ]
        for claimed in attempts:
            self._end(claimed, known)
        failed = any(
            known[notification.id].status is NotificationStatus.FAILED
            for claimed in attempts
            for notification in claimed.together
        )
        self.situation = replace(self.situation, notifications=tuple(known.values()))
        if failed and self.situation.incident.status is not IncidentStatus.RESOLVED:
            self.situation = self.situation.changed(next_due_at=self.now)
            return True
        return False

    def _claim(self, notification: Notification, known: dict[int, Notification]) -> _Claimed | None:
        """What goes out in one message with this one; nothing where `[limits]` hold it back."""
        severity = self.situation.incident.severity
        ruling = self._ruling(notification, known) if concerns(notification) else GOES_ALONE
        if ruling.hold_until is not None:
            for other in self._waiting_with(notification, known):
                # What waits already, waits no longer for it.
                if other.due_at <= self.now and waits_as_well(
                    other.kind, severity, notification.kind, severity, self.catalog
                ):
                    known[other.id] = replace(other, due_at=ruling.hold_until, held_back=True)
                    self.held_back.add(other.id)
            return None
        with_it = [other for other in self._waiting_with(notification, known) if other is not notification]
        if not ruling.digest:
            with_it = [
                other
                for other in with_it
                if other.due_at <= self.now
                and goes_with(notification.kind, other.kind, notification.recipient)
            ]
        together = leader_first([notification, *with_it])
        self.bundled -= {other.id for other in together}
        self.bundled |= {other.id for other in together[1:]}
        self.severities |= {other.id: severity for other in together}
        for other in together:
            known[other.id] = replace(other, status=NotificationStatus.SENDING)
        return _Claimed(together, len(together) if ruling.digest else 1)

    def _end(self, claimed: _Claimed, known: dict[int, Notification]) -> None:
        """What becomes of one attempt."""
        leader, *others = claimed.together
        outcome = self.fails(leader) if self.fails is not None else None
        gateway = self.catalog.gateways.get(leader.gateway)
        if gateway is None:
            outcome = OutcomeKind.PERMANENT
        for other in claimed.together:
            known[other.id] = self._after_attempt(other, outcome, gateway.attempts if gateway else 1)
        if outcome is None or outcome is OutcomeKind.SENT:
            self.messages.append(self._message(joined(leader, others), claimed.digest_of))

    def _ruling(self, notification: Notification, known: dict[int, Notification]) -> Ruling:
        """What `[limits]` say to this message."""
        limits = self.catalog.limits
        counted = [
            other
            for other in known.values()
            if (other.recipient, other.gateway) == (notification.recipient, notification.gateway)
            and other.id not in self.bundled
            and uses_up(other.kind, notification.kind)
            and (other.status is NotificationStatus.SENDING or (other.sent_at or 0) > self.now - limits.per)
        ]
        oldest = min((other.sent_at for other in counted if other.sent_at is not None), default=None)
        severity = self.situation.incident.severity

        def spared() -> bool:
            severities = (self.severities.get(other.id, severity) for other in counted)
            return notification.kind is NotificationKind.PAGE and matters_most(
                severity, severities, self.catalog
            )

        return judge(limits, len(counted), oldest, notification.id in self.held_back, self.now, spared)

    def _waiting_with(self, notification: Notification, known: dict[int, Notification]) -> list[Notification]:
        """What goes to the same address, and is due or waits for a digest; this one among it."""
        return [
            other
            for other in known.values()
            if (other.recipient, other.gateway) == (notification.recipient, notification.gateway)
            and other.kind is not NotificationKind.NUDGE
            and other.status in _WAITING
            and (
                other.due_at <= self.now
                or (other.id in self.held_back and other.status is NotificationStatus.PENDING)
            )
        ]

    def _after_attempt(
        self, notification: Notification, outcome: OutcomeKind | None, allowed: int
    ) -> Notification:
        tried = replace(notification, attempts=notification.attempts + 1)
        if outcome is None or outcome is OutcomeKind.SENT:
            return replace(tried, status=NotificationStatus.SENT, sent_at=self.now)
        verdict = after(tried.attempts, allowed, Outcome(outcome, outcome.value), self.now)
        return replace(
            tried,
            status=verdict.status,
            due_at=verdict.due_at if verdict.due_at is not None else notification.due_at,
            error=outcome.value,
            unsure=notification.unsure or outcome is OutcomeKind.UNKNOWN,
        )

    def _message(self, notification: Notification, digest_of: int) -> SimulatedMessage:
        team = next(
            (esc.team for esc in self.situation.escalations if esc.id == notification.escalation_id), None
        )
        return SimulatedMessage(
            at=self.now,
            after=self.now - self.start,
            kind=notification.kind,
            recipient=notification.recipient,
            gateway=notification.gateway,
            address=notification.address,
            team=team,
            level=notification.level,
            because=notification.because,
            reason=notification.reason,
            source=notification.source,
            digest_of=digest_of,
        )
