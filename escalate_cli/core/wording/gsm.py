"""How long a text message is, as networks count: GSM 03.38 has 128 letters, and one that is not
among them costs more than half.
"""

from __future__ import annotations

ONE_SMS = 160
"""septets in one SMS of the GSM alphabet"""
ONE_SMS_OF_ANY_LETTERS = 70
"""UTF-16 units in one SMS as soon as one letter is not in it"""

_LETTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"',
    "‹": "'", "›": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...", "•": "*", "·": "*",
    "′": "'", "″": '"',
    "\t": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "→": "->",
    "←": "<-", "×": "x",
})  # fmt: skip


def is_gsm(text: str) -> bool:
    """Whether every letter is in the GSM alphabet or its extension."""
    return all(letter in _LETTERS or letter in _TWO_SEPTETS for letter in text)


def septets(text: str) -> int:
    """How much of an SMS a text in the GSM alphabet takes: brackets, braces and a few more count two."""
    return len(text) + sum(letter in _TWO_SEPTETS for letter in text)


def utf16_units(text: str) -> int:
    """The length as Telegram, and SMS in any letters, count: an emoji is two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def is_one_sms(text: str) -> bool:
    """Whether a network sends this as one message."""
    if len(text) > ONE_SMS:
        return False
    return septets(text) <= ONE_SMS if is_gsm(text) else utf16_units(text) <= ONE_SMS_OF_ANY_LETTERS


def with_gsm_letters(text: str) -> str:
    """`text` with typographic quotes, dashes, dots and spaces as the GSM alphabet has them: they
    mean the same at half the price.
    """
    return text.translate(_PLAIN)
