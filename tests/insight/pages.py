"""The reports that pages are drawn of."""

from __future__ import annotations

from collections.abc import Callable

from escalate_cli.insight.report.figures import Report, WeekFigures
from escalate_cli.views.html.pages import environment
from escalate_cli.views.html.report import report_page
from escalate_cli.views.html.weeks_chart import weeks_chart
from tests.insight import reports

REPORTS: dict[str, Callable[[], Report]] = {
    "a year of a bank": reports.year,
    "one incident": reports.one_incident,
    "no incident": reports.nothing,
    "hostile names": reports.hostile,
}


def drawn(name: str) -> str:
    return report_page(
        REPORTS[name](),
        reports.catalog(),
        "Incidents of the last 365 days",
        "24 Nov 2025 – 22 Nov 2026, times in Europe/London",
    )


def picture(weeks: list[WeekFigures], said: str) -> str:
    return str(environment().get_template("charts.html").module.weeks(weeks_chart(weeks, said)))
