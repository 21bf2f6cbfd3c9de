"""Weekday and hour of many instants on the wall clock of a zone, several times faster than one by
one.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import DAY, HOUR, SECOND, Instant, Span
from escalate_cli.core.calendar.hours import instant_to_local


class Wall:
    """The wall clock of a zone. If the offset is the same at both ends of a UTC day, it is the same
    all day.
    """

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._offsets: dict[int, Span | None] = {}

    def read(self, at: Instant) -> tuple[int, int, int]:
        """(local day counted from 1970-01-01, weekday from 0 for Monday, hour)."""
        day = at // DAY
        if day not in self._offsets:
            begin, end = self._offset(day * DAY), self._offset((day + 1) * DAY)
            self._offsets[day] = begin if begin == end else None
        known = self._offsets[day]
        local = at + (self._offset(at) if known is None else known)
        return local // DAY, (local // DAY + 3) % 7, local % DAY // HOUR

    def _offset(self, at: Instant) -> Span:
        offset = instant_to_local(at, self._zone).utcoffset()
        assert offset is not None  # noqa: S101 - local times have one
        return (offset.days * 86_400 + offset.seconds) * SECOND
