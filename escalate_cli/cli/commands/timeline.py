"""Looking at what happened, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.actions import lookup
from escalate_cli.cli.incident_choice import IncidentChoice, Key, SomeId
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import timeline as timeline_screen
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.views.incident import entry_data

if TYPE_CHECKING:
    from rich.console import Console


def timeline(context: Context, incident: SomeId = None, key: Key = None) -> Answer:
    """What happened, in order, and why; in your time zone, if the catalog knows you."""
    catalog, zone, now = context.running_catalog, lookup.reader_zone(context), context.clock.now()

    def look(situation: Situation, entries: tuple[Entry, ...]) -> Answer:
        def screen(console: Console) -> None:
            timeline_screen.draw_timeline(console, situation, entries, catalog, now, zone)

        return Answer([entry_data(entry) for entry in entries], screen)

    return IncidentChoice(typed=incident, key=key, verb="timeline").looked_at(context, look)
