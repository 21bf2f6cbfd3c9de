"""Where things stand in the picture of the time to acknowledge week by week:
`templates/charts.html` draws it.

It is as wide as the page, so what lies across is in percent; heights and letters are in pixels, so that it
reflows and its words stay as large as the text around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, SECOND, Span
from escalate_cli.insight.report.figures import WeekFigures
from escalate_cli.insight.report.statistics import quantile
from escalate_cli.views.numbers import counted, day_of, percent, span

_STEPS = (
    SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE,
    10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY,
    7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY,
)  # fmt: skip
_PLOT, _GAP, _COLUMNS = 190, 14, 44
"""heights in pixels: the times, the space under them, the incidents"""
_FEW_WEEKS, _MANY_WEEKS, _LABELS = 9, 30, 14


class DateLabel(msgspec.Struct, frozen=True):
    """A date under the weeks, with its year where that begins. An `alternate` one gives way on a narrow
    page."""

    x: float
    label: str
    year: str
    alternate: bool


class WeeksChart(msgspec.Struct, frozen=True):
    """The median of each week as a line, up to nine of ten as a band, incidents as columns below; weeks
    without data are gaps."""

    summary: str
    plot: int
    columns_from: int
    columns_until: int
    levels: Sequence[tuple[float, str]]
    most_incidents: int
    column_width: float
    columns: Sequence[tuple[float, float, float]]
    """the incidents of each week: where the column begins, across and down, and how high it is"""
    dates: Sequence[DateLabel]
    band: str
    line: str
    dots: Sequence[tuple[float, float, float | None]]
    """medians that have a dot; of a week that stands alone, where no line can be, also nine of ten"""
    beyond: Sequence[float]
    """where a week took longer than the scale reaches"""
    week_width: float
    weeks: Sequence[tuple[float, str]]
    """where each week begins, and what it says when it is pointed at"""


class _Plot:
    """The weeks, and where a week and a span lie. The scale goes in even steps up to the longest; where a
    few weeks took so much longer than all others that these would be flat, it leaves them out."""

    def __init__(self, weeks: Sequence[WeekFigures]) -> None:
        self.weeks = weeks
        longest = _longest_of_scale(weeks)
        self.step = next((step for step in _STEPS if longest <= 4 * step), _STEPS[-1])
        self.top = -(-longest // self.step) * self.step or self.step

    def x(self, place: int) -> float:
        return percent(place + 0.5, len(self.weeks))

    def y(self, took: Span | None) -> float:
        return round(_PLOT * (1 - min(took or 0, self.top) / self.top), 1)


def beyond_scale(weeks: Sequence[WeekFigures]) -> bool:
    """Whether a few weeks took so much longer than all others that the scale leaves them out, with a mark."""
    return max((week.acknowledge.p90 or 0 for week in weeks), default=0) > _longest_of_scale(weeks)


def weeks_chart(weeks: Sequence[WeekFigures], summary: str) -> WeeksChart:
    """The picture of these weeks; `summary` tells in words what it shows."""
    plot = _Plot(weeks)
    runs = _runs(weeks)
    return WeeksChart(
        summary=summary,
        plot=_PLOT,
        columns_from=_PLOT + _GAP,
        columns_until=_PLOT + _GAP + _COLUMNS,
        levels=[
            (plot.y(level), span(level) if level else "0") for level in range(0, plot.top + 1, plot.step)
        ],
        most_incidents=max(week.incidents for week in weeks),
        column_width=_column_width(weeks),
        columns=_columns(plot),
        dates=_dates(weeks),
        band="".join(_band(run, plot) for run in runs),
        line="".join(_path(_medians(run, plot)) for run in runs),
        dots=[dot for run in runs for dot in _dots(run, plot)],
        beyond=[plot.x(place) for place, week in enumerate(weeks) if (week.acknowledge.p90 or 0) > plot.top],
        week_width=percent(1, len(weeks)),
        weeks=[(percent(place, len(weeks)), _week(week)) for place, week in enumerate(weeks)],
    )


def _longest_of_scale(weeks: Sequence[WeekFigures]) -> Span:
    """The span that the scale must hold: the longest; where that is far from what is usual, somewhat more
    than the usual."""
    spans = sorted(week.acknowledge.p90 or 0 for week in weeks if week.acknowledge.count)
    most, usual = (spans or [0])[-1], (quantile(spans, 0.9) or 0) * 3 // 2
    return usual if len(spans) > 4 and most > 2 * usual > 0 else most


def _column_width(weeks: Sequence[WeekFigures]) -> float:
    return round(min(8, 76 / len(weeks)), 2)


def _columns(plot: _Plot) -> list[tuple[float, float, float]]:
    most = max(week.incidents for week in plot.weeks)
    foot, half = _PLOT + _GAP + _COLUMNS, _column_width(plot.weeks) / 2
    heights = (
        (place, _COLUMNS * week.incidents / most) for place, week in enumerate(plot.weeks) if week.incidents
    )
    return [
        (round(plot.x(place) - half, 2), round(foot - tall, 1), round(tall, 1)) for place, tall in heights
    ]


def _dates(weeks: Sequence[WeekFigures]) -> list[DateLabel]:
    """Dates below the weeks; the year stands where it begins, and every second date gives way on a narrow
    page."""
    shown = _dated(weeks)
    stays = next(
        (
            turn
            for turn, (place, _) in enumerate(shown)
            if weeks[place].start.year != weeks[shown[0][0]].start.year
        ),
        0,
    )
    drawn, year = [], 0
    for turn, (place, label) in enumerate(shown):
        day, alternate = weeks[place].start, bool((turn - stays) % 2)
        begins = day.year != year and label != str(day.year) and not alternate
        drawn.append(DateLabel(percent(place, len(weeks)), label, str(day.year) if begins else "", alternate))
        year = day.year if begins else year
    return drawn


def _dated(weeks: Sequence[WeekFigures]) -> list[tuple[int, str]]:
    """Which weeks have a date, and how it is written: dates of a few weeks, months of a year, quarters of
    two, years of more."""
    days = [week.start for week in weeks]
    if len(days) <= _FEW_WEEKS:
        return [(place, f"{day.day} {day:%b}") for place, day in enumerate(days)]
    months = [place for place, day in enumerate(days) if not place or day.month != days[place - 1].month]
    if (months[1] - months[0]) / len(days) < 0.05:  # the rest of a month at the left edge
        months = months[1:]
    if len(months) > _LABELS:
        months = [place for place in months if days[place].month in (1, 4, 7, 10)]
    if len(months) > _LABELS:
        return _thinned([(place, f"{days[place]:%Y}") for place in months if days[place].month == 1])
    return _thinned([(place, f"{days[place]:%b}") for place in months])


def _thinned(labels: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return labels[:: -(-len(labels) // _LABELS)]


def _runs(weeks: Sequence[WeekFigures]) -> list[list[int]]:
    """Weeks with data that follow one another, by their places."""
    runs: list[list[int]] = []
    for place, week in enumerate(weeks):
        if week.acknowledge.count:
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
    return runs


def _medians(run: Sequence[int], plot: _Plot) -> list[tuple[float, float]]:
    return [(plot.x(place), plot.y(plot.weeks[place].acknowledge.median)) for place in run]


def _band(run: Sequence[int], plot: _Plot) -> str:
    upper = [(plot.x(place), plot.y(plot.weeks[place].acknowledge.p90)) for place in reversed(run)]
    return _path([*_medians(run, plot), *upper]) + "Z"


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _dots(run: Sequence[int], plot: _Plot) -> list[tuple[float, float, float | None]]:
    """A dot for each of few weeks; of many, for those that stand alone."""
    alone = len(run) == 1
    if not alone and len(plot.weeks) > _MANY_WEEKS:
        return []
    return [
        (x, y, plot.y(plot.weeks[run[0]].acknowledge.p90) if alone else None) for x, y in _medians(run, plot)
    ]


def _week(week: WeekFigures) -> str:
    sentence = f"Week of {day_of(week.start)}: {counted(week.incidents, 'incident')}"
    took = week.acknowledge
    if not took.count:
        return sentence
    return f"{sentence}, acknowledged after {span(took.median)}, nine of ten within {span(took.p90)}"
