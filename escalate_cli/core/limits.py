"""`[limits]`: how many messages a person gets through one gateway in a while, and when the rest comes as one digest.

The last message that the limit allows is kept for a digest, so that news of what exceeds it does not wait until the limit's time is
over: it gathers what comes for a short while. Whatever comes after it waits until the oldest message no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from escalate_cli.core.catalog import Limits
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import Notification, NotificationKind


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a message that is due: it waits until then (`hold_until`), or goes; in a digest with all that waits, or alone."""

    hold_until: Instant | None = None
    digest: bool = False


def is_limited(recipient: str, kind: NotificationKind) -> bool:
    """Only people are spared, and a question that waits for an answer cannot go into a digest."""
    return recipient.startswith("person:") and kind is not NotificationKind.NUDGE


def concerns(notification: Notification) -> bool:
    """Whether `[limits]` apply to this notification."""
    return is_limited(notification.recipient, notification.kind)


def judge(limits: Limits, used: int, oldest: Instant | None, held: bool, now: Instant) -> Ruling:
    """What becomes of a message due at `now`, when `used` messages count against the limit, the oldest sent at `oldest`.

    `held`: it has waited before. A limit of one or two messages has none to spare for gathering.
    """
    if used >= limits.messages:
        return Ruling(hold_until=(now if oldest is None else oldest) + limits.per)
    if held:
        return Ruling(digest=True)
    if used == limits.messages - 1 and limits.messages > 2:
        return Ruling(hold_until=now + limits.per // limits.messages)
    return Ruling()
