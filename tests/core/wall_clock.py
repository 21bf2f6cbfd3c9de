"""The rules of time told a second time, slowly and differently: by looking at clocks, not by asking
for offsets.

The tests compare core/calendar/hours.py and core/calendar/rota.py with this. All its times fall on
whole minutes, and so do the changes of every zone used.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Schedule

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
_DAY = timedelta(days=1)


def utc(text: str) -> int:
    """The instant that an ISO text in UTC names."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def shown(at: int, zone: str) -> datetime:
    """What the clock on the wall shows."""
    return datetime.fromtimestamp(at // 1_000_000, ZoneInfo(zone)).replace(tzinfo=None)


@cache
def first_showing(naive: datetime, zone: str) -> int:
    """Watch the clock on the wall until it shows `naive`, or has passed it."""
    middle = utc(naive.isoformat())
    around = [middle + hours * HOUR for hours in range(-50, 51)]
    offsets = {utc(shown(at, zone).isoformat()) - at for at in around}
    showings = [middle - offset for offset in offsets if shown(middle - offset, zone) == naive]
    if showings:
        return min(showings)
    at = middle - 26 * HOUR
    while shown(at, zone) <= naive:
        at += MINUTE
    return at


@cache
def exists(day: date, zone: str) -> bool:
    """Whether the calendar on the wall ever shows `day`."""
    noon = utc(f"{day.isoformat()}T12:00")
    return any(shown(noon + hours * HOUR, zone).date() == day for hours in range(-40, 41))


@cache
def _window(hours_start: datetime, hours_until: datetime, zone: str) -> tuple[int, int]:
    return first_showing(hours_start, zone), first_showing(hours_until, zone)


def open_at(hours: Hours, at: int) -> bool:
    today = shown(at, hours.timezone).date()
    for day in (today + number * _DAY for number in range(-3, 4)):
        if day.weekday() in hours.days and day not in hours.except_days:
            last = day if hours.until > hours.start else day + _DAY
            start, until = _window(
                datetime.combine(day, hours.start), datetime.combine(last, hours.until), hours.timezone
            )
            if start <= at < until:
                return True
    return False


@cache
def _handoff(start: datetime, count: int, unit: str, number: int, zone: str) -> int:
    day = start.date()
    if unit == "months":
        first = day.replace(day=1)
        for _ in range(number * count):
            first = (first + 31 * _DAY).replace(day=1)
        length = ((first + 31 * _DAY).replace(day=1) - first).days
        day = first.replace(day=min(day.day, length))
    else:
        day += number * count * (7 if unit == "w" else 1) * _DAY
    while not exists(day, zone):
        day += _DAY
    return first_showing(datetime.combine(day, start.time()), zone)


def who(schedule: Schedule, hours: dict[str, Hours], at: int) -> tuple[str | None, str, int]:
    """The person on call, the layer that says so, and its turn; every layer looked at, every
    handoff walked.
    """
    answer: tuple[str | None, str, int] = (None, "nobody", 0)
    for number, rotation in enumerate(schedule.rotations, start=1):
        turn = -1
        while _handoff(rotation.start, rotation.count, rotation.unit, turn + 1, schedule.timezone) <= at:
            turn += 1
        if turn >= 0 and rotation.members and (rotation.hours is None or open_at(hours[rotation.hours], at)):
            answer = (rotation.members[turn % len(rotation.members)], f"rotation {number}", turn + 1)
    for number, override in enumerate(schedule.overrides, start=1):
        if (
            first_showing(override.start, schedule.timezone)
            <= at
            < first_showing(override.until, schedule.timezone)
        ):
            answer = (override.person, f"override {number}", 0)
    return answer
