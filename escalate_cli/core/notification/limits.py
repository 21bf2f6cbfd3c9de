"""`[limits]`: how many messages a person gets through one gateway in a while, and when the rest
comes as one digest.

The last message that the limit allows is kept for a digest, so that news of what exceeds it does
not wait until the limit's time is over: it gathers what comes for a short while. Whatever comes
after it waits until the oldest message no longer counts.

Pages have the limit to themselves: informs, ends and nudges use up none of it. These have what
pages leave. And what matters most is never held back: a page more severe than every page that has
reached the person that way within the limit's time goes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Notification, NotificationKind
from escalate_cli.core.organisation.catalog import Catalog, Limits


class Ruling(msgspec.Struct, frozen=True):
    """What becomes of a message that is due: it waits until then (`hold_until`), or goes; in a
    digest with all that waits, or alone.
    """

    hold_until: Instant | None = None
    digest: bool = False


GOES_ALONE = Ruling()


def is_limited(recipient: str, kind: NotificationKind) -> bool:
    """Only people are spared, and a question that waits for an answer cannot go into a digest."""
    return recipient.startswith("person:") and kind is not NotificationKind.NUDGE


def concerns(notification: Notification) -> bool:
    """Whether `[limits]` apply to this notification."""
    return is_limited(notification.recipient, notification.kind)


def uses_up(sent: NotificationKind, due: NotificationKind) -> bool:
    """Whether a message of the kind `sent` counts against the limit for one of the kind `due`: only
    pages do for a page.
    """
    return sent is NotificationKind.PAGE or due is not NotificationKind.PAGE


def waits_as_well(
    other: NotificationKind, other_severity: str, held: NotificationKind, severity: str, catalog: Catalog
) -> bool:
    """Whether what is due to the same address (`other`) waits, too, when a message of the kind
    `held` about an incident of `severity` is held back: a page does not wait because an inform
    does, nor a graver one because a lesser one does."""
    if other is NotificationKind.NUDGE or not uses_up(held, other):
        return False
    graver = catalog.severity(other_severity).rank > catalog.severity(severity).rank
    return other is not NotificationKind.PAGE or not graver


def matters_most(severity: str, told: Iterable[str], catalog: Catalog) -> bool:
    """Whether a page of this severity is graver than each of those that the person was paged with."""
    rank = catalog.severity(severity).rank
    return all(rank > catalog.severity(one).rank for one in told)


def judge(
    limits: Limits,
    used: int,
    oldest: Instant | None,
    held: bool,
    now: Instant,
    spared: Callable[[], bool] = lambda: False,
) -> Ruling:
    """What becomes of a message due at `now`, when `used` messages count against the limit, the
    oldest sent at `oldest`.

    `held`: it has waited before. `spared` is asked only where it would have to wait: whether it
    matters most. A limit of one or two messages has none to spare for gathering.
    """
    if used >= limits.messages:
        until = (now if oldest is None else oldest) + limits.per
    elif held:
        return Ruling(digest=True)
    elif used == limits.messages - 1 and limits.messages > 2:
        until = now + limits.per // limits.messages
    else:
        return GOES_ALONE
    return GOES_ALONE if spared() else Ruling(hold_until=until)
