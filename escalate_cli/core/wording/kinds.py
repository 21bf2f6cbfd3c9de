"""What a message is called where people read of it."""

from __future__ import annotations

_CALLED = {"inform": "news", "resolved": "news of the end", "test": "test message"}


def message_in_words(kind: str) -> str:
    """`page`, `news`, `news of the end`: before "to Ana Ruiz by sms". `kind` is the value of a
    `NotificationKind`.
    """
    return _CALLED.get(kind, kind)
