"""Names and keywords of several words that were said in pieces: "card got refused" is "card declined".

A part of a keyword is weak evidence, and a word that is only like a part is weaker. All parts together say
more than their sum, wherever they stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from typing import NamedTuple

from escalate_cli.core.routing.readings import GAP, Reading, WordSense

_SCATTERED = 0.5
"""of what the same words say side by side"""


class _Piece(NamedTuple):
    """A typed word that may be a word of a keyword: where it stands, and what it is taken for."""

    at: int
    typed: str
    sense: WordSense


class LongKeywords:
    """The names and keywords of several words; each is looked for by its rarest word."""

    def __init__(self) -> None:
        self._stems: dict[str, tuple[str, ...]] = {}
        self._by_stem: dict[str, list[str]] = {}

    def learn(self, key: str, stems: Sequence[str]) -> None:
        """Takes in a name or a keyword: its stems, joined; and those of them that tell something."""
        different = tuple(dict.fromkeys(stems))
        if len(different) > 1:
            self._stems[key] = different

    def file(self, places: Mapping[str, Sized]) -> None:
        """Files all that was learnt under the word that stands in the fewest services."""
        for key, stems in self._stems.items():
            rarest = min(stems, key=lambda base: (len(places[base]), base))
            self._by_stem.setdefault(rarest, []).append(key)

    def among(
        self, readings: Iterable[Reading], typed: Sequence[str], rarity: Callable[[str], float]
    ) -> list[Reading]:
        """Those of which every word was said, each by a typed word of its own, but not side by side."""
        pieces: dict[str, _Piece] = {}
        together: list[frozenset[str]] = []
        for reading in readings:
            if reading.phrase:
                together.append(reading.words)
                continue
            for sense in reading.meant:
                if sense.stem not in pieces or sense.weight > pieces[sense.stem].sense.weight:
                    pieces[sense.stem] = _Piece(
                        typed.index(reading.typed.partition(" ")[0]), reading.typed, sense
                    )
        scattered = []
        for key in (key for base in pieces for key in self._by_stem.get(base, ())):
            stems = self._stems[key]
            if pieces.keys() >= set(stems):
                parts = sorted(pieces[base] for base in stems)
                reading = Reading(
                    f" {GAP} ".join(part.typed for part in parts),
                    tuple(part.sense for part in parts),
                    key,
                    rarity(key),
                    _SCATTERED * math.prod(part.sense.weight for part in parts),
                    scattered=True,
                )
                own = len({part.at for part in parts}) == len(parts)
                if own and not any(words >= reading.words for words in together):
                    scattered.append(reading)
        return scattered
