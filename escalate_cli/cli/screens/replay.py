"""What `replay` answers: person by person when they were paged and when they would have been, and
the sum over several incidents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import SECOND, Span, show_duration
from escalate_cli.core.calendar.moment import named_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.replaying import Replay

if TYPE_CHECKING:
    from rich.console import Console

_SAID = {"same": "", "earlier": "earlier", "later": "later", "spared": "spared", "new": "newly paged"}


def draw_replays(console: Console, replays: Sequence[Replay], catalog: Catalog) -> None:
    """One incident in full; several as a table of those in which something changes, and the sums."""
    if len(replays) == 1:
        _draw_one(console, replays[0], catalog)
    else:
        _draw_several(console, replays, catalog)


def _draw_one(console: Console, replay: Replay, catalog: Catalog) -> None:
    incident = replay.situation.incident
    style.heading(console, f"#{incident.id}  {incident.title}", above=False)
    console.print(
        style.piece(f"declared {named_time(incident.declared_at, catalog.settings.timezone)}", "dim")
    )
    console.print()
    rows = [
        (catalog.person_name(reach.person), _span(reach.recorded), _span(reach.replayed), _SAID[reach.change])
        for reach in replay.people
    ]
    console.print(style.table(("person", "was paged", "would be", ""), rows))
    console.print(style.piece(_summed(replays=(replay,)), "dim"))


def _draw_several(console: Console, replays: Sequence[Replay], catalog: Catalog) -> None:
    rows = []
    for replay in replays:
        changed = [reach for reach in replay.people if reach.change != "same"]
        if changed:
            what = ", ".join(
                f"{catalog.person_name(reach.person)} {_SAID[reach.change]} ({_span(reach.recorded)}"
                f" → {_span(reach.replayed)})"
                for reach in changed
            )
            rows.append((f"#{replay.situation.incident.id}", replay.situation.incident.title, what))
    if rows:
        console.print(style.table(("incident", "title", "changes"), rows, wrap=("title", "changes")))
        console.print()
    console.print(style.piece(_summed(replays), "dim"))


def _summed(replays: Sequence[Replay]) -> str:
    """The sums in one sentence."""
    reaches = [reach for replay in replays for reach in replay.people]
    spared = sum(reach.change == "spared" for reach in reaches)
    new = sum(reach.change == "new" for reach in reaches)
    moved = [
        (reach.recorded or 0) - (reach.replayed or 0)
        for reach in reaches
        if reach.change in ("earlier", "later")
    ]
    earlier, later = (
        sum(moved_by for moved_by in moved if moved_by > 0),
        -sum(moved_by for moved_by in moved if moved_by < 0),
    )
    many = f"{len(replays)} incidents" if len(replays) != 1 else "One incident"
    if not (spared or new or earlier or later):
        return f"{many}: nobody would have been paged at another time."
    parts = [f"{show_duration(earlier)} gained"] if earlier else []
    parts += [f"{show_duration(later)} lost"] if later else []
    parts += [f"{spared} {'person' if spared == 1 else 'people'} spared"] if spared else []
    parts += [f"{new} {'person' if new == 1 else 'people'} newly paged"] if new else []
    return f"{many}: {', '.join(parts)}."


def _span(span: Span | None) -> str:
    return "–" if span is None else "at once" if span < SECOND else f"after {show_duration(span)}"
