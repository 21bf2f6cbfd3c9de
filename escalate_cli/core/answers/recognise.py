"""What somebody sent back, understood: who, about what, and which word. In doubt nothing is understood,
and it is known why.

Who: the address is a person's. What: the code, or the provider's id of the message that was answered;
without either, the one page that waits for this person. The word stands alone on its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.codes import long_codes, short_codes
from escalate_cli.core.answers.texts import ReadText, read_subject, read_text
from escalate_cli.core.answers.words import Reply, Word, read_line
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.organisation.catalog import Catalog, Person
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.organisation.spelled import spelled_alike

TOLERANCE = 2 * MINUTE
"""how far the clocks of a provider and of this machine may disagree: an answer that is older than this
before a page was not to it. What is older by less is an answer to it only where it says so, by a code or
as a reply
"""


class Understood(msgspec.Struct, frozen=True):
    """`person` says `reply` to `about`: one message, or, where everything is meant, each that waits."""

    person: str
    about: tuple[AskedMessage, ...]
    reply: Reply
    line: str


class NotUnderstood(msgspec.Struct, frozen=True):
    """No word that may be said, from somebody whom we know; `about` is what they answered, if known."""

    person: str
    about: AskedMessage | None
    line: str


class Undecided(msgspec.Struct, frozen=True):
    """Several pages wait for `person`, and it is not said which is meant."""

    person: str
    among: tuple[AskedMessage, ...]
    reply: Reply
    line: str


class NothingWaits(msgspec.Struct, frozen=True):
    """`person` says something, and it is about nothing that is known. `code` says that a code came with
    it, which is none of ours or too old.
    """

    person: str
    reply: Reply
    line: str
    code: bool = False


class TooEarly(msgspec.Struct, frozen=True):
    """`person` says something without naming what it is about, and wrote it before `about`, the page that
    waits, was there: by the clocks, which may be wrong.
    """

    person: str
    about: AskedMessage
    reply: Reply
    line: str


class Stranger(msgspec.Struct, frozen=True):
    """Whoever answered `about` has an address that is nobody's: the person paged hears of it."""

    about: AskedMessage
    line: str


class NotForUs(msgspec.Struct, frozen=True):
    """Nothing is done and nobody is answered: `why`. It leaves no trace."""

    why: str
    nobody: bool = False
    """it is from an address that is nobody's"""


Heard = Understood | NotUnderstood | Undecided | NothingWaits | TooEarly | Stranger | NotForUs


class Messages(msgspec.Struct, frozen=True):
    """How our messages are looked up: by long codes, by short ones (of this gateway), by the provider's
    ids, those to people about what is not over, and those of the last days to people. Each gives the
    oldest first.
    """

    by_codes: Callable[[Sequence[str]], Sequence[AskedMessage]]
    by_short_codes: Callable[[Sequence[str]], Sequence[AskedMessage]]
    by_external_ids: Callable[[Sequence[str]], Sequence[AskedMessage]]
    of_people: Callable[[Sequence[Recipient]], Sequence[AskedMessage]]
    lately: Callable[[Sequence[Recipient]], Sequence[AskedMessage]]


def people_at(address: str, gateway: str, catalog: Catalog) -> tuple[Person, ...]:
    """Whose address it is: of this gateway, or one from which they may answer."""
    if not address.strip():
        return ()
    asked = spelled_alike(address)
    return tuple(
        person
        for person in catalog.people.values()
        if asked in map(spelled_alike, (*filter(None, [person.contact.get(gateway)]), *person.answers_from))
    )


def recognise(
    arrived: Arrival, gateway: str, messages: Messages, catalog: Catalog, words: Mapping[str, Word]
) -> Heard:
    """What is meant by something that came back by `gateway`."""
    if arrived.robot is not None:
        return NotForUs(arrived.robot)
    people = people_at(arrived.sender, gateway, catalog)
    referred = _referred(arrived, messages)
    known = list(referred) or _waiting(people, arrived, messages)
    reading = _read(arrived, known, words)
    reply, line = reading.reply, reading.first_line
    if referred and not people:
        return _of_unknown_sender(arrived, referred, reply, line)
    if not people or (arrived.shared and not referred and (reply is None or reply.code is None)):
        return NotForUs("its address is nobody's", nobody=True)
    person = _whose(people, referred)
    if reply is None:
        return _without_word(person, referred, known, arrived, line, messages)
    return _about(person, reply, line, referred, arrived, messages)


