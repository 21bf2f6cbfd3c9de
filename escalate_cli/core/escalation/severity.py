"""Changing how bad an incident is, by a person or by a rule."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.events import SeverityChanged
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus
from escalate_cli.core.organisation.catalog import Catalog, Urgency


def change_severity(severity: str, decision: Decision, *, by: str | None = None, because: str = "") -> None:
    """Set the severity; does nothing when it is the same already. If the urgency has risen, `plan`
    pages again. Telling those who are only informed is the caller's job.
    """
    before = decision.catalog.severity(decision.incident.severity)
    after = decision.catalog.severity(severity)
    if before.id == after.id:
        return
    rises, now = after.rank > before.rank, decision.now
    decision.change_incident(severity=after.id, severity_since=now, raised_at=now if rises else None)
    if rises:
        _weigh_again(decision)
    if after.urgency is Urgency.LOW:
        for escalation in decision.situation.escalations:
            decision.change(escalation.id, urgency=Urgency.LOW)
    decision.log(SeverityChanged(before=before.id, after=after.id, rises=rises, because=because), by)


def how_changed(before: str, after: str, catalog: Catalog) -> str:
    """In words: "raised from major to critical"."""
    verb = "raised" if catalog.severity(after).rank > catalog.severity(before).rank else "lowered"
    return f"{verb} from {before} to {after}"


def _weigh_again(decision: Decision) -> None:
    """Pages of a graver incident that `[limits]` hold back may now matter most. They are made due
    again and judged anew.
    """
    weighed = tuple(
        (
            replace(notification, due_at=decision.now)
            if notification.held_back
            and notification.status is NotificationStatus.PENDING
            and notification.kind is NotificationKind.PAGE
            else notification
        )
        for notification in decision.situation.notifications
    )
    decision.situation = replace(decision.situation, notifications=weighed)
