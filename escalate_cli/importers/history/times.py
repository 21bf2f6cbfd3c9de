"""Times as files of past incidents have them: ISO 8601, with an offset or on the wall clock of the
organisation.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.hours import instant_to_local, local_to_instant

HOW_TO_WRITE_TIMES = 'write it like "2026-03-01 14:05", or with an offset: "2026-03-01T14:05:00+01:00"'

_OFFSET = re.compile(r"\s*(utc|gmt|z|[+-]\d\d:?(?:\d\d)?)$", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotATime(ValueError):
    """The text names no moment of the past."""

    def __init__(self, message: str, hint: str = HOW_TO_WRITE_TIMES) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def instant_of(text: str, zone: str) -> Instant:
    """The instant of an ISO 8601 time; without an offset it is a wall-clock time in `zone`, where a
    time that the clock shows twice is its first showing. `NotATime` for one that the clock leaps
    over, and for anything else."""
    said = " ".join(text.split())
    offset = _OFFSET.search(said)
    if offset is not None and ":" in said[: offset.start()]:
        spelled = "+00:00" if offset[1].lower() in ("utc", "gmt", "z") else offset[1]
        said = said[: offset.start()] + spelled
    try:
        moment = datetime.fromisoformat(said.upper())
    except ValueError:
        raise NotATime(f"{shown(text)} is no time") from None
    if not 1970 <= moment.year <= 9000:
        raise NotATime(f"{shown(text)} is in the year {moment.year}")
    if moment.tzinfo is not None:
        return (moment - _EPOCH) // timedelta(microseconds=1)
    at = local_to_instant(moment, zone)
    seen = instant_to_local(at, zone).replace(tzinfo=None)
    if seen != moment:
        hint = f'the first moment after it is "{seen:%Y-%m-%d %H:%M}"; or write the offset'
        raise NotATime(f"{shown(text)} does not exist in {zone}: the clocks go forward over it", hint)
    return at


def shown(text: str) -> str:
    """A text in quotes, not too long."""
    tight = " ".join(text.split())
    return f'"{tight if len(tight) <= 60 else tight[:59] + "…"}"'
