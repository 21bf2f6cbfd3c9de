"""The page that `check --html` writes: for every hour of the week, whom an incident would reach, and how
soon."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import show_about
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.coverage import Coverage, Row
from escalate_cli.foresight.findings import first_few
from escalate_cli.foresight.week import GRADE_NAMES, HOURS_OF_WEEK, Cell, Week, grade, worst
from escalate_cli.views.html.pages import fill_template
from escalate_cli.views.numbers import DAY_NAMES


class WeekPiece(msgspec.Struct, frozen=True):
    """Hours that follow one another and are alike: how many, when, how bad (0 is best), and what is told; ""
    where nothing is known."""

    hours: int
    when: str
    grade: int
    told: str


class WeekRow(msgspec.Struct, frozen=True):
    """The week of services that share their fate."""

    services: str
    team: str
    policy: str
    pieces: Sequence[WeekPiece]


class SeverityPart(msgspec.Struct, frozen=True):
    """The weeks of a severity: what takes longest comes first; what is paged at once all week (`fine`) is
    behind a click."""

    severity: str
    troubled: Sequence[WeekRow]
    fine: Sequence[WeekRow]
    services_at_once: int


def week_page(coverage: Coverage, catalog: Catalog) -> str:
    """The week of every service and severity as an HTML page: no script, nothing loaded from elsewhere,
    readable on a phone."""
    zone = catalog.settings.timezone
    week = Week(coverage, zone)
    return fill_template(
        "week.html",
        title="Who is how many minutes away",
        covered=f"{local_time(coverage.start, zone)} until {local_time(coverage.until, zone)}, {zone}",
        grades=[(f"g{number}", name) for number, name in enumerate(GRADE_NAMES)],
        days=DAY_NAMES,
        severities=[
            _of_severity(severity.id, coverage, week, catalog) for severity in reversed(catalog.severities)
        ],
    )


def _of_severity(severity: str, coverage: Coverage, week: Week, catalog: Catalog) -> SeverityPart:
    weeks = [(row, week.cells(row)) for row in coverage.rows if severity in row.severities]
    weeks.sort(key=lambda drawn: _hardest(drawn[1]), reverse=True)
    troubled = [_row(row, cells, catalog) for row, cells in weeks if _hardest(cells)]
    fine = [_row(row, cells, catalog) for row, cells in weeks if not _hardest(cells)]
    at_once = sum(len(row.services) for row, cells in weeks if not _hardest(cells))
    return SeverityPart(severity, troubled, fine, at_once)


def _hardest(cells: Sequence[Cell | None]) -> tuple[int, ...]:
    """How bad the worst hour is, and how many hours are as bad; nothing where everybody is paged at once."""
    grades = [grade(cell) for cell in cells if cell is not None]
    most = max(grades, default=0)
    return (most, grades.count(most)) if most else ()


def _row(row: Row, cells: Sequence[Cell | None], catalog: Catalog) -> WeekRow:
    services = ", ".join(catalog.service_name(service) for service in row.services)
    return WeekRow(
        services, row.team, row.policy, [_piece(hour, alike, catalog) for hour, alike in _alike(cells)]
    )


def _alike(cells: Sequence[Cell | None]) -> list[tuple[int, list[Cell | None]]]:
    """The week cut where something changes: the first hour of each piece, and its hours."""
    pieces: list[tuple[int, list[Cell | None]]] = []
    before: object = ()
    for hour, cell in enumerate(cells):
        kind = None if cell is None else (cell.badness, set(cell.people))
        if kind == before:
            pieces[-1][1].append(cell)
        else:
            pieces.append((hour, [cell]))
        before = kind
    return pieces


def _piece(hour: int, alike: Sequence[Cell | None], catalog: Catalog) -> WeekPiece:
    cell = worst(alike)
    when = "any time" if len(alike) == HOURS_OF_WEEK else f"{_hour(hour)}–{_hour(hour + len(alike))}"
    return WeekPiece(
        len(alike), when, 0 if cell is None else grade(cell), "" if cell is None else _told(cell, catalog)
    )


def _hour(hour: int) -> str:
    return f"{DAY_NAMES[hour // 24 % 7]} {hour % 24:02}:00"


def _told(cell: Cell, catalog: Catalog) -> str:
    if cell.after is None:
        return "nobody is reached"
    names = first_few([catalog.person_name(person) for person in cell.people])
    when = "at once" if not cell.after else f"after {show_about(cell.after)} at worst"
    return f"{names} {when}{', by the fallback only' if cell.by_fallback else ''}"
