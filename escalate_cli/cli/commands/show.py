"""Looking at one incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.actions.lookup import whoever_types
from escalate_cli.actions.on_record import answers_about
from escalate_cli.cli.incident_choice import IncidentChoice, Key, SomeId
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import incident as incident_screen
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.health.warnings import standing_warnings
from escalate_cli.views.incident import told_data

if TYPE_CHECKING:
    from rich.console import Console


def show(context: Context, incident: SomeId = None, key: Key = None) -> Answer:
    """One incident: what is broken, who has been told, who is next and when, what to type."""
    catalog = context.running_catalog

    def look(situation: Situation, entries: tuple[Entry, ...]) -> Answer:
        answers = answers_about(context, situation.incident.id)
        viewer, now = whoever_types(None, context), context.clock.now()
        data = told_data(situation, entries, catalog, answers, viewer)

        def screen(console: Console) -> None:
            incident_screen.draw_incident(console, situation, catalog, now, entries=entries)

        return Answer(data, screen, notes=[note.text for note in standing_warnings(context)])

    return IncidentChoice(typed=incident, key=key, verb="show").looked_at(context, look)
