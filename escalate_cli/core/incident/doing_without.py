"""Going on without what cannot be used: a thing that raises costs its own part only, and the
timeline says so.

A checked configuration has nothing that raises; but an upgrade takes a time zone away, a record is
edited by hand, a program has faults. Whoever is paged then is told what was done without; a pass in
which it happened sends no heartbeat.
"""

from __future__ import annotations

from collections.abc import Callable

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import DoneWithout
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.wording.text import printable

_MOST = 160
"""characters of what an exception says; the rest is for whoever debugs it"""


def words_of(problem: Exception) -> str:
    """What an exception says, short enough for a line: "ValueError: no such hours"."""
    said = printable(str(problem))
    kind = type(problem).__name__
    return f"{kind}: {said[:_MOST]}" if said else kind


def note(
    situation: Situation, now: Instant, text: str, *, team: str | None = None, source: str = ""
) -> Situation:
    """The situation whose timeline says what could not be used, once for an instant."""
    if any(
        entry.at == now and isinstance(entry.event, DoneWithout) and entry.event.what == text
        for entry in situation.entries
    ):
        return situation
    return situation.log(now, DoneWithout(what=text, team=team, source=source), None)


def noted(situation: Situation, team: str | None = None, *, everything: bool = False) -> tuple[str, ...]:
    """What has been noted since the situation was loaded: for `team` and for the incident as a
    whole, or `everything`.
    """
    events = (entry.event for entry in situation.entries)
    return tuple(
        event.what
        for event in events
        if isinstance(event, DoneWithout) and (everything or event.team in (None, team))
    )


def part(
    do: Callable[[Situation], Situation],
    what: str,
    situation: Situation,
    now: Instant,
    *,
    team: str | None = None,
    source: str = "",
) -> Situation:
    """What `do` makes of the situation; where it raises, the situation as it was, with a note that
    `what` was left out.
    """
    try:
        return do(situation)
    except Exception as problem:
        return note(
            situation, now, f"{what} could not be done ({words_of(problem)})", team=team, source=source
        )
