"""How soon people were paged and answered, and what it cost them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.cli.completion import known
from escalate_cli.cli.looking_back import SinceOption, look_back
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import UsageProblem

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.actions import lookup as meaning
from escalate_cli.cli.output import written
from escalate_cli.cli.screens import report as report_screen
from escalate_cli.insight.report.readings import select
from escalate_cli.insight.report.statistics import report as count
from escalate_cli.views.report import figures_csv, incidents_csv, report_data


def report(
    context: Context,
    since: SinceOption = "90d",
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="T", help="This team's part", autocompletion=known("teams")),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="S", help="Of this service", autocompletion=known("services")),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Answer as CSV: every figure a line")] = False,
    incidents: Annotated[bool, typer.Option("--incidents", help="With --csv: every incident a line")] = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write a page with charts")
    ] = None,
) -> Answer:
    """How soon people were paged and answered, at which level, through what; who was paged how
    often, and at night; what failed.
    """
    if csv and context.options.json:
        raise UsageProblem("--csv and --json are two answers", "leave one of them out")
    if csv and html is not None:
        raise UsageProblem(
            "--csv and --html are two answers", "ask twice: CSV goes to stdout, the page into its file"
        )
    if incidents and not csv:
        raise UsageProblem("--incidents goes with --csv", "escalate report --csv --incidents > incidents.csv")
    catalog = context.running_catalog
    whose = which = None
    if team is not None or service is not None:
        whose = meaning.find_team(team, catalog) if team is not None else None
        which = meaning.find_service(service, catalog).id if service is not None else None
    period = look_back(context, since)
    notes = period.notes
    chosen = select(period.records, catalog, whose, which)
    if csv:
        made = incidents_csv(chosen, catalog) if incidents else figures_csv(count(chosen, catalog))
        return Answer({}, made, notes=notes)
    figures = count(chosen, catalog)
    parts = [
        f"team {catalog.teams[whose].name}" if whose else "",
        f"service {catalog.services[which].name}" if which else "",
    ]
    covered = ", ".join([period.words, *filter(None, parts)])
    heading = "What happened and how it went"
    if html is not None:
        from escalate_cli.views.html.report import report_page

        notes.append(written(html, report_page(figures, catalog, heading, covered)))

    def screen(console: Console) -> None:
        report_screen.draw_report(console, figures, catalog, heading, covered)

    return Answer({**period.data, **report_data(figures)}, screen if html is None else "", notes=notes)
