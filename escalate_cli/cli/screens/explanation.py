"""What `explain` answers: as JSON carries it, and for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import from_now, named_time
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.explanation import Link

if TYPE_CHECKING:
    from rich.console import Console


def draw_explanation(
    console: Console,
    record: Case,
    person: str | None,
    links: Sequence[Link],
    stopped: str | None,
    would_at: Instant | None,
    now: Instant,
) -> None:
    """The chain, one link a line, and what broke it."""
    incident = record.situation.incident
    name = record.catalog.person_name(person) if person else ""
    style.heading(console, f"#{incident.id}  {incident.title}" + (f": {name}" if name else ""), above=False)
    console.print()
    rows: list[tuple[object, ...]] = []
    for number, link in enumerate(links):
        if number and not link.depth and links[number - 1].depth:
            rows.append(("", "", ""))
        what = style.indented(link.what, link.depth) if link.depth else style.piece(link.what, "bold")
        rows.append((what, link.because, link.source))
    console.print(style.table(("what", "because", "source"), rows, wrap=("what", "because")))
    if stopped is None:
        return
    style.heading(console, f"{name} was not told")
    zone = record.catalog.settings.timezone
    would = (
        f"{named_time(would_at, zone)} ({from_now(would_at, now)})"
        if would_at is not None
        else "not within four days"
    )
    asked = "if nobody acts" if record.situation.paging else "had nobody acted"
    console.print(style.pairs([("stopped by", stopped), (asked, would)]))
