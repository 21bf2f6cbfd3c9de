"""Gaps: hours at which nobody is on call in a schedule that is used."""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import named_time, typed_time
from escalate_cli.core.calendar.rota import Schedule, Shift
from escalate_cli.core.notification.on_call import shifts_in
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import TargetKind
from escalate_cli.core.wording.problem import WARNING, Problem
from escalate_cli.foresight.findings import foreseen
from escalate_cli.foresight.unused import targets_of


def schedule_gaps(catalog: Catalog, start: Instant, until: Instant) -> Iterator[Problem]:
    """Stretches without anybody on call. A schedule that as a whole keeps to one set of hours has
    them on purpose; coverage tells what that leads to.
    """
    used = {team.on_call for team in catalog.teams.values()}
    used |= {target.name for target in targets_of(catalog) if target.kind is TargetKind.SCHEDULE}
    for schedule in catalog.schedules.values():
        limits = {rotation.hours for rotation in schedule.rotations}
        if schedule.id not in used or not schedule.rotations or (len(limits) == 1 and None not in limits):
            continue
        gaps = [shift for shift in shifts_in(catalog, schedule, start, until) if shift.person is None]
        if gaps:
            yield _gap(schedule, gaps, catalog.settings.timezone)


def _gap(schedule: Schedule, gaps: list[Shift], zone: str) -> Problem:
    first, more = gaps[0], len(gaps) - 1
    again = f" (and {more} more time{'s' * (more != 1)})" if more else ""
    start, until = named_time(first.start, schedule.timezone), named_time(first.until, schedule.timezone)
    message = f'nobody is on call in schedule "{schedule.id}" from {start} until {until}{again}'
    hint = f"put a rotation without `hours` first in [schedules.{schedule.id}]"
    hint += ", or close the gap between the hours"
    shown_by = f'escalate oncall {schedule.id} --at "{typed_time(first.start, zone)}"'
    return foreseen(WARNING, "schedule-gap", schedule.source, message, hint, shown_by)
