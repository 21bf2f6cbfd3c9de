"""One incident reaches one person once at a time: which notifications go out in one message, which
of them leads it, and what it says.

Each page stays a notification of its own, with its own escalation and level. Sharing a message
changes nothing about whom a level has reached, what an acknowledgement calls off, or what has
failed for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from escalate_cli.core.incident.situation import Notification, NotificationKind
from escalate_cli.core.organisation.recipient import Recipient

_FIRST = (NotificationKind.PAGE, NotificationKind.RESOLVED, NotificationKind.INFORM)
"""what leads a message: first what asks somebody to act, then the end"""


def goes_with(first: NotificationKind, other: NotificationKind, recipient: Recipient) -> bool:
    """Whether two notifications of one incident that are due now for one address go out in one
    message. Pages do, and to a person informs as well. A question has a message to itself, and
    so has the end. To a channel every piece of news is a message of its own: nobody there is
    asked to act.
    """
    kinds = {first, other}
    return kinds == {NotificationKind.PAGE} or (
        recipient.is_person and kinds <= {NotificationKind.PAGE, NotificationKind.INFORM}
    )


def leader_first(
    notifications: Iterable[Notification], rank: Callable[[Notification], int] = lambda notification: 0
) -> list[Notification]:
    """These with the one that leads their message in front; the others as they were.

    A page leads before an end, an end before an inform; then the gravest incident's, the latest,
    and what a level asked for.
    """

    def place(notification: Notification) -> tuple[int, int, int, bool]:
        return (
            _FIRST.index(notification.kind) if notification.kind in _FIRST else len(_FIRST),
            -rank(notification),
            -notification.created_at,
            notification.level is None,
        )

    listed = list(notifications)
    leader = min(listed, key=place)
    return [leader, *(notification for notification in listed if notification is not leader)]


def joined(leader: Notification, others: Sequence[Notification]) -> Notification:
    """The leader of a message about one incident with the reasons and the news of all that it carries."""
    pages = leader.kind is NotificationKind.PAGE
    # it was taken up again since
    also = [other for other in others if not (pages and other.kind is NotificationKind.RESOLVED)]
    because = "; also ".join(dict.fromkeys(notification.because for notification in (leader, *also)))
    by_time = sorted(
        (leader, *also), key=lambda notification: (notification.created_at, notification is leader)
    )
    note = (
        "\n".join(dict.fromkeys(notification.note for notification in by_time if notification.note)) or None
    )
    everything = (leader, *others)
    late, unsure = (
        max(notification.late for notification in everything),
        any(notification.unsure for notification in everything),
    )
    return replace(leader, because=because, note=note, late=late, unsure=unsure)
