"""What a declaration leads to, message by message: core on a virtual clock that jumps from one due
instant to the next.

`core.changes` and `core.escalation.plan` decide who is paged when, as in a real pass. Here is only
what the engine does around them: what is due is sent, what exceeds `[limits]` is held back for a
digest, what failed is tried again. Every provider takes every message at once, unless `fails` says
otherwise.
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
    IncidentStatus,
    Maintenance,
    Notification,
    NotificationKind,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight.outbox import WAITING, Fails, SimulatedOutbox
from escalate_cli.foresight.texts import Preview, preview

Act = Callable[[Situation, Catalog, Instant], Plan | str]
"""what somebody does at an instant: the plan that follows, or a sentence that says why nothing does"""

_ROUNDS = 1000
"""rounds at one instant; each ends with a failure or is the last, so that no real case comes near
this
"""


class Happening(msgspec.Struct, frozen=True):
    """Something that somebody does `span` microseconds after the beginning; foresight/happenings.py
    makes them.
    """

    span: Span
    act: Act


class SimulatedMessage(msgspec.Struct, frozen=True):
    """One message that arrives. `after` counts from the beginning; `digest_of` is the number of
    messages that this one carries because of `[limits]`, 1 for an ordinary one.
    """

    at: Instant
    after: Span
    kind: NotificationKind
    recipient: Recipient
    gateway: str
    address: str
    team: str | None
    level: int | None
    because: str
    reason: Because
    source: str
    digest_of: int = 1
    preview: Preview | None = None
    """what it says, where that was asked for"""

    @property
    def person(self) -> str | None:
        """The id of the person it reaches; None for a channel."""
        return self.recipient.id if self.recipient.is_person else None


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
    environ: Mapping[str, str] | None = None,
) -> Simulation:
    """Declare at `start` and let time pass until `until`, the last instant that is looked at.

    What the script has happen at an instant comes before what time does at that instant: an
    acknowledgement on the dot is in time. `enough` ends the simulation after the instant at which
    it says yes to a message: to learn who is reached first takes no whole day. `settled` does so
    when it says yes to how things stand after an instant. With `environ`, which has the gateways'
    secrets, each message has its text.
    """
    declared = declare(declaration, catalog, start, maintenance=maintenance, next_turns=next_turns).situation
    life = _Life(
        catalog,
        start,
        replace(declared, entries=()),
        SimulatedOutbox(catalog, fails),
        entries=list(declared.entries),
        environ=environ,
    )
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
    life = _Life(catalog, now, replace(situation, entries=()), SimulatedOutbox(catalog, fails))
    return _run(life, until, script, enough, settled)


def _run(
    life: _Life,
    until: Instant,
    script: Sequence[Happening],
    enough: Callable[[SimulatedMessage], bool] | None,
    settled: Callable[[Situation, Instant], bool] | None,
) -> Simulation:
    ahead = sorted(script, key=lambda happening: happening.span)
    looked = 0
    life.settle()
    while True:
        while ahead and life.start + ahead[0].span <= life.now:
            life.do(ahead.pop(0).act)
            life.settle()
        is_enough = enough is not None and any(enough(message) for message in life.messages[looked:])
        looked = len(life.messages)
        is_enough = is_enough or (settled is not None and settled(life.situation, life.now))
        acted_at = life.start + ahead[0].span if ahead else None
        upcoming = min((at for at in (life.next_at, acted_at) if at is not None), default=None)
        if is_enough or upcoming is None or upcoming > until:
            break
        life.now = upcoming
        if acted_at is None or acted_at > upcoming:
            life.settle()
    messages, entries, remarks = tuple(life.messages), tuple(life.entries), tuple(life.remarks)
    return Simulation(life.start, until, messages, entries, remarks, life.situation, over=upcoming is None)


@dataclass
class _Life:
    """One incident on a virtual clock."""

    catalog: Catalog
    now: Instant
    situation: Situation
    outbox: SimulatedOutbox
    start: Instant = field(init=False)
    messages: list[SimulatedMessage] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    environ: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.start = self.now

    @property
    def next_at(self) -> Instant | None:
        """The next instant at which time does something."""
        due = [
            notification.due_at
            for notification in self.situation.notifications
            if notification.status in WAITING
        ]
        if self.situation.incident.next_due_at is not None:
            due.append(self.situation.incident.next_due_at)
        return min(due, default=None)

    def take(self, after: Situation) -> None:
        """Go on with this situation; its entries are kept."""
        self.entries += after.entries
        self.situation = replace(after, entries=())

    def do(self, act: Act) -> None:
        """Have somebody do this now."""

        def do(situation: Situation) -> Situation:
            planned = act(situation, self.catalog, self.now)
            if isinstance(planned, str):
                self.remarks.append(Remark(self.now, planned))
                return situation
            return planned.situation

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
        """Send what is due; whether something failed for good, so that the plan must be looked at again."""
        sending = self.outbox.send(self.situation, self.now)
        if sending is None:
            return False
        before, self.situation = self.situation, sending.situation
        self.messages += [self._message(leader, digest_of, before) for leader, digest_of in sending.arrived]
        if sending.failed and self.situation.incident.status is not IncidentStatus.RESOLVED:
            self.situation = self.situation.changed(next_due_at=self.now)
            return True
        return False

    def _message(self, notification: Notification, digest_of: int, before: Situation) -> SimulatedMessage:
        team = next(
            (
                escalation.team
                for escalation in self.situation.escalations
                if escalation.id == notification.escalation_id
            ),
            None,
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
            preview=None
            if self.environ is None
            else preview(notification, before, self.catalog, self.now, self.environ),
        )
