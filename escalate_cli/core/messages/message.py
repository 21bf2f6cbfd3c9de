"""The message of a notification: its card, and the title and text that are written from it."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Notification, Situation
from escalate_cli.core.messages.card import MessageCard, ToReply
from escalate_cli.core.messages.cards import card_of
from escalate_cli.core.messages.full_text import full_text
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.messages.replying import reply_to
from escalate_cli.core.messages.short_text import short_text
from escalate_cli.core.messages.sms import one_sms
from escalate_cli.core.messages.templates import templated
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.fitting import Loose, Text, fit, squeeze

TITLE_LIMIT = 200
"""an email subject of over 990 characters without a space fails for good"""


class Message(msgspec.Struct, frozen=True):
    """A message for a gateway: for `text = "short"` the body is everything and the title is empty.

    `loose` are the stretches of the body that may be shortened for a service that takes less.
    `card` is what the body says, as values; None where the body is short, plain or an
    organisation's own template. `reply` is what may be sent back.
    """

    title: str
    body: str
    loose: tuple[Loose, ...] = ()
    card: MessageCard | None = None
    reply: ToReply | None = None


def compose(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, *, short: bool
) -> Message:
    """The message of a notification at `now`, in the recipient's zone; `[messages]` templates where
    they are given and work.
    """
    occasion = Occasion(notification, situation, catalog, now)
    repeat = Text("(repeat) ") if notification.unsure else Text()
    card = card_of(occasion)
    reply = reply_to(occasion)
    if reply is not None:
        card = msgspec.structs.replace(card, reply=reply)
    if short:
        own = templated("short", card.kind, occasion, reply)
        text = one_sms(repeat + own) if own else short_text(card.kind, occasion, reply)
        return Message("", text.text, text.loose, reply=reply)
    title = templated("title", card.kind, occasion, reply) or titled(card)
    own = templated("body", card.kind, occasion, reply)
    body = own or full_text(card)
    return Message(fitted_title(repeat + title), body.text, body.loose, None if own else card, reply)


def titled(card: MessageCard) -> Text:
    """The subject, with the code at its end where a reply may be sent: whatever is quoted keeps it."""
    return card.subject if card.reply is None else card.subject + f" ({card.reply.short})"


def fitted_title(title: Text) -> str:
    """A title of at most 200 characters."""

    def fits(text: str) -> bool:
        return len(text) <= TITLE_LIMIT

    fitted = fit(title, fits)
    return squeeze(title.text, fits) if fitted is None else fitted.text
