"""Going on without what cannot be used: a thing that raises costs its own part only, and the
timeline says so.

A checked configuration has nothing that raises; but an upgrade takes a time zone away, a record is
edited by hand, a program has faults. Whoever is paged then is told what was done without; a pass in
which it happened sends no heartbeat.
"""

from __future__ import annotations

from escalate_cli.core.events import DoneWithout
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.wording.text import printable

_MOST = 160
"""characters of what an exception says; the rest is for whoever debugs it"""


def words_of(problem: Exception) -> str:
    """What an exception says, short enough for a line: "ValueError: no such hours"."""
    message = printable(str(problem))
    kind = type(problem).__name__
    return f"{kind}: {message[:_MOST]}" if message else kind


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
