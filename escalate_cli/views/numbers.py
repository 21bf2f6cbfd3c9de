"""How figures are written wherever people read them: counts, shares, spans, days."""

from __future__ import annotations

from datetime import date

from escalate_cli.core.calendar import weekdays
from escalate_cli.core.calendar.duration import SECOND, Span, duration_parts

DAY_NAMES = tuple(day.title() for day in weekdays.DAYS)
"""the days of a week, where a column or a row has little room"""


def number(value: int) -> str:
    """A count with its thousands apart: 5,000."""
    return f"{value:,}"


def counted(value: int, what: str) -> str:
    """A count and what it counts: 1 incident, 5,000 incidents."""
    return f"{number(value)} {what}{'' if value == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A share in percent, with a sign of life for the smallest."""
    if not whole:
        return "–"
    percent = part / whole * 100
    return "<1%" if 0 < percent < 1 else ">99%" if 99 < percent < 100 else f"{percent:.0f}%"


def percent(part: float, whole: float) -> float:
    """A share as a length of a drawing."""
    return round(part * 100 / whole, 3)


def span(value: Span | None) -> str:
    """A duration at a glance; milliseconds where the tool itself is all there is to wait for."""
    return "".join(figure + unit for figure, unit in span_parts(value))


def span_parts(value: Span | None) -> list[tuple[str, str]]:
    """The figures and units of `span`."""
    if value is None:
        return [("–", "")]
    if value < 10 * SECOND:
        return [(f"{value / SECOND:.1f}", "s")]
    return [(str(count), unit) for count, unit in duration_parts(value)[:2]]


def day_of(day: date) -> str:
    """A day of a year: 3 Aug 2026."""
    return f"{day.day} {day:%b %Y}"
