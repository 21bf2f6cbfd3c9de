"""Bringing later steps forward when everything before them has failed for good."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from escalate_cli.core.events import LaterStepsHurried
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus

_HAVE_STEPS = (NotificationKind.PAGE, NotificationKind.NUDGE, NotificationKind.INFORM)


def hurry(decision: Decision) -> None:
    """Bring forward a person's next notification step where every address of the steps before it
    has failed for good.
    """
    notifications = decision.situation.notifications
    if all(notification.status is not NotificationStatus.FAILED for notification in notifications):
        return
    sooner = {
        notification.id
        for group in _messages(notifications)
        for notification in _next_step(group)
        if _still_waits(notification, decision)
    }
    if not sooner:
        return
    brought = tuple(
        replace(notification, due_at=decision.now) if notification.id in sooner else notification
        for notification in notifications
    )
    decision.situation = replace(decision.situation, notifications=brought)
    steps = dict.fromkeys(
        (notification.recipient, notification.gateway)
        for notification in notifications
        if notification.id in sooner
    )
    decision.log(LaterStepsHurried(steps=tuple(steps)))


def _messages(notifications: tuple[Notification, ...]) -> list[list[Notification]]:
    """The notifications of one page to one recipient, grouped."""
    groups: dict[tuple[object, ...], list[Notification]] = defaultdict(list)
    for notification in notifications:
        if notification.kind in _HAVE_STEPS:
            key = (
                notification.kind,
                notification.recipient,
                notification.escalation_id,
                notification.page_round,
                notification.nudge_id,
                notification.created_at,
            )
            groups[key].append(notification)
    return list(groups.values())


def _next_step(group: list[Notification]) -> list[Notification]:
    """The notifications of each step that comes after steps which have all failed."""
    following: list[Notification] = []
    for step in sorted({notification.step for notification in group}):
        before = [notification for notification in group if notification.step < step]
        if any(notification.status is not NotificationStatus.FAILED for notification in before):
            break
        if before:
            following += [notification for notification in group if notification.step == step]
    return following


def _still_waits(notification: Notification, decision: Decision) -> bool:
    return (
        notification.status is NotificationStatus.PENDING
        and notification.due_at > decision.now
        and not notification.held_back
    )
