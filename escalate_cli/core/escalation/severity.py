"""Changing how bad an incident is, by a person or by a rule."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import SeverityChanged
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog, Urgency


def change_severity(
    situation: Situation,
    severity: str,
    catalog: Catalog,
    now: Instant,
    *,
    by: str | None = None,
    because: str = "",
) -> Situation:
    """Set the severity; nothing happens when it already is. `plan` pages again where the urgency
    has risen; telling those who only hear of it is the caller's."""
    before = catalog.severity(situation.incident.severity)
    after = catalog.severity(severity)
    if before.id == after.id:
        return situation
    rises = after.rank > before.rank
    situation = situation.changed(severity=after.id, severity_since=now, raised_at=now if rises else None)
    if rises:
        situation = _weigh_again(situation, now)
    if after.urgency is Urgency.LOW:
        calmer = tuple(replace(escalation, urgency=Urgency.LOW) for escalation in situation.escalations)
        situation = replace(situation, escalations=calmer)
    event = SeverityChanged(before=before.id, after=after.id, rises=rises, because=because)
    return situation.log(now, event, catalog, by)


def how_changed(before: str, after: str, catalog: Catalog) -> str:
    """In words: "raised from major to critical"."""
    verb = "raised" if catalog.severity(after).rank > catalog.severity(before).rank else "lowered"
    return f"{verb} from {before} to {after}"


def _weigh_again(situation: Situation, now: Instant) -> Situation:
    """What `[limits]` hold back of a graver incident may matter most now: it is due again, to be
    judged anew.
    """
    weighed = tuple(
        (
            replace(notification, due_at=now)
            if notification.held_back
            and notification.status is NotificationStatus.PENDING
            and notification.kind is NotificationKind.PAGE
            else notification
        )
        for notification in situation.notifications
    )
    return replace(situation, notifications=weighed)
