"""What follows from one try to deliver a notification: sent, tried again at a later time, or given up."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span, show_duration

if TYPE_CHECKING:
    from escalate_cli.core.incident.situation import NotificationStatus

RETRY_WAITS: tuple[Span, ...] = (15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE)
"""How long to wait after the first, second, third and every further failed attempt (promise 14)."""

LONGEST_RETRY_AFTER: Span = 15 * MINUTE
"""A provider may ask for more patience than `RETRY_WAITS`, but a page is not left lying longer than this."""


class OutcomeKind(str, Enum):
    """How one attempt ended, judged by what happened on the wire."""

    SENT = "sent"
    """the provider took the message"""
    TEMPORARY = "temporary"
    """it did not, and may do so later: refused, 5xx, 429, SMTP 4xx, no answer before anything was sent"""
    PERMANENT = "permanent"
    """it never will as things are: 401, 404, SMTP 5xx, an address or URL that means nothing"""
    UNKNOWN = "unknown"
    """nobody can tell, so it may have arrived: no answer after the message was sent, the sending
    process died
    """


class Outcome(msgspec.Struct, frozen=True):
    """How one attempt ended. `detail` is one line without secrets; `retry_after` is what the
    provider asked for, in microseconds.

    `local`: nothing left this machine, and what kept it back is the process's own surroundings (its
    proxy variables, its libraries, a secret that it does not have). Another process may have sound
    ones, so such an attempt never is a reason to give up.

    `external_id` is the provider's id of the message, by which an answer may name it: at most 200
    printable characters; None where it gave none.
    """

    kind: OutcomeKind
    detail: str
    retry_after: Span | None = None
    local: bool = False
    external_id: str | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of the notification: its status, when the next attempt may begin (RETRYING
    only), and why.
    """

    status: NotificationStatus
    due_at: Instant | None
    reason: str


def after(attempts_made: int, attempts_allowed: int, outcome: Outcome, now: Instant) -> Verdict:
    """What follows when attempt number `attempts_made` (from 1) ended with `outcome` at `now`.

    Sent is sent; a permanent failure is final at once; anything else is tried again after
    `RETRY_WAITS`, or later if the provider asks for it, until `attempts_allowed` attempts were
    made. What is local is tried again for as long as it is needed.
    """
    # Here, because the process that delivers knows outcomes only, and the model would cost it 30 ms on the
    # way to the first page.
    from escalate_cli.core.incident.situation import NotificationStatus

    if outcome.kind is OutcomeKind.SENT:
        return Verdict(NotificationStatus.SENT, None, outcome.detail)
    if outcome.kind is OutcomeKind.PERMANENT:
        return Verdict(NotificationStatus.FAILED, None, f"failed for good: {outcome.detail}")
    if attempts_made >= attempts_allowed and not outcome.local:
        attempts = f"{attempts_made} attempt" if attempts_made == 1 else f"{attempts_made} attempts"
        return Verdict(NotificationStatus.FAILED, None, f"given up after {attempts}: {outcome.detail}")
    wait = RETRY_WAITS[min(max(attempts_made, 1), len(RETRY_WAITS)) - 1]
    if outcome.retry_after is not None:
        wait = max(wait, min(outcome.retry_after, LONGEST_RETRY_AFTER))
    of = "" if outcome.local else f" of {attempts_allowed}"
    reason = f"{outcome.detail}; attempt {attempts_made + 1}{of} in {show_duration(wait)}"
    return Verdict(NotificationStatus.RETRYING, now + wait, reason)
