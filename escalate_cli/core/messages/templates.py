"""The organisation's own texts: the templates of `[messages]`, and the values of their placeholders."""

from __future__ import annotations

from collections.abc import Mapping

from escalate_cli.core.messages.card import MessageKind, ToReply
from escalate_cli.core.messages.incident_lines import LONGEST_PIECE
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.messages.sms import words
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.fitting import Text, clip
from escalate_cli.core.wording.placeholders import fill
from escalate_cli.core.wording.text import printable


def templated(part: str, kind: MessageKind, occasion: Occasion, reply: ToReply | None = None) -> Text | None:
    """The template of this part ("title", "short", "body") filled in; None (the built-in text)
    where it has none that works.
    """
    template = template_of(part, kind, occasion.catalog)
    return filled_in(template, part, values_of(occasion, reply, part)) if template else None


def template_of(part: str, kind: MessageKind, catalog: Catalog) -> str | None:
    """A kind's own template of a part. A plain one is a page's; a stakeholder hears what is written
    for any news, where nothing is written for stakeholders.
    """
    if kind is MessageKind.PAGE:
        return catalog.messages.get(part)
    own = catalog.messages.get(f"{kind.value}.{part}")
    if own is None and kind is MessageKind.STAKEHOLDERS:
        return catalog.messages.get(f"{MessageKind.INFORM.value}.{part}")
    return own


def filled_in(template: str, part: str, values: Mapping[str, str]) -> Text | None:
    """A template of a part with these values; None where it does not work."""
    if part != "body":
        template = printable(template)
        tidy = words if part == "short" else printable
        values = {name: tidy(value) for name, value in values.items()}
    try:
        filled = fill(template, values)
    except ValueError:
        return None
    return filled if filled.text.strip() else None


def values_of(occasion: Occasion, reply: ToReply | None = None, part: str = "body") -> Mapping[str, str]:
    """The values of the placeholders that a template of this part may use; `reply` is what may be sent
    back: without, `answer` is what is to be typed and `code` is empty.
    """
    incident, catalog, notification = occasion.incident, occasion.catalog, occasion.notification
    outlook, escalation, nudge = occasion.outlook, occasion.escalation, occasion.nudge
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
        "ack": (ack := occasion.taking),
        "answer": in_template(reply, part)
        or (occasion.to_type(f"escalate nudge {nudge.id} yes|no") if nudge is not None else ack),
        "code": "" if reply is None else reply.short,
        "question": occasion.question,
        "count": "1",
    }
    return harmless(values)


def in_template(reply: ToReply | None, part: str) -> str:
    """What may be sent back, as `{answer}` says it in a template of this part; "" where nothing can be."""
    if reply is None:
        return ""
    return reply.sentence if part == "body" else reply.brief


def harmless(values: Mapping[str, str]) -> dict[str, str]:
    """Values as they may stand in a message."""
    return {name: printable(clip(value, LONGEST_PIECE), lines=True) for name, value in values.items()}
