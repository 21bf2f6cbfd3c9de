"""The timeline for people: when, what, in which team, by whom; a line for each day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.incident_head import draw_head
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.hours import instant_to_local, zone_or_utc
from escalate_cli.core.events import LevelPaged
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import shown_kind

if TYPE_CHECKING:
    from rich.console import Console

_SENTENCE = 30
"""columns below which sentences stand below their time instead of beside it"""


def draw_timeline(
    console: Console,
    situation: Situation,
    entries: Sequence[Entry],
    catalog: Catalog,
    now: Instant,
    zone: str | None = None,
) -> None:
    """Everything that happened, oldest first, in this time zone, or in the organisation's."""
    zone = zone or catalog.settings.timezone
    several = len({escalation.team for escalation in situation.escalations}) > 1
    draw_head(console, situation, catalog, now)
    day = None
    rows: list[tuple[object, ...]] = []
    for entry in entries:
        local = instant_to_local(entry.at, zone)
        if local.date() != day:
            times = f", times in {zone_or_utc(zone)}" if day is None else ""
            rows.append(("", "", style.piece(f"{local:%a %d %b %Y}{times}", "dim")))
            day = local.date()
        rows.append(
            (
                f"{local:%H:%M:%S}",
                style.state(shown_kind(entry.event)),
                _told(entry, catalog, several=several),
            )
        )
    console.print(style.table(("at", "what", ""), rows, wrap=("",), prose_at_least=_SENTENCE))


def _told(entry: Entry, catalog: Catalog, *, several: bool) -> str:
    """The entry's text; with its team where there are several, and who did it, unless it says so itself."""
    text, event = entry.beside_kind(catalog), entry.event
    if several and isinstance(event, LevelPaged):
        text = f"{catalog.team_name(event.team)}: {text}"
    by = catalog.person_name(entry.by) if entry.by else ""
    return f"{text} ({by})".lstrip() if entry.by and not event.names(entry.by) else text
