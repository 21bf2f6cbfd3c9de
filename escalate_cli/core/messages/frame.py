"""What every message says, whatever its kind."""

from __future__ import annotations

from escalate_cli.core.messages.card import MessageCard, MessageKind
from escalate_cli.core.messages.incident_lines import numbered_title, standing_of, title_of
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.wording.fitting import Text


def frame(kind: MessageKind, subject: Text | str, occasion: Occasion, *, between: str = " ") -> MessageCard:
    """A card with what every message says; its subject is `subject` and the incident's number and title."""
    severity = occasion.catalog.severity(occasion.incident.severity)
    return MessageCard(
        kind=kind,
        to_person=occasion.to_person,
        number=max(occasion.incident.id, 0),
        severity=severity.id,
        rank=severity.rank,
        ranks=max(len(occasion.catalog.severities), severity.rank + 1),
        standing=standing_of(occasion),
        subject=(Text() + subject) + between + numbered_title(occasion),
        title=title_of(occasion),
    )


def of_severity(occasion: Occasion) -> str:
    """ "[critical]", as subjects begin."""
    return f"[{occasion.incident.severity}]"
