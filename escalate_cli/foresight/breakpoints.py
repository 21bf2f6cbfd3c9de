"""When an answer about the future can change: at handoffs, and where hours open or close (holidays
and clock changes are among them).

What an answer depends on is not guessed: core runs on a catalog that notes which schedules and
hours it is asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from msgspec.structs import replace

from escalate_cli.core.calendar import hours as opening
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.organisation.catalog import Catalog

Subject = tuple[str, str]
"""("schedule", id) or ("hours", id)"""

HOURS = "hours"
SCHEDULE = "schedule"


class _Noting(dict[str, Any]):
    """A section of the catalog that notes what it is asked about."""

    def __init__(self, kind: str, section: dict[str, Any], asked: set[Subject]) -> None:
        super().__init__(section)
        self._kind = kind
        self._asked = asked

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add((self._kind, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._asked.add((self._kind, key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._asked.add((self._kind, str(key)))
        return super().__contains__(key)


def noting(catalog: Catalog, asked: set[Subject]) -> Catalog:
    """The same catalog; whatever core asks of its schedules and hours is added to `asked`."""
    return replace(
        catalog,
        schedules=_Noting(SCHEDULE, catalog.schedules, asked),
        hours=_Noting(HOURS, catalog.hours, asked),
    )


class Calendar:
    """Who is on call and which hours are open, from `start` on: worked out once per handoff, then
    looked up.
    """

    def __init__(self, catalog: Catalog, start: Instant) -> None:
        self._catalog = catalog
        self._start = start
        self._tiles: dict[Subject, tuple[list[Instant], list[str | bool | None], list[Instant | None]]] = {}

    def value(self, subject: Subject, at: Instant) -> str | bool | None:
        """The person on call (None: nobody), or whether the hours are open; None for what the
        catalog does not have.
        """
        _, values, index = self._tile(subject, at)
        return values[index]

    def next(self, subject: Subject, at: Instant) -> Instant | None:
        """The next handoff or change of hours strictly after `at`; None when none is in sight."""
        starts, _, index = self._tile(subject, at)
        if index + 1 < len(starts):
            return starts[index + 1]
        return self._tiles[subject][2][0]

    def changes(self, subject: Subject, until: Instant) -> list[Instant]:
        """Every change from the calendar's start until `until`, the start itself included."""
        starts, _, index = self._tile(subject, until)
        return starts[: index + 1]

    def _tile(self, subject: Subject, at: Instant) -> tuple[list[Instant], list[str | bool | None], int]:
        """The tiles known so far, and the one that `at` lies in."""
        tiles = self._tiles.get(subject)
        if tiles is None:
            value, end = self._look(subject, self._start)
            tiles = self._tiles[subject] = ([self._start], [value], [end])
        starts, values, (end,) = tiles
        while end is not None and end <= at:
            value, after = self._look(subject, end)
            starts.append(end)
            values.append(value)
            tiles[2][0] = end = after
        return starts, values, bisect_right(starts, at) - 1

    def _look(self, subject: Subject, at: Instant) -> tuple[str | bool | None, Instant | None]:
        kind, name = subject
        if kind == SCHEDULE:
            rota = self._catalog.schedules.get(name)
            if rota is None:
                return None, None
            shift = shift_in(self._catalog, rota, at)
            return shift.person, shift.until
        hours = self._catalog.hours.get(name)
        try:
            return (
                (None, None)
                if hours is None
                else (opening.is_open(hours, at), opening.next_change(hours, at))
            )
        except Exception:  # nobody waits for hours that cannot be used
            return None, None
