"""Looking at what happened, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.actions import lookup
from escalate_cli.cli.arguments import Id, incident_number
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import timeline as timeline_screen
from escalate_cli.context import Context
from escalate_cli.views.incident import entry_data

if TYPE_CHECKING:
    from rich.console import Console


def timeline(context: Context, incident: Id) -> Answer:
    """What happened, in order, and why; in your time zone, if the catalog knows you."""
    catalog = context.running_catalog
    situation = lookup.find_incident(context, incident_number(incident))
    entries = context.store.situations.timeline(situation.incident.id)
    now = context.clock.now()

    def screen(console: Console) -> None:
        timeline_screen.draw_timeline(console, situation, entries, catalog, now, lookup.reader_zone(context))

    return Answer([entry_data(entry) for entry in entries], screen)
