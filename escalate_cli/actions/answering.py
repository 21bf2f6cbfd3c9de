"""Something that came back is taken in: understood, done, put on record with the sentence to send back.
All of it in one transaction, once: what has been read before changes nothing.
"""

from __future__ import annotations

import uuid

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.answer_acts import carry_out_answer
from escalate_cli.actions.answer_deed import EXPLAINED_FOR, AnswerResult
from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.robots import note_absence, take_in_bounce
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerOutcome, RecordedAnswer
from escalate_cli.core.answers.recognise import (
    Heard,
    NotForUs,
    NothingWaits,
    NotUnderstood,
    Stranger,
    TooEarly,
    Undecided,
    Understood,
    recognise,
)
from escalate_cli.core.answers.words import Reply, Word, vocabulary
from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND, Instant
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.notification.memo import Memo
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording import answers as wording
from escalate_cli.core.wording import way_back
from escalate_cli.core.wording.text import printable

MOST_REPLIES, WITHIN = 6, 10 * MINUTE
"""sentences to one address in this time, so that two robots do not go on talking"""
ONCE_WITHIN = HOUR
"""how long what is told once is not told again"""
_LONGEST_LINE = 200


class AnswerTakenIn(msgspec.Struct, frozen=True):
    """What became of it. `say` is the sentence to send back ("" for none), `because` how it was
    recognised; `answer` is None where it was not for us and left no trace. `again`: it had been read
    before.
    """

    answer: RecordedAnswer | None
    say: str
    because: str
    again: bool = False
    nobody: bool = False
    """it is from an address that is nobody's"""

    @property
    def taken(self) -> bool:
        """Whether something was done, or was so already by the same person."""
        done = (AnswerOutcome.DONE, AnswerOutcome.IN_PART, AnswerOutcome.TOLD, AnswerOutcome.TESTED)
        return self.answer is not None and self.answer.outcome in done


def take_in_answer(context: Context, gateway: str, arrived: Arrival, *, reply: bool) -> AnswerTakenIn:
    """Take in one thing that came back by `gateway`; with `reply` its sentence is sent back, too, by the
    next delivery.
    """
    with context.store.transaction():
        return take_in_within(context, gateway, arrived, reply=reply)


def take_in_within(context: Context, gateway: str, arrived: Arrival, *, reply: bool) -> AnswerTakenIn:
    """The same within a transaction that is under way."""
    known = context.store.answers.find(gateway, arrived.external_id)
    if known is not None:
        return AnswerTakenIn(known, _for_sender(known), "it has been read before", again=True)
    catalog = context.running_catalog
    words = vocabulary(catalog.answers.words)
    since = context.moment() - EXPLAINED_FOR
    messages = context.store.answers.messages(gateway, since, context.moment())
    if arrived.bounce is not None:
        answer = take_in_bounce(context, gateway, arrived, arrived.bounce, messages)
        return AnswerTakenIn(answer, "", "a message of ours could not be delivered")
    heard = recognise(arrived, gateway, messages, catalog, words)
    if isinstance(heard, NotForUs) and arrived.robot is not None:
        note_absence(context, gateway, arrived, messages)
    if isinstance(heard, NotForUs):
        return AnswerTakenIn(None, "", heard.why, nobody=heard.nobody)
    became = _became(context, heard, gateway, arrived)
    now = context.moment()
    say = became.say if _may_be_said(context, heard, became, gateway, arrived, now) else ""
    answer = _record(context, heard, became, gateway, arrived, say, now)
    # whoever hands in a stranger's answer can send nothing back: the person paged hears of it from us
    if say and (isinstance(heard, Stranger) or (reply and catalog.answers.confirm)):
        _send_back(context, heard, answer, say, gateway, arrived, now)
    because = _because(context, heard, arrived, now)
    _note_trial(context, heard, because, now)
    return AnswerTakenIn(answer, _for_sender(answer), because)


