"""Who has been told of an incident, by what, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import short_zone, wall_time
from escalate_cli.core.events.reasons import FallbackReached
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


def draw_told(
    console: Console,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    *,
    room: int | None = None,
    tight: bool = False,
) -> None:
    """Who has been told, and who could not be; what is still to come is under Next. In `room` lines, the
    latest of them, at least one; `tight`: without an empty line above.
    """
    every = [notification for notification in situation.notifications if notification.status in TOLD]
    with_it: dict[int | None, list[Notification]] = {notification.id: [] for notification in every}
    told = [notification for notification in every if notification.bundled_with not in with_it]
    for notification in every:
        # what went out in the message of another is told with that notification
        with_it.get(notification.bundled_with, []).append(notification)
    if not tight:
        console.print()
        room = None if room is None else room - 1
    if not told:
        console.print(style.piece("Nobody has been told", "bold red"))
        return
    alike: dict[tuple[object, ...], list[Notification]] = {}
    for notification in sorted(told, key=lambda notification: (_told_at(notification), notification.id)):
        key = _likeness(notification, with_it[notification.id])
        alike[key] = [*alike.pop(key, []), notification]  # in the order of the latest of each
    groups = list(alike.values())[-_SHOWN:]
    rows = [_told_row(group, with_it[group[-1].id], catalog, now) for group in groups]

    at = f"at {short_zone(catalog.settings.timezone, now)}"

    def draw(many: int) -> None:
        hidden = len(told) - sum(map(len, groups[-many:]))
        earlier = f"  {hidden} earlier: escalate timeline {situation.incident.id}" if hidden else ""
        console.print(style.piece("Told", "bold") + style.piece(earlier, "not bold dim"))
        console.print(style.table((at, "who", "by", "", "because"), rows[-many:], wrap=("because",)))

    many = len(rows)
    while many > 1 and room is not None and style.height_of(console, partial(draw, many)) > room:
        many -= 1
    draw(many)


def _likeness(notification: Notification, with_it: Sequence[Notification]) -> tuple[object, ...]:
    """What messages have in common that are told in one line: again and again the same level, say."""
    if with_it or notification.kind is not NotificationKind.PAGE:
        return (notification.id,)
    return (
        notification.recipient,
        notification.gateway,
        notification.status,
        notification.escalation_id,
        notification.level,
        type(notification.reason.cause),
    )


def _told_at(notification: Notification) -> Instant:
    return notification.sent_at or (
        notification.created_at if notification.status is NotificationStatus.RETRYING else notification.due_at
    )


def _told_row(
    alike: Sequence[Notification], with_it: Sequence[Notification], catalog: Catalog, now: Instant
) -> tuple[object, ...]:
    """The latest of several alike, and how many there were."""
    notification = alike[-1]
    at = wall_time(_told_at(notification), catalog.settings.timezone, now)
    why = "; also ".join(_why_told(reason, catalog) for reason in (notification, *with_it))
    if len(alike) > 1:
        why += f"; {len(alike)} times"
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
    if isinstance(reason.cause, FallbackReached):
        return f"fallback: {reason.cause.why}"
    who, why = (
        meaning(reason.meant, catalog, notification.recipient),
        "; ".join(text for text in (purpose(reason.cause, catalog), *reason.without) if text),
    )
    if notification.kind is NotificationKind.NUDGE:
        return f"asked about nudge {notification.nudge_id}"
    if notification.kind is NotificationKind.RESOLVED:
        return "told that it is over"
    if notification.kind is NotificationKind.INFORM:
        return f"informed: {why or notification.note or who}"
    return f"level {notification.level}, {who}" if notification.level else why or who
