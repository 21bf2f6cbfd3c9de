"""Where things stand in the picture of pages by weekday and hour; `templates/charts.html` draws it.

It is as wide as the page, so what lies across is in percent; heights and letters are in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.insight.report.figures import NIGHT_FROM, NIGHT_UNTIL
from escalate_cli.views.numbers import DAY_NAMES, counted, number, percent

SHADES = 6
_ROW, _HISTOGRAM, _HEAD, _APART = 25, 46, 66, 6
"""heights in pixels: a weekday, the columns above the days, these with the word below them, the space before
the weekend"""


class HeatMap(msgspec.Struct, frozen=True):
    """Seven rows of 24 hours, the more pages the stronger the shade; above it the pages of each hour, beside
    it those of each day."""

    summary: str
    head: int
    row: int
    height: int
    hour_width: float
    column_width: float
    columns: Sequence[tuple[str, float, float, float, str]]
    """the pages of each hour on all days: its colour, where its column begins, how high it is, what
    it says
    """
    columns_until: int
    cells: Sequence[tuple[int, float, int, str]]
    """the pages of each hour of each day: the shade, where it begins, what it says"""
    days: Sequence[tuple[int, str, int]]
    """where the middle of each day lies, its name, its pages"""
    clock: Sequence[tuple[float, int]]
    night_until: float
    night_from: float


def heat_map(hours: Sequence[Sequence[int]], summary: str) -> HeatMap:
    """The picture of the pages of each weekday (from Monday) and hour; `summary` tells in words what it
    shows."""
    limits = shade_limits(hours)
    return HeatMap(
        summary=summary,
        head=_HEAD,
        row=_ROW,
        height=_HEAD + 7 * _ROW + _APART + 22,
        hour_width=percent(1, 24),
        column_width=percent(0.8, 24),
        columns=_hour_columns(hours),
        columns_until=_HISTOGRAM,
        cells=[
            _cell(day, hour, count, limits) for day, row in enumerate(hours) for hour, count in enumerate(row)
        ],
        days=[(_row(day) + _ROW // 2, DAY_NAMES[day], sum(row)) for day, row in enumerate(hours)],
        clock=[(percent(hour, 24), hour) for hour in range(0, 25, 3)],
        night_until=percent(NIGHT_UNTIL, 24),
        night_from=percent(NIGHT_FROM, 24),
    )


def shade_limits(hours: Sequence[Sequence[int]]) -> list[int]:
    """The most pages of each shade, the faintest first: steps of about one size up to the most in an hour,
    as many as there are numbers."""
    most = max((count for row in hours for count in row), default=0)
    steps = min(SHADES, most)
    return [round(most * (step + 1) / steps) for step in range(steps)]


def shade(count: int, limits: Sequence[int]) -> int:
    """The shade of a cell: 0 for no pages, else from 1; few steps use the stronger shades, so that one page
    is seen."""
    if not count:
        return 0
    return SHADES - len(limits) + 1 + next(place for place, limit in enumerate(limits) if count <= limit)


def _cell(day: int, hour: int, count: int, limits: Sequence[int]) -> tuple[int, float, int, str]:
    sentence = f"{DAY_NAMES[day]} {hour}:00–{hour + 1}:00: {counted(count, 'page')}"
    return (shade(count, limits), percent(hour, 24), _row(day), sentence)


def _row(day: int) -> int:
    return _HEAD + day * _ROW + (_APART if day >= 5 else 0)


def _hour_columns(hours: Sequence[Sequence[int]]) -> list[tuple[str, float, float, float, str]]:
    totals = [sum(row[hour] for row in hours) for hour in range(24)]
    most = max(totals) or 1
    return [
        _hour_column(hour, total, round(_HISTOGRAM * total / most, 1)) for hour, total in enumerate(totals)
    ]


def _hour_column(hour: int, total: int, tall: float) -> tuple[str, float, float, float, str]:
    colour = "dark" if hour >= NIGHT_FROM or hour < NIGHT_UNTIL else "light"
    sentence = f"{hour}:00–{hour + 1}:00: {number(total)} of all days"
    return (colour, percent(hour + 0.1, 24), round(_HISTOGRAM - tall, 1), tall, sentence)
