"""Nudges: what is proposed, who is asked, until when, and what to type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import from_now, named_wall_time
from escalate_cli.core.incident.situation import Incident, Nudge, NudgeStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.rules import action_in_words

if TYPE_CHECKING:
    from rich.console import Console


def draw_nudges(
    console: Console, nudges: Sequence[tuple[int, Nudge]], catalog: Catalog, now: Instant
) -> None:
    """Every open nudge in a line, with the number of its incident."""
    rows = [
        (
            str(nudge.id),
            f"#{incident}",
            nudge.rule,
            action_in_words(nudge.proposal.action, catalog),
            _asked(nudge, catalog),
            from_now(nudge.expires_at, now),
        )
        for incident, nudge in nudges
    ]
    head = ("nudge", "incident", "rule", "proposed", "asked", "expires")
    console.print(style.table(head, rows, wrap=("rule", "proposed", "asked")))
    style.heading(console, "Type")
    for _, nudge in nudges:
        console.print(style.piece(f"  escalate nudge {nudge.id} yes|no", "bold cyan"))


def draw_nudge(console: Console, nudge: Nudge, incident: Incident, catalog: Catalog, now: Instant) -> None:
    """One nudge, open or over."""
    zone = catalog.settings.timezone
    is_open = nudge.status is NudgeStatus.OPEN
    answered = nudge.answered_by and (
        f"{nudge.status.value} by {catalog.person_name(nudge.answered_by)}"
        f" {named_wall_time(nudge.answered_at, zone, now)}"
    )
    facts = [
        ("nudge", f"{nudge.id}, of #{incident.id} {incident.title}"),
        ("rule", nudge.rule),
        ("proposed", action_in_words(nudge.proposal.action, catalog)),
        ("asked", _asked(nudge, catalog)),
        ("expires", from_now(nudge.expires_at, now) if is_open and nudge.expires_at else None),
        ("answer", answered or nudge.status.value),
    ]
    console.print(style.pairs(facts))
    if is_open:
        style.heading(console, "Type")
        console.print(style.piece(f"  escalate nudge {nudge.id} yes|no", "bold cyan"))


def _asked(nudge: Nudge, catalog: Catalog) -> str:
    """Who is asked, by name."""
    return ", ".join(str(catalog.name_of(recipient)) for recipient in nudge.asked) or "nobody"
