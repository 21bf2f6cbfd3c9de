"""What came back from a gateway, in one shape, whichever way it came: a mail, a short message, a
button, a reaction.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant


class Bounce(msgspec.Struct, frozen=True):
    """A report that a message could not be delivered. `final` says that no further try is made,
    `status` is the enhanced code of a mail ("5.1.1") or the provider's number (Twilio's 21610), and
    `recipient` the address that it is about.
    """

    final: bool
    status: str
    recipient: str = ""


class Arrival(msgspec.Struct, frozen=True):
    """Something that was sent to a gateway that listens.

    `external_id` is the provider's id of it, unique within the gateway (a mail's Message-ID, an
    update's number, an SMS's SID). `sender` is the address as a contact of the catalog would have it;
    "" where this way has none (a button of ntfy). `text` is what was written, with whatever is quoted
    below it, or the emoji of a reaction, or the word of a button. `codes` are the long codes that came
    with it without being typed: in the address, in what it refers to, in a button. `answered` are the
    provider's ids of the messages that it answers, the nearest first. `subject` only mails have.
    `sent_at` is the provider's time, else the sender's; None where neither can be read. `arrived_at` is
    when it came into a mailbox, where that says so.
    `robot` says why it cannot be a person's answer, None where it may be one. `bounce` is a report
    that a message of ours could not be delivered. `shared` is True for what was written in a group
    where others write as well: there only a code or a reply counts.
    """

    external_id: str
    sender: str
    text: str
    sent_at: Instant | None = None
    codes: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    subject: str = ""
    robot: str | None = None
    bounce: Bounce | None = None
    shared: bool = False
    arrived_at: Instant | None = None
