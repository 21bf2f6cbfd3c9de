"""When an answer about the future can change: at handoffs, and when hours open or close (also
because of holidays and clock changes).

What an answer depends on is not guessed: core runs on a catalog that notes which schedules and
hours it is asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from escalate_cli.core.calendar import hours as opening
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.organisation.catalog import Catalog

Subject = tuple[str, str]
"""("schedule", id) or ("hours", id)"""

_T = TypeVar("_T")

HOURS = "hours"
SCHEDULE = "schedule"


class _Noting(dict[str, _T]):
    """A section of the catalog that notes what it is asked about."""

    def __init__(self, kind: str, section: dict[str, _T], asked: set[Subject]) -> None:
        super().__init__(section)
        self._kind = kind
        self._asked = asked

    def get(self, key: str, default: _T | None = None) -> _T | None:  # type: ignore[override]
        self._asked.add((self._kind, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> _T:
        self._asked.add((self._kind, key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._asked.add((self._kind, str(key)))
        return super().__contains__(key)


class Questions:
    """What core asks about schedules and hours: `catalog` is the catalog as given, and notes it."""

    def __init__(self, catalog: Catalog) -> None:
        self._asked: set[Subject] = set()
        self.catalog = replace(
            catalog,
            schedules=_Noting(SCHEDULE, catalog.schedules, self._asked),
            hours=_Noting(HOURS, catalog.hours, self._asked),
        )

    def taken(self) -> tuple[Subject, ...]:
        """What was asked about since the last call, in order."""
        subjects = tuple(sorted(self._asked))
        self._asked.clear()
        return subjects


@dataclass(slots=True)
class _Tiles:
    """Stretches that have one answer each: where they start, the answers, and where the last one
    ends.
    """

    starts: list[Instant]
    values: list[str | bool | None]
    end: Instant | None


class Calendar:
    """Who is on call and which hours are open, from `start` on. It is worked out once per handoff
    and then looked up.
    """

    def __init__(self, catalog: Catalog, start: Instant) -> None:
        self._catalog = catalog
        self._start = start
        self._tiles: dict[Subject, _Tiles] = {}

    def value(self, subject: Subject, at: Instant) -> str | bool | None:
        """The person on call (None: nobody), or whether the hours are open; None for what the
        catalog does not have.
        """
        tiles, index = self._tile(subject, at)
        return tiles.values[index]

    def next(self, subject: Subject, at: Instant) -> Instant | None:
        """The next handoff or change of hours strictly after `at`; None when none is in sight."""
        tiles, index = self._tile(subject, at)
        return tiles.starts[index + 1] if index + 1 < len(tiles.starts) else tiles.end

    def _tile(self, subject: Subject, at: Instant) -> tuple[_Tiles, int]:
        """The tiles known so far, and the number of the one that `at` lies in."""
        tiles = self._tiles.get(subject)
        if tiles is None:
            value, end = self._look(subject, self._start)
            tiles = self._tiles[subject] = _Tiles([self._start], [value], end)
        while tiles.end is not None and tiles.end <= at:
            value, end = self._look(subject, tiles.end)
            tiles.starts.append(tiles.end)
            tiles.values.append(value)
            tiles.end = end
        return tiles, bisect_right(tiles.starts, at) - 1

    def _look(self, subject: Subject, at: Instant) -> tuple[str | bool | None, Instant | None]:
        """The answer at `at`, and until when it holds."""
        kind, name = subject
        if kind == SCHEDULE:
            rota = self._catalog.schedules.get(name)
            if rota is None:
                return None, None
            shift = shift_in(self._catalog, rota, at)
            return shift.person, shift.until
        hours = self._catalog.hours.get(name)
        if hours is None:
            return None, None
        try:
            return opening.is_open(hours, at), opening.next_change(hours, at)
        except Exception:  # nobody waits for hours that cannot be used
            return None, None
