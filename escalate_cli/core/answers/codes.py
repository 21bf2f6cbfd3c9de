"""The code of a notification: random, stored with it, and what proves that whoever answers has the
message.

Twenty characters of an alphabet without vowels (so that no code is a word) and without look-alikes
(0 and o, 1 and l and i): about 95 bits. The first four may be typed: they begin with a letter and
have a digit, so that they are neither a word nor a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LETTERS, DIGITS = "bcdfghjkmnpqrstvwxz", "23456789"
ALPHABET = LETTERS + DIGITS
LENGTH, SHORT = 20, 4

_SHAPED = re.compile(rf"(?<![a-z0-9])[{LETTERS}][{ALPHABET}]{{{SHORT - 1}}}(?![a-z0-9])", re.IGNORECASE)
_MOST_QUOTED = 50
_LONG = re.compile(rf"(?<![a-z0-9])[{LETTERS}][{ALPHABET}]{{{LENGTH - 1}}}(?![a-z0-9])", re.IGNORECASE)


def new_code(below: Callable[[int], int], taken: Callable[[str], bool]) -> str:
    """A new code. `below(n)` gives a random number from 0 to n - 1 (`secrets.randbelow`); `taken`
    says whether the first four characters may not be used now.
    """
    while True:
        digit_at = 1 + below(SHORT - 1)
        code = "".join(
            _pick(LETTERS if place == 0 else DIGITS if place == digit_at else ALPHABET, below)
            for place in range(LENGTH)
        )
        if not taken(short_code(code)):
            return code


def _pick(characters: str, below: Callable[[int], int]) -> str:
    return characters[below(len(characters))]


def short_code(code: str) -> str:
    """The part of a code that people may type."""
    return code[:SHORT]


def is_code(word: str) -> bool:
    """Whether a word has the shape of a code, short or long, in any case."""
    text = word.lower()
    return (
        len(text) in (SHORT, LENGTH)
        and text[0] in LETTERS
        and all(character in ALPHABET for character in text)
        and any(character in DIGITS for character in text[1:SHORT])
    )


def short_codes(text: str) -> tuple[str, ...]:
    """What in a text has the shape of a short code, each once, in order; no more than a mail may quote."""
    words = (word.lower() for word in _SHAPED.findall(text))
    return tuple(dict.fromkeys(word for word in words if is_code(word)))[:_MOST_QUOTED]


def long_codes(text: str) -> tuple[str, ...]:
    """The long codes that stand in a text (a subject, an address, a reference), each once, in order."""
    written = (match.group().lower() for match in _LONG.finditer(text))
    return tuple(dict.fromkeys(code for code in written if is_code(code)))
