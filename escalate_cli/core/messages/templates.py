"""The organisation's own texts: the templates of `[messages]`, and the values of their placeholders."""

from __future__ import annotations

from collections.abc import Mapping

from escalate_cli.core.messages.card import MessageKind
from escalate_cli.core.messages.incident_lines import LONGEST_PIECE
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.messages.sms import words
from escalate_cli.core.wording.fitting import Text, clip
from escalate_cli.core.wording.placeholders import fill
from escalate_cli.core.wording.text import printable


def templated(part: str, kind: MessageKind, occasion: Occasion) -> Text | None:
    """The template of this part ("title", "short", "body") filled in; None (the built-in text)
    where it has none that works.
    """
    template = occasion.catalog.messages.get(part)
    if not template:
        return None
    values = values_of(occasion)
    if part != "body":
        template = printable(template)
        tidy = words if part == "short" else printable
        values = {name: tidy(value) for name, value in values.items()}
    try:
        filled = fill(template, values)
    except ValueError:
        return None
    return filled if filled.text.strip() else None


def values_of(occasion: Occasion) -> Mapping[str, str]:
    """The values of the placeholders that a template may use."""
    incident, catalog, notification = occasion.incident, occasion.catalog, occasion.notification
    outlook, escalation = occasion.outlook, occasion.escalation
    values = {
        "severity": incident.severity,
        "id": str(incident.id),
        "title": incident.title,
        "message": notification.note or incident.message or "",
        "services": ", ".join(catalog.service_name(service) for service in incident.services),
        "teams": ", ".join(dict.fromkeys(other.team for other in occasion.situation.escalations)),
        "lead": catalog.person_name(incident.lead) if incident.lead else "",
        "declared_by": catalog.person_name(incident.declared_by) if incident.declared_by else "",
        "declared_at": occasion.clock(incident.declared_at),
        "status": incident.status.value,
        "level": str(notification.level or ""),
        "levels": str(escalation.levels if escalation else ""),
        "because": notification.because,
        "next": f"{outlook.text} at {occasion.clock(outlook.at)}" if outlook else "",
        "ack": occasion.to_type(f"escalate ack {incident.id}"),
    }
    return {name: printable(clip(value, LONGEST_PIECE), lines=True) for name, value in values.items()}
