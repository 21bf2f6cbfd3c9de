"""Which services the words lean to, beside what they say: by hints and by nearness of meaning.

Leanings set the order of the candidates. They never make anything sure: "my boss" is near to payroll.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.english import FUNCTION_WORDS, REPORT_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.hints import Hint, Hints
from escalate_cli.core.routing.nearness import Direction, Vectors, nearness
from escalate_cli.core.routing.vocabulary import COMMON_ENGLISH, MOST_WORDS, Vocabulary, is_common
from escalate_cli.core.routing.words import apart, tokens

# Measured by benchmarks/routing.py; a third more or less of either moves the figures by one point.
_HINT = 0.55
"""of what the word itself would say that an expression hints at"""
_NEAR = 0.9
"""a service in the very direction of the words gets this, in units of a word that only one service has"""
_MOST = 64
"""so many services are looked at for nearness: in a larger catalog those that the words point at most"""
_NEAR_ENOUGH = 0.35
"""nearness alone brings a service forward from here on"""


class Meanings(NamedTuple):
    """What is known of the language beside any catalog."""

    hints: Hints
    vectors: Vectors


GiveMeanings = Callable[[], Meanings]
"""asked when words come that are not exact: most commands need none of it"""


class Leanings:
    """An index over the same services as the vocabulary, in the same order."""

    def __init__(self, services: Sequence[Service], vocabulary: Vocabulary, give: GiveMeanings) -> None:
        self._services = services
        self._vocabulary = vocabulary
        self._give = give
        self._heard: tuple[str, tuple[Hint, ...]] = ("", ())
        self._directions: dict[int, Direction] = {}

    def hinted(self, text: str, scores: Mapping[int, float]) -> dict[int, float]:
        """The scores with what the hints among the words add."""
        hinted = dict(scores)
        for hint in self._hints(text):
            for at, gain in self._hinted(hint).items():
                hinted[at] = hinted.get(at, 0.0) + _HINT * gain
        return hinted

    def nearer(self, text: str, scores: Mapping[int, float]) -> dict[int, float]:
        """The scores with what nearness adds; a service that it alone brings forward must be near enough."""
        telling = _telling(_typed(text))
        there = self._give().vectors.direction(
            {word: COMMON_ENGLISH if is_common(word) else 1.0 for word in telling}
        )
        nearer = dict(scores)
        if not there:
            return nearer
        looked_at: Sequence[int] = range(len(self._services))
        if len(looked_at) > _MOST:
            looked_at = heapq.nsmallest(_MOST, nearer, key=lambda at: (-nearer[at], at))
        for at in looked_at:
            near = nearness(self._direction(at), there)
            if near >= (0.0 if at in scores else _NEAR_ENOUGH):
                nearer[at] = nearer.get(at, 0.0) + _NEAR * self._vocabulary.rarest * near
        return nearer

    def _hinted(self, hint: Hint) -> dict[int, float]:
        """What a hint says for each service: of the words that the catalog has, the sum, over the root of
        how many they are, so that a hint at many things says less for each.
        """
        worths = [worth for worth in map(self._vocabulary.worth, hint.stems) if worth]
        sums: dict[int, float] = {}
        for worth in worths:
            for at, gain in worth.items():
                sums[at] = sums.get(at, 0.0) + gain
        return {at: total / math.sqrt(len(worths)) for at, total in sums.items()}

    def _direction(self, at: int) -> Direction:
        """Where the words of a service point together, each the more the more it says for it."""
        if at not in self._directions:
            weights: dict[str, float] = {}
            for word in _words(self._services[at]):
                weights[word] = self._vocabulary.worth_for(self._vocabulary.stem(word), at)
            self._directions[at] = self._give().vectors.direction(weights)
        return self._directions[at]

    def reasons(self, text: str, at: int, given: tuple[str, ...]) -> tuple[str, ...]:
        """Why the words lean to a service, in words, beside what was given: the hint that says most;
        nearness if there is nothing else.
        """
        hints = [
            (sum(self._vocabulary.worth_for(base, at) for base in hint.stems), hint)
            for hint in self._hints(text)
            if not any(f"'{hint.typed}'" in reason for reason in given)
        ]
        gain, hint = max(hints, key=lambda pair: pair[0], default=(0.0, Hint("", ())))
        written = _words(self._services[at])
        if gain:
            telling = max(hint.stems, key=lambda base: self._vocabulary.worth_for(base, at))
            meant = next(word for word in written if self._vocabulary.stem(word) == telling)
            return (f"'{hint.typed}' hints at '{meant}'",)
        near, word, other = (
            (0.0, "", "") if given else self._give().vectors.nearest_pair(_telling(_typed(text)), written)
        )
        return (f"'{word}' is near '{other}' in meaning",) if near else ()

    def _hints(self, text: str) -> tuple[Hint, ...]:
        """The hints of a text, which its candidates ask for one after the other."""
        if self._heard[0] != text:
            self._heard = (text, tuple(self._give().hints.among(_typed(text))))
        return self._heard[1]


def _typed(text: str) -> list[str]:
    """The words of a text, as far into it as the vocabulary reads."""
    return tokens(apart(text))[:MOST_WORDS]


def _telling(typed: Sequence[str]) -> list[str]:
    """The typed words that have a subject, each once."""
    empty = FUNCTION_WORDS | TROUBLE_WORDS | REPORT_WORDS
    return [word for word in dict.fromkeys(typed) if word not in empty]


def _words(service: Service) -> list[str]:
    """The words of a service, keywords first, each once."""
    text = " ".join((*service.keywords, service.name, service.description, service.id))
    return [word for word in dict.fromkeys(tokens(text)) if word not in FUNCTION_WORDS]