class _Line(msgspec.Struct, frozen=True):
    reply: Reply | None
    first_line: str


def _read(arrived: Arrival, known: Iterable[AskedMessage], words: Mapping[str, Word]) -> _Line:
    codes = [code for asked in known for code in (asked.code, asked.short) if code]
    reading: ReadText = read_text(arrived.text, codes, words)
    if reading.answer is not None:
        return _Line(reading.answer, reading.first_line)
    subject = read_subject(arrived.subject, words) if arrived.subject else None
    # what our own button writes is an answer also above "Sent from my phone"
    by_button = (
        subject is not None and subject.code is not None and subject == read_line(arrived.subject, words)
    )
    if subject is not None and (by_button or not reading.first_line):
        return _Line(subject, arrived.subject.strip())
    return _Line(None, reading.first_line)


def _referred(arrived: Arrival, messages: Messages) -> tuple[AskedMessage, ...]:
    """The messages that it refers to without typing: the first way that leads to one."""
    ways = (
        (messages.by_codes, arrived.codes),
        (messages.by_external_ids, arrived.answered),
        (messages.by_codes, long_codes(arrived.subject)),
    )
    for look_up, marks in ways:
        asked = tuple(look_up(marks)) if marks else ()
        if asked:
            return asked
    quoted = long_codes(arrived.text)
    return tuple(messages.by_codes(quoted)) if len(quoted) == 1 else ()


def _whose(people: Sequence[Person], referred: Sequence[AskedMessage]) -> str:
    """Of several people with one address: the one who was written to, else the first."""
    written_to = {asked.recipient for asked in referred}
    return next((person.id for person in people if Recipient.person(person.id) in written_to), people[0].id)


def _of_unknown_sender(
    arrived: Arrival, referred: Sequence[AskedMessage], reply: Reply | None, line: str
) -> Heard:
    """A button has no sender: whoever has the code is the person paged. Anybody else is a stranger."""
    first = referred[0]
    if arrived.sender or not first.recipient.is_person:
        return (
            Stranger(first, line)
            if first.recipient.is_person
            else NotForUs("its address is nobody's", nobody=True)
        )
    if reply is None:
        return NotUnderstood(first.recipient.id, first, line)
    return Understood(first.recipient.id, (first,), reply, line)


def _without_word(
    person: str,
    referred: Sequence[AskedMessage],
    known: Sequence[AskedMessage],
    arrived: Arrival,
    line: str,
    messages: Messages,
) -> Heard:
    """What is no answer is told of only where it was clearly to us: to a page, or while one waits. A text
    has nobody else to go to: it is about the last page that they had, though somebody has it by now, or it
    is over. A mail has.
    """
    if referred:
        return NotUnderstood(person, referred[0], line)
    waiting = [asked for asked in known if asked.waits]
    if waiting:
        return NotUnderstood(person, waiting[-1], line)
    if arrived.subject or not line:
        return NotForUs("no answer")
    lately = messages.lately([Recipient.person(person)])
    pages = [asked for asked in (*lately, *known) if asked.kind == "page" and _was_there(asked, arrived)]
    return NotUnderstood(person, pages[-1], line) if pages else NotForUs("no answer")


def _waiting(people: Sequence[Person], arrived: Arrival, messages: Messages) -> list[AskedMessage]:
    """What asks these people by this gateway and is not younger than what they wrote."""
    recipients = [Recipient.person(person.id) for person in people]
    asked = messages.of_people(recipients) if recipients else ()
    return [each for each in asked if _was_there(each, arrived)]


