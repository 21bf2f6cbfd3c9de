"""Who has been told of an incident, by what, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import wall_time
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.reasons import meaning, purpose

if TYPE_CHECKING:
    from rich.console import Console


_SHOWN = 12
"""rows of people told; the rest is on the timeline"""

TOLD = (
    NotificationStatus.SENT,
    NotificationStatus.SENDING,
    NotificationStatus.RETRYING,
    NotificationStatus.FAILED,
)


def draw_told(console: Console, situation: Situation, catalog: Catalog, now: Instant) -> None:
    """Who has been told, and who could not be; what is still to come is under Next."""
    every = [notification for notification in situation.notifications if notification.status in TOLD]
    with_it: dict[int | None, list[Notification]] = {notification.id: [] for notification in every}
    told = [notification for notification in every if notification.bundled_with not in with_it]
    for notification in every:
        # what went out in the message of another is told with that notification
        with_it.get(notification.bundled_with, []).append(notification)
    console.print()
    console.print(style.piece("Told", "bold") if told else style.piece("Nobody has been told", "bold red"))
    if not told:
        return
    latest = sorted(told, key=lambda notification: (_told_at(notification), notification.id))[-_SHOWN:]
    if len(told) > len(latest):
        console.print(
            style.piece(
                f"  {len(told) - len(latest)} earlier: escalate timeline {situation.incident.id}", "dim"
            )
        )
    rows = [_told_row(notification, with_it[notification.id], catalog, now) for notification in latest]
    console.print(style.table(("at", "who", "by", "", "because"), rows, wrap=("because",)))


def _told_at(notification: Notification) -> Instant:
    return notification.sent_at or (
        notification.created_at if notification.status is NotificationStatus.RETRYING else notification.due_at
    )


def _told_row(
    notification: Notification, with_it: Sequence[Notification], catalog: Catalog, now: Instant
) -> tuple[object, ...]:
    at = wall_time(_told_at(notification), catalog.settings.timezone, now)
    why = "; also ".join(_why_told(reason, catalog) for reason in (notification, *with_it))
    return (
        at,
        catalog.name_of(notification.recipient),
        notification.gateway,
        style.state(notification.status.value),
        why,
    )


def _why_told(notification: Notification, catalog: Catalog) -> str:
    """In as few words as a glance takes; the timeline has them all."""
    if notification.error and notification.status is NotificationStatus.FAILED:
        return f"{notification.error}; given up"
    if notification.error and notification.status is NotificationStatus.RETRYING:
        return notification.error
    reason = notification.reason
    who, why = (
        meaning(reason.meant, catalog),
        "; ".join(text for text in (purpose(reason.cause, catalog), *reason.without) if text),
    )
    if notification.kind is NotificationKind.NUDGE:
        return f"asked about nudge {notification.nudge_id}"
    if notification.kind is NotificationKind.RESOLVED:
        return "told that it is over"
    if notification.kind is NotificationKind.INFORM:
        return f"informed: {why or notification.note or who}"
    return f"level {notification.level}, {who}" if notification.level else why or who
