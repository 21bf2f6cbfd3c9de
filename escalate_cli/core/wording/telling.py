"""What a sentence of the timeline is said with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient


class Telling(msgspec.Struct, frozen=True):
    """What a sentence is said with: when it happened, who did it, and the names of things. `beside_kind`:
    it stands beside the word for its kind, and does not say that again. `formerly`: in the words of earlier
    versions, where these were others.
    """

    at: Instant
    by: str | None
    catalog: Catalog
    beside_kind: bool = False
    formerly: bool = False

    def begin(self, kind: str, rest: str) -> str:
        """A sentence that begins with the word for its kind, unless it stands beside that."""
        return rest if self.beside_kind else f"{kind} {rest}".rstrip()

    @property
    def doer(self) -> str:
        return self.person(self.by or "")

    def person(self, person: str | None) -> str:
        return self.catalog.person_name(person) if person else "somebody"

    def people(self, people: Iterable[str]) -> str:
        return ", ".join(map(self.person, people))

    def names(self, recipients: Iterable[Recipient]) -> str:
        return ", ".join(map(self.catalog.name_of, recipients))

    def team(self, team: str) -> str:
        return self.catalog.team_name(team)

    def services(self, services: Iterable[str]) -> str:
        return ", ".join(map(self.catalog.service_name, services))
