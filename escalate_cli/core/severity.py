"""Changing how bad an incident is, by a person or by a rule."""

from __future__ import annotations

from dataclasses import replace

from escalate_cli.core.catalog import Catalog, Urgency
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import EntryKind, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.stakeholders import tell_stakeholders


def change_severity(
    situation: Situation, severity: str, catalog: Catalog, now: Instant, *, by: str | None = None, because: str = "", note: str = ""
) -> Situation:
    """Set the severity; nothing happens when it already is. `core.plan` pages again where the urgency has risen.

    The stakeholders of both severities hear of it, and of `note` in the same message.
    """
    before = catalog.severity(situation.incident.severity)
    after = catalog.severity(severity)
    if before.id == after.id:
        return situation
    rises = after.rank > before.rank
    situation = situation.changed(severity=after.id, severity_since=now, raised_at=now if rises else None)
    if rises:
        situation = _weigh_again(situation, now)
    if after.urgency is Urgency.LOW:
        calmer = tuple(replace(one, urgency=Urgency.LOW) for one in situation.escalations)
        situation = replace(situation, escalations=calmer)
    verb = "raised" if rises else "lowered"
    text = f"severity {verb} from {before.id} to {after.id}" + (f": {because}" if because else "")
    situation = situation.log(now, EntryKind.UPDATED, text, by, change="severity", before=before.id, after=after.id)
    said = f"Severity {verb} from {before.id} to {after.id}." + (f"\n{note}" if note else "")
    return tell_stakeholders(said, (after.id, before.id), situation, catalog, now)


def _weigh_again(situation: Situation, now: Instant) -> Situation:
    """What `[limits]` hold back of a graver incident may matter most now: it is due again, to be judged anew."""
    weighed = tuple(
        replace(one, due_at=now)
        if one.held_back and one.status is NotificationStatus.PENDING and one.kind is NotificationKind.PAGE
        else one
        for one in situation.notifications
    )
    return replace(situation, notifications=weighed)
