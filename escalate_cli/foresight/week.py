"""The coming weeks laid over each other: for every hour of the week, the longest time that anybody
would wait for a person.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import reduce

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import HOUR, MINUTE, Span
from escalate_cli.core.calendar.hours import instant_to_local, zone_or_utc
from escalate_cli.foresight.coverage import Coverage, Row

HOURS_OF_WEEK = 168
_SLOT: Span = 30 * MINUTE
"""local hours begin at whole half hours of UTC, wherever one is"""


class Cell(msgspec.Struct, frozen=True):
    """The worst case of an hour of the week: how long it takes (None: nobody is reached), and whom
    it reaches in one of the weeks.
    """

    after: Span | None
    people: tuple[str, ...]
    by_fallback: bool

    @property
    def badness(self) -> tuple[bool, bool, Span]:
        """Larger means worse."""
        return self.after is None, self.by_fallback, self.after or 0


class Week:
    """Which hour of the week each slot of the covered time belongs to, in the time zone of the
    organisation.
    """

    def __init__(self, coverage: Coverage, timezone: str) -> None:
        tz = zone_or_utc(timezone)
        first = coverage.start - coverage.start % _SLOT
        self._starts = list(range(first, coverage.until, _SLOT))
        self._hours = []
        for start in self._starts:
            local = instant_to_local(start, tz)
            self._hours.append(24 * local.weekday() + local.hour)

    def cells(self, row: Row) -> list[Cell | None]:
        """The worst of each of the 168 hours, from Monday 00:00; None where less than a week is covered."""
        cells: list[Cell | None] = [None] * HOURS_OF_WEEK
        for stretch in row.stretches:
            number = bisect_right(self._starts, stretch.start) - 1
            while number < len(self._starts) and self._starts[number] < stretch.until:
                at = max(stretch.start, self._starts[number])
                after = stretch.after
                if stretch.held and stretch.reached_at is not None:
                    after = stretch.reached_at - at
                cell = Cell(after, stretch.people, stretch.by_fallback)
                known = cells[self._hours[number]]
                cells[self._hours[number]] = cell if known is None else worse(known, cell)
                number += 1
        return cells


def worse(cell: Cell, other: Cell) -> Cell:
    """The worse of two; of two that are equally bad, one with the people of both."""
    if cell.badness == other.badness:
        return (
            cell
            if set(other.people) <= set(cell.people)
            else replace(cell, people=tuple(dict.fromkeys((*cell.people, *other.people))))
        )
    return cell if cell.badness > other.badness else other


def worst(cells: Iterable[Cell | None]) -> Cell | None:
    """The worst of several cells."""
    known = [cell for cell in cells if cell is not None]
    return reduce(worse, known) if known else None


GRADES: tuple[tuple[str, Span], ...] = (
    ("at once", 0),
    ("within 5m", 5 * MINUTE),
    ("within 15m", 15 * MINUTE),
    ("within 1h", HOUR),
)
LATER, FALLBACK, NOBODY = "later", "fallback only", "nobody"
GRADE_NAMES = (*(name for name, _ in GRADES), LATER, FALLBACK, NOBODY)


def grade(cell: Cell) -> int:
    """Where in `GRADE_NAMES` the cell belongs."""
    if cell.after is None:
        return GRADE_NAMES.index(NOBODY)
    if cell.by_fallback:
        return GRADE_NAMES.index(FALLBACK)
    return next(
        (number for number, (_, most) in enumerate(GRADES) if cell.after <= most), GRADE_NAMES.index(LATER)
    )
