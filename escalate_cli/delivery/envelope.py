"""What an attempt is given: from the parent by way of the worker to the child that sends."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.messages.card import MessageCard
from escalate_cli.core.wording.fitting import Loose

Question = tuple[Instant, str, tuple[object, ...]]
"""until when an attempt may begin, and which function ("module:function") says, with these
arguments, whether it may"""


class AnswerMarks(msgspec.Struct, frozen=True):
    """What a mail's head says of answers. `code` is that of a message that may be answered, "" of others;
    `plus`, whether the mailbox takes replies at `user+CODE@host`; `answers`, the Message-ID of what this
    one answers, "" where it answers nothing.
    """

    code: str = ""
    plus: bool = False
    answers: str = ""


NO_ADDRESS = "escalate0address0here"
"""stands in a URL where the address belongs"""


class BorrowedUrl(msgspec.Struct, frozen=True):
    """A gateway's URL with its secrets and `NO_ADDRESS` in the place of the address, and the address: to
    tell which of them a plugin does not take.
    """

    url: str
    address: str

    def __repr__(self) -> str:
        return "BorrowedUrl(…)"


class Envelope(msgspec.Struct, frozen=True):
    """One attempt: the expanded Apprise URL of one recipient, the message, and its hard time limit
    in microseconds.

    `secrets` are the values that went into `url`; neither is ever shown. `kind` is a `NotificationKind`
    value; `urgent`, whether a mail says that it is. `thread` is the same for all messages of one
    incident, "" for others: mails are shown together by it. `look` is what is asked just before the
    first byte leaves; where the answer is no, the attempt is withdrawn. `loose` are the stretches of
    `body` that may be cut. `short` is the text for a service that does not take so much (`short_loose`:
    what of it may be cut), and `longest` what it takes, if that is known. `borrowed` is there where values
    of this process's surroundings stand in `url`. `card` is what the page of a mail is made of; None where
    there is no page, or no mail.
    """

    url: str
    secrets: tuple[str, ...]
    title: str
    body: str
    kind: str
    timeout: Span
    thread: str = ""
    urgent: bool = False
    look: Question | None = None
    loose: tuple[Loose, ...] = ()
    short: str = ""
    short_loose: tuple[Loose, ...] = ()
    longest: int | None = None
    card: MessageCard | None = None
    marks: AnswerMarks = AnswerMarks()
    borrowed: BorrowedUrl | None = None

    @property
    def seconds(self) -> float:
        """The time limit in seconds."""
        return self.timeout / SECOND

    def __repr__(self) -> str:
        return f"Envelope({self.kind}, {self.title!r})"
