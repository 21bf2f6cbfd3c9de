"""Whom the messages of an incident have reached, by which ways; and the ways by which they hear
quietly what they need not act on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from escalate_cli.core.events.reasons import ForReporter
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus
from escalate_cli.core.notification.targets import Contact, contacts
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.core.organisation.recipient import Recipient

Ways = tuple[Contact, ...]
_ARRIVED = (NotificationStatus.SENT, NotificationStatus.SENDING)


def may_have_arrived(notification: Notification) -> bool:
    """Whether it has reached its address, or may have."""
    return notification.status in _ARRIVED or (notification.unsure and notification.attempts > 0)


def ways_that_reached(
    decision: Decision, kinds: Collection[NotificationKind], *, since: int | None = None
) -> dict[Recipient, Ways]:
    """By recipient, the gateways and addresses by which messages of these kinds have reached them,
    or may have; none where those gateways are no longer there. What was written to whoever reported
    it does not count, nor what was written before `since`.
    """
    reached: dict[Recipient, dict[str, Contact]] = {}
    for notification in decision.situation.notifications:
        if (
            notification.kind in kinds
            and may_have_arrived(notification)
            and not isinstance(notification.reason.cause, ForReporter)
            and (since is None or notification.created_at >= since)
        ):
            ways = reached.setdefault(notification.recipient, {})
            if notification.gateway in decision.catalog.gateways:
                ways[notification.gateway] = Contact(notification.gateway, notification.address, 0, 0)
    return {recipient: tuple(ways.values()) for recipient, ways in reached.items()}


def quietly(recipient: Recipient, reached: Mapping[Recipient, Ways], decision: Decision) -> Ways | None:
    """The ways by which a recipient hears what they need not act on: a person as for low urgency,
    where that leads anywhere but to addresses that have failed for good, else as they were reached
    before. None: as it is usual.
    """
    if not recipient.is_person:
        return reached.get(recipient) or None
    dead = {
        (notification.gateway, notification.address)
        for notification in decision.situation.notifications
        if notification.recipient == recipient and notification.status is NotificationStatus.FAILED
    }
    low = tuple(way for way in at_low_urgency(recipient, decision) if (way.gateway, way.address) not in dead)
    return low or reached.get(recipient) or None


def at_low_urgency(recipient: Recipient, decision: Decision) -> Ways:
    """The first step for low urgency; nothing where it leads nowhere, or cannot be used."""
    try:
        ways = contacts(recipient, Urgency.LOW, decision.catalog)
    except Exception:  # other ways are left
        return ()
    return tuple(way for way in ways if way.after == 0)
