"""What people have heard last of who has it, from our own messages: so that whoever believes that somebody
has it hears when that holds no longer, and nobody hears it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events.reasons import NobodyHasIt, OpenAgain, SomebodyHasIt, Taking
from escalate_cli.core.incident.holding import stands_acknowledged
from escalate_cli.core.incident.situation import Escalation, Notification, NotificationKind, Situation
from escalate_cli.core.notification.reached import may_have_arrived
from escalate_cli.core.organisation.recipient import Recipient

_HAVING = (Taking.ACKNOWLEDGED, Taking.IN_PART, Taking.SNOOZED, Taking.TAKEN_OVER)


def who_heard(lapsed: Iterable[Escalation], before: Situation, after: Situation) -> list[Recipient]:
    """Who heard that somebody has what stood acknowledged in `before` and is nobody's `after`, each once.

    Whoever heard of the first taker, and not of who took it over from them, counts: what they heard
    holds no longer either. Not who heard of one who has another part still, nor whoever has heard since
    that it is not so. What was said before it was paged last is of an earlier time.
    """
    still = {
        escalation.acknowledged_by for escalation in after.escalations if stands_acknowledged(escalation)
    }
    heard: dict[Recipient, None] = {}
    for escalation in lapsed:
        fresh_from = _paged_last(escalation, before.notifications) + 1
        for place, notification in enumerate(before.notifications):
            if notification.created_at < before.incident.open_since or not _is_heard(notification):
                continue
            cause, later = notification.reason.cause, before.notifications[place + 1 :]
            if not isinstance(cause, SomebodyHasIt):
                continue
            # news of a page that was answered besides names who has it, too
            besides = (
                cause.how is Taking.BESIDES and (escalation.acknowledged_at or 0) <= notification.created_at
            )
            if cause.how not in _HAVING and not besides:
                continue
            theirs = besides or cause.by in (escalation.acknowledged_by, *escalation.acked_by)
            holds = theirs or (cause.by not in still)
            counts = place >= fresh_from or (cause.how is Taking.IN_PART and cause.by in escalation.acked_by)
            until = escalation.acknowledged_at if theirs else None
            if holds and counts and not _heard_otherwise(notification.recipient, later, until):
                heard.setdefault(notification.recipient)
    return list(heard)


def _paged_last(escalation: Escalation, notifications: Sequence[Notification]) -> int:
    """The place of its last page: nobody has had it in between; -1 where it has none."""
    pages = (
        place
        for place, notification in enumerate(notifications)
        if notification.kind is NotificationKind.PAGE and notification.escalation_id == escalation.id
    )
    return max(pages, default=-1)


def _heard_otherwise(recipient: Recipient, later: Iterable[Notification], until: Instant | None) -> bool:
    """Whether this recipient has heard later, and not after `until`, that nobody has it or it is over."""
    return any(
        notification.recipient == recipient
        and (until is None or notification.created_at <= until)
        and _denies(notification)
        and _is_heard(notification)
        for notification in later
    )


def _denies(notification: Notification) -> bool:
    cause = notification.reason.cause
    return (
        notification.kind is NotificationKind.RESOLVED
        or isinstance(cause, NobodyHasIt | OpenAgain)
        or (isinstance(cause, SomebodyHasIt) and cause.how is Taking.GIVEN_BACK)
    )


def _is_heard(notification: Notification) -> bool:
    """Whether it has arrived, or is on its way."""
    return may_have_arrived(notification) or notification.live
