"""Moments as people write and read them: `2026-12-24 09:00`, `sun 03:00`, `tomorrow 09:00`, `+2h`, `now`.

Nothing else turns text into an instant or a local time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from escalate_cli.core.calendar.duration import DAY, SECOND, Instant, parse_duration, show_about
from escalate_cli.core.calendar.hours import instant_to_local, local_to_instant
from escalate_cli.core.calendar.weekdays import DAYS, weekday

HOW_TO_WRITE = (
    'write it like "2026-12-24 09:00", "sun 03:00", "tomorrow 09:00", "+2h" or "now", or with an offset:'
    ' "2026-12-24T09:00Z"'
)

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]([\d:]+)\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"\s*(utc|gmt|z|[+-]\d\d:?(?:\d\d)?)$", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotAMoment(ValueError):
    """The text names no moment; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = HOW_TO_WRITE) -> None:
        super().__init__(message)
        self.hint = hint


class LeaptOver(ValueError):
    """A local time that no clock of the zone shows, because the clocks skip it. `first` is what
    they show right after the gap.
    """

    def __init__(self, first: datetime) -> None:
        super().__init__(f"the clocks go forward to {first:%Y-%m-%d %H:%M}")
        self.first = first


def parse_moment(text: str, now: Instant, zone: str) -> Instant:
    """The instant that `text` names. Times without an offset are wall-clock times in `zone`.

    A weekday or a bare time means the next such moment, `now` included. A time that the clock shows
    twice means its first showing. Anything else, and a time that the clock skips, is `NotAMoment`
    (a ValueError with a hint).
    """
    shown = text if len(text) <= 40 else text[:40] + "…"
    words = " ".join(text.split()).lower()
    if words == "now":
        return now
    if words[:1] in ("+", "-") and words[1:2].isdigit():
        return _relative(words, now)
    if dated := _DATED.fullmatch(words):
        return _dated(dated, shown, zone)
    day, _, clock = words.rpartition(" ")
    at = parse_clock(clock)
    days = _days(day, instant_to_local(now, zone).date())
    if at is None or not days:
        raise NotAMoment(f'"{shown}" is not a moment')
    first = _on_the_wall(datetime.combine(days[0], at), zone, shown)
    return (
        first if first >= now or len(days) == 1 else _on_the_wall(datetime.combine(days[1], at), zone, shown)
    )


def parse_day(text: str, zone: str) -> Instant | None:
    """The first instant of the day that "2026-12-24" names, also where the clocks leap over its midnight;
    None for anything else.
    """
    try:
        return local_to_instant(datetime.combine(date.fromisoformat(text), time()), zone)
    except ValueError:
        return None


def parse_clock(text: str) -> time | None:
    """The time of day that "9:00" or "09:00:30" names; None for anything else."""
    match = _CLOCK.fullmatch(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def parse_weekly(text: str) -> tuple[int, time] | None:
    """The weekday (0 is Monday) and the time that "sun 03:00" names; None for anything else."""
    day, _, clock = " ".join(text.split()).lower().partition(" ")
    at = parse_clock(clock)
    return (DAYS.index(day), at) if at is not None and day in DAYS else None


def parse_iso(text: str) -> datetime:
    """An ISO 8601 time: aware if it has an offset, else naive. The offset may also be "UTC" or
    "GMT", and may follow after a space. `ValueError` for anything else.
    """
    tight = " ".join(text.split())
    offset = _OFFSET.search(tight)
    if offset is not None and ":" in tight[: offset.start()]:
        spelled = "+00:00" if offset[1].lower() in ("utc", "gmt", "z") else offset[1]
        tight = tight[: offset.start()] + spelled
    return datetime.fromisoformat(tight.upper())


def instant_of(moment: datetime, zone: str) -> Instant:
    """The instant of a time; one without an offset is a wall-clock time in `zone`, at its first
    showing, or `LeaptOver`.
    """
    if moment.tzinfo is not None:
        return (moment - _EPOCH) // timedelta(microseconds=1)
    instant = local_to_instant(moment, zone)
    seen = instant_to_local(instant, zone).replace(tzinfo=None)
    if seen != moment:
        raise LeaptOver(seen)
    return instant


def _relative(words: str, now: Instant) -> Instant:
    try:
        span = parse_duration(words[1:])
    except ValueError as error:
        raise NotAMoment(str(error)) from None
    return now + span if words[0] == "+" else now - span


def _days(word: str, today: date) -> list[date]:
    """The days that a word may mean, the next one first. No word means today or tomorrow."""
    if word in ("today", "tomorrow"):
        return [today + timedelta(days=word == "tomorrow")]
    if not word:
        return [today, today + timedelta(days=1)]
    day = weekday(word)
    if day is None:
        return []
    ahead = (day - today.weekday()) % 7
    return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]


