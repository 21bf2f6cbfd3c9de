"""What a message says, as values: its text, full and short, and the HTML of a mail are written from them.

Texts that somebody wrote are harmless in here (`printable`), but not escaped for HTML.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.wording.fitting import Text

# What of a message gives way where a service takes less, the highest of these first; what is cut is said.
PROSE, LISTS, NAMES, TITLE = 4, 3, 2, 1


class MessageKind(str, Enum):
    """The kinds of messages, each with a text of its own; `[messages]` names their templates by these."""

    PAGE = "page"
    """wants an acknowledgement"""
    INFORM = "inform"
    """news for those who work on it"""
    STAKEHOLDERS = "stakeholders"
    """news for those who only want to know: a severity's `inform`"""
    REPORTER = "reporter"
    """plain words for whoever reported it"""
    NUDGE = "nudge"
    """asks for a yes or no"""
    RESOLVED = "resolved"
    """it is over"""
    TEST = "test"
    """nothing is broken"""
    DIGEST = "digest"
    """many messages in one"""


class HowItStands(str, Enum):
    """Where the incident stands for whoever reads of it."""

    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    """somebody has it"""
    OVER = "over"


class Line(msgspec.Struct, frozen=True):
    """A label and what stands beside it: "Why you", "on call for Identity"."""

    label: str
    value: Text


class Quote(msgspec.Struct, frozen=True):
    """What somebody wrote, in as many lines as they did; without a label, the reporter's own words."""

    text: Text
    label: str = ""


class ToType(msgspec.Struct, frozen=True):
    """What to do, and the command that does it, with the host before it."""

    label: str
    command: str


class Choice(msgspec.Struct, frozen=True):
    """What a button says, in ASCII, and the word that it sends back."""

    label: str
    word: str


class ToReply(msgspec.Struct, frozen=True):
    """What may be sent back to a message. `code` is the whole code; `sentence` says what to send, `brief`
    the same within an SMS, with the code; `choices` are those that buttons offer, the first first.
    """

    code: str
    sentence: str
    brief: str
    choices: tuple[Choice, ...]

    @property
    def short(self) -> str:
        """The code as people type it."""
        return short_code(self.code)


class DigestEntry(msgspec.Struct, frozen=True):
    """An incident in a digest; `command` acknowledges it, "" where that is not asked."""

    number: int
    title: str
    severity: str
    rank: int
    standing: HowItStands
    status: str
    command: str = ""


class MessageCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says. What is empty (or None) is not said.

    It is read from above: what and how bad, what was said, who has been told, who is next and when,
    how to answer.
    """

    kind: MessageKind
    to_person: bool
    """False: a channel, which cannot acknowledge"""
    number: int
    """of the incident; 0: it has none, as in a test or a digest of several"""
    severity: str = ""
    rank: int = 0
    """how bad the severity is: `ranks - 1` is the gravest, 0 the mildest"""
    ranks: int = 1
    standing: HowItStands = HowItStands.UNANSWERED
    subject: Text
    """"[critical] #12 Customers cannot log in", without "(repeat)"; at most 200 characters when sent"""
    title: Text
    """the incident's title alone"""
    news: Text = Text()
    """what happened, where the message is about that: "Severity raised from major to critical." """
    question: Text = Text()
    """of a nudge: "Page Kim Osei?" """
    facts: tuple[Line, ...] = ()
    """severity, what is affected, since when and by whom"""
    candidates: tuple[ToType, ...] = ()
    """services that it may be about, and what to type if it is"""
    quotes: tuple[Quote, ...] = ()
    remarks: tuple[str, ...] = ()
    """that it is late, that it may have come before: whole sentences"""
    told: Line | None = None
    why: Line | None = None
    upcoming: Line | None = None
    """who is next, and when"""
    deadline: str = ""
    """of a nudge: what happens without an answer, and when; a sentence"""
    answers: tuple[ToType, ...] = ()
    """what to type, the first first"""
    reply: ToReply | None = None
    """what may be sent back, where the gateway listens"""
    links: tuple[Line, ...] = ()
    """"Runbook" and its address"""
    listed: tuple[DigestEntry, ...] = ()
    """of a digest, the worst first"""
    closing: str = ""
    """a last sentence"""
