"""What a message that has not come yet will look like: its text as it leaves for its gateway."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from escalate_cli.config.secrets import BadReference, MissingSecret, expand
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Notification, Situation
from escalate_cli.core.messages.message import compose
from escalate_cli.core.messages.replying import EXAMPLE_CODE
from escalate_cli.core.organisation.catalog import Catalog, TextForm
from escalate_cli.delivery.one_attempt import as_it_leaves
from escalate_cli.engine.envelopes import sealed

NUMBER = 1
"""stands for the number that the incident will get"""


class Preview(msgspec.Struct, frozen=True):
    """A message as it leaves. `doubt` says why the service could not be asked for its room: then the
    text may still be cut; "" where it was."""

    title: str
    text: str
    doubt: str = ""
    example: bool = False
    """whether a code stands in it that is made up"""


def preview(
    notification: Notification,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    environ: Mapping[str, str],
) -> Preview:
    """The message of `notification`, written at `now`, full or short as its gateway takes it, and made
    to fit the service. Nothing is sent."""
    gateway = catalog.gateways[notification.gateway]
    listens = gateway.answers is not None and notification.recipient.is_person
    notification = replace(notification, code=EXAMPLE_CODE if listens else None)
    numbered = situation.changed(id=NUMBER)
    short = compose(notification, numbered, catalog, now, short=True)
    is_short = gateway.text is TextForm.SHORT
    message = short if is_short else compose(notification, numbered, catalog, now, short=False)
    try:
        expanded = expand(gateway.url, notification.address, environ)
        leaving = as_it_leaves(sealed(gateway, expanded, message, short, notification.kind))
    except (MissingSecret, BadReference) as problem:
        return Preview(message.title, message.body, problem.message)
    except Exception as problem:
        return Preview(message.title, message.body, f"its service is not known ({words_of(problem)})")
    if leaving is None:
        return Preview(message.title, message.body, "Apprise does not know its service")
    return Preview(leaving.title, leaving.body, example=message.reply is not None)
