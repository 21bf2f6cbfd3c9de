"""Looking at incidents: the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.actions.listing import Listing, damages, listed_incidents
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens.incident_list import draw_list
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode
from escalate_cli.health.warnings import standing_warnings
from escalate_cli.views.incident import listing_data

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
    """Incidents, the worst and unanswered first; without options those that are not resolved."""
    listing = listed_incidents(context, status=status, everything=all, team=team, mine=mine)
    catalog, now = context.running_catalog, context.clock.now()
    data = listing_data(listing, catalog)
    nothing = _unread(listing) or ("No incidents." if all or status else "No open incidents.")

    def screen(console: Console) -> None:
        draw_list(console, listing, catalog, now)

    return Answer(
        data,
        screen if data else nothing,
        ExitCode.DATABASE if listing.unreadable else ExitCode.DONE,
        [note.text for note in standing_warnings(context)],
        failures=damages(context, listing),
    )


def _unread(listing: Listing) -> str:
    """What is said in place of "nothing" where something cannot be read; nothing where all can."""
    if not listing.unreadable:
        return ""
    named = ", ".join(f"#{number}" for number in listing.unreadable)
    what, whom = ("Incident", "it") if len(listing.unreadable) == 1 else ("Incidents", "them")
    todo = f"page people for {whom} by other means, and see `escalate doctor`"
    return f"{what} {named} cannot be read: {todo}.\nThere is no other."
