"""Zones, local times, days and turns as values. What is wrong is refused with a word, a sentence
and a hint. Imported only when a configuration has to be read anew.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema  # noqa: TID253

from escalate_cli.config.schema.vocabulary import a_type, refuse, text_of
from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.calendar.moment import parse_clock, parse_iso, parse_weekly
from escalate_cli.core.calendar.weekdays import DAYS
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.organisation.zone_names import zone_hint

_EVERY = re.compile(r"(\d{1,4})\s*(d|days?|w|weeks?|months?)", re.ASCII)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        raise refuse("unknown-timezone", f'there is no timezone "{value}"', _hint(value)) from None
    return value


@cache
def _hint(zone: str) -> str:
    from zoneinfo import available_timezones

    return zone_hint(zone, available_timezones())


Zone = Annotated[str, AfterValidator(_zone)]


def _local(value: object) -> datetime:
    if not isinstance(value, datetime):
        hint = (
            "write it without quotes: 2026-01-05T09:00:00"
            if isinstance(value, str)
            else "write date and time: 2026-01-05T09:00:00"
        )
        raise refuse("wrong-type", f"this must be a local date and time, not {a_type(value)}", hint)
    if value.tzinfo is not None:
        raise refuse(
            "wrong-type",
            "this must be a local time, without an offset",
            "the schedule's timezone applies; leave out Z or +01:00",
        )
    return value


LocalTime = Annotated[
    datetime,
    PlainValidator(_local),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "x-taplo": {"docs": {"main": "local date-time"}}}
    ),
]


def after_start(value: datetime, info: ValidationInfo) -> datetime:
    """The end of an override, which must come after its start."""
    start = info.data.get("start")
    if start is not None and value <= start:
        raise refuse(
            "override-ends-first", "this override ends before it starts", "`until` must be after `from`"
        )
    return value


def ends_before_the_next(value: tuple[int, str] | None, info: ValidationInfo) -> tuple[int, str] | None:
    """How often a maintenance is repeated. It must end before it begins again, or its services
    would never page anybody.
    """
    span = info.data.get("span")
    if (
        value is not None
        and span is not None
        and span >= value[0] * {"d": DAY, "w": 7 * DAY, "months": 28 * DAY}[value[1]]
    ):
        hint = "make `for` shorter than `every`, or leave out `every` for a maintenance that comes once"
        raise refuse(
            "maintenance-without-end",
            "this maintenance begins again before it ends: nobody would ever be paged",
            hint,
        )
    return value


def some_members(value: list[str]) -> list[str]:
    """The people of a rotation; there must be somebody."""
    if not value:
        raise refuse(
            "empty-rotation",
            "this rotation has no members",
            "name the people who take turns, or remove the rotation",
        )
    return value


def some_days(value: list[int]) -> list[int]:
    """The days of hours; there must be one."""
    if not value:
        raise refuse("hours-without-days", "these hours have no days", 'write days = ["mon", "tue", …]')
    return value


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    text = text_of(value, 'a time in quotes, like "09:00"')
    at = time() if text == "24:00" else parse_clock(text)
    if at is None or at.second:
        raise refuse("bad-value", "this is not a time of day", 'write it like "09:00"')
    return at


ClockTime = Annotated[
    time,
    PlainValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$", "examples": ["09:00"]}),
]


def _day(value: object) -> int:
    text = text_of(value, 'a day in quotes, like "mon"').lower()
    if text not in DAYS:
        guess = text[:3] if text[:3] in DAYS else did_you_mean(text, DAYS)
        raise refuse(
            "bad-value",
            f'"{value}" is not a day',
            f'did you mean "{guess}"?' if guess else f"the days are {', '.join(DAYS)}",
        )
    return DAYS.index(text)


Day = Annotated[int, PlainValidator(_day), WithJsonSchema({"enum": list(DAYS)})]


def _every(value: object) -> tuple[int, str]:
    hint = 'write "1d", "2w" or "1 months"'
    text = text_of(value, f"how long a turn lasts: {hint}").strip().lower()
    match = _EVERY.fullmatch(text)
    if match is None:
        if re.fullmatch(r"\d+\s*m", text):
            hint = f'"{text}" would be minutes; for months write "{text.rstrip("m ")} months"'
        elif re.fullmatch(r"\d+\s*h", text):
            hint = "turns last whole days; for a part of the day give the rotation `hours`"
        raise refuse("bad-duration", f'"{value}" is not the length of a turn', hint)
    count, unit = int(match[1]), match[2][0]
    if not 1 <= count * {"d": 1, "w": 7, "m": 31}[unit] <= 3660:
        raise refuse("bad-duration", "a turn lasts at least a day and at most ten years", hint)
    return count, {"d": "d", "w": "w", "m": "months"}[unit]


Every = Annotated[
    tuple[int, str],
    PlainValidator(_every),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+ ?(d|w|months?)$", "examples": ["1d", "1w", "1 months"]}
    ),
]


def _moment(value: object) -> str:
    """ "sun 03:00", or a local date and time as `2026-12-24T09:00`."""
    hint = 'write "sun 03:00" or "2026-12-24 09:00"'
    if isinstance(value, datetime):
        return _local(value).isoformat(timespec="minutes")
    text = " ".join(text_of(value, "a moment in quotes").split())
    weekly = parse_weekly(text)
    if weekly is not None and not weekly[1].second:
        return f"{DAYS[weekly[0]]} {weekly[1]:%H:%M}"
    try:
        moment = parse_iso(text)
    except ValueError:
        raise refuse("bad-value", "this is not a moment", hint) from None
    if moment.tzinfo is not None or len(text) <= 10:
        raise refuse("bad-value", "this must be a local date and time", hint)
    return moment.isoformat(timespec="minutes")


Moment = Annotated[
    str,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["sun 03:00", "2026-12-24 09:00"]}),
]
