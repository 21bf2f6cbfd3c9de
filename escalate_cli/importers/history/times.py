"""Times as files of past incidents have them: ISO 8601 and the other shapes that tools and spreadsheets
write, with an offset, with the name of a zone, or on the wall clock of the organisation; seconds and
milliseconds since 1970; and how long something took.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, SECOND, Instant, Span
from escalate_cli.core.calendar.moment import LeaptOver, instant_of, parse_iso
from escalate_cli.importers.history.columns import UNITS

HOW_TO_WRITE_TIMES = 'write it like "2026-03-01 14:05", or with an offset: "2026-03-01T14:05:00+01:00"'
_WHICH_DATES = "say which: --dates dmy (day, month, year) or --dates mdy"
_LONGEST = 60
"""characters of a time"""
_TEN_YEARS = 3650 * DAY

_SINCE_1970 = re.compile(r"(\d{10,19})(?:\.(\d{1,6}))?", re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):([0-5]\d)(?::([0-5]\d|60)(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?(?![a-z]))?",
    re.ASCII,
)
_OFFSET = re.compile(r"\s*(?:utc|gmt)?\s*([+-])(\d{2}):?(\d{2})?$", re.ASCII)
_ZONE_NAME = re.compile(r"\s*[\[(]?([a-z]+(?:/[a-z_+-]+)+\d{0,2}|[a-z]{1,5})[\])]?$", re.ASCII)
_WEEKDAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})[ -](\d{4})", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)? (\d{4})", re.ASCII)
_ZONES = {
    **dict.fromkeys(("utc", "gmt", "z", "ut", "wet"), 0),
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "cet": 1,
    "west": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "jst": 9,
    "aest": 10,
    "aedt": 11,
}
"""hours of the abbreviations that mean one zone; CST, IST and BST mean several"""


class NotATime(ValueError):
    """The text names no moment of the past."""

    def __init__(self, message: str, hint: str = HOW_TO_WRITE_TIMES) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def past_instant(text: str, zone: str, *, day_first: bool | None = None) -> Instant:
    """The instant of a time; without an offset it is a wall-clock time in `zone`, where a time that
    the clock shows twice is its first showing. `NotATime` for one that the clock leaps over, and for
    anything else.

    `day_first`: whether 03/04/2026 is the third of April; None: nobody has said so, and it is no time.
    """
    since_1970 = _since_1970(text.strip()) if len(text) < _LONGEST else None
    if since_1970 is not None:
        return since_1970
    moment = _moment(text, day_first)
    if not 1970 <= moment.year <= 9000:
        raise NotATime(f"{shown(text)} is in the year {moment.year}")
    try:
        return instant_of(moment, zone)
    except LeaptOver as leap:
        hint = f'the first moment after it is "{leap.first:%Y-%m-%d %H:%M}"; or write the offset'
        raise NotATime(
            f"{shown(text)} does not exist in {zone}: the clocks go forward over it", hint
        ) from None


def _since_1970(text: str) -> Instant | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their digits."""
    match = _SINCE_1970.fullmatch(text)
    if match is None:
        return None
    whole, digits = int(match[1]), len(match[1])
    if digits < 12:
        return whole * SECOND + int((match[2] or "").ljust(6, "0"))
    return whole * 1_000 if digits < 15 else whole if digits < 18 else whole // 1_000


def _moment(text: str, day_first: bool | None) -> datetime:
    tight = " ".join(text.split()) if len(text) < 10 * _LONGEST else text
    try:
        return parse_iso(tight)
    except ValueError:
        if len(tight) > _LONGEST:
            raise NotATime(f"{shown(text)} is no time") from None
    words = " ".join(_WEEKDAY.sub(" ", tight.lower().replace(",", " ").replace(" at ", " ")).split())
    clock = _CLOCK.search(words)
    before, after = (words[: clock.start()], words[clock.end() :]) if clock else (words, "")
    before = re.sub(r"(?<=\d)t$", "", before.strip())
    zone, after = _zone(after.strip(), text) if after.strip() else (None, "")
    year, month, day = _date(" ".join(f"{before} {after}".split()), text, day_first)
    try:
        return datetime(year, month, day, *_time_of_day(clock), tzinfo=zone)
    except ValueError:
        raise NotATime(f"{shown(text)} is no time") from None


def _time_of_day(clock: re.Match[str] | None) -> tuple[int, int, int, int]:
    if clock is None:
        return 0, 0, 0, 0
    hour = int(clock[1])
    if clock[5]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (clock[5] == "p")
    return hour, int(clock[2]), min(int(clock[3] or 0), 59), int((clock[4] or "0").ljust(6, "0")[:6])


