"""What is said to whoever acknowledges an incident that nobody is paged for any more: who has it, and
since when.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import wall_time
from escalate_cli.core.incident.situation import EscalationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog


class Taken(msgspec.Struct, frozen=True):
    """An incident that is acknowledged already, as `who` acknowledges it; `is_reader`: they read this
    themselves."""

    situation: Situation
    who: str
    is_reader: bool

    def told(self, catalog: Catalog, now: Instant) -> str:
        """`you have had incident 12 since 04:58`, or who else has it, and how to take it over."""
        incident, zone = self.situation.incident, catalog.settings.timezone
        since = self._since()
        own = since.pop(self.who, None)
        others = " and ".join(
            f"{catalog.person_name(holder)} has it, since {wall_time(at, zone, now)}"
            for holder, at in since.items()
        )
        take_over = f"to take it over: escalate ack {incident.id} --all"
        if own is None:
            others = others or f"somebody has it, since {wall_time(incident.acknowledged_at, zone, now)}"
            return f"incident {incident.id} is acknowledged already: {others}; {take_over}"
        has = "you have" if self.is_reader else f"{catalog.person_name(self.who)} has"
        text = f"{has} had incident {incident.id} since {wall_time(own, zone, now)}"
        return f"{text}; for another team {others}; {take_over}" if others else text

    def _since(self) -> dict[str, Instant]:
        """Since when each has their part of it."""
        since: dict[str, Instant] = {}
        for escalation in self.situation.escalations:
            holder, at = escalation.acknowledged_by, escalation.acknowledged_at
            if escalation.status is EscalationStatus.ACKNOWLEDGED and holder and at is not None:
                since[holder] = min(at, since.get(holder, at))
        incident = self.situation.incident
        if not since and incident.acknowledged_by and incident.acknowledged_at is not None:
            since[incident.acknowledged_by] = incident.acknowledged_at
        return since
