"""What a row of a history says of one past incident, once it has been checked."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from escalate_cli.core.calendar.duration import Instant, Span


class PagedPerson(msgspec.Struct, frozen=True):
    """Somebody who was paged: at which level, how long (microseconds) after the first page; None
    where that is not said.
    """

    person: str
    level: int | None = None
    after: Span | None = None


class PastIncident(msgspec.Struct, frozen=True):
    """A row that has been checked. What it does not say is None or empty; `first_services` are
    those of the declaration.
    """

    identity: str
    title: str
    severity: str
    services: tuple[str, ...]
    declared_at: Instant
    message: str | None = None
    first_severity: str | None = None
    severity_changed_at: Instant | None = None
    first_services: tuple[str, ...] = ()
    rerouted_at: Instant | None = None
    team: str | None = None
    declared_by: str | None = None
    first_paged_at: Instant | None = None
    paged: tuple[PagedPerson, ...] = ()
    gateway: str | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    acknowledged_level: int | None = None
    resolved_at: Instant | None = None
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether other services were in scope at the end than at the declaration."""
        return bool(self.first_services) and set(self.first_services) != set(self.services)

    @property
    def moved_at(self) -> Instant:
        """When its services changed: as said; else with the first page, which went to the wrong
        team, else with the declaration.
        """
        return self.rerouted_at or self.first_paged_at or self.declared_at

    @property
    def ended_at(self) -> Instant:
        """The last moment that the row tells of."""
        known = (
            self.rerouted_at,
            self.severity_changed_at,
            self.first_paged_at,
            self.acknowledged_at,
            self.resolved_at,
        )
        return max(self.declared_at, *(at or 0 for at in known))
