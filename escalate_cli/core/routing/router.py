"""Words → service, with the reasons, and honest about doubt.

What is typed alone and is a service's id, name or keyword is exact. Anything else is ranked: each
of its words points at services through the words of their names, ids, keywords and descriptions,
the more the rarer it is in this catalog and the more telling the place where it stands. What the
words lean to otherwise only sets the order. Everything that weighs is English or comes from the
catalog itself.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable
from enum import Enum

import msgspec

from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.adjuncts import without_adjuncts
from escalate_cli.core.routing.english import FUNCTION_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.leanings import GiveMeanings, Leanings
from escalate_cli.core.routing.readings import MEANING, Reading, WordSense, word_by_word
from escalate_cli.core.routing.vocabulary import Vocabulary
from escalate_cli.core.routing.words import tokens


class Match(str, Enum):
    """How sure the routing is."""

    EXACT = "exact"
    """the words are a service's id, name or keyword"""
    CONFIDENT = "confident"
    """one service fits well, and clearly better than any other"""
    AMBIGUOUS = "ambiguous"
    """something fits, but not one service alone or not well enough"""
    NONE = "none"
    """next to nothing in the words is about any service"""


class Candidate(msgspec.Struct, frozen=True):
    """A service that the words may mean. `score` is from 0 to 1; `because` holds the reasons, the
    weightiest first.
    """

    service: str
    name: str
    team: str
    score: float
    because: tuple[str, ...]


class Routing(msgspec.Struct, frozen=True):
    """What the words were taken to mean. `service` is set for exact and confident only; candidates
    are at most five, best first.
    """

    query: str
    match: Match
    service: str | None
    candidates: tuple[Candidate, ...]


_EACH_MORE = 0.2
"""several words that agree say more than their sum: so much for each word after the first, up to three"""

_CONFIDENT_STRENGTH = 1.0
"""in units of a word that only one service has: one word of a description is never enough"""
_KEYED_STRENGTH = 0.5
"""so strong is enough if a whole keyword or name was said that only one service has, and none of another's"""
_FEW_STRANGERS = 2
"""so many words that no service has do not stand in the way of a keyword that is alone otherwise"""
_UNKNOWN = 0.5
"""a word that no service has says this much against every service"""
_CONFIDENT_LEAD = 0.45
"""the best is ahead of the second by this share of its own score"""
_CONFIDENT_COVERAGE = 0.3
"""this share of what the words say, weighed by rarity, is about the best"""
_NONE_STRENGTH = 0.4
"""weaker than this, with most of the words about something else, is no match"""
_FAINT_STRENGTH = 0.1
"""nor is this, whatever else was said"""

_MOST_CANDIDATES = 5
_MOST_REASONS = 3
_LEAST_REASON = 0.3
"""a word that says less than this share of the best reason is not worth naming"""
_MOST_LETTERS = 4_000
"""how far into a text it looks: a title of a megabyte is nobody's description of a service"""


