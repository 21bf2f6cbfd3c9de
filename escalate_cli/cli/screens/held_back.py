"""What `[limits]` hold back, said where people look."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.cli.screens.incident import wall_time
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog


def held_notes(situations: Sequence[Situation], catalog: Catalog, now: Instant) -> list[str]:
    """A line for each message that waits for a digest."""
    zone, limits = catalog.settings.timezone, catalog.limits
    return [
        f"held back by [limits] ({limits.messages} in {show_duration(limits.per)}): {one.kind.value} to"
        f" {catalog.name_of(one.recipient)} by {one.gateway} about #{situation.incident.id}, in one digest at"
        f" about {wall_time(one.due_at, zone, now)}"
        for situation in situations
        for one in situation.notifications
        if one.waits_for_digest
    ]
