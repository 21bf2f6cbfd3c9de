"""The card of a notification, by the kind of message that it is."""

from __future__ import annotations

from collections.abc import Callable

from escalate_cli.core.events.reasons import ForReporter
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.messages.asking import nudge_card, page_card
from escalate_cli.core.messages.bystanders import is_stakeholder, reporter_card, stakeholder_card
from escalate_cli.core.messages.card import MessageCard, MessageKind
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.messages.telling import end_card, news_card, test_card


def message_kind(occasion: Occasion) -> MessageKind:
    """What kind of message this is."""
    kind = occasion.notification.kind
    if kind is NotificationKind.TEST or occasion.incident.id <= 0:
        return MessageKind.TEST
    if isinstance(occasion.notification.reason.cause, ForReporter):
        return MessageKind.REPORTER
    return MessageKind.STAKEHOLDERS if is_stakeholder(occasion) else MessageKind(kind.value)


def card_of(occasion: Occasion) -> MessageCard:
    """What the message says."""
    return _CARDS[message_kind(occasion)](occasion)


_CARDS: dict[MessageKind, Callable[[Occasion], MessageCard]] = {
    MessageKind.PAGE: page_card,
    MessageKind.NUDGE: nudge_card,
    MessageKind.INFORM: news_card,
    MessageKind.STAKEHOLDERS: stakeholder_card,
    MessageKind.REPORTER: reporter_card,
    MessageKind.RESOLVED: end_card,
    MessageKind.TEST: test_card,
}
