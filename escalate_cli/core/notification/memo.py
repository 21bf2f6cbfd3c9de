"""A memo: a message that belongs to no incident, such as who takes over a turn. It asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, MINUTE, SECOND, Instant, Span
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, after
from escalate_cli.core.notification.targets import contacts
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.recipient import Recipient

LEASE_BEYOND_TIMEOUT_OF_MEMO = 15 * SECOND
"""a claim outlives the hard limit of its attempt by this much"""
_LONGEST_WAIT = 30 * MINUTE
"""between two attempts, and of a claim: what waits longer was planned before the clock was set back"""


class Memo(msgspec.Struct, frozen=True):
    """One memo to one address through one gateway. `due_at` is when the next attempt may begin;
    `lease_until` when a claim of `token` ends; `attempts` counts those that were begun. After `until`
    it is no news any more."""

    id: str
    recipient: Recipient
    gateway: str
    address: str
    title: str
    text: str
    due_at: Instant
    until: Instant
    attempts: int = 0
    token: str | None = None
    lease_until: Instant | None = None
    unsure: bool = False
    """an earlier attempt may have arrived"""
    most: int = 0
    """at most so many attempts; 0: as many as its gateway makes"""
    answers: str = ""
    """the provider's id of the message that it answers; "" where it answers none"""

    def waits(self, now: Instant) -> bool:
        """Whether an attempt may begin now: it is due, and nobody has it under way."""
        held = self.lease_until is not None and now < self.lease_until <= now + _LONGEST_WAIT
        return not held and not now < self.due_at <= now + _LONGEST_WAIT

    def claimed(self, token: str, now: Instant, timeout: Span) -> Memo:
        """The same with one more attempt begun."""
        lease_until = now + timeout + LEASE_BEYOND_TIMEOUT_OF_MEMO
        return replace(
            self,
            attempts=self.attempts + 1,
            token=token,
            lease_until=lease_until,
            unsure=self.unsure or self.token is not None,  # whoever had it has died with it
        )

    def ended(self, outcome: Outcome, allowed: int, now: Instant) -> tuple[Memo | None, str]:
        """What is left to do after an attempt, and why; None where nothing is: it was sent or given up."""
        verdict = after(self.attempts, allowed, outcome, now)
        if verdict.due_at is None:
            return None, verdict.reason
        unsure = self.unsure or outcome.kind is OutcomeKind.UNKNOWN
        left = replace(self, due_at=verdict.due_at, token=None, lease_until=None, unsure=unsure)
        return left, verdict.reason


def memos_to(
    recipient: Recipient, title: str, text: str, catalog: Catalog, now: Instant, ids: Iterator[str]
) -> list[Memo]:
    """A memo for each address that this recipient has for low urgency and that is to be used at once;
    none where there is none. `ids` are fresh ones."""
    ways = [way for way in contacts(recipient, Urgency.LOW, catalog) if way.after == 0]
    return [
        Memo(next(ids), recipient, way.gateway, way.address, title, text, due_at=now, until=now + DAY)
        for way in ways
    ]
