"""What becomes of each message."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events.event import EntryKind, Event
from escalate_cli.core.organisation.recipient import Recipient


class Attempt(Event, frozen=True, kw_only=True):
    """What became of one attempt to send: `what` is the value of a `NotificationKind`. `digest_of` is how
    many notifications of several incidents were in its message (0: it was none such),
    `beside_another`: another of the same incident led it."""

    what: str
    notification: int
    recipient: Recipient
    gateway: str
    attempt: int
    digest_of: int = 0
    beside_another: bool = False


class Sent(Attempt, frozen=True, kw_only=True):
    """The provider took it."""

    KIND = EntryKind.SENT


class Retrying(Attempt, frozen=True, kw_only=True):
    """It failed, and is tried again."""

    KIND = EntryKind.RETRYING
    reason: str
    """a text: what the provider answered, or what failed on the way to it"""

    @property
    def is_trouble(self) -> bool:
        """Always."""
        return True


class GivenUp(Attempt, frozen=True, kw_only=True):
    """It failed for good."""

    KIND = EntryKind.FAILED
    reason: str
    """a text, as in `Retrying`"""

    @property
    def is_trouble(self) -> bool:
        """Always."""
        return True


class CalledOff(Attempt, frozen=True, kw_only=True):
    """It is no longer needed."""

    KIND = EntryKind.CANCELLED
    reason: str
    """a text, since the notification keeps it as its error, beside the words of providers; shown only"""


class Ended(Event, frozen=True, kw_only=True):
    """How an attempt ended could not be told in full: only what became of it (`status`)."""

    KIND = EntryKind.FAILED
    recipient: Recipient
    status: str
    why: str
    """a text, since it has the words of a fault that nobody foresaw; shown only"""

    @property
    def kind(self) -> EntryKind:
        """Sent or failed."""
        return EntryKind.SENT if self.status == "sent" else EntryKind.FAILED

    @property
    def is_trouble(self) -> bool:
        """Unless it was sent."""
        return self.status != "sent"


class HeldBack(Event, frozen=True, kw_only=True):
    """`[limits]` keep what is due for an address until a digest."""

    KIND = EntryKind.HELD
    recipient: Recipient
    gateway: str
    until: Instant


class LaterStepsHurried(Event, frozen=True, kw_only=True):
    """Every address that was tried first failed for good: these pairs of recipient and gateway are
    due at once.
    """

    KIND = EntryKind.PAGED
    steps: tuple[tuple[Recipient, str], ...]

    @property
    def is_trouble(self) -> bool:
        """Always."""
        return True


class MailboxSays(Event, frozen=True, kw_only=True):
    """A robot has answered a page for the person who was paged; `text` is what it says."""

    KIND = EntryKind.UPDATED
    person: str
    text: str


class Unclassified(Event, frozen=True, kw_only=True):
    """An entry of an older version that says nothing which anybody counts; its text tells."""

    KIND = EntryKind.SKIPPED
    about: EntryKind

    @property
    def kind(self) -> EntryKind:
        """As it was written then."""
        return self.about
