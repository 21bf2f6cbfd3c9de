"""What time does: one pass = due incidents → core.plan → store the intent → deliver → store the result; and the watch loop.

No transaction is open while anything is sent. One incident's failure never stops the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from escalate_cli.clock import Clock
from escalate_cli.core.attempt import Outcome, OutcomeKind, Verdict, after
from escalate_cli.core.catalog import Catalog, Gateway, TextForm
from escalate_cli.core.duration import MINUTE, SECOND, Instant, Span, show_about
from escalate_cli.core.limits import Ruling, is_limited, judge
from escalate_cli.core.message import Message, clip, compose, digest
from escalate_cli.core.model import Entry, EntryKind, Notification, NotificationStatus, Situation
from escalate_cli.core.plan import Plan, plan
from escalate_cli.core.targets import name_of
from escalate_cli.core.text import printable
from escalate_cli.delivery.sender import Envelope
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.failpoints import Failpoints
from escalate_cli.store.database import FULL, LOCKED
from escalate_cli.store.outbox import Claimed, Waiting
from escalate_cli.store.store import Store

PARALLEL = 8
"""attempts that run side by side; those that have become slow do not count, so that a hanging provider delays nobody else"""
SLOW_AFTER = 2 * SECOND
MOST_CHILDREN = 64
LEASE_BEYOND_TIMEOUT = 15 * SECOND
"""a claim outlives the hard limit of its attempt by this much before another process may take it over"""
PASS_EXPECTED_WITHIN = 5 * MINUTE
"""without a pass for this long, nobody would be escalated to (product.md §4.16)"""
_LOOK_AHEAD_AFTER_TROUBLE = MINUTE
_BATCH = 200
_TOGETHER = 20
"""incidents planned in one transaction: a commit costs more than a plan, but nobody else should wait long for the database"""
_LOOK_AGAIN_SECONDS = 2.0
"""how old the list of what is due may grow while slow providers are worked through: what came due meanwhile may be quick"""


class Sending(Protocol):
    """What the engine needs of a sender; `delivery.sender.Sender` is the real one."""

    @property
    def running(self) -> int: ...
    def warm(self) -> None: ...
    def begin(self, ticket: int, envelope: Envelope) -> None: ...
    def outcomes(self, timeout: float) -> list[tuple[int, Outcome]]: ...


@dataclass(slots=True)
class Tally:
    """What a pass did. `troubles` are incidents that could not be dealt with, as one line each; `undelivered` are the notifications
    that an attempt of this pass did not deliver, by id."""

    at: Instant
    incidents: int = 0
    planned: int = 0
    sent: int = 0
    failed: int = 0
    retrying: int = 0
    undelivered: list[int] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """what else somebody should look after: the disk, the backups"""
    lines: list[str] = field(default_factory=list)
    damage: DatabaseProblem | None = None
    """how the database is damaged, where it was found only after everything that could be paged was"""

    def count(self, known: _Known, settled: tuple[NotificationStatus, Entry]) -> None:
        """Count an outcome that is stored."""
        status, entry = settled
        self.lines.append(f"#{known.claimed.incident_id} {entry.text}")
        self.sent += status is NotificationStatus.SENT
        self.failed += status is NotificationStatus.FAILED
        self.retrying += status is NotificationStatus.RETRYING
        if status in (NotificationStatus.FAILED, NotificationStatus.RETRYING):
            self.undelivered.append(known.claimed.notification.id)


@dataclass(frozen=True, slots=True)
class _Known:
    """How an attempt ended and what follows; `together` counts the notifications that went out in the same message."""

    claimed: Claimed
    outcome: Outcome
    verdict: Verdict
    together: int = 1


@dataclass(slots=True)
class _Underway:
    claimed: Claimed
    gateway: Gateway
    began_at: float


class Engine:
    """Plans what is due and delivers it. `catalog` is asked at every round, so that a repaired configuration is used at once."""

    def __init__(
        self, store: Store, catalog: Callable[[], Catalog], sender: Sending, clock: Clock, environ: Mapping[str, str]
    ) -> None:
        self.store = store
        self.clock = clock
        self._catalog = catalog
        self._sender = sender
        self._environ = environ
        self._reach = Failpoints(environ).reach
        self._underway: dict[int, _Underway] = {}
        self._ended: list[tuple[int, Outcome]] = []
        self._queue: list[Waiting] = []
        self._looked_at = 0.0

    def tick(self) -> Tally:
        """One pass: everything that is due is planned and sent, and the outcomes are stored."""
        tally = self.begin_pass()
        self.run(tally)
        return tally

    def deliver(self, incident_id: int) -> Tally:
        """Send what is due of one incident, as after a declaration."""
        tally = Tally(self.clock.now())
        self.run(tally, incident_id=incident_id)
        return tally

    def run(self, tally: Tally, *, incident_id: int | None = None, keep_on: Callable[[], bool] = lambda: True) -> None:
        """Round after round until nothing is left to do now, or `keep_on()` says no.

        When the database cannot be used any more, what is under way is finished first: what was accepted must not be sent again.
        """
        try:
            while self.round(tally, patience=0.5, incident_id=incident_id) and keep_on():
                pass
        except DatabaseProblem:
            with suppress(DatabaseProblem):
                self.finish(tally)
            raise

    def finish(self, tally: Tally) -> None:
        """Take in what is under way, and begin nothing more.

        A locked database is waited for until the last claim's lease is over: up to then nobody else sends what was sent here.
        What still cannot be recorded is kept, and recorded at the next pass of this process, if there is one.
        """
        while self._underway:
            if self._sender.running:
                self._ended += self._sender.outcomes(0.5)
            try:
                self._record_ended(tally)
            except DatabaseProblem as problem:
                if self._sender.running:
                    continue
                leased_until = max((one.claimed.lease_until for one in self._underway.values()), default=0)
                if problem.code != LOCKED or self.clock.now() >= leased_until:
                    raise

    def begin_pass(self) -> Tally:
        """Note the pass; put right what a clock set back or a dead sender has left behind."""
        with self.store.transaction():
            now = self.clock.now()
            behind = self.store.ledger.mind_the_clock(now)
            self.store.ledger.note_pass(now)
        tally = Tally(now)
        if behind:
            tally.lines.append(f"the clock was set back by {show_about(behind)}: what is still to come was moved with it")
        self._record_ended(tally)
        self._take_over_abandoned(tally)
        return tally

    def round(self, tally: Tally, *, patience: float, incident_id: int | None = None) -> bool:
        """Plan, start what may start, take in what has ended; False when nothing is left to do now.

        `patience` is how long, in seconds, to wait for an attempt to end.
        """
        now = self.clock.now()
        looked = self._plan_due(now, tally, incident_id)
        started = self._start(now, tally, incident_id)
        if self._underway:
            self._ended += self._sender.outcomes(patience)
        ended = self._record_ended(tally)
        return bool(looked or started or ended or self._underway)

    def _plan_due(self, now: Instant, tally: Tally, incident_id: int | None) -> int:
        due = self.store.situations.due(now, _BATCH)
        if incident_id is not None:
            due = tuple(one for one in due if one == incident_id)
        for start in range(0, len(due), _TOGETHER):
            with self.store.transaction():
                for one in due[start : start + _TOGETHER]:
                    self._plan_safely(one, now, tally)
                self._reach("planning")
            self._reach("planned")
        if due:
            self._queue.clear()
        return len(due)

    def _plan_safely(self, incident_id: int, now: Instant, tally: Tally) -> None:
        """Plan one incident; a poison one is undone, pushed ahead, and stops none of the others in the same transaction."""
        try:
            with self.store.part():
                self._plan_one(incident_id, now, tally)
        except EscalateError as problem:
            if not isinstance(problem, DamagedRow):
                raise
            self._push_ahead(incident_id, now, problem, tally)
        except Exception as problem:
            self._push_ahead(incident_id, now, problem, tally)

    def _plan_one(self, incident_id: int, now: Instant, tally: Tally) -> None:
        before = self.store.situations.load(incident_id)
        if before is None or before.incident.next_due_at is None or before.incident.next_due_at > now:
            return
        planned = plan(before, self._catalog(), now).situation
        self.store.situations.save(before, planned)
        tally.incidents += 1
        tally.planned += len(planned.notifications) - len(before.notifications)
        tally.lines += [f"#{incident_id} {_with_team(entry)}" for entry in planned.entries]

    def _push_ahead(self, incident_id: int, now: Instant, problem: Exception, tally: Tally) -> None:
        text = f"incident {incident_id} could not be planned ({type(problem).__name__}: {problem}); trying again in a minute"
        tally.troubles.append(text)
        self.store.situations.push_ahead(incident_id, now + _LOOK_AHEAD_AFTER_TROUBLE)

    def _take_over_abandoned(self, tally: Tally) -> None:
        """Settle what a sender that has died left behind: it may have arrived, so it is repeated, and says so."""
        now = tally.at
        while abandoned := self.store.outbox.abandoned(now, _BATCH):
            mine = {one.claimed.token for one in self._underway.values()}
            known = [
                self._outcome_of_abandoned(claimed, now)
                for claimed in abandoned
                if claimed.token not in mine  # the clock leapt: it is under way right here
            ]
            self._store_outcomes(known, now, tally)
            if len(abandoned) < _BATCH:
                return

    def _outcome_of_abandoned(self, claimed: Claimed, now: Instant) -> _Known:
        gateway = self._gateway(claimed.notification.gateway)
        outcome = Outcome(OutcomeKind.UNKNOWN, "the process that was sending it has died; it may have arrived")
        verdict = after(claimed.notification.attempts, gateway.attempts, outcome, now)
        if verdict.status is NotificationStatus.RETRYING:
            again = claimed.notification.attempts + 1
            verdict = Verdict(verdict.status, now, f"{outcome.detail}; attempt {again} of {gateway.attempts} now")
        return _Known(claimed, outcome, verdict)

    def _gateway(self, gateway_id: str) -> Gateway:
        found = self._catalog().gateways.get(gateway_id)
        return found or Gateway(gateway_id, "", attempts=1)

    def _start(self, now: Instant, tally: Tally, incident_id: int | None) -> int:
        """Claim and begin attempts while there is room. The least busy gateway comes first: nine dead ones do not hold up a tenth."""
        started = 0
        while room := self._room():
            if not self._queue or self.clock.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
                self._queue = list(self.store.outbox.waiting(now, _BATCH, incident_id))
                self._looked_at = self.clock.monotonic()
            if not self._queue:
                break
            started += self._begin(self._pick(room), now, tally)
        return started

    def _room(self) -> int:
        """How many more attempts may begin."""
        moment = self.clock.monotonic()
        quick = sum(1 for one in self._underway.values() if moment - one.began_at < SLOW_AFTER / SECOND)
        return max(min(PARALLEL - quick, MOST_CHILDREN - len(self._underway)), 0)

    def _pick(self, room: int) -> list[Waiting]:
        """Take so many out of the queue, each time the first of the gateway that is least busy."""
        busy: dict[str, int] = {}
        for one in self._underway.values():
            busy[one.gateway.id] = busy.get(one.gateway.id, 0) + 1
        picked = []
        for _ in range(min(room, len(self._queue))):
            best = min(range(len(self._queue)), key=lambda index: (busy.get(self._queue[index].gateway, 0), index))
            waiting = self._queue.pop(best)
            busy[waiting.gateway] = busy.get(waiting.gateway, 0) + 1
            picked.append(waiting)
        return picked

    def _begin(self, picked: list[Waiting], now: Instant, tally: Tally) -> int:
        """Claim these in one transaction and hand them to the sender at once; how many were begun."""
        wanted = [one for one in picked if self.store.outbox.waits(one.id, now)]
        if not wanted:
            return 0
        with self.store.transaction():
            claims = [(self._claim(one, self._gateway(one.gateway), now), one.gateway) for one in wanted]
            self._reach("claiming")
        begun = 0
        for claimed, gateway in claims:
            if claimed is not None:
                self._reach("claimed")
                self._hand_over(claimed, self._gateway(gateway), now)
                begun += 1
        self._record_ended(tally)
        return begun

    def _hand_over(self, claimed: Claimed, gateway: Gateway, now: Instant) -> None:
        ticket = claimed.attempt_id  # of the attempt: after a leap of the clock two of one notification may be under way
        self._underway[ticket] = _Underway(claimed, gateway, self.clock.monotonic())
        try:
            envelope = self._envelope(claimed, gateway, now)
            if isinstance(envelope, Envelope):
                self._sender.begin(ticket, envelope)
        except Exception as problem:  # claimed is claimed: whatever happens now is an outcome, and stops no other message
            envelope = Outcome(OutcomeKind.TEMPORARY, f"the message could not be made ({type(problem).__name__}); nothing was sent")
        if isinstance(envelope, Outcome):
            self._ended.append((ticket, envelope))
        else:
            self._reach("begun")

    def _claim(self, waiting: Waiting, gateway: Gateway, now: Instant) -> Claimed | None:
        """Claim one, or a digest of all that were held back for the same address; hold back what exceeds `[limits]`."""
        outbox, limits = self.store.outbox, self._catalog().limits
        ruling = Ruling()
        if is_limited(waiting.recipient, waiting.kind):
            used, oldest = outbox.used(waiting.recipient, waiting.gateway, now - limits.per, now)
            ruling = judge(limits, used, oldest, waiting.held_back, now)
        if ruling.hold_until is not None:
            self._hold_back(waiting, now, ruling.hold_until)
            return None
        token, lease_until = uuid.uuid4().hex, now + gateway.timeout + LEASE_BEYOND_TIMEOUT
        claimed = outbox.claim(waiting.id, token, now, lease_until)
        if claimed is None or not ruling.digest:
            return claimed
        companions = (outbox.claim(one, token, now, lease_until) for one in outbox.companions(waiting, now))
        return outbox.bundle(claimed, tuple(one for one in companions if one is not None))

    def _hold_back(self, waiting: Waiting, now: Instant, until: Instant) -> None:
        """Keep what is due for this address for a digest; each incident's timeline says so once."""
        who = name_of(waiting.recipient, self._catalog())
        for incident_id in self.store.outbox.hold_back(waiting.recipient, waiting.gateway, now, until):
            text = f"held back by [limits]: {who} by {waiting.gateway}, for a digest in {show_about(until - now)}"
            entry = Entry(now, EntryKind.HELD, text, None, {"until": until, "recipient": waiting.recipient})
            self.store.situations.append(incident_id, entry)

    def _envelope(self, claimed: Claimed, gateway: Gateway, now: Instant) -> Envelope | Outcome:
        """The message and the URL with its secrets, looked up now; or the outcome, where there can be no attempt."""
        from escalate_cli.config.secrets import BadReference, MissingSecret, expand

        notification = claimed.notification
        if not gateway.url:
            return Outcome(OutcomeKind.PERMANENT, f"gateway {gateway.id} is not in the configuration")
        try:
            expanded = expand(gateway.url, self._address(notification), self._environ)
        except MissingSecret as problem:
            return Outcome(OutcomeKind.TEMPORARY, problem.message)
        except BadReference as problem:
            return Outcome(OutcomeKind.PERMANENT, problem.message)
        message = self._message(claimed, gateway, now)
        return Envelope(expanded.url, expanded.secrets, message.title, message.body, notification.kind.value, gateway.timeout)

    def _address(self, notification: Notification) -> str:
        """The address as the configuration has it now, else as it was when the page was planned."""
        kind, _, identifier = notification.recipient.partition(":")
        catalog = self._catalog()
        known = catalog.people.get(identifier) if kind == "person" else catalog.channels.get(identifier)
        return (known.contact.get(notification.gateway) if known else None) or notification.address

    def _message(self, claimed: Claimed, gateway: Gateway, now: Instant) -> Message:
        short = gateway.text is TextForm.SHORT
        if claimed.also:
            everything = (claimed, *claimed.also)
            incidents = self.store.situations.incidents(tuple({one.incident_id for one in everything}))
            return digest(
                incidents,
                len(everything),
                self._catalog().limits.per,
                short=short,
                unsure=any(one.notification.unsure for one in everything),
            )
        situation = self.store.situations.load(claimed.incident_id)
        try:
            if situation is None:
                raise LookupError
            return compose(claimed.notification, situation, self._catalog(), now, short=short)
        except Exception:  # a page with a plain text is better than none
            return _plain(claimed, situation, short=short)

    def _record_ended(self, tally: Tally) -> int:
        """Record every outcome that is known, in one transaction; how many. What cannot be recorded now is kept, not forgotten."""
        if not self._ended:
            return 0
        self._reach("ended")
        now = self.clock.now()
        known = [one for ticket, outcome in self._ended if ticket in self._underway for one in self._known(ticket, outcome, now)]
        self._store_outcomes(known, now, tally)
        settled, self._ended = self._ended, []
        return sum(1 for ticket, _ in settled if self._underway.pop(ticket, None) is not None)

    def _known(self, ticket: int, outcome: Outcome, now: Instant) -> list[_Known]:
        underway = self._underway[ticket]
        together = (underway.claimed, *underway.claimed.also)
        return [
            _Known(one, outcome, after(one.notification.attempts, underway.gateway.attempts, outcome, now), len(together))
            for one in together
        ]

    def _store_outcomes(self, known: list[_Known], now: Instant, tally: Tally) -> None:
        if not known:
            return
        try:
            with self.store.transaction():
                settled = [(one, self._store_outcome(one, now)) for one in known]
                self._reach("recording")
        except DatabaseProblem as problem:
            if problem.code != FULL:
                raise
            # What was sent must not be sent again: changing a row in place needs no room, a timeline entry would.
            with self.store.transaction():
                for one in known:
                    self.store.outbox.record(one.claimed, one.outcome.kind, one.outcome.detail, one.verdict, now)
            raise
        self._reach("recorded")
        for one, entry in settled:
            if entry is not None:
                tally.count(one, entry)

    def _store_outcome(self, known: _Known, now: Instant) -> tuple[NotificationStatus, Entry] | None:
        """Record one outcome with its timeline entry; None when the claim was lost to another process meanwhile."""
        status = self.store.outbox.record(known.claimed, known.outcome.kind, known.outcome.detail, known.verdict, now)
        if status is None:
            return None
        entry = self._entry(known, status, now)
        self.store.situations.append(known.claimed.incident_id, entry)
        return status, entry

    def _entry(self, known: _Known, status: NotificationStatus, now: Instant) -> Entry:
        notification, verdict = known.claimed.notification, known.verdict
        who = f"{notification.kind.value} to {name_of(notification.recipient, self._catalog())} by {notification.gateway}"
        if known.together > 1:
            who += f", in a digest of {known.together}"
        text, kind = {
            NotificationStatus.SENT: (f"{who}: sent", EntryKind.SENT),
            NotificationStatus.RETRYING: (f"{who}: {verdict.reason}", EntryKind.RETRYING),
            NotificationStatus.FAILED: (f"{who}: {verdict.reason}", EntryKind.FAILED),
        }.get(status, (f"{who}: no longer needed ({verdict.reason})", EntryKind.CANCELLED))
        data = {
            "notification": notification.id,
            "recipient": notification.recipient,
            "gateway": notification.gateway,
            "attempt": notification.attempts,
        }
        return Entry(now, kind, text, None, data)

    def foresee(self, now: Instant) -> list[tuple[int, Plan]]:
        """What a pass at `now` would do, incident by incident; nothing is stored or sent."""
        found = []
        for incident in self.store.situations.listed(running_only=True, status=None, limit=None):
            situation = self.store.situations.load(incident.id)
            if situation is not None:
                found.append((incident.id, plan(situation, self._catalog(), now)))
        return found


def _plain(claimed: Claimed, situation: Situation | None, *, short: bool) -> Message:
    title = printable(situation.incident.title) if situation else "an incident"
    repeat = "(repeat) " if claimed.notification.unsure else ""
    text = f"{repeat}#{claimed.incident_id} {clip(title, 100)} - escalate ack {claimed.incident_id}"
    return Message("" if short else text, text if short else f"{text}\n\n{printable(claimed.notification.because)}\n")


def idle_until(next_due_at: Instant | None, now: Instant, interval: Span) -> Span:
    """How long a watch may rest: until something is due, at most its interval."""
    if next_due_at is None:
        return interval
    return max(min(next_due_at - now, interval), 0)


def _with_team(entry: Entry) -> str:
    """An entry's text, with its team where the text does not name it."""
    team = entry.data.get("team")
    return f"{team}: {entry.text}" if team and str(team) not in entry.text else entry.text
