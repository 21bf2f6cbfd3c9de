"""Levels, the fallback, and what came of them."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events.event import EntryKind, Event, OfTeam, TeamReaching


class LevelPaged(TeamReaching, frozen=True, kw_only=True):
    """A level was paged, or reached nobody. `cycle` counts the rounds before, `levels` how many the
    policy has (None: not known). `human` is whether it did what it was for; else the next level
    follows at once. `why` is said where it is more than that it was due."""

    KIND = EntryKind.LEVEL
    NAMES_TEAM = False
    policy: str | None
    level: int
    levels: int | None
    cycle: int
    missed: tuple[str, ...]
    """texts: each names who was not reached as it is written, and why; a fault's words are among them"""
    late_seconds: int
    source: str
    why: str = ""
    """a text, since several reasons may be told together in it; shown only"""
    human: bool = True
    estimated: bool = False

    @property
    def kind(self) -> EntryKind:
        """Left out, where it reached nobody."""
        return EntryKind.LEVEL if self.recipients or self.called_off else EntryKind.SKIPPED

    @property
    def is_trouble(self) -> bool:
        """Whether it reached nobody."""
        return self.kind is EntryKind.SKIPPED


class LevelHeld(OfTeam, frozen=True, kw_only=True):
    """A level waits until its hours begin."""

    KIND = EntryKind.LEVEL
    level: int
    hours: str
    until: Instant
    source: str


class LevelLeftOut(OfTeam, frozen=True, kw_only=True):
    """A level whose condition does not hold."""

    KIND = EntryKind.SKIPPED
    level: int
    reason: str
    """a text: the part of its author's condition that does not hold, as it stood then; shown only"""
    source: str


class LevelOwed(OfTeam, frozen=True, kw_only=True):
    """A level whose hours passed while no tick ran."""

    KIND = EntryKind.SKIPPED
    level: int
    hours: str
    source: str


class LevelFailed(OfTeam, frozen=True, kw_only=True):
    """Every address of a level failed for good."""

    KIND = EntryKind.SKIPPED
    level: int

    @property
    def is_trouble(self) -> bool:
        """Always."""
        return True


class Exhausted(OfTeam, frozen=True, kw_only=True):
    """A policy has run out of levels."""

    KIND = EntryKind.EXHAUSTED
    policy: str
    source: str


class NobodyToPage(OfTeam, frozen=True, kw_only=True):
    """Neither a level nor the fallback reaches anybody; `has_fallback`: the configuration names
    somebody to page.
    """

    KIND = EntryKind.SKIPPED
    NAMES_TEAM = False
    policy: str
    has_fallback: bool
    source: str

    @property
    def is_trouble(self) -> bool:
        """Always."""
        return True


class FallbackPaged(TeamReaching, frozen=True, kw_only=True):
    """The fallback was paged, and is again after `every`."""

    KIND = EntryKind.EXHAUSTED
    NAMES_TEAM = False
    every: Span
    source: str


class FallbackReachedNoPerson(TeamReaching, frozen=True, kw_only=True):
    """The fallback has no person to page; `recipients` are the channels that were told."""

    KIND = EntryKind.EXHAUSTED
    NAMES_TEAM = False
    missed: tuple[str, ...]
    """texts, as in `LevelPaged`"""
    source: str

    @property
    def kind(self) -> EntryKind:
        """Left out, where no channel was told either."""
        return EntryKind.EXHAUSTED if self.recipients or self.called_off else EntryKind.SKIPPED


class PagedByEveryAddress(TeamReaching, frozen=True, kw_only=True):
    """The fallback could not be paged in the usual way: every address that is known was."""

    KIND = EntryKind.EXHAUSTED
    NAMES_TEAM = False


class DoneWithout(Event, frozen=True, kw_only=True):
    """Something could not be used, and it went on without it; `what` is said as it is."""

    KIND = EntryKind.SKIPPED
    NAMES_TEAM = False
    what: str
    """a text, since it has the words of a fault that nobody foresaw; shown only"""
    team: str | None = None
    source: str = ""
    broken: bool = True
