"""The document of an incident as JSON carries it."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.document import Document, RecordedMessage
from escalate_cli.views import Data
from escalate_cli.views.incident import entry_data, notification_data, nudge_data, situation_data


def document_data(document: Document, catalog: Catalog, zone: str) -> Data:
    """The document as JSON carries it."""
    situation, record = document.situation, document.record
    incident, page, declared = situation.incident, document.first_page, document.declaration
    return {
        "incident": {
            name: value
            for name, value in situation_data(situation, catalog).items()
            if name != "notifications"
        },
        "zone": zone,
        "imported": document.imported,
        "severities": [
            {"at": iso(severity.at), "severity": severity.severity, "by": severity.by}
            for severity in document.severities
        ],
        "durations": {
            "to_first_page_seconds": _seconds(record.to_page),
            "to_acknowledge_seconds": _seconds(record.to_acknowledge),
            "to_resolve_seconds": _seconds(record.to_resolve),
        },
        "first_page": {
            "at": iso(page.at),
            "recipient": page.recipient,
            "gateway": page.gateway,
            "team": page.team,
            "level": page.level,
        }
        if page
        else None,
        "routing": {
            "words": record.words,
            "message": declared.message if declared else incident.message,
            "match": incident.routing.get("match"),
            "service": incident.routing.get("service"),
            "guess": incident.routing.get("guess") or [],
            "text": document.routed.text if document.routed else None,
            "candidates": incident.routing.get("candidates") or [],
            "first_services": list(record.first_services),
            "services": list(incident.services),
        },
        "told": [_told_data(message) for message in document.told],
        "undelivered": [_told_data(message) for message in document.undelivered],
        "missed": [
            {"at": iso(missed.at), "team": missed.team, "level": missed.level, "reason": missed.reason}
            for missed in document.missed
        ],
        "acknowledgements": [
            {
                "at": iso(answer.at),
                "by": answer.by,
                "team": answer.team,
                "level": answer.level,
                "gateway": answer.gateway,
                "after_seconds": _seconds(answer.at - incident.declared_at),
                "after_page_seconds": _seconds(answer.after),
                "partly": ack.partly,
            }
            for answer, ack in zip(record.answers, record.acks, strict=True)
        ],
        "changes": [entry_data(change) for change in document.changes],
        "nudges": [
            nudge_data(nudge) | {"answered_at": iso(nudge.answered_at), "source": nudge.source}
            for nudge in situation.nudges
        ],
        "delays": [
            {
                "at": iso(delay.at),
                "kind": delay.kind,
                "lasted_seconds": _seconds(delay.lasted),
                "text": delay.text,
            }
            for delay in document.delays
        ],
        "timeline": [entry_data(entry) for entry in document.timeline],
    }


def _told_data(row: RecordedMessage) -> Data:
    more = {
        "team": row.team,
        "level": row.notification.level,
        "source": row.notification.source or None,
        "note": row.notification.note,
    }
    return notification_data(row.notification) | more | {"late_seconds": _seconds(row.notification.late)}


def _seconds(span: Span | None) -> int | None:
    return None if span is None else span // SECOND
