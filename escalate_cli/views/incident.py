"""Incidents and their parts as JSON carries them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from escalate_cli.actions.listing import Listing
from escalate_cli.core.answers.outcomes import RecordedAnswer
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    Incident,
    IncidentStatus,
    Notification,
    NotificationStatus,
    Nudge,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient, as_text
from escalate_cli.views import Data


def incident_data(
    incident: Incident,
    escalations: Iterable[Escalation],
    nudges: Iterable[Nudge],
    catalog: Catalog,
    notifications: Iterable[Notification] = (),
) -> Data:
    """An incident without its notifications, as `list` shows it. Those of `notifications` that are
    still to be sent count as due, too.
    """
    running = tuple(escalations)
    return {
        "id": incident.id,
        "key": incident.key,
        "title": incident.title,
        "message": incident.message,
        "status": incident.status.value,
        "severity": incident.severity,
        "urgency": catalog.severity(incident.severity).urgency.value,
        "services": list(incident.services),
        "teams": list(
            dict.fromkeys(escalation.team for escalation in running if _counts(escalation, incident))
        ),
        "labels": dict(incident.labels),
        "lead": incident.lead,
        "declared_by": incident.declared_by,
        "suggestion": incident.suggestion,
        "tell": [{"gateway": to.gateway, "address": to.address} for to in incident.tell],
        "declared_at": iso(incident.declared_at),
        "updated_at": iso(incident.updated_at),
        "acknowledged_at": iso(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": iso(incident.resolved_at),
        "next_due_at": iso(next_due_at(incident, notifications)),
        "escalations": [escalation_data(escalation) for escalation in running],
        "nudges": [nudge_data(nudge) for nudge in nudges],
    }


def listing_data(listing: Listing, catalog: Catalog) -> list[Data]:
    """Incidents without their notifications."""
    return [
        incident_data(
            situation.incident, situation.escalations, situation.nudges, catalog, situation.notifications
        )
        for situation in listing.situations
    ]


def next_due_at(incident: Incident, notifications: Iterable[Notification]) -> Instant | None:
    """When something happens next: a level, a rule or a nudge's end, or a message that is still to
    be sent.
    """
    moments = [
        notification.due_at
        for notification in notifications
        if notification.status in (NotificationStatus.PENDING, NotificationStatus.RETRYING)
    ]
    return min([*moments, *([] if incident.next_due_at is None else [incident.next_due_at])], default=None)


def _counts(escalation: Escalation, incident: Incident) -> bool:
    """A stopped escalation's team is no longer in a running incident; of a resolved one every team was."""
    return escalation.status is not EscalationStatus.STOPPED or incident.status is IncidentStatus.RESOLVED


def situation_data(situation: Situation, catalog: Catalog, viewer: str | None = None) -> Data:
    """An incident with everything but its timeline, as the person `viewer` may see it."""
    data = incident_data(
        situation.incident, situation.escalations, situation.nudges, catalog, situation.notifications
    )
    return data | {
        "notifications": [notification_data(notification, viewer) for notification in situation.notifications]
    }


def escalation_data(escalation: Escalation) -> Data:
    """One run of one policy for one team."""
    return {
        "team": escalation.team,
        "policy": escalation.policy.id,
        "status": escalation.status.value,
        "level": escalation.level,
        "levels": escalation.levels,
        "cycle": escalation.cycle,
        "next_at": iso(escalation.next_at),
    }


def notification_data(notification: Notification, viewer: str | None = None) -> Data:
    """One message to one address through one gateway. Its code is shown to its person alone: with it
    and their address anybody answers in their name.
    """
    theirs = viewer is not None and notification.recipient == Recipient.person(viewer)
    return {
        "id": notification.id,
        "kind": notification.kind.value,
        "recipient": notification.recipient,
        "gateway": notification.gateway,
        "address": notification.address,
        "status": notification.status.value,
        "attempts": notification.attempts,
        "because": notification.because,
        "due_at": iso(notification.due_at),
        "sent_at": iso(notification.sent_at),
        "error": notification.error,
        "held_back": notification.waits_for_digest,
        "sent_with": notification.bundled_with,
        "code": notification.code if theirs else None,
    }


def told_data(
    situation: Situation,
    entries: Iterable[Entry],
    catalog: Catalog,
    answers: Iterable[RecordedAnswer],
    viewer: str,
) -> Data:
    """An incident with its timeline and what people answered, as `show` answers `viewer`."""
    return situation_data(situation, catalog, viewer) | {
        "timeline": [entry_data(entry) for entry in entries],
        "answers": [answer_data(answer) for answer in answers],
    }


def answer_data(answer: RecordedAnswer) -> Data:
    """One answer, and what became of it."""
    return {
        "at": iso(answer.read_at),
        "gateway": answer.gateway,
        "person": answer.person,
        "word": answer.word,
        "action": answer.action,
        "outcome": answer.outcome.value,
        "notification": answer.notification_id,
    }


def nudge_data(nudge: Nudge) -> Data:
    """A rule's action waiting for a yes or no, or its outcome."""
    return {
        "id": nudge.id,
        "rule": nudge.rule,
        "action": nudge.action,
        "asked": list(nudge.asked),
        "status": nudge.status.value,
        "created_at": iso(nudge.created_at),
        "expires_at": iso(nudge.expires_at),
        "answered_by": nudge.answered_by,
    }


def open_nudges_data(nudges: Iterable[tuple[int, Nudge]]) -> list[Data]:
    """Nudges that wait for a yes or no, each with the number of its incident."""
    return [nudge_data(nudge) | {"incident": incident} for incident, nudge in nudges]


def entry_data(entry: Entry) -> Data:
    """A timeline entry."""
    return {
        "at": iso(entry.at),
        "kind": entry.kind.value,
        "by": entry.by,
        "text": entry.text,
        "data": event_data(entry.event),
    }


def event_data(event: AnyEvent) -> Data:
    """What happened: its type as `event`, and its fields; instants and spans as everywhere in JSON."""
    data: Data = {}
    for name, value in msgspec.to_builtins(event, enc_hook=as_text).items():
        if name in _INSTANTS:
            data[name] = iso(value)
        elif name in _SPANS:
            data[f"{name}_seconds"] = None if value is None else value / SECOND
        else:
            data[name] = value
    return data


_INSTANTS = frozenset({"until", "taken_at", "updated_at"})
_SPANS = frozenset({"every", "expires", "timeout", "late"})
