"""Who is on call, for screens: a schedule that cannot be used says so, and the others are shown as
usual.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.rota import Schedule, Shift, on_call, shifts
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog, Team


def shift_of(catalog: Catalog, team: Team | None, at: Instant) -> Shift | None:
    """Who is on call for the team; None when it has no schedule."""
    schedule = catalog.schedules.get(team.on_call or "") if team else None
    return shift_in(catalog, schedule, at) if schedule else None


def shift_in(catalog: Catalog, schedule: Schedule, at: Instant) -> Shift:
    """Who is on call in the schedule. A schedule that cannot be used has nobody, and says so."""
    try:
        return on_call(schedule, catalog.hours, at)
    except Exception as problem:
        return Shift(
            None, at, None, f"it cannot be used ({words_of(problem)})", schedule.source, start_known=False
        )


def shifts_in(catalog: Catalog, schedule: Schedule, at: Instant, until: Instant) -> list[Shift]:
    """The shifts from `at` until `until`. A schedule that cannot be used has one shift, with
    nobody, which says so.
    """
    try:
        return shifts(schedule, catalog.hours, at, until)
    except Exception as problem:
        return [
            Shift(
                None,
                at,
                until,
                f"it cannot be used ({words_of(problem)})",
                schedule.source,
                start_known=False,
            )
        ]
