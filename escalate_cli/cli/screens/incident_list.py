"""The list of incidents: a line each, at any width; where it is no terminal, nothing is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.actions.listing import Listing
from escalate_cli.cli.screens.incident_lines import incident_line, list_lines
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.views.board import board_line

if TYPE_CHECKING:
    from rich.console import Console


def draw_list(console: Console, listing: Listing, catalog: Catalog, now: Instant) -> None:
    """Incidents in the order given."""
    lines = [
        incident_line(
            board_line(situation, catalog, now, listing.resolved_by.get(situation.incident.id)), catalog, now
        )
        for situation in listing.situations
    ]
    for line in list_lines(lines, console.width if console.is_terminal else None):
        console.print(line, soft_wrap=True)
