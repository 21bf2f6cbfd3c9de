"""Going on without what cannot be used. A thing that raises costs only its own part, and the
timeline says so.

A checked configuration has nothing that raises. But an upgrade may take a time zone away, somebody
may edit a record by hand, and programs have faults. Whoever is paged is then told what was left
out. A pass in which this happened sends no heartbeat.
"""

from __future__ import annotations

from escalate_cli.core.events import DoneWithout
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.text import printable

_MOST = 160
"""characters of an exception's text; the rest is for whoever debugs it"""


def words_of(problem: Exception) -> str:
    """An exception in a line: "ValueError: no such hours"."""
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


def team_name_or_id(team: str, catalog: Catalog) -> str:
    """A team's name, where something has to be said whatever cannot be used; its id, where the name
    cannot be had either.
    """
    try:
        return catalog.team_name(team)
    except Exception:
        return team
