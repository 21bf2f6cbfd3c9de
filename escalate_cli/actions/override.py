"""Putting somebody on call for a while, instead of whoever would be: written into the configuration."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.lookup import find_person, find_schedule
from escalate_cli.config.edit.append import append_override
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.calendar.moment import from_now, local_time
from escalate_cli.core.calendar.rota import Schedule, Shift
from escalate_cli.core.notification.on_call import shifts_in
from escalate_cli.core.organisation.catalog import Catalog, Person
from escalate_cli.errors import UsageProblem


class OverrideWritten(msgspec.Struct, frozen=True):
    """Who is on call in which schedule, from when until when (local times of the schedule, too), in
    which file it stands now, and what is strange about it.
    """

    schedule: Schedule
    person: Person
    begins: Instant
    ends: Instant
    local: tuple[datetime, datetime]
    file: Path
    warnings: tuple[str, ...]


def override_schedule(
    context: Context, schedule: str, person: str, begins: Instant, ends: Instant
) -> OverrideWritten:
    """Add the override; `UsageProblem` where it has no length, `Unknown` for what does not exist."""
    catalog = context.catalog
    rota, who = find_schedule(catalog, schedule), find_person(person, catalog)
    if ends <= begins:
        raise UsageProblem("--until is not after --from", "an override must have a length")
    start, until = (
        instant_to_local(instant, rota.timezone).replace(tzinfo=None, microsecond=0)
        for instant in (begins, ends)
    )
    file = append_override(context.config_path, rota.id, who.id, start, until)
    warnings = override_warnings(catalog, rota, who, begins, ends, context.clock.now())
    return OverrideWritten(rota, who, begins, ends, (start, until), file, tuple(warnings))


def override_warnings(
    catalog: Catalog, schedule: Schedule, person: Person, begins: Instant, ends: Instant, now: Instant
) -> list[str]:
    """What is strange about an override: it is over, or it puts somebody on call when nobody is on
    call otherwise.
    """
    if ends <= now:
        return [f"this override ended {from_now(ends, now)}: it changes nothing for anybody"]
    begins = max(begins, now)
    gaps: list[Shift] = []
    for shift in shifts_in(catalog, schedule, begins, ends):
        if shift.person is None and gaps and gaps[-1].until == shift.start:
            gaps[-1] = replace(gaps[-1], until=shift.until)
        elif shift.person is None:
            gaps.append(shift)
    gaps = [gap for gap in gaps if gap.until is None or gap.until - gap.start >= MINUTE]
    if not gaps:
        return []
    zone = schedule.timezone
    when = f"from {local_time(gaps[0].start, zone)} until {local_time(gaps[0].until, zone)}"
    times = len(gaps) - 1
    more = f" and {times} more time{'s' * (times != 1)} within it" if times else ""
    return [f"nobody is on call in {schedule.id} otherwise {when}{more}: {person.name} is, by this override"]
