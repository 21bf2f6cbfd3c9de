"""The week at a glance, on a terminal: when is whom how many minutes away. The same as a page:
views/html/week.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.coverage import Coverage
from escalate_cli.foresight.findings import first_few
from escalate_cli.foresight.week import GRADE_NAMES, Week, grade, worst
from escalate_cli.views.numbers import DAY_NAMES

if TYPE_CHECKING:
    from rich.console import Console

_GLYPHS = ("·", "▁", "▃", "▅", "▇", "F", "X")
_STYLES = ("green", "green", "yellow", "dark_orange", "red", "magenta", "bold red")
_HOURS_A_CELL = (3, 6)
"""the second where there is no room for the first"""
_LABEL = 8
"""columns of the narrowest name"""


def draw_week(console: Console, coverage: Coverage, catalog: Catalog) -> None:
    """One line for the services of each team that share their fate at the default severity, three
    or six hours of the week in each cell.
    """
    from rich.text import Text

    severity = catalog.settings.default_severity
    week = Week(coverage, catalog.settings.timezone)
    rows = [row for row in coverage.rows if severity in row.severities]
    style.heading(
        console,
        f"The week at {severity}: how long until the first person ({catalog.settings.timezone})",
        above=False,
    )
    labels = [f"{row.team}: {first_few(row.services, 2)}" for row in rows]
    hours = next(
        (hours for hours in _HOURS_A_CELL if _days(hours) + _LABEL <= console.width), _HOURS_A_CELL[-1]
    )
    width = max(_LABEL, min(max(map(len, labels), default=0), console.width - _days(hours)))
    console.print(
        Text(" " * width + " " + " ".join(f"{day:<{24 // hours}}" for day in DAY_NAMES), "dim"),
        no_wrap=True,
        crop=False,
    )
    for label, row in zip(labels, rows, strict=True):
        line = style.piece(label if len(label) <= width else label[: width - 1] + "…")
        line.pad_right(width - len(line.plain))
        cells = week.cells(row)
        for first in range(0, len(cells), hours):
            if first % 24 == 0:
                line.append(" ")
            delay = worst(cells[first : first + hours])
            line.append(
                " " if delay is None else _GLYPHS[grade(delay)],
                "" if delay is None else _STYLES[grade(delay)],
            )
        console.print(line, no_wrap=True, crop=False)
    legend = Text("")
    for glyph, colour, name in zip(_GLYPHS, _STYLES, GRADE_NAMES, strict=True):
        legend.append(glyph, colour)
        legend.append(f" {name}   ", "dim")
    console.print(legend)


def _days(hours: int) -> int:
    """The columns of a week of cells, with a space before each day."""
    return 7 * (24 // hours + 1)
