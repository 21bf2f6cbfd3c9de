"""What became of something that was sent back, as it is stored and told."""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.calendar.duration import Instant


class AnswerOutcome(str, Enum):
    """How an answer ended."""

    DONE = "done"
    """it was done, or was so already by the same person"""
    IN_PART = "in-part"
    """it was done, and others of the level are still awaited"""
    ALREADY = "already"
    """somebody else has it: nothing was changed"""
    OVER = "over"
    """the incident is resolved, or the nudge answered"""
    UNKNOWN = "unknown"
    """its code means nothing, or nothing any more"""
    NOTHING_WAITS = "nothing-waits"
    """nothing waits for an answer by this person"""
    WHICH = "which"
    """several pages wait, and it is not said which is meant"""
    NOT_UNDERSTOOD = "not-understood"
    """no word that may be said"""
    NOT_ALLOWED = "not-allowed"
    """`[answers].may` leaves it out"""
    STRANGER = "stranger"
    """a known code from an address that is nobody's"""
    BOUNCED = "bounced"
    """no answer: a message of ours could not be delivered"""
    TOLD = "told"
    """a question was answered (WHO)"""
    TESTED = "tested"
    """it was the answer to a test message"""


class AnswerAction(str, Enum):
    """What an answer does; also the words of `[answers].may`, but for the first and the last."""

    ACKNOWLEDGE = "acknowledge"
    PASS = "pass"  # noqa: S105 (no password)
    RESOLVE = "resolve"
    NOTE = "note"
    SNOOZE = "snooze"
    UNDO = "undo"
    YES = "yes"
    NO = "no"
    WHO = "who"


class RecordedAnswer(msgspec.Struct, frozen=True):
    """One thing that was read, as it is on record. `line` is what was written, `reply` the sentence that
    was sent back ("" where none was).
    """

    gateway: str
    external_id: str
    sender: str
    read_at: Instant
    line: str
    outcome: AnswerOutcome
    id: int = 0
    sent_at: Instant | None = None
    person: str | None = None
    notification_id: int | None = None
    incident_id: int | None = None
    word: str | None = None
    action: str | None = None
    """the value of an `AnswerAction`"""
    reply: str = ""
    undone: bool = False
