"""Looking at what happened, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.actions import lookup
from escalate_cli.cli.incident_choice import IncidentChoice, Key, SomeId
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import timeline as timeline_screen
from escalate_cli.context import Context
from escalate_cli.views.incident import entry_data

if TYPE_CHECKING:
    from rich.console import Console


def timeline(context: Context, incident: SomeId = None, key: Key = None) -> Answer:
    """What happened, in order, and why; in your time zone, if the catalog knows you."""
    chosen = IncidentChoice(typed=incident, key=key, verb="timeline")
    number = chosen.incident(context)
    if number is None:
        return chosen.nothing()
    catalog, situation = context.running_catalog, lookup.find_incident(context, number)
    entries = context.store.situations.timeline(situation.incident.id)
    now = context.clock.now()

    def screen(console: Console) -> None:
        timeline_screen.draw_timeline(console, situation, entries, catalog, now, lookup.reader_zone(context))

    return Answer([entry_data(entry) for entry in entries], screen)