def _may_be_said(
    context: Context, heard: Heard, became: AnswerResult, gateway: str, arrived: Arrival, now: Instant
) -> bool:
    """Two robots must not go on talking. Of a stranger, and of what is not understood while nothing waits,
    is told once; of what is not understood while something does, once for the same words.
    """
    answers, sender = context.store.answers, arrived.sender
    if answers.replies_to(gateway, sender, now - WITHIN) >= MOST_REPLIES:
        return False
    if not isinstance(heard, NotUnderstood | Stranger):
        return True
    since = now - ONCE_WITHIN
    if isinstance(heard, NotUnderstood) and (heard.about is None or heard.about.waits):
        words = _kept(heard.line)
        return not answers.was_told(gateway, sender, became.outcome, became.incident, since, words)
    if isinstance(heard, NotUnderstood) and became.incident is not None:
        incident = find_incident(context, became.incident).incident
        since = max(since, incident.acknowledged_at or 0, incident.resolved_at or 0)
    return not answers.was_told(gateway, sender, became.outcome, became.incident, since)


def _for_sender(answer: RecordedAnswer) -> str:
    """The sentence to send back; a stranger hears nothing: what is said is for the person paged."""
    return "" if answer.outcome is AnswerOutcome.STRANGER else answer.reply


def _became(context: Context, heard: Heard, gateway: str, arrived: Arrival) -> AnswerResult:
    if isinstance(heard, Understood) and heard.about and heard.about[0].trial is not None:
        name = context.running_catalog.person_name(heard.person)
        return AnswerResult(AnswerOutcome.TESTED, wording.test_answered(name))
    if isinstance(heard, Understood):
        return carry_out_answer(context, heard, gateway, arrived)
    if isinstance(heard, NotUnderstood) and heard.about is not None and heard.about.trial is not None:
        return AnswerResult(AnswerOutcome.NOT_UNDERSTOOD, wording.TEST_NOT_UNDERSTOOD)
    if isinstance(heard, NotUnderstood) and heard.about is not None and not heard.about.waits:
        return _not_understood_later(context, heard, heard.about, gateway, arrived)
    if isinstance(heard, NotUnderstood):
        asks = heard.about is not None and heard.about.nudge is not None
        offer = wording.WORDS_FOR_NUDGES if asks else wording.WORDS_FOR_PAGES
        number = heard.about.incident if heard.about is not None else None
        return AnswerResult(
            AnswerOutcome.NOT_UNDERSTOOD, f"{wording.NOT_UNDERSTOOD} {offer}", incident=number
        )
    if isinstance(heard, Undecided):
        choices = [(wording.About(asked.incident, asked.title), asked.short) for asked in heard.among]
        return AnswerResult(AnswerOutcome.WHICH, wording.which_page(choices, _shown(heard.reply.word)))
    if isinstance(heard, Stranger):
        say = wording.stranger_answered(arrived.sender, heard.line)
        return AnswerResult(AnswerOutcome.STRANGER, say, incident=heard.about.incident or None)
    if isinstance(heard, TooEarly):
        return _too_early(context, heard, arrived)
    if isinstance(heard, NothingWaits) and heard.reply.word is Word.UNDO:
        return carry_out_answer(
            context, Understood(heard.person, (), heard.reply, heard.line), gateway, arrived
        )
    if isinstance(heard, NothingWaits) and heard.code:
        return AnswerResult(AnswerOutcome.UNKNOWN, wording.unknown_code())
    return AnswerResult(AnswerOutcome.NOTHING_WAITS, wording.nothing_waits())


def _not_understood_later(
    context: Context, heard: NotUnderstood, about: AskedMessage, gateway: str, arrived: Arrival
) -> AnswerResult:
    """Somebody has it already, or it is over: they hear how it stands, and what may be said."""
    who = Understood(heard.person, (about,), Reply(Word.WHO), heard.line)
    stands = carry_out_answer(context, who, gateway, arrived)
    words = wording.WORDS_AFTER_THE_END if about.standing == "resolved" else wording.WORDS_FOR_LATER
    say = wording.not_understood_later(stands.say, words)
    return AnswerResult(AnswerOutcome.NOT_UNDERSTOOD, say, incident=about.incident)


