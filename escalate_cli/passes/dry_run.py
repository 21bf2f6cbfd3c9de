"""What a pass would do now, incident by incident; nothing is stored and nobody is paged."""

from __future__ import annotations

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.waiting_reasons import Reason
from escalate_cli.core.incident.situation import Notification, NotificationStatus, Situation
from escalate_cli.core.notification.together import goes_with, leader_first
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.planning import foresee


class Intention(msgspec.Struct, frozen=True):
    """What would be done about one incident, a line each, and what else is waited for."""

    incident_id: int
    would: tuple[str, ...]
    waiting: tuple[Reason, ...]


def intentions(context: Context, now: Instant) -> list[Intention]:
    """Those about every running incident that can be read."""
    context.keep_catalog()
    catalog = context.running_catalog
    return [
        Intention(
            incident_id,
            (*(entry.text for entry in plan.situation.entries), *_due_messages(plan.situation, catalog, now)),
            tuple(plan.reasons),
        )
        for incident_id, plan in foresee(context.store, catalog, now)
    ]


def _due_messages(situation: Situation, catalog: Catalog, now: Instant) -> list[str]:
    """The stored messages that a pass would send now; new ones are told of by the level or rule
    that writes them.
    """
    due = [notification for notification in situation.notifications if _is_due(notification, now)]
    lines = []
    while due:
        first = due[0]
        leader, *others = leader_first([first, *(other for other in due[1:] if _is_beside(other, first))])
        due = [notification for notification in due if notification not in (leader, *others)]
        also = f", {len(others) + 1} reasons in one message" if others else ""
        name = catalog.name_of(first.recipient)
        lines.append(f"send the {leader.kind.in_words} to {name} by {first.gateway}{also}")
    return lines


def _is_due(notification: Notification, now: Instant) -> bool:
    is_live = notification.status in (NotificationStatus.PENDING, NotificationStatus.RETRYING)
    return notification.id > 0 and is_live and notification.due_at <= now


def _is_beside(other: Notification, first: Notification) -> bool:
    """Whether it goes out in the same message."""
    same_address = (other.recipient, other.gateway) == (first.recipient, first.gateway)
    return same_address and goes_with(first.kind, other.kind, other.recipient)
