"""The order in which incidents are looked at, on every screen: the worst first, of these what nobody
has taken, then the newest. What is over comes last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.organisation.catalog import Catalog


class Standing(msgspec.Struct, frozen=True):
    """Of an incident only what the order looks at."""

    id: int
    severity: str
    status: IncidentStatus
    declared_at: Instant


class _Standing(Protocol):
    """An incident, or a `Standing`."""

    @property
    def id(self) -> int: ...
    @property
    def severity(self) -> str: ...
    @property
    def status(self) -> IncidentStatus: ...
    @property
    def declared_at(self) -> Instant: ...


Ordered = TypeVar("Ordered", bound=_Standing)


def worst_first(incidents: Iterable[Ordered], catalog: Catalog) -> list[Ordered]:
    """These incidents in order. A severity that the configuration no longer has counts as the gravest;
    what is over is ordered by when it was declared alone.
    """
    ranks = {severity.id: severity.rank for severity in catalog.severities}

    def place(incident: Ordered) -> tuple[bool, int, bool, Instant, int]:
        is_over = incident.status is IncidentStatus.RESOLVED
        rank = ranks.get(incident.severity, len(ranks))
        return (
            is_over,
            0 if is_over else -rank,
            incident.status is IncidentStatus.ACKNOWLEDGED,
            -incident.declared_at,
            -incident.id,
        )

    return sorted(incidents, key=place)
