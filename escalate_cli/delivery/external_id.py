"""The provider's own id of a message that it took, out of its answer: by it a reply, a reaction or a
receipt says later what it is about.
"""

from __future__ import annotations

import json

LONGEST_ID = 200
_NAMES = ("receipt", "message_id", "event_id", "sid", "ts", "id", "messageId", "msg_id", "uuid")
"""where an id stands: `receipt` of Pushover, `message_id` of Telegram, `event_id` of Matrix, `sid` of
Twilio, `ts` of Slack, `id` of ntfy, Discord, Mattermost …
"""
_INSIDE = ("result", "message", "data", "messages")
"""what it may stand in, and nowhere deeper: there our own message may be repeated"""


def external_id_in(body: str) -> str | None:
    """The id in a provider's answer; None where it gives none. Telegram counts its messages within
    each chat, so its id is `CHAT:MESSAGE`.
    """
    if body.lstrip()[:1] not in ("{", "["):
        return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    for _ in range(2):
        if isinstance(answer, list):
            answer = answer[0] if answer else None
        if not isinstance(answer, dict):
            return None
        if (named := _named(answer)) is not None:
            return named
        answer = next((answer[name] for name in _INSIDE if isinstance(answer.get(name), (dict, list))), None)
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    return _named(answer) if isinstance(answer, dict) else None


def _named(answer: dict[str, object]) -> str | None:
    for name in _NAMES:
        value = answer.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            chat = answer.get("chat")
            within = chat.get("id") if isinstance(chat, dict) and name == "message_id" else None
            return sound_id(f"{within}:{value}" if isinstance(within, int) else str(value))
    return None


def sound_id(value: str) -> str | None:
    """An id that can be kept: short, printable; None for any other. It is never cut."""
    text = value.strip()
    return text if 0 < len(text) <= LONGEST_ID and text.isprintable() and " " not in text else None