def _too_early(context: Context, heard: TooEarly, arrived: Arrival) -> AnswerResult:
    about, made = heard.about, heard.about.created_at
    zone = context.running_catalog.people[heard.person].timezone
    before = max((made - (arrived.sent_at or made)) // SECOND * SECOND, SECOND)
    say = wording.too_early(
        wording.About(about.incident, about.title),
        before,
        named_wall_time(made, zone, context.moment()),
        f"{_shown(heard.reply.word)} {about.short}".strip(),
    )
    return AnswerResult(AnswerOutcome.NOTHING_WAITS, say, incident=about.incident or None)


def _shown(word: Word) -> str:
    return {Word.TAKE: "OK", Word.PASS: "NO"}.get(word, word.value.upper())


def _record(
    context: Context,
    heard: Heard,
    became: AnswerResult,
    gateway: str,
    arrived: Arrival,
    say: str,
    now: Instant,
) -> RecordedAnswer:
    about = heard.about if isinstance(heard, NotUnderstood | Stranger | TooEarly) else None
    if isinstance(heard, Understood) and heard.about:
        about = heard.about[0]
    reply = getattr(heard, "reply", None)
    answer = RecordedAnswer(
        gateway=gateway,
        external_id=arrived.external_id,
        sender=printable(arrived.sender)[:_LONGEST_LINE],
        read_at=now,
        line=_kept(getattr(heard, "line", "")),
        outcome=became.outcome,
        sent_at=arrived.sent_at,
        person=getattr(heard, "person", None),
        notification_id=(about.notification or None) if about is not None else None,
        incident_id=became.incident,
        word=reply.word.value if reply is not None else None,
        action=became.action.value if became.action is not None else None,
        reply=say,
    )
    return replace(answer, id=context.store.answers.record(answer))


def _kept(line: str) -> str:
    """A line as it is kept."""
    return printable(line)[:_LONGEST_LINE]


def _note_trial(context: Context, heard: Heard, because: str, now: Instant) -> None:
    """Whoever waits for the answer to a test message hears what came back."""
    about = heard.about if isinstance(heard, NotUnderstood | Stranger) else None
    understood = isinstance(heard, Understood)
    if isinstance(heard, Understood) and heard.about:
        about = heard.about[0]
    if about is None or about.trial is None:
        return
    line = _kept(getattr(heard, "line", ""))
    context.store.trials.note_heard(about.trial, line, because, now if understood else None)


def _send_back(
    context: Context,
    heard: Heard,
    answer: RecordedAnswer,
    say: str,
    gateway: str,
    arrived: Arrival,
    now: Instant,
) -> None:
    """To the address that the configuration has for whoever acted; of a stranger's answer the person
    paged hears, and the stranger nothing.
    """
    catalog = context.running_catalog
    if isinstance(heard, Stranger):
        recipient, gateway, address = heard.about.recipient, heard.about.gateway, heard.about.address
    else:
        person = catalog.people.get(answer.person or "")
        address = (person.contact.get(gateway) if person else None) or ""
        recipient = Recipient.person(answer.person or "")
    if not address:
        return
    memo = Memo(
        uuid.uuid4().hex, recipient, gateway, address, _title(heard, arrived), say, due_at=now,
        until=now + WITHIN, most=2, answers=arrived.external_id,
    )  # fmt: skip
    context.store.memos.keep(memo)


def _title(heard: Heard, arrived: Arrival) -> str:
    if arrived.subject and not isinstance(heard, Stranger):
        return f"Re: {printable(arrived.subject)[:150].removeprefix('Re: ')}"
    return "About an answer to your page" if isinstance(heard, Stranger) else "Your answer"


def _because(context: Context, heard: Heard, arrived: Arrival, now: Instant) -> str:
    """How it was recognised: "code k7m4 of the page of 04:52"."""
    if not isinstance(heard, Understood) or not heard.about:
        return {
            NotUnderstood: "no word that may be said stands alone on a line",
            Undecided: "several pages wait",
            TooEarly: "it is from before the page that waits",
            Stranger: way_back.NOBODYS,
        }.get(type(heard), "nothing that waits is named")
    about = heard.about[0]
    zone = context.running_catalog.settings.timezone
    what = f"the {about.kind} of {named_wall_time(about.at, zone, now)}"
    if heard.reply.code is not None or about.code in arrived.codes:
        return f"code {about.short} of {what}"
    if set(about.known_as) & set(arrived.answered):
        return f"a reply to {what}"
    return f"{what} is the one that waits"


NOTHING_DONE = frozenset({AnswerOutcome.UNKNOWN, AnswerOutcome.STRANGER})
"""an unknown code, or a sender whom nobody knows"""
REFUSED = frozenset({AnswerOutcome.ALREADY, AnswerOutcome.OVER, AnswerOutcome.NOT_ALLOWED})
"""understood, and nothing was changed: somebody else has it, or it is over"""
