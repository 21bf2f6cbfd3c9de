"""Moments as people write and read them: `2026-12-24 09:00`, `sun 03:00`, `tomorrow 09:00`, `+2h`, `now`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from escalate_cli.core.calendar.duration import SECOND, Instant, parse_duration, show_about
from escalate_cli.core.calendar.hours import instant_to_local, local_to_instant

HOW_TO_WRITE = (
    'write it like "2026-12-24 09:00", "sun 03:00", "tomorrow 09:00", "+2h" or "now", or with an offset:'
    ' "2026-12-24T09:00Z"'
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]([\d:]+)\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotAMoment(ValueError):
    """The text names no moment; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = HOW_TO_WRITE) -> None:
        super().__init__(message)
        self.hint = hint


def parse_moment(text: str, now: Instant, zone: str) -> Instant:
    """The instant that `text` names; times without an offset are wall-clock times in `zone`.

    A weekday or a bare time is the next such moment, `now` included. A time that the clock shows
    twice is its first showing. A time that the clock leaps over, and anything else that is not a
    moment, is `NotAMoment` (a ValueError with a hint).
    """
    shown = text if len(text) <= 40 else text[:40] + "…"
    said = " ".join(text.split()).lower()
    if said == "now":
        return now
    if said[:1] in ("+", "-") and said[1:2].isdigit():
        try:
            span = parse_duration(said[1:])
        except ValueError as error:
            raise NotAMoment(str(error)) from None
        return now + span if said[0] == "+" else now - span
    if dated := _DATED.fullmatch(said):
        return _dated(dated, shown, zone)
    day, _, clock = said.rpartition(" ")
    at = _clock(clock)
    if at is None:
        raise NotAMoment(f'"{shown}" is not a moment')
    today = instant_to_local(now, zone).date()
    if day in ("today", "tomorrow"):
        return _on_the_wall(today + timedelta(days=day == "tomorrow"), at, zone, shown)
    if not day:
        return _next([today, today + timedelta(days=1)], at, now, zone, shown)
    name = day[:3]
    if name not in _DAYS or not _weekday_name(day):
        raise NotAMoment(f'"{shown}" is not a moment')
    ahead = (_DAYS.index(name) - today.weekday()) % 7
    return _next([today + timedelta(days=ahead), today + timedelta(days=ahead + 7)], at, now, zone, shown)


def _weekday_name(word: str) -> bool:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return any(name.startswith(word) for name in full)


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def _dated(match: re.Match[str], shown: str, zone: str) -> Instant:
    at = _clock(match[2]) if match[2] else time()
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        raise NotAMoment(
            f'"{shown}": there is no such day', "the calendar has no such date; look at the month and the day"
        ) from None
    if at is None or not 1900 <= day.year <= 9000:
        raise NotAMoment(f'"{shown}" is not a moment')
    if match[3] is None:
        return _on_the_wall(day, at, zone, shown)
    offset = match[3].replace(":", "")
    aware = datetime.combine(day, at, tzinfo=UTC)
    if offset != "z":
        hours, minutes = int(offset[1:3]), int(offset[3:5])
        if hours > 14 or minutes > 59:
            raise NotAMoment(f'"{shown}": no place on earth has that offset')
        aware -= (1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _next(days: list[date], at: time, now: Instant, zone: str, shown: str) -> Instant:
    """The first of the moments at `at` on `days` that is not before `now`."""
    first = _on_the_wall(days[0], at, zone, shown)
    return first if first >= now else _on_the_wall(days[1], at, zone, shown)


def _on_the_wall(day: date, at: time, zone: str, shown: str) -> Instant:
    wall = datetime.combine(day, at)
    instant = local_to_instant(wall, zone)
    seen = instant_to_local(instant, zone).replace(tzinfo=None)
    if seen != wall:
        raise NotAMoment(
            f'"{shown}": {wall:%a %Y-%m-%d %H:%M} does not exist in {zone}: the clocks go forward over it',
            f'the first moment after it is "{seen:%Y-%m-%d %H:%M}"',
        )
    return instant


def second_showing(at: Instant, zone: str) -> Instant | None:
    """When the clock of `zone` shows the time of `at` a second time, as in a night in which it goes
    back; None in all others.
    """
    seen = instant_to_local(at, zone)
    again = seen.replace(fold=1)
    later = at + ((seen.utcoffset() or timedelta()) - (again.utcoffset() or timedelta())) // timedelta(
        microseconds=1
    )
    return (
        later
        if later > at and instant_to_local(later, zone).replace(tzinfo=None) == seen.replace(tzinfo=None)
        else None
    )


def iso(at: Instant | None) -> str | None:
    """`at` as JSON carries it: UTC to the second, `2026-11-23T03:04:05Z`; None stays None."""
    return None if at is None else f"{instant_to_local(at, 'UTC'):%Y-%m-%dT%H:%M:%SZ}"


def local_time(at: Instant | None, zone: str, *, seconds: bool = False) -> str:
    """`at` on the wall clock of `zone`: `Mon 2026-11-23 03:04`; "–" for None."""
    if at is None:
        return "–"
    local = instant_to_local(at, zone)
    return f"{local:%a %Y-%m-%d %H:%M:%S}" if seconds else f"{local:%a %Y-%m-%d %H:%M}"


def from_now(at: Instant | None, now: Instant) -> str:
    """How far `at` is from `now`: `in 4m`, `12m ago`, `now`; "–" for None."""
    if at is None:
        return "–"
    if abs(at - now) < SECOND:
        return "now"
    return f"in {show_about(at - now)}" if at > now else f"{show_about(now - at)} ago"
