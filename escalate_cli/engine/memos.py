"""Memos on their way: claimed, sent and recorded beside the pages, with which they share the sender."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from escalate_cli.config.secrets import BadReference, MissingSecret, expand
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.messages.message import Message
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.notification.memo import Memo
from escalate_cli.core.organisation.catalog import Gateway, TextForm
from escalate_cli.core.wording.fitting import Text, may_cut
from escalate_cli.delivery.envelope import AnswerMarks, Envelope
from escalate_cli.engine.envelopes import sealed
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import EscalateError

AT_ONCE = 8
"""memos under way at a time: pages come first"""


class MemoAttempts:
    """The memos of this process that are under way. Their tickets are below zero: those of pages are
    above."""

    def __init__(self, bench: Workbench, begin: Callable[[int, Envelope], object]) -> None:
        self._bench = bench
        self._hand_over = begin
        self._underway: dict[int, Memo] = {}
        self._next_ticket = -1
        self.sent: list[Memo] = []
        self.failed: list[tuple[Memo, str]] = []
        """those that were not taken, and why: given up, or to be tried again"""

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""
        return bool(self._underway)

    def send_due(self, now: Instant) -> int:
        """Claim what is due and begin it; how many. Whatever fails, no page waits for it."""
        try:
            return self._send_due(now)
        except EscalateError:
            raise
        except Exception as problem:
            self._bench.report.trouble(f"memos could not be sent ({words_of(problem)})")
            return 0

    def _send_due(self, now: Instant) -> int:
        store = self._bench.store
        due = [memo for memo in store.memos.all() if memo.waits(now)][: max(AT_ONCE - len(self._underway), 0)]
        claims = [claimed for memo in due if (claimed := self._claim(memo, now)) is not None]
        for memo in claims:
            self._begin(memo)
        return len(claims)

    def _claim(self, waiting: Memo, now: Instant) -> Memo | None:
        """Claim one, as far as it still waits."""
        store = self._bench.store
        with store.transaction():
            memo = store.memos.find(waiting.id)
            if memo is None or not memo.waits(now):
                return None
            gateway = self._bench.gateway(memo.gateway)
            if now >= memo.until or memo.attempts >= _allowed(memo, gateway):
                store.memos.forget(memo.id)
                self.failed.append((memo, "given up"))
                self._bench.report.warn(f"a memo to {memo.recipient} by {memo.gateway} was given up")
                return None
            claimed = memo.claimed(uuid.uuid4().hex, now, gateway.timeout)
            store.memos.keep(claimed)
        return claimed

    def _begin(self, memo: Memo) -> None:
        ticket, self._next_ticket = self._next_ticket, self._next_ticket - 1
        self._underway[ticket] = memo
        gateway = self._bench.gateway(memo.gateway)
        try:
            made = _envelope(self._bench, memo, gateway)
            if isinstance(made, Envelope):
                self._hand_over(ticket, made)
                return
        except Exception as problem:  # whatever it is, no page waits for it
            made = Outcome(OutcomeKind.TEMPORARY, f"it could not be written ({type(problem).__name__})")
        self.take_in([(ticket, made)])

    def forsake(self) -> None:
        """Nothing is under way any more: what was not heard of is left to its lease."""
        self._underway.clear()

    def take_in(self, outcomes: Sequence[tuple[int, Outcome]]) -> int:
        """Record how attempts ended; how many of them were memos."""
        ended = [
            (self._underway.pop(ticket), outcome) for ticket, outcome in outcomes if ticket in self._underway
        ]
        for memo, outcome in ended:
            try:
                self._record(memo, outcome)
            except EscalateError:
                raise
            except Exception as problem:  # after its lease it is sent again, and says so
                self._bench.report.trouble(f"how a memo ended could not be recorded ({words_of(problem)})")
        return len(ended)

    def _record(self, memo: Memo, outcome: Outcome) -> None:
        store, now = self._bench.store, self._bench.clock.now()
        left, reason = memo.ended(outcome, _allowed(memo, self._bench.gateway(memo.gateway)), now)
        with store.transaction():
            known = store.memos.find(memo.id)
            if known is None or known.token != memo.token:
                return  # another process has it meanwhile
            if left is None:
                store.memos.forget(memo.id)
            else:
                store.memos.keep(left)
        if outcome.kind is OutcomeKind.SENT:
            self.sent.append(memo)
            return
        self.failed.append((memo, reason))
        if left is None:
            self._bench.report.warn(f"a memo to {memo.recipient} by {memo.gateway}: {reason}")


def _allowed(memo: Memo, gateway: Gateway) -> int:
    return min(memo.most or gateway.attempts, gateway.attempts)


def _envelope(bench: Workbench, memo: Memo, gateway: Gateway) -> Envelope | Outcome:
    """The message and where it goes; or the outcome, where there can be no attempt."""
    if not gateway.url:
        return Outcome(OutcomeKind.PERMANENT, f"gateway {gateway.id} is not in the configuration")
    try:
        expanded = expand(gateway.url, memo.address, bench.environ)
    except MissingSecret as problem:
        return Outcome(OutcomeKind.TEMPORARY, problem.message, local=True)
    except BadReference as problem:
        return Outcome(OutcomeKind.PERMANENT, problem.message)
    repeat = "(repeat) " if memo.unsure else ""
    short = Message("", one_sms(Text(repeat) + may_cut(words(memo.text), 1)).text)
    full = Message(f"{repeat}{memo.title}", f"{memo.text}\n")
    message = short if gateway.text is TextForm.SHORT else full
    made = sealed(gateway, expanded, message, short, NotificationKind.INFORM)
    return replace(made, marks=AnswerMarks(answers=memo.answers)) if memo.answers else made
