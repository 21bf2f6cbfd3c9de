"""Whose is it? Who would be paged for these words; nobody is."""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions import lookup
from escalate_cli.cli.arguments import SeverityOption, moment
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import route as route_screen
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.routing.router import Router
from escalate_cli.errors import ExitCode
from escalate_cli.views.route import route_data


def route(
    context: Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS…", help="A service's id or name, or what somebody says is broken"),
    ],
    severity: SeverityOption = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help='When; "sun 03:00", "2026-12-24 09:00", "+2h"')
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect", metavar="TEAM", help="Fail unless this team gets it", autocompletion=known("teams")
        ),
    ] = None,
) -> Answer:
    """Who would be paged, and when, if this were declared. Pages nobody. Exit code 1 when no
    service fits for sure.
    """
    catalog = context.catalog
    now = context.clock.now()
    when = moment(context, at, now) if at else now
    routing = Router(catalog.services.values(), meanings).route(" ".join(words))
    chosen = lookup.pick_severity(severity, catalog)
    data, walk = route_data(routing, chosen, when, catalog)
    code = ExitCode.DONE if routing.service is not None else ExitCode.NO
    notes = []
    if expect is not None:
        wanted = lookup.find_team(expect, catalog)
        asked = {catalog.services[service].team for service in data["guess"]}
        reached = wanted in asked if routing.service is None else data["team"] == wanted
        code = ExitCode.DONE if reached else ExitCode.NO
        if code is ExitCode.NO:
            instead = " and ".join(sorted(asked)) or data["team"] or "nobody"
            notes.append(f"expected team {wanted}, but it goes to {instead}")
    return Answer(
        data,
        lambda console: route_screen.draw_route(console, data, walk, routing, catalog, when),
        code,
        notes,
    )