def _dated(match: re.Match[str], shown: str, zone: str) -> Instant:
    at = parse_clock(match[2]) if match[2] else time()
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        raise NotAMoment(
            f'"{shown}": there is no such day', "the calendar has no such date; look at the month and the day"
        ) from None
    if at is None or not 1900 <= day.year <= 9000:
        raise NotAMoment(f'"{shown}" is not a moment')
    wall, offset = datetime.combine(day, at), match[3]
    if offset is None:
        return _on_the_wall(wall, zone, shown)
    if offset != "z" and (int(offset[1:3]) > 14 or int(offset[-2:]) > 59):
        raise NotAMoment(f'"{shown}": no place on earth has that offset')
    return instant_of(parse_iso(f"{wall}{offset}"), zone)


def _on_the_wall(wall: datetime, zone: str, shown: str) -> Instant:
    try:
        return instant_of(wall, zone)
    except LeaptOver as leap:
        raise NotAMoment(
            f'"{shown}": {wall:%a %Y-%m-%d %H:%M} does not exist in {zone}: the clocks go forward over it',
            f'the first moment after it is "{leap.first:%Y-%m-%d %H:%M}"',
        ) from None


def second_showing(at: Instant, zone: str) -> Instant | None:
    """The instant at which the clock of `zone` shows the time of `at` a second time, because it
    goes back that night; None on all other nights.
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


def typed_time(at: Instant, zone: str) -> str:
    """`at` on the wall clock of `zone` as somebody types it: `2026-11-23 03:04`."""
    return f"{instant_to_local(at, zone):%Y-%m-%d %H:%M}"


def local_day(at: Instant, zone: str) -> str:
    """The day of `at` in `zone`: `Mon 2026-11-23`."""
    return f"{instant_to_local(at, zone):%a %Y-%m-%d}"


def wall_time(at: Instant | None, zone: str, now: Instant) -> str:
    """A time of day, `03:04`, with the date if it is more than half a day away; "–" for None."""
    if at is None:
        return "–"
    local = instant_to_local(at, zone)
    return f"{local:%H:%M}" if abs(at - now) < DAY // 2 else f"{local:%a %d %b %H:%M}"


def named_time(at: Instant | None, zone: str) -> str:
    """`local_time` for a sentence, with the name of its zone: `Mon 2026-11-23 03:04 GMT`."""
    return local_time(at, zone) + ("" if at is None else f" {short_zone(zone, at)}")


def named_wall_time(at: Instant | None, zone: str, now: Instant) -> str:
    """`wall_time` for a sentence, with the name of its zone: `03:04 GMT`."""
    return wall_time(at, zone, now) + ("" if at is None else f" {short_zone(zone, at)}")


def short_zone(zone: str, at: Instant) -> str:
    """What people there call the zone at that time: `GMT`, `BST`; `+08` where it has no letters."""
    return f"{instant_to_local(at, zone):%Z}"


def from_now(at: Instant | None, now: Instant) -> str:
    """How far `at` is from `now`: `in 4m`, `12m ago`, `now`; "–" for None."""
    if at is None:
        return "–"
    if abs(at - now) < SECOND:
        return "now"
    return f"in {show_about(at - now)}" if at > now else f"{show_about(now - at)} ago"
