"""Names and addresses as people type them: capitals, accents and the gaps of a telephone number make
no difference.
"""

from __future__ import annotations

import unicodedata

from escalate_cli.core.organisation.phone import looks_like_number, number_problem


def spelled_alike(word: str) -> str:
    """What all spellings of a name or an address have in common: "+44 7700 900123" and "+447700900123",
    "Kim@Corp.test" and "kim@corp.test". Words that only look alike stay different.
    """
    word = " ".join(word.split())
    if looks_like_number(word):
        problem = number_problem(word)
        word = (problem.corrected if problem is not None else None) or word
        _, plus, digits = word.rpartition("+")  # before it: "whatsapp:"
        if plus:
            return plus + "".join(char for char in digits if char.isdigit())
    return unicodedata.normalize("NFKC", word).casefold()
