"""The two pictures of the page of `report`: time to acknowledge over the weeks, and pages by weekday and hour.

Both are drawn to the width of the page in percent, with heights and letters in pixels, so that they reflow and their words stay as large
as the text around them. `role="img"` and a label say in words what they show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from escalate_cli.cli.html_page import number, text
from escalate_cli.core.duration import DAY, HOUR, MINUTE, SECOND, Span
from escalate_cli.insight.figures import NIGHT_FROM, NIGHT_UNTIL, Week
from escalate_cli.insight.statistics import quantile

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STEPS = (
    SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE,
    30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY,
)  # fmt: skip
_PLOT, _GAP, _COLUMNS, _BELOW = 190, 14, 44, 34
"""heights in pixels: the times, the space under them, the incidents, the dates"""
_MANY_WEEKS = 30
SHADES = 6


# ── over the weeks ────────────────────────────────────────────────────────────────────────────────────────────────────


def beyond_scale(weeks: Sequence[Week]) -> bool:
    """Whether a few weeks took so much longer than all others that the scale leaves them out, with a mark."""
    return max((one.acknowledge.p90 or 0 for one in weeks), default=0) > _top(weeks)


def weeks_chart(weeks: Sequence[Week], shown: Callable[[Span | None], str], said: str) -> str:
    """The median of each week as a line, up to nine of ten as a band, incidents as columns below; weeks without data are gaps."""
    step = next((one for one in _STEPS if _top(weeks) <= 4 * one), _STEPS[-1])
    top = -(-_top(weeks) // step) * step or step
    height = _PLOT + _GAP + _COLUMNS + _BELOW

    def y(span: Span) -> float:
        return _PLOT * (1 - min(span, top) / top)

    lines = "".join(_rule(y(level), shown(level) if level else "0") for level in range(0, top + 1, step))
    return (
        f'<svg class="plot weeks" height="{height}" role="img" aria-label="{text(said)}">{lines}{_columns(weeks)}\n'
        f"{_dates(weeks, height)}\n{_band_and_line(weeks, y)}\n{_dots(weeks, y)}{_marks(weeks, top)}\n{_pointed_at(weeks, shown)}</svg>"
    )


def _top(weeks: Sequence[Week]) -> Span:
    """The span that the scale must hold: the longest; where that is far from what is usual, somewhat more than the usual."""
    spans = sorted(one.acknowledge.p90 or 0 for one in weeks if one.acknowledge.count)
    most, usual = (spans or [0])[-1], (quantile(spans, 0.9) or 0) * 3 // 2
    return usual if len(spans) > 4 and most > 2 * usual > 0 else most


def _middle(place: int, count: int) -> float:
    return (place + 0.5) * 100 / count


def _rule(y: float, label: str) -> str:
    return f'<line class="rule" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/><text x="-7" y="{y + 4:.1f}" text-anchor="end">{label}</text>'


def _columns(weeks: Sequence[Week]) -> str:
    most = max(one.incidents for one in weeks)
    foot, thick = _PLOT + _GAP + _COLUMNS, min(8, 76 / len(weeks))
    drawn = "".join(
        f'<rect x="{_middle(place, len(weeks)) - thick / 2:.2f}%" width="{thick:.2f}%" y="{foot - tall:.1f}" height="{tall:.1f}"/>'
        for place, one in enumerate(weeks)
        if (tall := _COLUMNS * one.incidents / most) or one.incidents
    )
    return (
        f'<g class="columns">{drawn}</g><line class="rule" x1="0" x2="100%" y1="{foot}" y2="{foot}"/>'
        f'<text x="-7" y="{foot - _COLUMNS + 9}" text-anchor="end">{number(most)}</text>'
    )


def _dates(weeks: Sequence[Week], height: int) -> str:
    """Dates of a few weeks, months of a year, quarters of two, years of more; every second gives way on a narrow page."""
    count = len(weeks)
    if count <= 9:
        found = [(place, f"{one.start.day} {one.start:%b}", one.start) for place, one in enumerate(weeks)]
    else:
        found = [(place, f"{one.start:%b}", one.start) for place, one in enumerate(weeks) if not place or _new_month(weeks, place)]
        if (found[1][0] - found[0][0]) / count < 0.05:  # the rest of a month at the left edge
            found = found[1:]
        if len(found) > 14:
            found = [one for one in found if one[2].month in (1, 4, 7, 10)]
        if len(found) > 14:
            found = [(place, f"{day:%Y}", day) for place, _, day in found if day.month == 1]
        found = found[:: -(-len(found) // 14)]
    drawn, year = [], 0
    stays = next((turn for turn, (_, _, day) in enumerate(found) if day.year != found[0][2].year), 0)
    for turn, (place, label, day) in enumerate(found):
        alternate = ' class="alternate"' if (turn - stays) % 2 else ""
        x = f"{place * 100 / count:.2f}%"
        if place:
            drawn.append(f'<line class="tick" x1="{x}" x2="{x}" y1="{height - _BELOW}" y2="{height - _BELOW + 5}"/>')
        drawn.append(f'<text x="{x}" dx="2" y="{height - _BELOW + 15}"{alternate}>{label}</text>')
        if day.year != year and label != str(day.year) and not alternate:
            drawn.append(f'<text x="{x}" dx="2" y="{height - 4}">{day.year}</text>')
            year = day.year
    return "".join(drawn)


def _new_month(weeks: Sequence[Week], place: int) -> bool:
    return weeks[place].start.month != weeks[place - 1].start.month


def _band_and_line(weeks: Sequence[Week], y: Callable[[Span], float]) -> str:
    band, line = [], []
    for run in _runs(weeks):
        lower = [(_middle(place, len(weeks)), y(weeks[place].acknowledge.median or 0)) for place in run]
        upper = [(_middle(place, len(weeks)), y(weeks[place].acknowledge.p90 or 0)) for place in run]
        line.append(_path(lower))
        band.append(_path([*lower, *reversed(upper)]) + "Z")
    return (
        f'<svg viewBox="0 0 100 {_PLOT}" preserveAspectRatio="none" width="100%" height="{_PLOT}" overflow="visible">'
        f'<path class="band" d="{"".join(band)}"/><path class="line" d="{"".join(line)}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _runs(weeks: Sequence[Week]) -> list[list[int]]:
    """Weeks with data that follow one another, by their places."""
    runs: list[list[int]] = []
    for place, one in enumerate(weeks):
        if one.acknowledge.count:
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
    return runs


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.1f}" for x, y in points)


def _dots(weeks: Sequence[Week], y: Callable[[Span], float]) -> str:
    """A dot for each of few weeks; of many, for those that stand alone, where no line can be."""
    drawn = []
    for run in _runs(weeks):
        for place in run if len(weeks) <= _MANY_WEEKS or len(run) == 1 else ():
            x, of = f"{_middle(place, len(weeks)):.2f}%", weeks[place].acknowledge
            if len(run) == 1:
                drawn.append(f'<line class="reach" x1="{x}" x2="{x}" y1="{y(of.median or 0):.1f}" y2="{y(of.p90 or 0):.1f}"/>')
            drawn.append(f'<circle cx="{x}" cy="{y(of.median or 0):.1f}" r="3.5"/>')
    return "".join(drawn)


def _marks(weeks: Sequence[Week], top: Span) -> str:
    return "".join(
        f'<svg x="{_middle(place, len(weeks)):.2f}%" width="1" height="1" overflow="visible"><path class="mark" d="M-5 3h10l-5-8z"/></svg>'
        for place, one in enumerate(weeks)
        if (one.acknowledge.p90 or 0) > top
    )


def _pointed_at(weeks: Sequence[Week], shown: Callable[[Span | None], str]) -> str:
    """What a week says when it is pointed at."""
    wide, tall = 100 / len(weeks), _PLOT + _GAP + _COLUMNS
    drawn = "".join(
        f'<rect x="{place * wide:.2f}%" width="{wide:.2f}%" height="{tall}"><title>{_told(one, shown)}</title></rect>'
        for place, one in enumerate(weeks)
    )
    return f'<g class="touch">{drawn}</g>'


def _told(week: Week, shown: Callable[[Span | None], str]) -> str:
    incidents = f"{number(week.incidents)} incident{'' if week.incidents == 1 else 's'}"
    took = f", acknowledged after {shown(week.acknowledge.median)}, nine of ten within {shown(week.acknowledge.p90)}"
    return f"Week of {day_of(week.start)}: {incidents}{took if week.acknowledge.count else ''}"


def day_of(day: date) -> str:
    """A day as the page writes it: 3 Aug 2026."""
    return f"{day.day} {day:%b %Y}"


# ── by weekday and hour ───────────────────────────────────────────────────────────────────────────────────────────────

_ROW, _HISTOGRAM, _APART = 25, 46, 6
"""heights in pixels: a weekday, the columns above the days, the space before the weekend"""


def shade_limits(hours: Sequence[Sequence[int]]) -> list[int]:
    """The most pages of each shade, the faintest first: steps of about one size up to the most in an hour, as many as there are numbers."""
    most = max((count for row in hours for count in row), default=0)
    steps = min(SHADES, most)
    return [round(most * (step + 1) / steps) for step in range(steps)]


def shade(count: int, limits: Sequence[int]) -> int:
    """The shade of a cell: 0 for no pages, else from 1; few steps use the stronger shades, so that one page is seen."""
    if not count:
        return 0
    return SHADES - len(limits) + 1 + next(place for place, limit in enumerate(limits) if count <= limit)


def heat_map(hours: Sequence[Sequence[int]], said: str) -> str:
    """Seven rows of 24 hours, the more pages the stronger the shade; above it the pages of each hour, beside it those of each day."""
    limits = shade_limits(hours)
    head = _HISTOGRAM + 20
    height = head + 7 * _ROW + _APART + 22
    cells = "".join(
        f'<rect class="h{shade(count, limits)}" x="{hour * 100 / 24:.3f}%" width="{100 / 24:.3f}%" y="{_row(day, head)}" height="{_ROW}">'
        f"<title>{DAYS[day]} {hour}:00–{hour + 1}:00: {number(count)} page{'' if count == 1 else 's'}</title></rect>"
        for day, row in enumerate(hours)
        for hour, count in enumerate(row)
    )
    days = "".join(
        f'<text x="-7" y="{_row(day, head) + _ROW / 2 + 4}" text-anchor="end">{DAYS[day]}</text>'
        f'<text class="total" x="100%" dx="7" y="{_row(day, head) + _ROW / 2 + 4}">{number(sum(row))}</text>'
        for day, row in enumerate(hours)
    )
    clock = "".join(
        f'<text x="{hour * 100 / 24:.3f}%" y="{height - 6}" text-anchor="middle">{hour}</text>'
        for hour in range(0, 25, 3)
    )
    return (
        f'<svg class="plot heat" height="{height}" role="img" aria-label="{text(said)}">{_histogram(hours)}\n{cells}\n'
        f"{_nights(head, height)}{days}{clock}</svg>"
    )


def _row(day: int, head: int) -> int:
    return head + day * _ROW + (_APART if day >= 5 else 0)


def _histogram(hours: Sequence[Sequence[int]]) -> str:
    totals = [sum(row[hour] for row in hours) for hour in range(24)]
    most = max(totals) or 1
    drawn = []
    for hour, total in enumerate(totals):
        tall = _HISTOGRAM * total / most
        night = hour >= NIGHT_FROM or hour < NIGHT_UNTIL
        drawn.append(
            f'<rect class="{"dark" if night else "light"}" x="{hour * 100 / 24 + 0.4:.3f}%" width="{100 / 24 - 0.8:.3f}%" '
            f'y="{_HISTOGRAM - tall:.1f}" height="{tall:.1f}"><title>{hour}:00–{hour + 1}:00: {number(total)} of all days</title></rect>'
        )
    return f'<g class="histogram">{"".join(drawn)}</g>'


def _nights(head: int, height: int) -> str:
    """The nights, named above the days and bordered through them."""
    until, start = NIGHT_UNTIL * 100 / 24, NIGHT_FROM * 100 / 24
    drawn = [f'<line class="border" x1="{x:.3f}%" x2="{x:.3f}%" y1="{head - 4}" y2="{height - 20}"/>' for x in (until, start)]
    drawn.append(f'<line class="night" x1="0" x2="{until:.3f}%" y1="{_HISTOGRAM + 4}" y2="{_HISTOGRAM + 4}"/>')
    drawn.append(f'<line class="night" x1="{start:.3f}%" x2="100%" y1="{_HISTOGRAM + 4}" y2="{_HISTOGRAM + 4}"/>')
    drawn.append(f'<text x="{until / 2:.3f}%" y="{_HISTOGRAM + 17}" text-anchor="middle">night</text>')
    return "".join(drawn)


CSS = """
.plot { display: block; overflow: visible; margin: 1rem 0 0 3.1rem; width: calc(100% - 3.1rem); }
.plot text { font-size: 12px; fill: var(--dim); }
.rule { stroke: var(--line); } .tick { stroke: var(--dim); }
.columns rect { fill: var(--other); opacity: .55; } .band { fill: var(--band); opacity: .7; }
.line { fill: none; stroke: var(--main); stroke-width: 2.2px; stroke-linejoin: round; }
.plot circle { fill: var(--main); stroke: var(--card); stroke-width: 1.5px; } .reach { stroke: var(--band); stroke-width: 5px; }
.mark { fill: var(--bad); } i.mark { background: var(--bad); clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.touch rect { fill: transparent; } .touch rect:hover { fill: var(--ink); opacity: .08; }
.heat { margin-left: 2.3rem; width: calc(100% - 5.1rem); }
.heat rect[class^=h] { stroke: var(--card); stroke-width: 2px; } .heat .border { stroke: var(--dim); stroke-dasharray: 2 3; }
.heat .total { fill: var(--ink); } .heat .night { stroke: var(--night); stroke-width: 3px; }
.histogram .dark { fill: var(--night); } .histogram .light { fill: var(--day); }
:root { --h0: #eef1f4; --h1: #d6e4f3; --h2: #a8c9ea; --h3: #6fa5da; --h4: #3a7bbf; --h5: #1d5492; --h6: #0b2f5c; }
@media screen and (prefers-color-scheme: dark) { :root { --h0: #1d232b; --h1: #16304d; --h2: #1b4677; --h3: #2163a8; --h4: #3d8add;
  --h5: #7db9f5; --h6: #d3e8fd; } }
""" + "".join(f".h{one} {{ fill: var(--h{one}); }} i.h{one} {{ background: var(--h{one}); }}\n" for one in range(SHADES + 1)) + """
@media (max-width: 45rem) { .alternate { display: none; } }
"""
