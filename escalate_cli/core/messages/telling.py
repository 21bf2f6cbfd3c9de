"""The cards of what only tells: news for those who work on it, that somebody has it, the end, a test."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.events.reasons import ByRule, NobodyHasIt, OpenAgain, SomebodyHasIt, Taking, Update
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.messages.card import NAMES, Line, MessageCard, MessageKind, ToType
from escalate_cli.core.messages.frame import frame, of_severity
from escalate_cli.core.messages.incident_lines import (
    candidates_of,
    details,
    facts_of,
    hints_of,
    news_of,
    paged_with,
    quotes_of,
    remarks_of,
    service_links,
    upcoming_of,
)
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.wording.fitting import Text, may_cut
from escalate_cli.core.wording.text import printable

_DOES = {
    Taking.LEADS: "leads",
    Taking.IN_PART: "has acknowledged",
    Taking.BESIDES: "has acknowledged",
    Taking.PASSED: "cannot take",
    Taking.GIVEN_BACK: "no longer has",
}
"""what somebody does with it, where that is not having it"""


def news_card(occasion: Occasion) -> MessageCard:
    """News for those who work on it. A person hears what would help; a channel types nothing."""
    cause = occasion.notification.reason.cause
    subject: Text | str = f"{of_severity(occasion)} For information:"
    if isinstance(cause, SomebodyHasIt):
        who = may_cut(printable(occasion.catalog.person_name(cause.by)), NAMES, least=40)
        subject = who + f" {_DOES.get(cause.how, 'has')}"
    elif isinstance(cause, NobodyHasIt):
        subject = may_cut(printable(occasion.catalog.person_name(cause.had)), NAMES, least=40)
        subject += " no longer has"
    elif isinstance(cause, OpenAgain):
        subject = f"{of_severity(occasion)} Open again:"
    tells_next = isinstance(cause, NobodyHasIt | OpenAgain)
    hints = hints_of(occasion) if isinstance(cause, Update) else ()
    return replace(
        frame(MessageKind.INFORM, subject, occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        quotes=quotes_of(occasion),
        remarks=(*remarks_of(occasion), *hints),
        told=paged_with(occasion) if tells_next else None,
        upcoming=upcoming_of(occasion) if tells_next else None,
        why=Line("Rule", Text(printable(cause.rule))) if isinstance(cause, ByRule) else None,
        answers=(*what_would_help(occasion), details(occasion)),
        links=service_links(occasion),
    )


def what_would_help(occasion: Occasion) -> tuple[ToType, ...]:
    """What a person types for what a rule told of to be no longer so."""
    cause, number = occasion.notification.reason.cause, occasion.incident.id
    over = occasion.incident.status is IncidentStatus.RESOLVED
    if not isinstance(cause, ByRule) or cause.when is None or not occasion.to_person or over:
        return ()
    if cause.when.no_update_for is not None:
        return (ToType("Post one", occasion.to_type(f"escalate update {number} -m ...")),)
    if cause.when.unacknowledged_for is not None:
        return (ToType("Acknowledge", occasion.to_type(f"escalate ack {number}")),)
    return ()


def end_card(occasion: Occasion) -> MessageCard:
    """That it is over: by whom and after how long, as the news has it."""
    return replace(
        frame(MessageKind.RESOLVED, "[resolved]", occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        remarks=remarks_of(occasion),
        answers=(details(occasion),),
        links=service_links(occasion),
    )


def test_card(occasion: Occasion) -> MessageCard:
    """A test: nothing is broken."""
    return replace(
        frame(MessageKind.TEST, "[TEST]", occasion),
        news=news_of(occasion),
        quotes=quotes_of(occasion),
        closing="This is only a test. Nothing is broken and nothing needs doing.",
    )
