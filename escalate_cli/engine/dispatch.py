"""Sending what is due: claim → commit → hand to the sender → take in how it ended → record; and
what a dead sender left behind.

No transaction is open while anything is sent.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.events import HeldBack
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus, entry_of
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, Verdict
from escalate_cli.core.notification.limits import (
    GOES_ALONE,
    DueMessage,
    Ruling,
    Window,
    is_limited,
    judge,
    waits_as_well,
)
from escalate_cli.core.notification.together import goes_with, leader_first
from escalate_cli.core.organisation.catalog import Catalog, Gateway
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.engine.envelopes import envelope
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.recording import Ended, record, what_follows
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.failpoints import Failpoints
from escalate_cli.store.outbox import Claimed, Unreadable, Waiting
from escalate_cli.store.remembered_troubles import put_off
from escalate_cli.store.sqlite.failures import LOCKED
from escalate_cli.store.store import Store

PARALLEL = 8
"""attempts that run side by side; those that have become slow do not count, so that a hanging
provider delays nobody else
"""
SLOW_AFTER = 2 * SECOND
MOST_OF_ONE_GATEWAY = 16
"""attempts through one gateway at a time, so that one that hangs leaves the places to the others"""
MOST_CHILDREN = 256
"""at a time; with more gateways than would fill it each has its share"""
LEASE_BEYOND_TIMEOUT = 15 * SECOND
"""a claim outlives the hard limit of its attempt by this much before another process may take it over"""
_BATCH = 200
_LOOK_AGAIN_SECONDS = 2.0
"""how old the list of what is due may grow while slow providers are worked through: what came due
meanwhile may be quick
"""


class Sending(Protocol):
    """What is needed of a sender; `delivery.sender.Sender` is the real one."""

    @property
    def running(self) -> int: ...
    def warm(self) -> None: ...
    def begin(self, ticket: int, envelope: Envelope) -> None: ...
    def outcomes(self, timeout: float) -> list[tuple[int, Outcome]]: ...


class _Underway(msgspec.Struct):
    claimed: Claimed
    gateway: Gateway
    began_at: float


class Dispatch:
    """The attempts of this process, from the claim to the record. `catalog` is asked anew each
    time: it may have been repaired.
    """

    def __init__(
        self,
        store: Store,
        catalog: Callable[[], Catalog],
        sender: Sending,
        clock: Clock,
        environ: Mapping[str, str],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._sender = sender
        self._clock = clock
        self._environ = environ
        self._reach = Failpoints(environ).reach
        self._underway: dict[int, _Underway] = {}
        self._ended: list[tuple[int, Outcome]] = []
        self._queue: list[Waiting] = []
        self._looked_at = 0.0

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way, or has ended and is not recorded."""
        return bool(self._underway)

    def use(self, store: Store) -> None:
        """Claim from here on, and record, in the database as it was opened anew."""
        self._store = store
        self.look_again()

    def look_again(self) -> None:
        """Something new may be due: the list is read again before the next claim."""
        self._queue.clear()

    # ── claiming and handing over ──────────────────────────────────────────────────────

    def start(self, now: Instant, report: PassReport, incident_id: int | None) -> int:
        """Claim and begin attempts while there is room. The least busy gateway comes first: nine
        dead ones do not hold up a tenth.
        """
        started = 0
        offered: set[int] = set()
        while True:
            if not self._queue or self._clock.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
                severities = [severity.id for severity in self._catalog().severities]
                waiting = self._store.outbox.waiting(now, _BATCH, incident_id, severities)
                # what could not be claimed a moment ago is no work
                self._queue = [one for one in waiting if one.id not in offered]
                self._looked_at = self._clock.monotonic()
            picked = self._pick()
            if not picked:
                break
            offered |= {one.id for one in picked}
            started += self._begin(picked, now, report)
        return started

    def _pick(self) -> list[Waiting]:
        """Take what may begin now out of the queue, each time the first of the gateway that is least busy.

        A gateway with nothing under way always has a place; one with more has one while few
        attempts are quick, and up to its share.
        """
        busy = Counter(one.gateway.id for one in self._underway.values())
        room = self._room()
        share = max(min(MOST_OF_ONE_GATEWAY, MOST_CHILDREN // max(len(self._catalog().gateways), 1)), 1)
        picked: list[Waiting] = []
        while self._queue:
            best = min(range(len(self._queue)), key=lambda index: (busy[self._queue[index].gateway], index))
            gateway = self._queue[best].gateway
            if busy[gateway] >= share or (busy[gateway] and len(picked) >= room):
                break
            picked.append(self._queue.pop(best))
            busy[gateway] += 1
        return picked

    def _room(self) -> int:
        """How many more attempts may begin beside those that are under way and have not become slow."""
        moment = self._clock.monotonic()
        quick = sum(1 for one in self._underway.values() if moment - one.began_at < SLOW_AFTER / SECOND)
        return max(PARALLEL - quick, 0)

    def _begin(self, picked: list[Waiting], now: Instant, report: PassReport) -> int:
        """Claim these in one transaction and hand them to the sender at once; how many were begun."""
        wanted = [one for one in picked if self._store.outbox.waits(one.id, now)]
        report.unfounded += len(picked) - len(wanted)
        if not wanted:
            return 0
        with self._store.transaction():
            claims = [(self._claim_safely(one, now, report), one.gateway) for one in wanted]
            self._reach("claiming")
        begun = 0
        for claimed, gateway in claims:
            if claimed is not None:
                self._reach("claimed")
                self._hand_over(claimed, self._gateway(gateway), now, report)
                begun += 1
        self.record_ended(report)
        return begun

    def _claim_safely(self, waiting: Waiting, now: Instant, report: PassReport) -> Claimed | None:
        """Claim one; one that cannot be claimed is undone, pushed ahead, and stops none of the
        others in the same transaction.

        Where limits and digests fail, be it for another's record, it goes out by itself: what
        decides about them is no reason for silence.
        """
        met: list[Exception] = []
        for claim in (self._claim, self._claim_alone):
            try:
                with self._store.part():
                    claimed = claim(waiting, self._gateway(waiting.gateway), now)
            except Exception as problem:
                if isinstance(problem, EscalateError) and not isinstance(problem, DamagedRow):
                    raise
                met.append(problem)
            else:
                if met:
                    report.trouble(
                        f"incident {waiting.incident_id}: a message was not weighed against others"
                        f" ({words_of(met[0])})"
                    )
                return claimed
        self._put_off(waiting, met[-1], now, report)
        return None

    def _claim_alone(self, waiting: Waiting, gateway: Gateway, now: Instant) -> Claimed | None:
        return self._store.outbox.claim(
            waiting.id, uuid.uuid4().hex, now, now + gateway.timeout + LEASE_BEYOND_TIMEOUT
        )

    def _put_off(
        self, one: Waiting | Unreadable, problem: Exception, now: Instant, report: PassReport
    ) -> None:
        self._store.outbox.push_ahead(one.id, put_off(self._store.ledger, now))
        if isinstance(problem, DamagedRow):
            report.note_damage(self._store.database.path, one.incident_id, problem)
        else:
            report.trouble(
                f"incident {one.incident_id}: a message could not be taken up ({words_of(problem)}); again in"
                " a minute"
            )

    def _claim(self, waiting: Waiting, gateway: Gateway, now: Instant) -> Claimed | None:
        """Claim one, or a digest of all that were held back for the same address; hold back what
        exceeds `[limits]`.
        """
        outbox = self._store.outbox
        ruling = self._ruling(waiting, now)
        if ruling.hold_until is not None:
            self._hold_back(waiting, now, ruling.hold_until)
            return None
        token, lease_until = uuid.uuid4().hex, now + gateway.timeout + LEASE_BEYOND_TIMEOUT
        first = outbox.claim(waiting.id, token, now, lease_until)
        if first is None:
            return None
        others = outbox.companions(waiting, now) if ruling.digest else self._beside(waiting, now)
        severities = {one.id: one.severity for one in (waiting, *others)}
        found = (first, *(outbox.claim(other.id, token, now, lease_until) for other in others))
        together = {one.notification.id: one for one in found if one is not None}
        rank = self._catalog().severity
        leader, *rest = leader_first(
            (one.notification for one in together.values()), lambda one: rank(severities[one.id]).rank
        )
        with_it = tuple(together[one.id] for one in rest)
        return outbox.bundle(together[leader.id], with_it, digest=ruling.digest)

    def _beside(self, waiting: Waiting, now: Instant) -> list[Waiting]:
        """What else goes out in the same message."""
        return [
            one
            for one in self._store.outbox.beside(waiting, now)
            if goes_with(waiting.kind, one.kind, waiting.recipient)
        ]

    def _ruling(self, waiting: Waiting, now: Instant) -> Ruling:
        """What `[limits]` say to this message."""
        if not is_limited(waiting.recipient, waiting.kind):
            return GOES_ALONE
        catalog, outbox, pages = self._catalog(), self._store.outbox, waiting.kind is NotificationKind.PAGE
        where = (waiting.recipient, waiting.gateway, now - catalog.limits.per, now)
        used, oldest = outbox.used(*where, pages=pages)
        window = Window(
            used,
            oldest,
            told=lambda: outbox.told(*where),
            digest_is_due=lambda: outbox.digest_is_due(waiting, now),
        )
        return judge(DueMessage(waiting.kind, waiting.severity, waiting.held_back), window, catalog, now)

    def _hold_back(self, waiting: Waiting, now: Instant, until: Instant) -> None:
        """Keep what is due for this address for a digest; each incident's timeline says so once."""
        catalog = self._catalog()

        def waits(other: Waiting) -> bool:
            return waits_as_well(other.kind, other.severity, waiting.kind, waiting.severity, catalog)

        for incident_id in self._store.outbox.hold_back(
            waiting.recipient, waiting.gateway, now, until, waits
        ):
            event = HeldBack(recipient=waiting.recipient, gateway=waiting.gateway, until=until)
            self._store.situations.append(incident_id, entry_of(event, now, None, catalog))

    def _hand_over(self, claimed: Claimed, gateway: Gateway, now: Instant, report: PassReport) -> None:
        # of the attempt: after a leap of the clock two of one notification may be under way
        ticket = claimed.attempt_id
        self._underway[ticket] = _Underway(claimed, gateway, self._clock.monotonic())
        try:
            made = envelope(
                claimed, gateway, self._store.situations, self._catalog(), self._environ, now, report.trouble
            )
            if isinstance(made, Envelope):
                self._sender.begin(
                    ticket, msgspec.structs.replace(made, look=self._store.outbox.last_look(claimed))
                )
        # claimed is claimed: whatever happens now is an outcome, and stops no other message
        except Exception as problem:
            text = f"the message could not be made ({type(problem).__name__}); nothing was sent"
            report.trouble(f"incident {claimed.incident_id}: to {claimed.notification.recipient}: {text}")
            made = Outcome(OutcomeKind.TEMPORARY, text)
        if isinstance(made, Outcome):
            self._ended.append((ticket, made))
        else:
            self._reach("begun")

    def _gateway(self, gateway_id: str) -> Gateway:
        found = self._catalog().gateways.get(gateway_id)
        return found or Gateway(gateway_id, "", attempts=1)

    # ── how it ended ───────────────────────────────────────────────────────────────────

    def take_in(self, patience: float, report: PassReport) -> int:
        """Wait up to `patience` seconds for an attempt to end, and record what has ended; how many."""
        if self._underway:
            self._ended += self._sender.outcomes(patience)
        return self.record_ended(report)

    def record_ended(self, report: PassReport) -> int:
        """Record every outcome that is known, in one transaction; how many. What cannot be recorded
        now is kept, not forgotten.
        """
        if not self._ended:
            return 0
        self._reach("ended")
        now = self._clock.now()
        known = [
            one
            for ticket, outcome in self._ended
            if ticket in self._underway
            for one in self._known(ticket, outcome, now)
        ]
        self._record(known, now, report)
        settled, self._ended = self._ended, []
        return sum(1 for ticket, _ in settled if self._underway.pop(ticket, None) is not None)

    def _known(self, ticket: int, outcome: Outcome, now: Instant) -> list[Ended]:
        underway = self._underway[ticket]
        together = (underway.claimed, *underway.claimed.also)
        allowed, leader = underway.gateway.attempts, underway.claimed.notification.id
        several = any(one.incident_id != underway.claimed.incident_id for one in together)
        return [
            Ended(
                one,
                outcome,
                what_follows(one.notification.attempts, allowed, outcome, now),
                leader,
                digest_of=len(together) if several else 0,
                beside_another=one is not underway.claimed and not several,
            )
            for one in together
        ]

    def _record(self, known: list[Ended], now: Instant, report: PassReport) -> None:
        if known:
            record(known, self._store, self._catalog(), now, report, reach=self._reach)

    def finish(self, report: PassReport, alive: Callable[[], object] = lambda: None) -> None:
        """Take in what is under way, and begin nothing more; `alive` is called now and then meanwhile.

        A locked database is waited for until the last claim's lease is over: up to then nobody else
        sends what was sent here. What still cannot be recorded is kept, and recorded at the next
        pass of this process, if there is one.
        """
        while self._underway:
            alive()
            if self._sender.running:
                self._ended += self._sender.outcomes(0.5)
            try:
                self.record_ended(report)
            except DatabaseProblem as problem:
                if self._sender.running:
                    continue
                leased_until = max((one.claimed.lease_until for one in self._underway.values()), default=0)
                if problem.code != LOCKED or self._clock.now() >= leased_until:
                    raise

    # ── what others left behind ────────────────────────────────────────────────────────

    def take_over_abandoned(self, now: Instant, report: PassReport) -> None:
        """Settle what a sender that has died left behind: it may have arrived, so it is repeated,
        and says so.
        """
        seen: set[int] = set()
        while True:
            abandoned, unreadable = self._store.outbox.abandoned(now, _BATCH)
            offered = {one.notification.id for one in abandoned} | {one.id for one in unreadable}
            report.unfounded += len(offered & seen)  # settled a moment ago, and offered again
            if offered <= seen:
                return
            seen |= offered
            if unreadable:
                with self._store.transaction():
                    for one in unreadable:
                        self._put_off(one, one.problem, now, report)
            mine = {one.claimed.token for one in self._underway.values()}
            known = [
                self._outcome_of_abandoned(claimed, now)
                for claimed in abandoned
                if claimed.token not in mine  # the clock leapt: it is under way right here
            ]
            self._record(known, now, report)
            if len(abandoned) + len(unreadable) < _BATCH:
                return

    def _outcome_of_abandoned(self, claimed: Claimed, now: Instant) -> Ended:
        gateway = self._gateway(claimed.notification.gateway)
        outcome = Outcome(
            OutcomeKind.UNKNOWN, "the process that was sending it has died; it may have arrived"
        )
        verdict = what_follows(claimed.notification.attempts, gateway.attempts, outcome, now)
        if verdict.status is NotificationStatus.RETRYING:
            again = claimed.notification.attempts + 1
            verdict = Verdict(
                verdict.status, now, f"{outcome.detail}; attempt {again} of {gateway.attempts} now"
            )
        return Ended(claimed, outcome, verdict, claimed.notification.id)