def _too_early(
    person: str, reply: Reply, line: str, arrived: Arrival, mine: Sequence[AskedMessage]
) -> Heard | None:
    """The page that waits was made a moment later. What a mailbox had before is not read at all."""
    if not mine or reply.word in (Word.UNDO, Word.WHO):
        return None
    if all(asked.is_younger_than(arrived.arrived_at) for asked in mine):
        return NotForUs("it is from before the page")
    later = [asked for asked in mine if asked.waits and asked.is_younger_than(arrived.sent_at)]
    near = [asked for asked in later if asked.created_at <= (arrived.sent_at or 0) + TOLERANCE]
    return TooEarly(person, near[-1], reply, line) if near else None


def _about(
    person: str,
    reply: Reply,
    line: str,
    referred: Sequence[AskedMessage],
    arrived: Arrival,
    messages: Messages,
) -> Heard:
    mine = messages.of_people([Recipient.person(person)])
    if reply.everything:
        there = [asked for asked in mine if _was_there(asked, arrived)]
        waiting = _one_each([asked for asked in there if asked.waits and asked.kind == "page"])
        return Understood(person, waiting, reply, line) if waiting else NothingWaits(person, reply, line)
    if reply.code is not None:
        named = [*messages.by_codes([reply.code]), *messages.by_short_codes([reply.code])]
        own = [asked for asked in named if asked.recipient == Recipient.person(person)] or [
            asked for asked in named if asked.code == reply.code
        ]
        if not own:
            return NothingWaits(person, reply, line, code=True)
        return Understood(person, (own[-1],), reply, line)
    if reply.number is not None:
        known = (*messages.lately([Recipient.person(person)]), *mine)
        numbered = [asked for asked in known if asked.incident == reply.number and asked.kind == "page"]
        if not numbered:
            return NothingWaits(person, reply, line, code=True)
        return Understood(person, (numbered[-1],), reply, line)
    if referred:
        return Understood(person, (referred[0],), reply, line)
    quoted = messages.by_short_codes(short_codes(f"{arrived.subject}\n{arrived.text}"))
    mine_of_it = _one_each([asked for asked in quoted if asked.recipient == Recipient.person(person)])
    if quoted and not mine_of_it:  # it is about somebody else's page
        return NothingWaits(person, reply, line, code=True)
    if len(mine_of_it) == 1:
        return Understood(person, mine_of_it, reply, line)
    return (
        _without_code(person, reply, line, arrived, mine)
        or _too_early(person, reply, line, arrived, mine)
        or _over(person, reply, line, arrived, messages)
    )


def _over(person: str, reply: Reply, line: str, arrived: Arrival, messages: Messages) -> Heard:
    """The last page that they had, of an incident that is over: they hear so."""
    lately = [
        asked
        for asked in messages.lately([Recipient.person(person)])
        if asked.kind == "page" and _was_there(asked, arrived)
    ]
    return Understood(person, (lately[-1],), reply, line) if lately else NothingWaits(person, reply, line)


def _was_there(asked: AskedMessage, arrived: Arrival) -> bool:
    """Whether it was there when somebody wrote this, and had gone out as far as clocks agree."""
    if arrived.sent_at is None:
        return True
    return not asked.is_younger_than(arrived.sent_at) and asked.at <= arrived.sent_at + TOLERANCE


def _without_code(
    person: str, reply: Reply, line: str, arrived: Arrival, mine: Sequence[AskedMessage]
) -> Heard | None:
    """Exactly one page or test message that waits and was there when it was written; else a page that is
    somebody's.
    """
    early = [asked for asked in mine if _was_there(asked, arrived)]
    pages = [asked for asked in early if asked.kind == "page"]
    tests = [asked for asked in early if asked.trial is not None]
    for candidates in (
        _one_each([asked for asked in (*tests, *pages) if asked.waits]),
        _one_each(pages),
        tuple(asked for asked in early if asked.kind == "nudge" and asked.waits),
    ):
        if len(candidates) == 1:
            return Understood(person, candidates, reply, line)
        if candidates:
            return Undecided(person, candidates, reply, line)
    return None


def _one_each(messages: Sequence[AskedMessage]) -> tuple[AskedMessage, ...]:
    """The latest message about each incident, in the order of their numbers."""
    latest = {asked.incident: asked for asked in messages}
    return tuple(latest[number] for number in sorted(latest))
