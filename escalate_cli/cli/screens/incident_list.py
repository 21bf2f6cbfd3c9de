"""Incidents as lines: the title of one, the table of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.incident_next import whats_next
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.incident.situation import Incident, IncidentStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog, Urgency

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def title_line(incident: Incident, catalog: Catalog, now: Instant) -> Text:
    """`#42  CRITICAL  open  for 12m  Customers cannot sign in`: the title last, since it may be long."""
    from rich.text import Text

    loud = (
        catalog.severity(incident.severity).urgency is Urgency.HIGH
        and incident.status is not IncidentStatus.RESOLVED
    )
    lasted = f"for {show_about(now - incident.declared_at)}"
    if incident.resolved_at is not None:
        lasted = f"after {show_about(incident.resolved_at - incident.declared_at)}"
    return Text("  ").join(
        [
            style.piece(f"#{incident.id}", "bold"),
            style.piece(incident.severity.upper(), "bold white on red" if loud else "bold"),
            style.state(incident.status.value),
            style.piece(lasted, "dim"),
            style.piece(short_title(incident.title), "bold"),
        ]
    )


def short_title(title: str, limit: int = 300) -> str:
    return title if len(title) <= limit else title[: limit - 1] + "…"


def draw_list(
    console: Console, incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant
) -> None:
    """Incidents as a table."""
    console.print(list_table(incidents, catalog, now))


def list_table(incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant) -> Table:
    """The table of incidents, in the order given, with what is next: when, and to whom."""
    rows = []
    for incident, situation in incidents:
        teams = ", ".join(dict.fromkeys(escalation.team for escalation in situation.escalations))
        rows.append(
            (
                f"#{incident.id}",
                style.state(incident.status.value),
                style.piece(
                    incident.severity,
                    "bold" if catalog.severity(incident.severity).urgency is Urgency.HIGH else "",
                ),
                show_about((incident.resolved_at or now) - incident.declared_at),
                teams,
                whats_next(situation, catalog, now),
                short_title(incident.title, 120),
            )
        )
    return style.table(
        ("id", "status", "severity", "for", "teams", "next", "title"), rows, wrap=("title", "teams", "next")
    )
