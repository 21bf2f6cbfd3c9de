"""The card of a notification, by its kind."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from escalate_cli.core.incident.situation import IncidentStatus, NotificationKind, NudgeStatus
from escalate_cli.core.messages.card import NAMES, MessageCard, MessageKind, ToType
from escalate_cli.core.messages.incident_lines import (
    candidates_of,
    details,
    facts_of,
    news_of,
    numbered_title,
    quotes_of,
    remarks_of,
    service_links,
    standing_of,
    title_of,
    told_of,
    upcoming_of,
    why_of,
)
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.organisation.policy import OnExpiry
from escalate_cli.core.wording.fitting import Text, may_cut


def message_kind(occasion: Occasion) -> MessageKind:
    """What kind of message this is."""
    kind = occasion.notification.kind
    if kind is NotificationKind.TEST or occasion.incident.id <= 0:
        return MessageKind.TEST
    return MessageKind(kind.value)


def card_of(occasion: Occasion) -> MessageCard:
    """What the message says."""
    return _CARDS[message_kind(occasion)](occasion)


def _frame(kind: MessageKind, subject: str, occasion: Occasion) -> MessageCard:
    """What every message says."""
    severity = occasion.catalog.severity(occasion.incident.severity)
    return MessageCard(
        kind=kind,
        to_person=occasion.to_person,
        number=max(occasion.incident.id, 0),
        severity=severity.id,
        rank=severity.rank,
        ranks=max(len(occasion.catalog.severities), severity.rank + 1),
        standing=standing_of(occasion),
        subject=Text(f"{subject} ") + numbered_title(occasion),
        title=title_of(occasion),
    )


def _page(occasion: Occasion) -> MessageCard:
    return replace(
        _frame(MessageKind.PAGE, f"[{occasion.incident.severity}]", occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        quotes=quotes_of(occasion),
        remarks=remarks_of(occasion),
        told=told_of(occasion),
        why=why_of(occasion),
        upcoming=upcoming_of(occasion),
        answers=(*_acknowledge(occasion), details(occasion)),
        links=service_links(occasion),
    )


def _acknowledge(occasion: Occasion) -> tuple[ToType, ...]:
    incident = occasion.incident
    if not occasion.to_person or incident.status is IncidentStatus.RESOLVED:
        return ()
    return (ToType("Acknowledge", occasion.to_type(f"escalate ack {incident.id}")),)


def _nudge(occasion: Occasion) -> MessageCard:
    nudge = occasion.nudge
    answers: tuple[ToType, ...] = ()
    deadline = ""
    if nudge is not None and nudge.expires_at is not None:
        what = "it is done anyway" if nudge.proposal.on_expiry is OnExpiry.PAGE else "nothing happens"
        deadline = f"Without an answer by {occasion.clock(nudge.expires_at)} {what}."
    if nudge is not None and nudge.status is NudgeStatus.OPEN:
        answers = tuple(
            ToType(word.capitalize(), occasion.to_type(f"escalate nudge {nudge.id} {word}"))
            for word in ("yes", "no")
        )
    return replace(
        _frame(MessageKind.NUDGE, f"[{occasion.incident.severity}] Your decision:", occasion),
        news=news_of(occasion),
        question=may_cut(nudge.action, NAMES, least=80) if nudge is not None else Text(),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        quotes=quotes_of(occasion),
        remarks=remarks_of(occasion),
        why=why_of(occasion),
        deadline=deadline,
        answers=(*answers, details(occasion)),
        links=service_links(occasion),
    )


def _inform(occasion: Occasion) -> MessageCard:
    return replace(
        _frame(MessageKind.INFORM, f"[{occasion.incident.severity}] For information:", occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        quotes=quotes_of(occasion),
        remarks=remarks_of(occasion),
        answers=(details(occasion),),
        links=service_links(occasion),
    )


def _resolved(occasion: Occasion) -> MessageCard:
    return replace(
        _frame(MessageKind.RESOLVED, "[resolved]", occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        remarks=remarks_of(occasion),
        answers=(details(occasion),),
        links=service_links(occasion),
    )


def _test(occasion: Occasion) -> MessageCard:
    return replace(
        _frame(MessageKind.TEST, "[TEST]", occasion),
        news=news_of(occasion),
        quotes=quotes_of(occasion),
        closing="This is only a test. Nothing is broken and nothing needs doing.",
    )


_CARDS: dict[MessageKind, Callable[[Occasion], MessageCard]] = {
    MessageKind.PAGE: _page,
    MessageKind.NUDGE: _nudge,
    MessageKind.INFORM: _inform,
    MessageKind.RESOLVED: _resolved,
    MessageKind.TEST: _test,
}