def _zone(text: str, whole: str) -> tuple[tzinfo | None, str]:
    """The zone at the end of what stands behind the time, and what is left before it: a year, perhaps."""
    offset = _OFFSET.search(text)
    if offset is not None:
        by = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if by < timedelta(days=1):
            return timezone(by if offset[1] == "+" else -by), text[: offset.start()]
    year = re.search(r"(?:^|\s)(\d{4})$", text)
    named = _ZONE_NAME.search(text[: year.start()] if year else text)
    if named is None:
        return None, text
    rest = text[: named.start()] + (f" {year[1]}" if year else "")
    if named[1] in _ZONES:
        return timezone(timedelta(hours=_ZONES[named[1]])), rest
    if "/" in named[1]:
        try:
            return ZoneInfo("/".join(part.title() for part in named[1].split("/"))), rest
        except (OSError, ValueError, KeyError):
            pass
    hint = 'write its offset instead: "2026-03-01 14:05 +01:00"'
    raise NotATime(f'{shown(whole)}: "{named[1].upper()}" is no time zone, or may be several', hint)


def _date(text: str, whole: str, day_first: bool | None) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _NUMBERS.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        dmy = _day_first(first, second, match[2])
        dmy = dmy if dmy is not None else day_first
        if dmy is None and first != second:
            raise NotATime(f"{shown(whole)} may be two dates", _WHICH_DATES)
        return (year, second, first) if dmy else (year, first, second)
    if match := _DAY_MONTH.fullmatch(text):
        return int(match[3]), _month(match[2], whole), int(match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return int(match[3]), _month(match[1], whole), int(match[2])
    raise NotATime(f"{shown(whole)} is no time")


def _month(word: str, whole: str) -> int:
    if word[:3] not in _MONTHS:
        raise NotATime(f"{shown(whole)} is no time")
    return _MONTHS.index(word[:3]) + 1


def _day_first(first: int, second: int, separator: str) -> bool | None:
    """Whether the day comes first, where one number is too large for a month, or dots say so."""
    if first > 12 or separator == ".":
        return True
    return False if second > 12 else None


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """How dates such as 03/04/2026 are meant, by those among them that can be meant in one way only;
    None where there is none, or where they contradict each other.
    """
    matches = (_NUMBERS.search(text[:_LONGEST]) for text in texts)
    told = {_day_first(int(match[1]), int(match[3]), match[2]) for match in matches if match} - {None}
    return told.pop() if len(told) == 1 else None


# ── how long it took ──────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_COLONS = re.compile(r"(?:(\d{1,4}) days? *,? *)?(\d{1,5}):([0-5]\d):([0-5]\d)(?:\.\d{1,9})?", re.ASCII)
_ISO_SPAN = re.compile(r"p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:\.\d+)?s)?)?", re.ASCII)
_IN_WORDS = re.compile(r"(?:\d{1,6} ?[a-z]{1,7}[ ,]*(?:and )?)+", re.ASCII)
_PART = re.compile(r"(\d{1,6}) ?([a-z]{1,7})", re.ASCII)
_PARTS = UNITS | dict.fromkeys(("w", "wk", "week", "weeks"), 7 * DAY)


def past_span(text: str, unit: int | None) -> Span | None:
    """How long something took, in microseconds: "1h 20m", "80 minutes", "01:20:00", "PT1H20M", or a bare
    number of `unit`. None for anything else, and for a bare number of which nobody knows what it counts.
    """
    tight = " ".join(text.split()).lower() if len(text) < _LONGEST else ""
    if _NUMBER.fullmatch(tight):
        span = round(float(tight) * unit) if unit is not None else None
        return span if span is None or span <= _TEN_YEARS else None
    if match := _COLONS.fullmatch(tight):
        hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4])
        return int(match[1] or 0) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
    if len(tight) > 2 and (match := _ISO_SPAN.fullmatch(tight)):
        sizes = (DAY, HOUR, MINUTE, SECOND)
        return sum(int(count) * size for count, size in zip(match.groups(), sizes, strict=True) if count)
    if _IN_WORDS.fullmatch(tight):
        parts = [(int(count), _PARTS.get(word)) for count, word in _PART.findall(tight)]
        spans = [count * size for count, size in parts if size is not None]
        return sum(spans) if len(spans) == len(parts) else None
    return None


def is_bare_number(text: str) -> bool:
    """Whether only a unit is missing to make it a duration."""
    return len(text) < _LONGEST and _NUMBER.fullmatch(text.strip()) is not None


def shown(text: str) -> str:
    """A text in quotes, not too long."""
    tight = " ".join(text.split())
    return f'"{tight if len(tight) <= 60 else tight[:59] + "…"}"'