class Router:
    """An index over the services of a catalog; `route` asks it. Ties go to the lower tier, then the
    lower id. `meanings` is asked when words come that are not exact.
    """

    def __init__(self, services: Iterable[Service], meanings: GiveMeanings) -> None:
        self._services = sorted(
            services, key=lambda service: (service.tier is None, service.tier or 0, service.id)
        )
        self._vocabulary = Vocabulary(self._services)
        self._leanings = Leanings(self._services, self._vocabulary, meanings)
        self._exact: tuple[dict[str, dict[int, None]], ...] = ({}, {}, {})
        for at, service in enumerate(self._services):
            for known, texts in zip(
                self._exact, ((service.id,), (service.name,), service.keywords), strict=True
            ):
                for text in texts:
                    known.setdefault("".join(tokens(text)), {})[at] = None

    @classmethod
    def over(cls, services: Iterable[Service], meanings: GiveMeanings) -> Router:
        """The router of these services. The last one is kept: to build one takes longer than to ask it many
        times.
        """
        asked = (tuple(services), meanings)
        for known, router in _LAST:
            if known == asked:
                return router
        made = cls(asked[0], meanings)
        _LAST[:] = [(asked, made)]
        return made

    def route(self, words: str) -> Routing:
        """The service that the words are about, or the candidates. Never fails, whatever the words
        are made of.
        """
        text = words.strip()
        exact = self._exactly(text) if len(text) <= _MOST_LETTERS else ()
        if exact:
            candidates = tuple(self._candidate(at, 1.0, (reason,)) for at, reason in exact)
            return Routing(
                words,
                Match.EXACT if len(candidates) == 1 else Match.AMBIGUOUS,
                candidates[0].service if len(candidates) == 1 else None,
                candidates,
            )
        routing = self._ranked(words, text[:_MOST_LETTERS])
        if routing.service is None:
            subject = without_adjuncts(text[:_MOST_LETTERS])
            about_it = self._ranked(words, subject) if subject != text else routing
            return about_it if about_it.service is not None else routing
        return routing

    def _ranked(self, words: str, text: str) -> Routing:
        """The routing of `words` by what `text`, the whole of them or their subject, says."""
        readings = self._vocabulary.read(text)
        scores = self._score(readings)
        leaning = self._leanings.nearer(text, self._leanings.hinted(text, scores))
        stated = heapq.nsmallest(_MOST_CANDIDATES, scores, key=lambda at: (-scores[at], at))
        best = heapq.nsmallest(_MOST_CANDIDATES, leaning, key=lambda at: (-leaning[at], at))
        match = self._judge(text, readings, scores, stated)
        if match is Match.CONFIDENT and best[:1] != stated[:1]:
            match = Match.AMBIGUOUS
        keyed = self._keyed(readings, scores) if match is not Match.CONFIDENT else None
        if keyed is not None and without_adjuncts(text) == text:  # "Hi Bill" is about no bill
            match = Match.CONFIDENT
            leaning = {at: min(score, leaning[keyed]) for at, score in leaning.items()}
            best = [keyed, *(at for at in best if at != keyed)][:_MOST_CANDIDATES]
        candidates = tuple(
            self._candidate(
                at,
                1 - math.exp(-leaning[at] / self._vocabulary.rarest),
                self._why(text, at, self._because(at, readings)),
            )
            for at in best
        )
        return Routing(words, match, candidates[0].service if match is Match.CONFIDENT else None, candidates)

    def _exactly(self, text: str) -> tuple[tuple[int, str], ...]:
        """The services that the text names, typed alone: by id, else by name, else by keyword; with
        the reason.
        """
        key = "".join(tokens(text))
        for known, what in zip(self._exact, ("id", "name", "keyword"), strict=True):
            if key and key in known:
                spaced = " ".join(text.split())
                same_id = [at for at in known[key] if what == "id" and self._services[at].id == spaced]
                return tuple(
                    (at, f"matched '{' '.join(tokens(text))}' ({what})")
                    for at in same_id or list(known[key])[:_MOST_CANDIDATES]
                )
        return ()

    def _candidate(self, at: int, score: float, because: tuple[str, ...]) -> Candidate:
        service = self._services[at]
        return Candidate(service.id, service.name, service.team, round(score, 2), because)

    def _score(self, readings: list[Reading]) -> dict[int, float]:
        """What all readings together say for each service that any of them points at."""
        sums: dict[int, float] = {}
        words: dict[int, int] = {}
        for reading in readings:
            for at, gain in self._vocabulary.gains(reading, sums).items():
                sums[at] = sums.get(at, 0.0) + gain
                words[at] = words.get(at, 0) + (not reading.phrase)
        return {at: total * (1 + _EACH_MORE * min(3, max(0, words[at] - 1))) for at, total in sums.items()}

    def _judge(self, typed: str, readings: list[Reading], scores: dict[int, float], best: list[int]) -> Match:
        """Confident only if the best is strong, well ahead, and enough of what was said is about
        it; or if nothing else was said.
        """
        first, second = (*(scores[at] for at in best[:2]), 0.0, 0.0)[:2]
        spoken = sum(
            reading.rarity * reading.weight * (1.0 if reading.meant or reading.phrase else _UNKNOWN)
            for reading in readings
        )
        about = sum(
            reading.rarity * reading.weight
            for reading in readings
            if best and self._vocabulary.gain(reading, best[0])
        )
        covered = about >= _CONFIDENT_COVERAGE * spoken
        if first < (_FAINT_STRENGTH if covered else _NONE_STRENGTH) * self._vocabulary.rarest:
            return Match.NONE
        telling = [word for word in tokens(typed) if word not in FUNCTION_WORDS and word not in TROUBLE_WORDS]
        without_numbers = [word for word in telling if not word.isdigit() or self._vocabulary.knows(word)]
        strangers = {reading.typed for reading in readings if not (reading.meant or reading.phrase)}
        without_strangers = [word for word in telling if word not in strangers]
        if len(telling) - len(without_strangers) > _FEW_STRANGERS:
            without_strangers = []
        if any(
            [at for at, _ in self._exactly(" ".join(words))] == best[:1]
            for words in (telling, without_numbers, without_strangers)
        ):
            return Match.CONFIDENT
        ahead = first - second >= _CONFIDENT_LEAD * first
        strong = first >= _CONFIDENT_STRENGTH * self._vocabulary.rarest and covered
        called = self._vocabulary.called(readings)
        keyed = first >= _KEYED_STRENGTH * self._vocabulary.rarest and called.keys() == set(best[:1])
        sure = ahead and (keyed or (strong and self._beats(called, best[0], readings)))
        return Match.CONFIDENT if sure else Match.AMBIGUOUS

    def _beats(self, called: Collection[int], best: int, readings: list[Reading]) -> bool:
        """Whether the best stands against the services of which a whole keyword was said: it is one of them,
        or ahead of them by what was said word by word.
        """
        if not called or best in called:
            return True
        scores = self._score(word_by_word(readings))
        first = scores.get(best, 0.0)
        return first - max(scores.get(at, 0.0) for at in called) >= _CONFIDENT_LEAD * first

    def _keyed(self, readings: list[Reading], scores: dict[int, float]) -> int | None:
        """The service of which a whole keyword was said, if of no other, and it is well ahead of all that
        other words stand for themselves. What these are like, or lean to, is no reason for doubt, nor is
        a word of the keyword that is a part of another's.
        """
        called = self._vocabulary.called(readings)
        if len(called) != 1:
            return None
        ((keyed, taken),) = called.items()
        first = scores.get(keyed, 0.0)
        others = self._score(
            [
                reading
                for reading in word_by_word(readings)
                if not reading.words <= taken and reading.typed not in TROUBLE_WORDS
            ]
        )
        second = max((scores[at] for at in others if at != keyed), default=0.0)
        strong = first >= _KEYED_STRENGTH * self._vocabulary.rarest
        return keyed if strong and first - second >= _CONFIDENT_LEAD * first else None

    def _why(self, text: str, at: int, stated: tuple[str, ...]) -> tuple[str, ...]:
        """What was said, and what the words lean to if there is room for it."""
        return (
            stated if len(stated) == _MOST_REASONS else (*stated, *self._leanings.reasons(text, at, stated))
        )

    def _because(self, at: int, readings: list[Reading]) -> tuple[str, ...]:
        """The weightiest reasons for a service, in words; a word of a phrase that was given is not
        given again.
        """
        gains = [(self._vocabulary.gain(reading, at), reading) for reading in readings]
        gains = [
            (gain + sum(much for much, part in gains if part.words < reading.words), reading)
            if gain and reading.scattered
            else (gain, reading)
            for gain, reading in gains
        ]
        reasons: list[str] = []
        given: set[str] = set()
        least = max((gain for gain, _ in gains), default=0.0) * _LEAST_REASON
        for gain, reading in sorted(gains, key=lambda pair: -pair[0]):
            if gain and gain >= least and given.isdisjoint(reading.words) and len(reasons) < _MOST_REASONS:
                reasons.append(self._reason(self._services[at], at, reading))
                given.update(reading.words)
        return tuple(reasons)

    def _reason(self, service: Service, at: int, reading: Reading) -> str:
        if reading.phrase:
            keyword = next((text for text in service.keywords if self._key(text) == reading.phrase), None)
            place = "name" if keyword is None else "keyword"
            if any(sense.weight == MEANING for sense in reading.meant):
                whole = service.name if keyword is None else keyword
                return f"'{reading.typed}' is like '{' '.join(tokens(whole))}' ({place})"
            return f"matched '{reading.typed}' ({place})"
        meant = self._vocabulary.meant(reading, at)
        for place, texts in (
            ("keyword", service.keywords),
            ("name", (service.name,)),
            ("description", (service.description,)),
            ("id", (service.id,)),
        ):
            for text in texts:
                words = tokens(text)
                for word in words:
                    if self._vocabulary.stem(word) == meant.stem and word not in FUNCTION_WORDS:
                        return self._where(reading.typed, word, place, len(words) == 1, meant)
        return f"matched '{reading.typed}'"

    def _key(self, text: str) -> str:
        return "".join(self._vocabulary.stem(word) for word in tokens(text))

    def _where(self, typed: str, word: str, place: str, alone: bool, meant: WordSense) -> str:
        if meant.weight == MEANING:
            return f"'{typed}' is like '{word}' ({place})"
        if self._vocabulary.stem(typed.replace(" ", "")) != meant.stem:
            return f"matched '{typed}' ~ '{word}' ({place})"
        return f"matched '{typed}' ({place})" if alone or place == "keyword" else f"its {place} has '{word}'"


_LAST: list[tuple[tuple[tuple[Service, ...], GiveMeanings], Router]] = []
"""at most one: for which services, and the router"""
