"""What of a configuration cannot be used here and now, although it was valid when it was read:
zones, schedules, hours.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.core.calendar import rota as rota
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.hours import zone_trouble
from escalate_cli.core.escalation.conditions import hours_trouble
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.zones import Unusable, unusable_zones


def unusable(catalog: Catalog, now: Instant) -> tuple[Unusable, ...]:
    """Zones, schedules and hours that cannot be used at `now`: quick enough for every pass."""
    return (*unusable_zones(catalog), *_schedules(catalog, now), *_hours(catalog, now))


def _schedules(catalog: Catalog, now: Instant) -> Iterator[Unusable]:
    for schedule in catalog.schedules.values():
        try:
            rota.on_call(schedule, catalog.hours, now)
        except Exception as problem:
            whose = [team.name for team in catalog.teams.values() if team.on_call == schedule.id]
            trouble = f"schedule {schedule.id} cannot be used"
            text = f"{trouble} ({words_of(problem)}): it reaches nobody"
            yield Unusable(text + (f" of {', '.join(whose)}" if whose else ""), schedule.source, trouble)


def _hours(catalog: Catalog, now: Instant) -> Iterator[Unusable]:
    for hours in catalog.hours.values():
        if not zone_trouble(hours.timezone):
            trouble = hours_trouble(hours.id, catalog, now)
            if trouble:
                yield Unusable(trouble, hours.source, trouble)
