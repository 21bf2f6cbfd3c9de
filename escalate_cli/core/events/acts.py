"""What people do."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events.event import EntryKind, Event, OfTeam, Reaching


class Acknowledged(OfTeam, frozen=True, kw_only=True):
    """Somebody took a team's escalation; `everything`: all of them (None: an old record does not
    say). `timeout` is after how long without an update it pages again."""

    KIND = EntryKind.ACKNOWLEDGED
    NAMES_WHO = True
    level: int | None
    everything: bool | None
    timeout: Span | None = None


class TakenOver(OfTeam, frozen=True, kw_only=True):
    """Somebody took a team's escalation from whoever had it (`before`)."""

    KIND = EntryKind.ACKNOWLEDGED
    NAMES_WHO = True
    level: int | None
    before: str | None
    timeout: Span | None = None


class AcknowledgedInPart(OfTeam, frozen=True, kw_only=True):
    """Somebody acknowledged a level that waits for everyone it paged; `waits_for` are the others."""

    KIND = EntryKind.ACKNOWLEDGED
    NAMES_WHO = True
    level: int | None
    waits_for: tuple[str, ...]
    partly: bool = True


class AcknowledgedBesides(Event, frozen=True, kw_only=True):
    """Somebody who was paged, though no escalation is theirs, acknowledged."""

    KIND = EntryKind.ACKNOWLEDGED
    NAMES_WHO = True
    partly: bool = True
    everything: bool = False
    called_off: bool = True
    """there was more to come of that page"""


class Passed(OfTeam, frozen=True, kw_only=True):
    """Somebody who was paged for a team's escalation cannot take it; `waits_for` are the others of
    that paging who may. `held` says that they had it until then. Level 0 is the fallback."""

    KIND = EntryKind.PASSED
    NAMES_WHO = True
    level: int
    waits_for: tuple[str, ...]
    held: bool = False


class PassedBesides(Event, frozen=True, kw_only=True):
    """Somebody who was paged, though no escalation pages them, cannot take it."""

    KIND = EntryKind.PASSED
    NAMES_WHO = True
    called_off: bool = True
    """there was more to come of that page"""


class BesidesTakenBack(Event, frozen=True, kw_only=True):
    """Somebody who passed on what they were paged for besides the escalations may take it after all."""

    KIND = EntryKind.PASSED
    NAMES_WHO = True


class PassTakenBack(OfTeam, frozen=True, kw_only=True):
    """Somebody who passed a team's escalation on may take it after all."""

    KIND = EntryKind.PASSED
    NAMES_WHO = True


class Snoozed(Event, frozen=True, kw_only=True):
    """Somebody put it off."""

    KIND = EntryKind.SNOOZED
    NAMES_WHO = True
    until: Instant


class Resolved(Event, frozen=True, kw_only=True):
    """It is over."""

    KIND = EntryKind.RESOLVED
    message: str | None


class Reopened(Event, frozen=True, kw_only=True):
    """It is taken up again, or (`was_resolved` is False) an acknowledgement was taken back."""

    KIND = EntryKind.REOPENED
    was_resolved: bool
    message: str | None = None


class SeverityChanged(Event, frozen=True, kw_only=True):
    """How bad it is; `because` is the rule that says so, where no person does."""

    KIND = EntryKind.UPDATED
    before: str
    after: str
    rises: bool
    because: str = ""
    """a text: the rule by the name that its author gave it; "" where a person did it"""
    change: str = "severity"


class ScopeChanged(Event, frozen=True, kw_only=True):
    """What it is about; `before` are the services as they were."""

    KIND = EntryKind.UPDATED
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    before: tuple[str, ...]
    change: str = "services"


class TitleChanged(Event, frozen=True, kw_only=True):
    """What it is called."""

    KIND = EntryKind.UPDATED
    before: str | None
    after: str
    change: str = "title"


class LabelsSet(Event, frozen=True, kw_only=True):
    """Labels were set."""

    KIND = EntryKind.UPDATED
    after: dict[str, str]
    change: str = "labels"


class LeadChanged(Event, frozen=True, kw_only=True):
    """Who leads it."""

    KIND = EntryKind.UPDATED
    after: str
    change: str = "lead"

    def names(self, person: str) -> bool:
        """Whoever takes the lead is named as the one who leads."""
        return self.after == person


class MessageAdded(Event, frozen=True, kw_only=True):
    """The latest news."""

    KIND = EntryKind.UPDATED
    message: str
    change: str = "message"


class PolicyReloaded(OfTeam, frozen=True, kw_only=True):
    """A running escalation took the policy as it is now."""

    KIND = EntryKind.RELOADED
    policy: str
    source: str


class PagedByHand(Reaching, frozen=True, kw_only=True):
    """Somebody asked for a page to whom they named."""

    KIND = EntryKind.PAGED
    missed: tuple[str, ...]
    """texts, as in `LevelPaged`"""
    message: str | None
    by_hand: bool = True

    @property
    def kind(self) -> EntryKind:
        """Left out, where nobody was reached."""
        return EntryKind.PAGED if self.recipients or self.called_off else EntryKind.SKIPPED
