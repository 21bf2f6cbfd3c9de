"""The timeline of an incident: what happened, with the sentence that was true of it then."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent, DoneWithout, EntryKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import sentence
from escalate_cli.core.wording.text import printable

_MOST_OF_A_PROBLEM = 160
"""characters of what an exception says"""


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline: append-only. `text` is the event's sentence, with the names that
    were known when it happened.
    """

    at: Instant
    event: AnyEvent
    text: str
    by: str | None = None

    @property
    def kind(self) -> EntryKind:
        """What it tells of, coarsely."""
        return self.event.kind

    def beside_kind(self, catalog: Catalog) -> str:
        """Its text where the word for its kind (`shown_kind`) stands beside it; whole, where names
        have changed since.
        """
        told = (
            sentence(self.event, self.at, self.by, catalog, formerly=formerly) for formerly in (False, True)
        )
        if self.text not in told:
            return self.text
        return sentence(self.event, self.at, self.by, catalog, beside_kind=True)

    @property
    def team(self) -> str | None:
        """The team that it is about, if any."""
        team: str | None = getattr(self.event, "team", None)
        return team


def entry_of(event: AnyEvent, at: Instant, by: str | None, catalog: Catalog | None) -> Entry:
    """The entry of an event that happens now."""
    return Entry(at, event, sentence(event, at, by, catalog), by)


def entries_untold(event: AnyEvent, at: Instant, by: str | None, problem: Exception) -> tuple[Entry, Entry]:
    """The entries of an event that cannot be put into words: itself, and that it cannot."""
    team: str | None = getattr(event, "team", None)
    why = f"{type(problem).__name__}: {printable(str(problem))[:_MOST_OF_A_PROBLEM]}"
    without = DoneWithout(what=f"what happened ({event.kind.value}) cannot be told ({why})", team=team)
    return Entry(at, event, event.kind.value, by), Entry(at, without, without.what)
