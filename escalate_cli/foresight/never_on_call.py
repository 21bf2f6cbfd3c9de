"""People who take turns and are never on call: all their turns lie outside the hours, or below
another rotation.

What repeats itself is looked at for a whole period, not just some weeks: a rotation of seven days
and hours by weekday meet again only when both have come round. Overrides and excepted days are left
out, since they do not repeat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import lcm

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, Instant, Span
from escalate_cli.core.calendar.hours import Hours, next_open
from escalate_cli.core.calendar.rota import Rotation, Schedule, handoff, shifts, turn_at
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import WARNING, Problem
from escalate_cli.foresight.findings import first_few, foreseen

_WEEK_DAYS = 7
_LONGEST = 400 * DAY
"""a longer period is not walked through; then each rotation is looked at by itself, turn by turn"""
_HALF_A_YEAR = 26 * 7 * DAY
"""hours and handoffs of two zones may meet in winter and miss each other in summer"""


def never_on_call(catalog: Catalog, now: Instant) -> Iterator[Problem]:
    """A finding for each rotation with members who are never on call while others of it are, or
    with nobody who ever is.
    """
    hours = {name: replace(opening, except_days=()) for name, opening in catalog.hours.items()}
    for schedule in catalog.schedules.values():
        steady = replace(schedule, overrides=())
        with suppress(Exception):  # it cannot be used, which is a finding of its own
            yield from [
                _finding(schedule, number, members, hours, now)
                for number, members in _idle(steady, hours, now).items()
            ]


def _idle(schedule: Schedule, hours: dict[str, Hours], now: Instant) -> dict[int, list[str]]:
    """The members of each rotation, by its number from 1, who are never on call in any rotation."""
    people = _ever_on_call(schedule, hours, now)
    idle = {
        number: [member for member in dict.fromkeys(rotation.members) if member not in people]
        for number, rotation in enumerate(schedule.rotations, 1)
    }
    return {number: members for number, members in idle.items() if members}


def _ever_on_call(schedule: Schedule, hours: dict[str, Hours], now: Instant) -> set[str]:
    """Everybody who is on call at some time: in one whole period, and in one half a year later."""
    rotations = schedule.rotations
    period = _period(rotations)
    starts = [_begin(rotation, schedule, now) for rotation in rotations if rotation.members]
    begin = max(starts, default=now)
    if period is None or begin + period - now > _LONGEST:
        return set().union(*(_within_hours(rotation, schedule, hours, now) for rotation in rotations))
    people = _on_call_between(schedule, hours, now, begin + period)
    if all(people.issuperset(rotation.members) for rotation in rotations):
        return people
    later = begin + _HALF_A_YEAR
    return people | _on_call_between(schedule, hours, later, later + period)


def _begin(rotation: Rotation, schedule: Schedule, now: Instant) -> Instant:
    return max(now, handoff(rotation, schedule.timezone, 0) or now)


def _period(rotations: tuple[Rotation, ...]) -> Span | None:
    """After how long everything has come round, whole weeks; None where months are counted, which
    never come round with weeks.
    """
    if any(rotation.unit not in ("d", "w") for rotation in rotations):
        return None
    days = [
        len(rotation.members) * rotation.count * (_WEEK_DAYS if rotation.unit == "w" else 1)
        for rotation in rotations
        if rotation.members
    ]
    return (lcm(_WEEK_DAYS, *days) + 1) * DAY  # a day more: clocks may change within


def _on_call_between(schedule: Schedule, hours: dict[str, Hours], start: Instant, until: Instant) -> set[str]:
    return {shift.person for shift in shifts(schedule, hours, start, until) if shift.person is not None}


def _within_hours(rotation: Rotation, schedule: Schedule, hours: dict[str, Hours], now: Instant) -> set[str]:
    """The members of whom some turn meets the hours of the rotation, whatever other rotations do."""
    limit = hours.get(rotation.hours or "")
    if limit is None or rotation.unit == "months":  # a month has every day of the week
        return set(rotation.members)
    begin = _begin(rotation, schedule, now)
    members: set[str] = set()
    for season in (begin, begin + _HALF_A_YEAR):
        turn = turn_at(rotation, schedule.timezone, season)
        first = 0 if turn is None else turn.number
        for number in range(first, first + _WEEK_DAYS * len(rotation.members) + 1):
            member = rotation.members[number % len(rotation.members)]
            if member not in members and _meets(rotation, number, schedule.timezone, limit):
                members.add(member)
    return members


def _meets(rotation: Rotation, number: int, zone: str, limit: Hours) -> bool:
    """Whether the hours are open at some time of this turn."""
    start, until = handoff(rotation, zone, number), handoff(rotation, zone, number + 1)
    if start is None or until is None:
        return False
    opens_at = next_open(limit, start)
    return opens_at is not None and opens_at < until


def _finding(
    schedule: Schedule, number: int, members: list[str], hours: dict[str, Hours], now: Instant
) -> Problem:
    rotation = schedule.rotations[number - 1]
    names, verb = first_few([f'"{member}"' for member in members]), "is" if len(members) == 1 else "are"
    if rotation.hours is not None and not set(members) & _within_hours(rotation, schedule, hours, now):
        why = f'every turn of theirs lies outside the hours "{rotation.hours}"'
        hint = "let a turn last longer or be another number of days, or take them out of the rotation"
    else:
        why = "other rotations always take precedence then"
        hint = "limit the later rotation to `hours`, or remove this one"
    message = f'{names} of rotation {number} of schedule "{schedule.id}" {verb} never on call: {why}'
    return foreseen(WARNING, "never-on-call", rotation.source, message, hint)
