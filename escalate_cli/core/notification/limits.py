"""`[limits]`: how many messages a person gets through one gateway in a while, and when the rest
comes as one digest.

The last message that the limit allows is kept for a digest. So what exceeds the limit need not wait
until the limit's time is over: the digest gathers for a short while and then goes. Whatever comes
after it waits until the oldest message no longer counts.

Pages have the limit to themselves. Informs, ends and nudges use up none of it; they have what pages
leave.

What matters most is never held back: a page goes at once if it is more severe than every page that
has reached the person that way within the limit's time. It does not take the digest's place.
Further pages of the same severity wait for a digest too, but only for seconds: until a digest has
told of something as severe, there is always another one. So beyond the limit a person gets at most
one page and one digest of each severity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import NamedTuple

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.incident.situation import Notification, NotificationKind
from escalate_cli.core.organisation.catalog import Catalog, Limits
from escalate_cli.core.organisation.recipient import Recipient

GATHERS_WHAT_IS_GRAVER = 30 * SECOND
"""a digest gathers at most this long when it has something graver to tell than was told before"""


class Ruling(msgspec.Struct, frozen=True):
    """What becomes of a message that is due: it waits until `hold_until`, or it goes, either alone
    or in a digest with everything that waits.
    """

    hold_until: Instant | None = None
    digest: bool = False


GOES_ALONE = Ruling()


class PageTold(NamedTuple):
    """A page that has reached a person, or is under way: how severe its incident was, and whether
    it led a digest.
    """

    severity: str
    in_digest: bool


class Window(msgspec.Struct, frozen=True):
    """What has reached one address within the limit's time, or is under way to it: how many
    messages, and when the oldest went.

    The pages among them (`told`), and whether a digest that gathers for this address is due
    (`digest_is_due`), are asked for only where they matter.
    """

    used: int
    oldest: Instant | None
    told: Callable[[], Iterable[PageTold]] = tuple
    digest_is_due: Callable[[], bool] = bool


class DueMessage(msgspec.Struct, frozen=True):
    """What is to be judged; `held_back`: it has waited before."""

    kind: NotificationKind
    severity: str
    held_back: bool


class Precedence(Enum):
    """What becomes of a message that exceeds the limit."""

    WAITS = "until the limit's time is over"
    GATHERED = "a digest has its place yet, after the usual while"
    GATHERED_SOON = "in a digest within seconds"
    AT_ONCE = "by itself, at once"


def is_limited(recipient: Recipient, kind: NotificationKind) -> bool:
    """Only people are spared. A question that waits for an answer cannot go into a digest."""
    return recipient.is_person and kind is not NotificationKind.NUDGE


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
    """Whether `other`, which is due to the same address, has to wait too. Held back is a message of
    the kind `held` about an incident of `severity`. A page does not wait because of an inform,
    nor a graver page because of a lesser one.
    """
    if other is NotificationKind.NUDGE or not uses_up(held, other):
        return False
    graver = catalog.severity(other_severity).rank > catalog.severity(severity).rank
    return other is not NotificationKind.PAGE or not graver


def matters_most(severity: str, told: Iterable[PageTold], catalog: Catalog) -> bool:
    """Whether a page of this severity is graver than each of those that the person was paged with."""
    rank = catalog.severity(severity).rank
    return all(rank > catalog.severity(page.severity).rank for page in told)


def precedence(severity: str, told: Sequence[PageTold], catalog: Catalog) -> Precedence:
    """What a page of this severity may have beyond the limit, given what the person was paged with
    within the limit's time.
    """
    if matters_most(severity, told, catalog):
        return Precedence.AT_ONCE
    digests = [page for page in told if page.in_digest]
    if not matters_most(severity, digests, catalog):
        return Precedence.WAITS
    rank = catalog.severity(severity).rank
    if any(rank > catalog.severity(page.severity).rank for page in told):
        return Precedence.GATHERED_SOON
    return Precedence.GATHERED if _gathers(catalog.limits) else Precedence.WAITS


def ruling_on(due: DueMessage, window: Window, catalog: Catalog, now: Instant) -> Ruling:
    """What becomes of a message that is due at `now`."""
    limits = catalog.limits
    full = window.used >= limits.messages
    if not full and due.held_back:
        return Ruling(digest=True)
    if not full and (window.used < limits.messages - 1 or not _gathers(limits)):
        return GOES_ALONE
    is_page = due.kind is NotificationKind.PAGE
    claim = precedence(due.severity, tuple(window.told()), catalog) if is_page else Precedence.WAITS
    if claim is Precedence.AT_ONCE:
        return Ruling(digest=due.held_back)
    if full and claim is Precedence.WAITS:
        return Ruling(hold_until=(now if window.oldest is None else window.oldest) + limits.per)
    if due.held_back or window.digest_is_due():
        return Ruling(digest=True)
    return Ruling(hold_until=now + _while(limits, claim))


def _gathers(limits: Limits) -> bool:
    """Whether the last message is kept for a digest. A limit of one or two has none to spare."""
    return limits.messages > 2


def _while(limits: Limits, claim: Precedence) -> Span:
    """How long a digest gathers."""
    usual = limits.per // limits.messages
    return min(usual, GATHERS_WHAT_IS_GRAVER) if claim is Precedence.GATHERED_SOON else usual
