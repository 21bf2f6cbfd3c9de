"""The cards of what asks somebody to act: a page, and a question."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.incident.situation import IncidentStatus, NudgeStatus
from escalate_cli.core.messages.card import NAMES, MessageCard, MessageKind, ToType
from escalate_cli.core.messages.frame import frame, of_severity
from escalate_cli.core.messages.incident_lines import (
    candidates_of,
    details,
    facts_of,
    hints_of,
    news_of,
    quotes_of,
    remarks_of,
    service_links,
    told_of,
    upcoming_of,
    why_of,
)
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.organisation.policy import OnExpiry
from escalate_cli.core.wording.fitting import Text, may_cut


def page_card(occasion: Occasion) -> MessageCard:
    """A page: what is broken, why you, who is next, how to take it. A channel cannot."""
    return replace(
        _asking(MessageKind.PAGE, of_severity(occasion), occasion),
        upcoming=upcoming_of(occasion),
        answers=(*_acknowledge(occasion), details(occasion)),
    )


def _asking(kind: MessageKind, before: str, occasion: Occasion) -> MessageCard:
    """What a page and a question say alike: all that is known of the incident."""
    return replace(
        frame(kind, before, occasion),
        news=news_of(occasion),
        facts=facts_of(occasion),
        candidates=candidates_of(occasion),
        quotes=quotes_of(occasion),
        remarks=(*remarks_of(occasion), *hints_of(occasion)),
        told=told_of(occasion),
        why=why_of(occasion),
        links=service_links(occasion),
    )


def _acknowledge(occasion: Occasion) -> tuple[ToType, ...]:
    if not occasion.to_person or occasion.incident.status is IncidentStatus.RESOLVED:
        return ()
    return (ToType("Take it over" if occasion.is_taken else "Acknowledge", occasion.taking),)


def nudge_card(occasion: Occasion) -> MessageCard:
    """A nudge: what is asked, why, until when, how to say yes or no. A channel cannot."""
    return replace(
        _asking(MessageKind.NUDGE, f"{of_severity(occasion)} Your decision:", occasion),
        question=may_cut(occasion.question, NAMES, least=80) if occasion.question else Text(),
        deadline=_deadline(occasion),
        answers=(*_yes_or_no(occasion), details(occasion)),
    )


def _deadline(occasion: Occasion) -> str:
    nudge = occasion.nudge
    if nudge is None or nudge.expires_at is None:
        return ""
    what = "it is done anyway" if nudge.proposal.on_expiry is OnExpiry.PAGE else "nothing happens"
    return f"Without an answer by {occasion.clock(nudge.expires_at)} {what}."


def _yes_or_no(occasion: Occasion) -> tuple[ToType, ...]:
    nudge = occasion.nudge
    if nudge is None or nudge.status is not NudgeStatus.OPEN or not occasion.to_person:
        return ()
    return tuple(
        ToType(word.capitalize(), occasion.to_type(f"escalate nudge {nudge.id} {word}"))
        for word in ("yes", "no")
    )
