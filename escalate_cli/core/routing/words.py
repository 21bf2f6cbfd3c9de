"""Words as routing compares them: folded, stemmed, joined to those that mean the same, one typing
error away.
"""

from __future__ import annotations

import re
import unicodedata

from escalate_cli.core.routing.english import IRREGULAR, KINDS, SAME
from escalate_cli.core.routing.everyday import SAYINGS

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = frozenset("aeiouy")
_NO_ACCENT = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "’": "",
        "‘": "",
        "'": "",
        "´": "",
        "`": "",
    }
)


def tokens(text: str) -> list[str]:
    """The words of a text, in order: lower-case letters and digits without accents, apostrophes or
    invisible characters.
    """
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf", "Cs"))
    return _WORD.findall(text.casefold().translate(_NO_ACCENT))


def apart(text: str) -> str:
    """With a space wherever a capital follows a small letter: machines write "CrashLoop", people
    search for "crash loop".
    """
    return _HUMP.sub(" ", text)


def stem(word: str) -> str:
    """The word without its ending of grammar: plural, past, "-ing", final "e"; irregular verbs by
    list; "-ise" and "-ize" are one.

    A light stemmer of our own, after the first steps of Porter (1980) and Harman's S-stemmer
    (1991): derivation is left to `root`, so that "payer" and "payment" stay apart where it counts.
    """
    if len(word) <= 3 or not word.isalpha():
        return word
    word = IRREGULAR.get(word, word)
    if len(word) <= 3:
        return word
    if word[-1] == "s":
        word = _singular(word)
    if word.endswith("ied") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("ed") and _has_vowel(word[:-2]):
        word = _undoubled(word[:-2])
    elif word.endswith("ing") and len(word) > 5 and _has_vowel(word[:-3]):
        word = _undoubled(word[:-3])
    if word.endswith(("ise", "is")) and len(word) > 4:
        word = word.removesuffix("e")[:-1] + "z"
    if len(word) > 3 and word[-1] == "e":
        return word[:-1]
    if len(word) > 3 and word[-1] == "y" and word[-2] not in "aeiou":
        return word[:-1] + "i"
    return word


def _singular(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-3] + "y"
    return word if word[-2] in "sui" else word[:-1]


def _has_vowel(part: str) -> bool:
    return not _VOWELS.isdisjoint(part)


def _undoubled(part: str) -> str:
    return part[:-1] if len(part) > 3 and part[-1] == part[-2] and part[-1] not in "lsz" else part


_ENDINGS = (
    "ization",
    "ement",
    "ation",
    "ator",
    "ment",
    "ance",
    "ence",
    "able",
    "ible",
    "ness",
    "ion",
    "ity",
    "ive",
    "ate",
    "al",
    "er",
    "or",
    "at",
    "ly",
    "iz",
    "ic",
    "i",
    "y",
)


def root(stemmed: str) -> str:
    """A stem without its endings of derivation, at least four letters: "replac" of "replacement",
    "verif" of "verification".
    """
    while len(stemmed) > 4 and stemmed.endswith(_ENDINGS):
        shorter = next(
            (
                stemmed.removesuffix(end)
                for end in _ENDINGS
                if stemmed.endswith(end) and len(stemmed) - len(end) >= 4
            ),
            None,
        )
        if shorter is None:
            break
        stemmed = shorter
    return stemmed


def thesaurus() -> dict[str, tuple[str, ...]]:
    """For the stem of an English word, the stems of words that mean the same or that it is a kind of."""
    groups: dict[str, list[str]] = {}
    for line in SAME.strip().splitlines():
        group = [stem(word) for word in line.split()]
        for word in group:
            groups.setdefault(word, []).extend(group)
    for things, kinds in re.findall(r"([^:]+):(.+)\n", KINDS):
        stems = [stem(word) for word in kinds.split()]
        for thing in things.split():
            groups.setdefault(stem(thing), []).extend(stems)
    for things, kinds in re.findall(r"([^:]+):([^:]+)\n(?! {8})", re.sub(r"\n {8}", " ", SAYINGS)):
        stems = [stem(word) for word in kinds.split()]
        for thing in things.split():
            groups.setdefault("".join(stem(word) for word in thing.split("-")), []).extend(stems)
    return {
        word: tuple(dict.fromkeys(other for other in others if other != word))
        for word, others in groups.items()
    }


def one_slip_away(word: str) -> set[str]:
    """Everything that becomes this word by one typing error: a letter too many, too few, wrong, or
    two swapped (Damerau 1964).

    A wrong letter only in words of six and more: among shorter ones nearly every exchange of a
    letter gives another English word.
    """
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    fewer = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    other = {
        left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS if len(word) >= 6
    }
    more = {left + letter + right for left, right in cuts for letter in _LETTERS}
    return fewer | swapped | other | more


def two_slips_apart(word: str, other: str) -> bool:
    """Whether at most two such errors lie between two words (optimal string alignment distance)."""
    if abs(len(word) - len(other)) > 2:
        return False
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == against:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, last = last, line
    return last[-1] <= 2
