"""What every event has, and the kinds that the timeline shows."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.recipient import Recipient


class EntryKind(str, Enum):
    """What a timeline entry tells of, coarsely."""

    DECLARED = "declared"
    ROUTED = "routed"
    ESCALATION = "escalation"
    LEVEL = "level"
    SKIPPED = "skipped"
    EXHAUSTED = "exhausted"
    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    PAGED = "paged"
    SENT = "sent"
    HELD = "held"
    RETRYING = "retrying"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RULE = "rule"
    NUDGE = "nudge"
    PASSED = "passed"
    MAINTENANCE = "maintenance"
    SUGGESTION = "suggestion"
    RELOADED = "reloaded"
    CLOCK = "clock"
    ALERT = "alert"


def _tag(name: str) -> str:
    """LevelPaged → level-paged."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


class AnswerMeans(str, Enum):
    """By what somebody answered. It is kept by this name; `core.wording.ways` has its words."""

    REPLY = "reply"
    """they wrote back"""
    BUTTON = "button"
    """they pressed a button, or set a reaction"""
    COMMAND = "command"
    """they, or a program, typed it: no page was answered"""

    @classmethod
    def _missing_(cls, value: object) -> AnswerMeans | None:
        """As it was kept before 0.2.0 was out."""
        return {"reply to": cls.REPLY, "button by": cls.BUTTON}.get(str(value))


class AnswerWay(msgspec.Struct, frozen=True):
    """How somebody did it who answered from where a page had reached them: by a reply, a button or a
    reaction to which gateway, and when that page went out.
    """

    gateway: str
    how: AnswerMeans
    paged_at: Instant | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=_tag):
    """Something that happened. Its JSON has its fields and, as `event`, its tag. `answered` only what
    people did by answering has.
    """

    answered: AnswerWay | msgspec.UnsetType = msgspec.UNSET

    KIND: ClassVar[EntryKind]
    NAMES_WHO: ClassVar[bool] = False
    """its sentence says by itself who did it"""
    NAMES_TEAM: ClassVar[bool] = True
    """its sentence says by itself which team it is about, if any"""

    @property
    def kind(self) -> EntryKind:
        """What it tells of, coarsely."""
        return self.KIND

    @property
    def is_trouble(self) -> bool:
        """Whether it says that somebody was not reached as they should have been: what cron's mail is for."""
        return False

    def names(self, person: str) -> bool:
        """Whether its sentence says by itself that this person did it."""
        return self.NAMES_WHO


class OfTeam(Event, frozen=True, kw_only=True):
    """Something about the escalation to one team."""

    team: str


class Reaching(Event, frozen=True, kw_only=True):
    """Somebody was written to. `called_off` are those to whom it was, before it had gone out."""

    recipients: tuple[Recipient, ...]
    called_off: tuple[Recipient, ...] = ()


class TeamReaching(OfTeam, frozen=True, kw_only=True):
    """`Reaching`, for the escalation to one team. (A type of fields can have one such base only.)"""

    recipients: tuple[Recipient, ...]
    called_off: tuple[Recipient, ...] = ()
