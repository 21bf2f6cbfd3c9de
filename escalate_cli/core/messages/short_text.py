"""The short text of a message: one SMS. How bad, which incident and what to type stay whole; the title
gives way to them, and what fits of the services and the words comes after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from escalate_cli.core.calendar.duration import show_about
from escalate_cli.core.events.reasons import ByRule, NobodyHasIt, OpenAgain, Update
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.messages.bystanders import what_the_reporter_hears
from escalate_cli.core.messages.card import MessageKind, ToReply, ToType
from escalate_cli.core.messages.incident_lines import (
    names_of_candidates,
    paged_with,
    sounds_like,
    upcoming_of,
)
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.messages.sms import one_sms, words, words_beside
from escalate_cli.core.messages.telling import what_would_help
from escalate_cli.core.wording.fitting import Text, join, may_cut
from escalate_cli.core.wording.gsm import is_one_sms, with_gsm_letters
from escalate_cli.core.wording.rules import condition_in_words

_TITLE, _ASKED, _SERVICE, _WORDS = 1, 2, 3, 4
"""what gives way first: the highest"""


def short_text(kind: MessageKind, occasion: Occasion, reply: ToReply | None = None) -> Text:
    """The built-in short text of a kind; `reply` is what may be sent back."""
    repeat = Text("(repeat) ") if occasion.notification.unsure else Text()
    if reply is not None and kind in _ASKING:
        return one_sms(_with_reply(repeat, reply, _ASKING[kind](occasion)))
    return one_sms(repeat + _TEXTS[kind](occasion))


class _Asking(NamedTuple):
    """A short text that may be answered: the head, what is typed elsewhere, what else there is to say."""

    head: Text
    command: str
    beside: tuple[Text, ...] = ()


def _with_reply(repeat: Text, reply: ToReply, asking: _Asking) -> Text:
    """The head and what to send back; the command only where it costs nothing of them."""
    first = join(" - ", (repeat + asking.head, reply.brief, asking.command))
    if not is_one_sms(first.text):
        first = join(" - ", (repeat + asking.head, reply.brief))
    return join(" - ", (first, *asking.beside))


def _page(occasion: Occasion) -> Text:
    head, command, beside = _asking_page(occasion)
    return join(" - ", (head, command, *beside))


def _asking_page(occasion: Occasion) -> _Asking:
    notification = occasion.notification
    level = f" L{notification.level}" if notification.level else ""
    late = f", {show_about(notification.late)} late" if notification.late else ""
    command = occasion.taking if occasion.to_person else ""
    return _Asking(_head(occasion, level + late), command, tuple(_beside(occasion)))


def _beside(occasion: Occasion) -> Iterator[Text]:
    """The services, and what was said last: what this page itself says, else the news, else the reporter."""
    incident, title = occasion.incident, occasion.incident.title
    names = ", ".join(map(occasion.catalog.service_name, incident.services))
    yield _maybe(occasion)
    if incident.guess:
        yield may_cut(f"{words(names)} (a guess)", _SERVICE)
    else:
        yield may_cut(words_beside(title, names), _SERVICE)
    text = occasion.notification.note or incident.latest_update or incident.message or ""
    yield may_cut(words_beside(title, text), _WORDS)


def _maybe(occasion: Occasion) -> Text:
    """Where no service is known, those that it may be: as many whole names as there is room for."""
    names = [words(name) for name in names_of_candidates(occasion)]
    lists = [f"maybe: {', '.join(names[:many])}" for many in range(len(names), 0, -1)]
    lists = [text for text in lists if words_beside(occasion.incident.title, text) == text]
    return may_cut(lists[0], _SERVICE, instead=(*lists[1:], "")) if lists else Text()


def _nudge(occasion: Occasion) -> Text:
    nudge = occasion.nudge
    if nudge is None:
        return _head(occasion)
    command = occasion.to_type(f"escalate nudge {nudge.id} yes|no") if occasion.to_person else ""
    return _question(occasion) + f" {command}".rstrip()


def _asking_nudge(occasion: Occasion) -> _Asking:
    return _Asking(_question(occasion), "")


def _question(occasion: Occasion) -> Text:
    asked = may_cut(words(occasion.question.removesuffix("?")), _ASKED, least=20)
    return _head(occasion) + ": " + asked + "?"


def _inform(occasion: Occasion) -> Text:
    told = join(": ", (_head(occasion, " info"), _of_rule(occasion) or _news(occasion)))
    helping = (_help(to_type) for to_type in what_would_help(occasion))
    return join("; ", (told, *helping, *_who_is_asked(occasion), _sounds_like(occasion)))


def _sounds_like(occasion: Occasion) -> Text:
    """Which service an update sounds like, and what to type, or only the one, or nothing."""
    hint = sounds_like(occasion) if isinstance(occasion.notification.reason.cause, Update) else None
    if hint is None:
        return Text()
    short = words_beside(occasion.incident.title, f"sounds like {hint.label}")
    return may_cut(f"{short}: {hint.command}", _SERVICE, instead=(short, "")) if short else Text()


def _who_is_asked(occasion: Occasion) -> Iterator[Text]:
    """Who is paged now and who is next, where nobody has it any more."""
    if isinstance(occasion.notification.reason.cause, NobodyHasIt | OpenAgain):
        for line in (paged_with(occasion), upcoming_of(occasion)):
            if line is not None:
                yield may_cut(words(f"{line.label.lower()}: {line.value.text}"), _SERVICE)


def _of_rule(occasion: Occasion) -> Text | None:
    """What a rule tells of, as it stands within a sentence."""
    cause = occasion.notification.reason.cause
    if not isinstance(cause, ByRule) or cause.when is None:
        return None
    return may_cut(words(condition_in_words(cause.when, occasion.catalog)), _ASKED, least=30)


def _help(to_type: ToType) -> str:
    return f"{to_type.label.lower()}: {to_type.command}"


def _stakeholders(occasion: Occasion) -> Text:
    if occasion.incident.status is IncidentStatus.RESOLVED:
        return _resolved(occasion)
    return join(": ", (_head(occasion, " info"), _news(occasion)))


def _resolved(occasion: Occasion) -> Text:
    head = Text(f"[resolved] #{occasion.incident.id} ") + _title(occasion)
    return join(": ", (head, _news(occasion)))


def _news(occasion: Occasion) -> Text:
    news = words_beside(occasion.incident.title, occasion.notification.note or "")
    return may_cut(news.removesuffix("."), _ASKED, least=30)


def _reporter(occasion: Occasion) -> Text:
    happened = words(what_the_reporter_hears(occasion))
    return may_cut(happened, _ASKED, least=40) + f" #{occasion.incident.id} " + _title(occasion)


def _test(occasion: Occasion) -> Text:
    return Text("[TEST] ") + _title(occasion) + " Only a test: nothing is broken."


def _asking_test(occasion: Occasion) -> _Asking:
    return _Asking(Text("[TEST] ") + _title(occasion), "", (Text("Only a test: nothing is broken."),))


def _head(occasion: Occasion, more: str = "") -> Text:
    """ "[critical L2] #12 Customers cannot log in"."""
    severity = may_cut(with_gsm_letters(occasion.incident.severity), 0, least=8)
    return Text("[") + severity + f"{more}] #{occasion.incident.id} " + _title(occasion)


def _title(occasion: Occasion) -> Text:
    return may_cut(words(occasion.incident.title), _TITLE, least=8)


_TEXTS: dict[MessageKind, Callable[[Occasion], Text]] = {
    MessageKind.PAGE: _page,
    MessageKind.NUDGE: _nudge,
    MessageKind.INFORM: _inform,
    MessageKind.STAKEHOLDERS: _stakeholders,
    MessageKind.REPORTER: _reporter,
    MessageKind.RESOLVED: _resolved,
    MessageKind.TEST: _test,
}

_ASKING: dict[MessageKind, Callable[[Occasion], _Asking]] = {
    MessageKind.PAGE: _asking_page,
    MessageKind.NUDGE: _asking_nudge,
    MessageKind.TEST: _asking_test,
}
