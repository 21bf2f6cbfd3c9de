"""The week at a glance: when is whom how many minutes away, on a terminal and as one page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli import html_page
from escalate_cli.cli.html_page import document, text
from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import show_about
from escalate_cli.core.moment import local_time
from escalate_cli.foresight.coverage import Coverage, Row
from escalate_cli.foresight.findings import some
from escalate_cli.foresight.week import GRADE_NAMES, HOURS_OF_WEEK, Cell, Week, grade, worst

if TYPE_CHECKING:
    from rich.console import Console

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GLYPHS = ("·", "▁", "▃", "▅", "▇", "F", "X")
_STYLES = ("green", "green", "yellow", "dark_orange", "red", "magenta", "bold red")
_HOURS_A_CELL = 3

Pieces = list[tuple[int, list[Cell | None]]]
"""hours of the week that follow one another and are alike, with the first of them"""


def draw(console: Console, coverage: Coverage, catalog: Catalog) -> None:
    """One line for the services of each team that share their fate at the default severity, three hours of the week in each cell."""
    from rich.text import Text

    from escalate_cli.cli import screens

    severity = catalog.settings.default_severity
    week = Week(coverage, catalog.settings.timezone)
    rows = [row for row in coverage.rows if severity in row.severities]
    screens.heading(console, f"The week at {severity}: how long until the first person ({catalog.settings.timezone})", above=False)
    labels = [f"{row.team}: {some(row.services, 2)}" for row in rows]
    width = max(12, min(max(map(len, labels), default=0), console.width - 7 * (24 // _HOURS_A_CELL + 1)))
    console.print(Text(" " * width + " " + " ".join(f"{day:<{24 // _HOURS_A_CELL}}" for day in _DAYS), "dim"), no_wrap=True, crop=False)
    for label, row in zip(labels, rows, strict=True):
        line = screens.words(label if len(label) <= width else label[: width - 1] + "…")
        line.pad_right(width - len(line.plain))
        cells = week.cells(row)
        for first in range(0, len(cells), _HOURS_A_CELL):
            if first % 24 == 0:
                line.append(" ")
            found = worst(cells[first : first + _HOURS_A_CELL])
            line.append(" " if found is None else _GLYPHS[grade(found)], "" if found is None else _STYLES[grade(found)])
        console.print(line, no_wrap=True, crop=False)
    legend = Text("")
    for glyph, style, name in zip(_GLYPHS, _STYLES, GRADE_NAMES, strict=True):
        legend.append(glyph, style)
        legend.append(f" {name}   ", "dim")
    console.print(legend)


def page(coverage: Coverage, catalog: Catalog) -> str:
    """The heat map of every service and severity as an HTML page: no script, nothing loaded from elsewhere, readable on a phone."""
    zone = catalog.settings.timezone
    week = Week(coverage, zone)
    sections = []
    for severity in reversed(catalog.severities):
        rows = [row for row in coverage.rows if severity.id in row.severities]
        drawn = [(row, week.cells(row)) for row in rows]
        sections.append(f"<section><h2>{text(severity.id)}</h2>\n{_of_severity(drawn, catalog)}</section>")
    grades = html_page.legend(*((f"g{number}", name) for number, name in enumerate(GRADE_NAMES)))
    covered = f"{local_time(coverage.start, zone)} until {local_time(coverage.until, zone)}, {zone}"
    title = "Who is how many minutes away"
    said = f"For every hour of the week, the longest that an incident declared then would wait for its first person. {covered}."
    return document(title, "\n".join((f"<h1>{title}</h1><p>{text(said)}</p>", grades, *sections)), _CSS)


def _of_severity(drawn: list[tuple[Row, list[Cell | None]]], catalog: Catalog) -> str:
    """What takes longest comes first; what is paged at once all week is behind a click. All of it is there in words, too."""
    ordered = sorted(drawn, key=lambda one: _hardest(one[1]), reverse=True)
    troubled = [(row, _pieces(cells)) for row, cells in ordered if _hardest(cells)]
    fine = [(row, _pieces(cells)) for row, cells in ordered if not _hardest(cells)]
    parts = [_bars(troubled, catalog)] if troubled else []
    if fine:
        many = sum(len(row.services) for row, _ in fine)
        what = f"{many} service{'s' * (many != 1)}: at once, at any time"
        parts.append(html_page.details(what, _bars(fine, catalog), kind="more"))
    words = "".join(_words(row, pieces, catalog) for row, pieces in (*troubled, *fine))
    return "\n".join((*parts, html_page.details("In words", words)))


def _bars(drawn: list[tuple[Row, Pieces]], catalog: Catalog) -> str:
    return "\n".join((_ruler(), *(_bar(row, pieces, catalog) for row, pieces in drawn)))


def _hardest(cells: list[Cell | None]) -> tuple[int, ...]:
    """How bad the worst hour is, and how many hours are as bad; nothing where everybody is paged at once."""
    grades = [grade(cell) for cell in cells if cell is not None]
    most = max(grades, default=0)
    return (most, grades.count(most)) if most else ()


def _ruler() -> str:
    return '<div class="bar ruler" aria-hidden="true">' + "".join(f"<b>{day}</b>" for day in _DAYS) + "</div>"


def _pieces(cells: list[Cell | None]) -> Pieces:
    """The week cut where something changes."""
    pieces: Pieces = []
    before: object = ()
    for hour, cell in enumerate(cells):
        kind = None if cell is None else (cell.badness, set(cell.people))
        if kind == before:
            pieces[-1][1].append(cell)
        else:
            pieces.append((hour, [cell]))
        before = kind
    return pieces


def _bar(row: Row, pieces: Pieces, catalog: Catalog) -> str:
    """A row of the week, a piece for hours that are alike; it tells more when it is pointed at, and all of it is there in words."""
    shown = []
    for hour, alike in pieces:
        found = worst(alike)
        told = "" if found is None else f' class="g{grade(found)}" title="{text(f"{_when(hour, len(alike))}: {_told(found, catalog)}")}"'
        shown.append(f'<i{told} style="flex:{len(alike)}"></i>')
    label = f"<strong>{text(_names(row, catalog))}</strong> <small>{text(row.team)}, policy {text(row.policy)}</small>"
    return f'<div class="row"><div class="label">{label}</div><div class="bar" aria-hidden="true">{"".join(shown)}</div></div>'


def _words(row: Row, pieces: Pieces, catalog: Catalog) -> str:
    known = [(_when(hour, len(alike)), found) for hour, alike in pieces if (found := worst(alike)) is not None]
    told = "".join(f"<li>{when}: {text(_told(found, catalog))}</li>" for when, found in known)
    return f"<h3>{text(_names(row, catalog))}</h3><ul>{told}</ul>"


def _names(row: Row, catalog: Catalog) -> str:
    return ", ".join(catalog.services[one].name for one in row.services)


def _when(hour: int, hours: int) -> str:
    return "any time" if hours == HOURS_OF_WEEK else f"{_hour(hour)}–{_hour(hour + hours)}"


def _hour(hour: int) -> str:
    return f"{_DAYS[hour // 24 % 7]} {hour % 24:02}:00"


def _told(cell: Cell, catalog: Catalog) -> str:
    if cell.after is None:
        return "nobody is reached"
    names = some([catalog.name_of(f"person:{one}") for one in cell.people])
    when = "at once" if not cell.after else f"after {show_about(cell.after)} at worst"
    return f"{names} {when}{', by the fallback only' if cell.by_fallback else ''}"


_CSS = """
:root { --g0: #bfe3d6; --g1: #79c4ac; --g2: #efc94c; --g3: #e2852b; --g4: #b93a12; --g5: #6038b8; --g6: #000; }
@media screen and (prefers-color-scheme: dark) { :root { --g0: #1d4a3e; --g1: #2b6d5c; --g2: #8a7420; --g3: #d98a30; --g4: #ff9c84;
  --g5: #c9b5ff; --g6: #fff; } }
h2 { margin: 1.5rem 0 .3rem; } .label small { color: var(--dim); font-size: .8rem; }
.row { display: grid; grid-template-columns: 18rem 1fr; gap: .2rem .8rem; align-items: center; padding: .25rem 0;
  border-top: 1px solid var(--line); break-inside: avoid; }
ul { margin: .2rem 0 .6rem; padding-left: 1.1rem; } .legend { margin-bottom: .5rem; }
.label { overflow-wrap: anywhere; font-size: .9rem; }
.bar { display: flex; height: 1.1rem; overflow: hidden; border-radius: 3px; }
.bar i { min-width: 0; } .row .bar { position: relative; }
.row .bar::after { content: ""; position: absolute; inset: 0; pointer-events: none;
  background: repeating-linear-gradient(90deg, var(--paper) 0 1px, transparent 1px calc(100% / 7)); }
.ruler { margin-left: 18.8rem; height: auto; font-size: .75rem; color: var(--dim); }
.ruler b { flex: 1; font-weight: normal; border-left: 1px solid var(--line); padding-left: .2rem; }
.g0 { background: var(--g0); } .g1 { background: var(--g1); } .g2 { background: var(--g2); } .g3 { background: var(--g3); }
.g4 { background: var(--g4); } .g5 { background: var(--g5); } .g6 { background: var(--g6); }
@media (max-width: 45rem) { .row { grid-template-columns: 1fr; } .ruler { margin-left: 0; } }
"""
"""The worse an hour, the louder its colour, in light and dark: those who do not tell green from red still see what is dark on white."""
