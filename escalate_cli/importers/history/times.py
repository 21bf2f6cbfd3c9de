"""Times as files of past incidents have them: ISO 8601, with an offset or on the wall clock of the
organisation.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import LeaptOver, instant_of, parse_iso

HOW_TO_WRITE_TIMES = 'write it like "2026-03-01 14:05", or with an offset: "2026-03-01T14:05:00+01:00"'


class NotATime(ValueError):
    """The text names no moment of the past."""

    def __init__(self, message: str, hint: str = HOW_TO_WRITE_TIMES) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def past_instant(text: str, zone: str) -> Instant:
    """The instant of an ISO 8601 time; without an offset it is a wall-clock time in `zone`, where a
    time that the clock shows twice is its first showing. `NotATime` for one that the clock leaps
    over, and for anything else.
    """
    try:
        moment = parse_iso(text)
    except ValueError:
        raise NotATime(f"{shown(text)} is no time") from None
    if not 1970 <= moment.year <= 9000:
        raise NotATime(f"{shown(text)} is in the year {moment.year}")
    try:
        return instant_of(moment, zone)
    except LeaptOver as leap:
        hint = f'the first moment after it is "{leap.first:%Y-%m-%d %H:%M}"; or write the offset'
        raise NotATime(
            f"{shown(text)} does not exist in {zone}: the clocks go forward over it", hint
        ) from None


def shown(text: str) -> str:
    """A text in quotes, not too long."""
    tight = " ".join(text.split())
    return f'"{tight if len(tight) <= 60 else tight[:59] + "…"}"'
