"""The head of every screen of one incident: how bad, which, what, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import IncidentStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.views.standing import standing

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_TITLE = 300


def draw_head(console: Console, situation: Situation, catalog: Catalog, now: Instant) -> None:
    """`CRITICAL  #42  Customers cannot sign in`, the title whole unless it is absurdly long, and below it
    `open for 12m, nobody has acknowledged`."""
    from rich.text import Text

    incident = situation.incident
    over = incident.status is IncidentStatus.RESOLVED
    title = incident.title
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1] + "…"
    severity = style.badge(incident.severity, catalog, over=over)
    name = style.piece(f"#{incident.id}", "bold")
    console.print(Text("  ").join([severity, name, style.piece(title, "bold")]))
    style_of = {IncidentStatus.OPEN: "bold", IncidentStatus.ACKNOWLEDGED: "green"}
    console.print(style.piece(standing(situation, catalog, now), style_of.get(incident.status, "")))
