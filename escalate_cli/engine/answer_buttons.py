"""Buttons under a message, where its gateway listens: Apprise sends them by what is added to the URL."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from escalate_cli.config.secrets import BadReference, MissingSecret, ReadyUrl, expand
from escalate_cli.core.answers.address import AnswersAddress, BadAddress, parse_answers
from escalate_cli.core.messages.card import ToReply
from escalate_cli.core.organisation.catalog import Gateway

_NTFY = ("ntfy", "ntfys")
_HOOKS = ("form", "forms", "json", "jsons")
"""the schemas by which a bot of Telegram is asked to send with a keyboard"""
_MOST_BUTTONS = 3
"""of ntfy"""
_USUAL_PORTS = {True: 443, False: 80}


def with_buttons(
    expanded: ReadyUrl, gateway: Gateway, reply: ToReply | None, environ: Mapping[str, str]
) -> ReadyUrl:
    """The URL with buttons for what may be sent back, where gateway and answers are of one service that
    has some; as it is everywhere else, and where the URL has buttons of its own.
    """
    address = answers_of(gateway, environ) if reply is not None else None
    if reply is None or address is None:
        return expanded
    schema, _, rest = expanded.url.partition("://")
    options = rest.partition("?")[2]
    if address.scheme == "ntfy" and schema in _NTFY and "actions=" not in options:
        return _added(expanded, "actions", _ntfy_actions(reply, address), address.secrets)
    if address.scheme == "telegram" and schema in _HOOKS and "reply_markup=" not in options:
        return _added(expanded, ":reply_markup", _keyboard(reply), ())
    return expanded


def answers_of(gateway: Gateway, environ: Mapping[str, str]) -> AnswersAddress | None:
    """Where replies to this gateway are read, with its secrets; None where nowhere, or they are missing."""
    if gateway.answers is None or not gateway.listens:
        return None
    try:
        return parse_answers(expand(gateway.answers, "", environ).url)
    except (MissingSecret, BadReference, BadAddress):
        return None


def _added(expanded: ReadyUrl, name: str, value: bytes, secrets: tuple[str, ...]) -> ReadyUrl:
    joint = "&" if "?" in expanded.url else "?"
    url = f"{expanded.url}{joint}{name}={quote(value, safe='')}"
    return ReadyUrl(url, tuple(dict.fromkeys((*expanded.secrets, *secrets))))


def _ntfy_actions(reply: ToReply, address: AnswersAddress) -> bytes:
    """Each button publishes the code and a word to the topic that is read."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    port = "" if address.port == _USUAL_PORTS[address.tls] else f":{address.port}"
    url = f"http{'s' * address.tls}://{host}{port}/{address.topic}"
    write = address.options.get("write", "")
    headers = {"headers": {"Authorization": f"Bearer {write}"}} if write else {}
    return msgspec.json.encode(
        [
            {
                "action": "http",
                "label": choice.label,
                "url": url,
                "method": "POST",
                **headers,
                "body": msgspec.json.encode({"code": reply.code, "word": choice.word}).decode(),
            }
            for choice in reply.choices[:_MOST_BUTTONS]
        ]
    )


def _keyboard(reply: ToReply) -> bytes:
    """Telegram's inline keyboard; a tap sends "ok:CODE" back (at most 64 bytes)."""
    buttons = [
        {"text": choice.label, "callback_data": f"{choice.word.lower()}:{reply.code}"}
        for choice in reply.choices
    ]
    return msgspec.json.encode({"inline_keyboard": [buttons]})
