"""The words of a catalog: where each stands, how rare it is, and what a typed word may mean among them.

Each word of a service points at it, the more the rarer it is in this catalog and the more telling
the place where it stands.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.english import COMMON_WORDS, FUNCTION_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.readings import MEANING, Reading, WordSense
from escalate_cli.core.routing.scattered import LongKeywords
from escalate_cli.core.routing.words import (
    apart,
    one_slip_away,
    root,
    stem,
    thesaurus,
    tokens,
    two_slips_apart,
)

# Where a word stands in a service. Measured by benchmarks/routing.py, where doubling or halving any of them
# moves the figures little.
_IN_NAME, _IN_KEYWORD, _IN_DESCRIPTION, _IN_ID = 3.0, 3.0, 1.5, 1.0

# How much a word counts by the way that it was understood.
_SAME, _MISTYPED, _FAMILY, _FAR_MISTYPED, _BEGINNING = 1.0, 0.7, 0.6, 0.55, 0.4
_TROUBLE = 0.2
COMMON_ENGLISH = 0.6
"""of an everyday word that means many things"""
_PART = 0.5
"""a word of a name or keyword of n words counts n to the power of minus this: "end" is not "end of day" """

MOST_WORDS, _LONGEST_WORD = 80, 24
"""how far into a text it looks: a title of a megabyte describes no service"""
_COMMON = 250
"""a word of more services than this adds to those already found, but brings none of them forward by itself"""


_COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS)


def is_common(word: str) -> bool:
    """Whether it is a word of everyday English that means many things."""
    return stem(word) in _COMMON_STEMS


class Vocabulary:
    """An index over services, which it knows by their position in the sequence."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._count = len(services)
        self._stems: dict[str, str] = {}
        self._places: dict[str, dict[int, float]] = {}
        self._phrases: dict[str, dict[int, None]] = {}
        self._single: dict[str, set[int]] = {}
        self._long = LongKeywords()
        for at, service in enumerate(services):
            self._learn(at, service)
        self._rarity = {word: self._rarity_of(len(places)) for word, places in self._places.items()}
        self.rarest = self._rarity_of(1)
        self._long.file(self._places)
        self._families: dict[str, list[str]] = {}
        for word in self._places:
            self._families.setdefault(root(word), []).append(word)
        self._sorted = sorted(self._stems)
        self._thesaurus = thesaurus()

    def _rarity_of(self, services: int) -> float:
        """Inverse document frequency, as in BM25 (Robertson and Zaragoza 2009), never negative."""
        return math.log(1 + (self._count + 0.5) / (services + 0.5))

    def _learn(self, at: int, service: Service) -> None:
        """Takes in the words of one service. A word counts once in each place, and ever less the
        more places it stands in.
        """
        weights: dict[str, float] = {}
        for place, texts in (
            (_IN_NAME, (service.name,)),
            (_IN_ID, (service.id,)),
            (_IN_KEYWORD, service.keywords),
            (_IN_DESCRIPTION, (service.description,)),
        ):
            in_place: dict[str, float] = {}
            for text in texts:
                words = tokens(text)
                stems = [self.stem(word) for word in words]
                if place != _IN_DESCRIPTION and len(stems) > 1:
                    key = "".join(stems)
                    self._phrases.setdefault(key, {})[at] = None
                    self._long.learn(
                        key, [b for w, b in zip(words, stems, strict=True) if w not in FUNCTION_WORDS]
                    )
                elif place != _IN_DESCRIPTION and stems and stems[0] not in _COMMON_STEMS:
                    self._single.setdefault(stems[0], set()).add(at)
                telling = {
                    base for word, base in zip(words, stems, strict=True) if word not in FUNCTION_WORDS
                }
                share = 1.0 if place == _IN_DESCRIPTION else max(1, len(telling)) ** -_PART
                for word, base in zip(words, stems, strict=True):
                    if word not in FUNCTION_WORDS:
                        self._stems[word] = base
                        weight = place * share * (_TROUBLE if word in TROUBLE_WORDS else 1.0)
                        in_place[base] = max(weight, in_place.get(base, 0.0))
            for base, weight in in_place.items():
                weights[base] = weights.get(base, 0.0) + weight
        for base, weight in weights.items():
            self._places.setdefault(base, {})[at] = weight / (1 + weight)

    def stem(self, word: str) -> str:
        """The stem of a word, quicker if the catalog has it."""
        return self._stems.get(word) or stem(word)

    def knows(self, word: str) -> bool:
        """Whether the word itself stands in the catalog."""
        return word in self._stems

    def worth(self, base: str) -> dict[int, float]:
        """What a stem says for each service that has it; nothing where it stands nearly everywhere."""
        places = self._places.get(base, {})
        if len(places) > _COMMON:
            return {}
        return {at: self._rarity[base] * place for at, place in places.items()}

    def worth_for(self, base: str, at: int) -> float:
        """What a stem says for one service; 0 if nothing."""
        return self._rarity[base] * self._places[base].get(at, 0.0) if base in self._places else 0.0

    def read(self, text: str) -> list[Reading]:
        """What the typed words may mean, each word once, the rarest first; phrases among them."""
        typed = [word for word in tokens(apart(text))[:MOST_WORDS] if len(word) <= _LONGEST_WORD]
        telling = [word for word in typed if word not in FUNCTION_WORDS]
        phrases = self._phrases_in(typed) | self._phrases_in(telling)
        within = {word for reading in phrases.values() for word in reading.typed.split()}
        readings = list(phrases.values())
        for word in {self.stem(word): word for word in reversed(telling)}.values():
            reading = self._read_word(word)
            if reading.meant or (word not in within and word not in TROUBLE_WORDS and not word.isdigit()):
                readings.append(reading)
        readings += self._long.among(readings, typed, self._phrase_rarity)
        return sorted(readings, key=lambda reading: -reading.rarity)

    def _phrase_rarity(self, key: str) -> float:
        return self._rarity_of(len(self._phrases[key]))

    def _phrases_in(self, typed: list[str]) -> dict[str, Reading]:
        """Up to four words in a row that are a name or keyword of several words, however it is
        spaced, or one word typed as two.
        """
        stems = [self.stem(word) for word in typed]
        readings: dict[str, Reading] = {}
        for length in (1, 2, 3, 4):
            for start in range(len(stems) - length + 1):
                if FUNCTION_WORDS.issuperset(typed[start : start + length]):
                    continue  # "is a" is no ISA
                joined = "".join(stems[start : start + length])
                together = " ".join(typed[start : start + length])
                if joined in self._phrases:
                    readings[joined] = Reading(together, phrase=joined, rarity=self._phrase_rarity(joined))
                elif length > 1 and joined in self._places:
                    readings[joined] = Reading(
                        together, (WordSense(joined, _SAME),), rarity=self._rarity[joined]
                    )
                elif length > 1 and joined in self._thesaurus:
                    meant = {other: MEANING for other in self._thesaurus[joined] if other in self._places}
                    if meant:
                        readings[joined] = self._reading(together, meant, 1.0)
        return readings

    def _read_word(self, word: str) -> Reading:
        """What one typed word may mean in this catalog: itself and its family, else a slip, else a
        beginning; and what means the same.
        """
        base = self.stem(word)
        meant: dict[str, float] = {}
        for same in (word, base):
            if same in self._places:
                meant[same] = _SAME
        if word in TROUBLE_WORDS:
            return self._reading(word, meant, _TROUBLE)
        for relative in self._families.get(root(base), ()):
            meant.setdefault(relative, _FAMILY)
        known = bool(meant) or base in self._thesaurus
        for other in self._thesaurus.get(base, ()):
            if other in self._places:
                meant.setdefault(other, MEANING)
        if not known:
            meant = self._mistyped(word) or self._begun(word) or self._run_together(word)
        if len(word) == 1:
            return self._reading(word, meant, _TROUBLE)  # "after 3 calls" is not about 3-D Secure
        return self._reading(word, meant, COMMON_ENGLISH if base in _COMMON_STEMS else 1.0)

    def _reading(self, word: str, meant: dict[str, float], weight: float) -> Reading:
        rarity = max((self._rarity[base] for base in meant), default=self.rarest)
        return Reading(
            word, tuple(WordSense(base, much) for base, much in meant.items()), rarity=rarity, weight=weight
        )

    def _mistyped(self, word: str) -> dict[str, float]:
        """The words of the catalog one slip away; for a long word two, if none is nearer and the
        beginning is right.
        """
        if len(word) < 4 or not word.isalpha():
            return {}
        for typed in dict.fromkeys((word, stem(word))):
            known = [
                other for other in sorted(one_slip_away(typed)) if other in self._stems and len(other) > 3
            ]
            near = {
                self._stems[other]: _MISTYPED
                for other in known
                if other[0] == word[0] or min(len(other), len(word)) > 4
            }
            if near:
                return near
        if len(word) < 8:
            return {}
        return {
            self._stems[known]: _FAR_MISTYPED
            for known in self._starting(word[:2])
            if two_slips_apart(word, known)
        }

    def _starting(self, letters: str) -> list[str]:
        """The words of the catalog that begin with these letters."""
        return self._sorted[
            bisect_left(self._sorted, letters) : bisect_left(self._sorted, letters + "\U0010ffff")
        ]

    def _begun(self, word: str) -> dict[str, float]:
        """The words of the catalog that begin like this: people shorten."""
        if len(word) < 4:
            return {}
        return {self._stems[known]: _BEGINNING for known in self._starting(word)[:8]}

    def _run_together(self, word: str) -> dict[str, float]:
        """The two words of the catalog that were typed without a space between them."""
        for cut in range(3, len(word) - 2):
            if word[:cut] in self._stems and word[cut:] in self._stems:
                return {self._stems[word[:cut]]: _MISTYPED, self._stems[word[cut:]]: _MISTYPED}
        return {}

    def gains(self, reading: Reading, candidates: Mapping[int, float]) -> dict[int, float]:
        """What a reading says for each service; a very common word only for those that
        are candidates already, which keeps a large catalog quick.
        """
        if reading.phrase:
            return dict.fromkeys(self._phrases[reading.phrase], reading.weight * reading.rarity)
        gains: dict[int, float] = {}
        for meaning in reading.meant:
            worth = reading.weight * meaning.weight * self._rarity[meaning.stem]
            places = self._places[meaning.stem]
            if candidates and len(places) > _COMMON:
                places = {at: places[at] for at in candidates if at in places}
            for at, place in places.items():
                if worth * place > gains.get(at, 0.0):
                    gains[at] = worth * place
        return gains

    def gain(self, reading: Reading, at: int) -> float:
        """What a reading says for one service; 0 if nothing."""
        if reading.phrase:
            return reading.weight * reading.rarity if at in self._phrases[reading.phrase] else 0.0
        worths = (
            meaning.weight * self._rarity[meaning.stem] * self._places[meaning.stem].get(at, 0.0)
            for meaning in reading.meant
        )
        return reading.weight * max(worths, default=0.0)

    def called(self, readings: Sequence[Reading]) -> dict[int, set[str]]:
        """The services of which a whole name, id or keyword was said that no other has, each with the
        typed words that it takes. A part of a longer one does not count, nor an everyday word alone.
        """
        phrases = [reading.words for reading in readings if reading.phrase and not reading.scattered]
        called: dict[int, set[str]] = {}
        for reading in readings:
            if reading.scattered or any(reading.words < words for words in phrases):
                continue
            owners: Collection[int] = ()
            if reading.phrase:
                owners = self._phrases[reading.phrase]
            elif reading.typed not in TROUBLE_WORDS:
                owners = self._single.get(self.stem(reading.typed), ())
            if len(owners) == 1:
                called.setdefault(next(iter(owners)), set()).update(reading.words)
        return called

    def meant(self, reading: Reading, at: int) -> WordSense:
        """The way to understand a reading that says the most for one service."""
        return max(
            reading.meant,
            key=lambda meaning: (
                meaning.weight * self._rarity[meaning.stem] * self._places[meaning.stem].get(at, 0.0)
            ),
        )
