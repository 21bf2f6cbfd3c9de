"""The fields of the answers about incidents in JSON, and the ways to the people of the bank."""

from __future__ import annotations

ANA, BO, CY, ROOM = "/sms/+447700900123", "/email/bo@example.com", "/email/cy@example.com", "/chat/#identity"
ANA_BY_EMAIL = "/email/ana@example.com"


def fields(names: str) -> set[str]:
    return set(names.split())


# what the guide promises (topic json)
INCIDENT = fields(
    "id key title message status severity urgency services teams labels lead declared_by declared_at"
    " updated_at acknowledged_at acknowledged_by resolved_at next_due_at"
    " escalations nudges notifications tell suggestion"
)
NOTIFICATION = fields(
    "id kind recipient gateway address status attempts because due_at sent_at error held_back sent_with code"
)
