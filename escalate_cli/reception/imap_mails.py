"""Mails fetched from a mailbox, no more of each than is needed, and read into what arrived."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime

import msgspec

from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.recognise import TOLERANCE
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.reception.dmarc import is_verified
from escalate_cli.reception.imap_client import Mailbox
from escalate_cli.reception.mail import LARGEST_MAIL, read_mail

HEAD = 64 * 1024
"""bytes of a mail that are fetched at first: an answer stands at its top"""
REST = 1 << 20
"""bytes of it that are fetched at a time where no text is in the head"""
_UID = re.compile(rb"\bUID (\d+)")
_ARRIVED_AT = re.compile(rb'\bINTERNALDATE "([^"]{20,40})"')
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")


class MailPart(msgspec.Struct):
    """The first part of a mail; `size` is that of the whole, `arrived_at` the mailbox's time."""

    uid: int
    size: int
    arrived_at: Instant | None
    raw: bytes


def fetch_parts(mailbox: Mailbox, uids: Sequence[int], start: int = 0, length: int = HEAD) -> list[MailPart]:
    """A part of each of these mails, by UID; of those that are still there. No flag is set (PEEK)."""
    connection = mailbox.connection
    connection.allow(len(uids) * (length + 1000))
    wanted = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<{start}.{length}>)"
    status, answer = connection.uid("FETCH", ",".join(map(str, uids)), wanted)
    if status != "OK":
        raise connection.error("FETCH")
    mails = [mail for head, raw in _items(answer) if (mail := _mail(head, raw)) is not None]
    return sorted((mail for mail in mails if mail.uid in set(uids)), key=lambda mail: mail.uid)


def fetch_arrivals(mailbox: Mailbox, uids: Sequence[int]) -> Iterator[tuple[int, Instant]]:
    """When each of these mails arrived, by UID, where the mailbox says so."""
    mailbox.connection.allow(len(uids) * 300)
    _, answer = mailbox.connection.uid("FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE)")
    for line in filter(lambda piece: isinstance(piece, bytes), answer):
        uid, arrived_at = _UID.search(line), arrival_in(line)
        if uid is not None and arrived_at is not None:
            yield int(uid[1]), arrived_at


def _items(answer: Sequence[object]) -> Iterator[tuple[bytes, bytes]]:
    """Each mail's line, without its content, and the content. The parts of a line may stand before
    the content or behind it.
    """
    head, raw = b"", b""
    for piece in answer:
        if isinstance(piece, tuple):
            if head:
                yield head, raw
            head, raw = piece[0], piece[1]
        elif isinstance(piece, bytes) and head:
            yield head + piece, raw
            head = b""
        elif isinstance(piece, bytes):
            yield piece, b""
    if head:
        yield head, raw


def _mail(head: bytes, raw: bytes) -> MailPart | None:
    uid, size = _UID.search(head), _SIZE.search(head)
    if uid is None or b"BODY[]" not in head.upper():
        return None  # the flags of a mail, which somebody has changed just now
    return MailPart(int(uid[1]), int(size[1]) if size else len(raw), arrival_in(head), raw)


def arrival_in(head: bytes) -> Instant | None:
    """The INTERNALDATE in a line of a mailbox."""
    match = _ARRIVED_AT.search(head)
    try:
        moment = parsedate_to_datetime(match[1].decode("ascii").strip()) if match else None
    except (ValueError, TypeError, OverflowError):
        return None
    return None if moment is None else round(moment.timestamp() * SECOND)


def lacks_its_text(mail: MailPart, arrived: Arrival) -> bool:
    """Whether more of a mail has to be fetched: it has no text so far, and goes on."""
    goes_on = len(mail.raw) < min(mail.size, LARGEST_MAIL)
    return goes_on and not arrived.text.strip() and arrived.robot is None and arrived.bounce is None


def read_fetched(mail: MailPart, server: str | None, not_before: Instant | None = None) -> Arrival:
    """What a mail says. With `server`, one that this server has not verified (DMARC) acts for nobody.

    A mail was sent no later than it arrived, whatever its sender's clock says. It arrived no earlier than
    `not_before`, when it was not there yet, where the mailbox's clock says a little less; a mail that was
    moved there is as old as it says. Without an id of its
    own it has one of its content, so that it is known when it is read again.
    """
    identity = "content:" + hashlib.sha256(mail.raw[:HEAD]).hexdigest()[:40]
    arrived = read_mail(mail.raw)
    forged = server is not None and arrived.robot is None and not is_verified(mail.raw, server)
    arrived_at = mail.arrived_at
    if arrived_at is not None and not_before is not None and 0 < not_before - arrived_at <= TOLERANCE:
        arrived_at = not_before
    times = [moment for moment in (arrived.sent_at, arrived_at) if moment is not None]
    return msgspec.structs.replace(
        arrived,
        external_id=arrived.external_id[:500] or identity,
        sent_at=min(times, default=None),
        arrived_at=arrived_at,
        robot="it is not verified (DMARC)" if forged else arrived.robot,
    )
