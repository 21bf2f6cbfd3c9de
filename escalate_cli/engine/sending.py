"""Sending what is claimed, and taking in how it ended. No transaction is open while anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.catalog import Gateway
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.engine.envelopes import envelope
from escalate_cli.engine.memos import MemoAttempts
from escalate_cli.engine.recording import AttemptEnd, record, what_follows
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.outbox import Claim
from escalate_cli.store.sqlite.failures import LOCKED

SLOW_AFTER = 2 * SECOND


class AttemptSender(Protocol):
    """What is needed of a sender; `delivery.sender.Sender` is the real one."""

    @property
    def running(self) -> int: ...
    def warm(self) -> None: ...
    def begin(self, ticket: int, envelope: Envelope) -> None: ...
    def outcomes(self, timeout: float) -> list[tuple[int, Outcome]]: ...


class _Attempt(msgspec.Struct):
    claimed: Claim
    gateway: Gateway
    began_at: float

    @property
    def together(self) -> tuple[Claim, ...]:
        """All that go out in this message."""
        return (self.claimed, *self.claimed.also)

    def ended(self, outcome: Outcome, now: Instant) -> list[AttemptEnd]:
        """What this outcome is for each of them."""
        several = any(claimed.incident_id != self.claimed.incident_id for claimed in self.together)
        return [
            AttemptEnd(
                claimed,
                outcome,
                what_follows(claimed.notification.attempts, self.gateway.attempts, outcome, now),
                self.claimed.notification.id,
                digest_of=len(self.together) if several else 0,
                beside_another=claimed is not self.claimed and not several,
            )
            for claimed in self.together
        ]


class Attempts:
    """The attempts of this process that are under way, by ticket, until they are on record."""

    def __init__(self, bench: Workbench, sender: AttemptSender, memos: MemoAttempts) -> None:
        self._bench = bench
        self._sender = sender
        self._memos = memos
        self._underway: dict[int, _Attempt] = {}
        self._outcomes: list[tuple[int, Outcome]] = []
        """how attempts ended that are not on record yet"""

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way, or has ended and is not recorded."""
        return bool(self._underway) or self._memos.busy

    @property
    def tokens(self) -> set[str]:
        """The claims that are held here."""
        return {attempt.claimed.token for attempt in self._underway.values()}

    def by_gateway(self) -> Counter[str]:
        """How many are under way through each gateway."""
        return Counter(attempt.gateway.id for attempt in self._underway.values())

    def quick(self) -> int:
        """How many are under way and have not become slow."""
        moment = self._bench.clock.monotonic()
        return sum(moment - attempt.began_at < SLOW_AFTER / SECOND for attempt in self._underway.values())

    def send(self, claimed: Claim, now: Instant) -> None:
        """Hand it to the sender. Claimed is claimed: whatever happens now is an outcome, and stops
        no other message.
        """
        # the ticket is of the attempt: after a leap of the clock two of one notification may be under way
        ticket, gateway = claimed.attempt_id, self._bench.gateway(claimed.notification.gateway)
        self._underway[ticket] = _Attempt(claimed, gateway, self._bench.clock.monotonic())
        try:
            outcome = self._begin(ticket, claimed, gateway, now)
        except Exception as problem:
            text = f"the message could not be made ({type(problem).__name__}); nothing was sent"
            self._bench.report.trouble(
                f"incident {claimed.incident_id}: to {claimed.notification.recipient}: {text}"
            )
            outcome = Outcome(OutcomeKind.TEMPORARY, text)
        if outcome is None:
            self._bench.reach("begun")
        else:
            self._outcomes.append((ticket, outcome))

    def _begin(self, ticket: int, claimed: Claim, gateway: Gateway, now: Instant) -> Outcome | None:
        """Begin the attempt; the outcome where there can be none."""
        made = envelope(self._bench, claimed, gateway, now)
        if isinstance(made, Outcome):
            return made
        self._sender.begin(ticket, replace(made, look=self._bench.store.outbox.last_look(claimed)))
        return None

    def take_in(self, patience: float) -> int:
        """Wait up to `patience` seconds for an attempt to end, and record what has ended; how many."""
        memos = self._hear(patience) if self.busy else 0
        return self.record_ended() + memos

    def _hear(self, patience: float) -> int:
        """Wait up to `patience` seconds for an attempt to end; how many memos have."""
        outcomes = self._sender.outcomes(patience)
        self._outcomes += [(ticket, outcome) for ticket, outcome in outcomes if ticket >= 0]
        return self._memos.take_in([(ticket, outcome) for ticket, outcome in outcomes if ticket < 0])

    def record_ended(self) -> int:
        """Record every outcome that is known, in one transaction; how many. What cannot be recorded
        now is kept, not forgotten.
        """
        if not self._outcomes:
            return 0
        self._bench.reach("ended")
        now = self._bench.clock.now()
        ended = [
            end
            for ticket, outcome in self._outcomes
            if ticket in self._underway
            for end in self._underway[ticket].ended(outcome, now)
        ]
        record(ended, self._bench, now)
        settled, self._outcomes = self._outcomes, []
        return sum(self._underway.pop(ticket, None) is not None for ticket, _ in settled)

    def finish(self, alive: Callable[[], object]) -> None:
        """Take in what is under way, and begin nothing more; `alive` is called now and then meanwhile.

        A locked database is waited for until the last claim's lease is over: up to then nobody else
        sends what was sent here. What still cannot be recorded is kept, and recorded at the next
        pass of this process, if there is one.
        """
        while self.busy:
            alive()
            if self._sender.running:
                self._hear(0.5)
            else:
                self._memos.forsake()
            try:
                self.record_ended()
            except DatabaseProblem as problem:
                if self._sender.running:
                    continue
                if problem.code != LOCKED or self._bench.clock.now() >= self._leased_until():
                    raise

    def _leased_until(self) -> Instant:
        return max((attempt.claimed.lease_until for attempt in self._underway.values()), default=0)
