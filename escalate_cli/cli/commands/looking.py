"""Looking at incidents: the list, one of them, its timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.actions import lookup
from escalate_cli.actions.listing import listed_incidents
from escalate_cli.cli.arguments import Id, incident_number
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import incident as incident_screen
from escalate_cli.cli.screens import timeline as timeline_screen
from escalate_cli.cli.screens.incident_list import draw_list
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode
from escalate_cli.health.warnings import standing_warnings
from escalate_cli.store.sqlite.failures import damaged
from escalate_cli.views.incident import entry_data, listing_data, situation_data

if TYPE_CHECKING:
    from rich.console import Console


def list_incidents(
    context: Context,
    status: Annotated[
        str | None, typer.Option("--status", metavar="S", help="open, acknowledged or resolved")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Resolved ones, too")] = False,
    team: Annotated[
        str | None, typer.Option("--team", metavar="T", help="Of this team", autocompletion=known("teams"))
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Of the teams you belong to, or led by you")] = False,
) -> Answer:
    """Incidents, the newest first; without options those that are not resolved."""
    listing = listed_incidents(context, status=status, everything=all, team=team, mine=mine)
    catalog, now = context.running_catalog, context.clock.now()
    data = listing_data(listing, catalog)
    nothing = "No incidents." if all or status else "No open incidents."

    def screen(console: Console) -> None:
        rows = [(situation.incident, situation) for situation in listing.situations]
        draw_list(console, rows, catalog, now)

    return Answer(
        data,
        screen if data else nothing,
        ExitCode.DATABASE if listing.unreadable else ExitCode.DONE,
        [note.text for note in standing_warnings(context)],
        failures=[
            damaged(context.store.database.path, f": incident {number}: {problem.message}")
            for number, problem in listing.unreadable.items()
        ],
    )


def show(context: Context, incident: Id) -> Answer:
    """One incident: what is broken, who has been told, who is next and when, what to type."""
    catalog = context.running_catalog
    situation = lookup.find_incident(context, incident_number(incident))
    entries = context.store.situations.timeline(situation.incident.id)
    data = situation_data(situation, catalog) | {"timeline": [entry_data(entry) for entry in entries]}
    now = context.clock.now()

    def screen(console: Console) -> None:
        incident_screen.draw_incident(console, situation, catalog, now, entries=entries)

    return Answer(data, screen, notes=[note.text for note in standing_warnings(context)])


def timeline(context: Context, incident: Id) -> Answer:
    """What happened, in order, and why; in your time zone, if the catalog knows you."""
    catalog = context.running_catalog
    situation = lookup.find_incident(context, incident_number(incident))
    entries = context.store.situations.timeline(situation.incident.id)
    now = context.clock.now()

    def screen(console: Console) -> None:
        timeline_screen.draw_timeline(console, situation, entries, catalog, now, lookup.reader_zone(context))

    return Answer([entry_data(entry) for entry in entries], screen)
