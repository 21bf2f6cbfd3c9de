"""What rules do, who is told besides, maintenances and suggestions."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events.event import EntryKind, Event, OfTeam, Reaching
from escalate_cli.core.events.reasons import Lapse, Taking
from escalate_cli.core.organisation.policy import RuleAction, When
from escalate_cli.core.organisation.recipient import Recipient

# ── rules, and those who are told ──────────────────────────────────────────────────────


class RuleFired(Event, frozen=True, kw_only=True):
    """A rule's condition came true, and `proposal` is done: `when` and `action`, which version 0.1.0
    did not keep.
    """

    KIND = EntryKind.RULE
    rule: str
    condition: str
    proposal: str
    source: str
    when: When | None = None
    action: RuleAction | None = None


class PagedByRule(Reaching, frozen=True, kw_only=True):
    """A rule paged somebody."""

    KIND = EntryKind.PAGED
    rule: str
    source: str


class RuleMissed(Event, frozen=True, kw_only=True):
    """A rule did not reach whom it names."""

    KIND = EntryKind.SKIPPED
    rule: str
    missed: tuple[str, ...]
    """texts, as in `LevelPaged`"""
    source: str


class NudgeAsked(Event, frozen=True, kw_only=True):
    """Somebody was asked whether to do `proposal`; after `expires` without an answer it is done
    (`done_anyway`) or dropped.
    """

    KIND = EntryKind.NUDGE
    rule: str
    condition: str
    proposal: str
    asked: tuple[Recipient, ...]
    expires: Span | None
    done_anyway: bool
    source: str
    when: When | None = None
    action: RuleAction | None = None


class NobodyToAsk(Event, frozen=True, kw_only=True):
    """Whom a rule asks is nobody: the fallback is asked."""

    KIND = EntryKind.SKIPPED
    rule: str
    missed: tuple[str, ...]
    """texts, as in `LevelPaged`"""
    source: str


class NudgeAnswered(Event, frozen=True, kw_only=True):
    """A yes (`status` accepted) or a no (declined)."""

    KIND = EntryKind.NUDGE
    rule: str
    status: str
    proposal: str
    source: str
    action: RuleAction | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was a yes."""
        return self.status == "accepted"


class NudgeExpired(Event, frozen=True, kw_only=True):
    """Nobody answered; `acts`: it is done anyway."""

    KIND = EntryKind.NUDGE
    rule: str
    acts: bool
    proposal: str
    source: str
    status: str = "expired"
    action: RuleAction | None = None


class NudgeDropped(Event, frozen=True, kw_only=True):
    """The question has no point any more."""

    KIND = EntryKind.NUDGE
    rule: str
    reason: str
    """a text, since records of 0.1.0 have no more; shown only"""
    status: str = "expired"


class Informed(Reaching, frozen=True, kw_only=True):
    """Those who are told without being asked to act."""

    KIND = EntryKind.PAGED
    missed: tuple[str, ...]
    """texts, as in `LevelPaged`"""
    reason: str
    """a text: for what, with names as they were; messages have the value, in `Because`"""
    source: str


class ToldWhoHasIt(Reaching, frozen=True, kw_only=True):
    """Channels, and whoever was paged and has not acted, heard that somebody (`person`) has it."""

    KIND = EntryKind.PAGED
    person: str
    how: Taking
    missed: tuple[str, ...] = ()
    """texts, as in `LevelPaged`"""


class ToldNobodyHasIt(Reaching, frozen=True, kw_only=True):
    """Whoever heard that they (`had`) have it heard that they no longer do."""

    KIND = EntryKind.PAGED
    had: tuple[str, ...]
    lapse: Lapse
    missed: tuple[str, ...] = ()
    """texts, as in `LevelPaged`"""


class ToldOpenAgain(Reaching, frozen=True, kw_only=True):
    """Channels, and whoever heard its end, heard that it is open again."""

    KIND = EntryKind.PAGED
    missed: tuple[str, ...] = ()
    """texts, as in `LevelPaged`"""


class ReporterTold(Reaching, frozen=True, kw_only=True):
    """Whoever reported it heard that somebody has it, that it is over, or open again."""

    KIND = EntryKind.PAGED
    over: bool
    again: bool = False
    missed: tuple[str, ...] = ()
    """texts, as in `LevelPaged`"""


class ToldOfRise(Reaching, frozen=True, kw_only=True):
    """Whoever has it was told that the urgency rose."""

    KIND = EntryKind.PAGED
    missed: tuple[str, ...] = ()
    """texts, as in `LevelPaged`"""


class NotToldOfRise(Event, frozen=True, kw_only=True):
    """Whoever has it cannot be told that the urgency rose."""

    KIND = EntryKind.SKIPPED
    person: str
    reason: str
    """a text, since records of 0.1.0 have no more; shown only"""


# ── maintenance, suggestions ──────────────────────────────────────────────────────────


class MaintenanceBegan(OfTeam, frozen=True, kw_only=True):
    """A maintenance keeps a team quiet."""

    KIND = EntryKind.MAINTENANCE
    services: tuple[str, ...]
    until: Instant


class MaintenanceOver(OfTeam, frozen=True, kw_only=True):
    """It does no longer. `late` is for how long it has been over already, where that is more than a tick."""

    KIND = EntryKind.MAINTENANCE
    late: Span = 0


class SoundsLike(Event, frozen=True, kw_only=True):
    """The new words sound like a service that leads to another team."""

    KIND = EntryKind.SUGGESTION
    incident: int
    service: str
    team: str
