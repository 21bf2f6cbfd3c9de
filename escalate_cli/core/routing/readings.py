"""What typed words may mean in a catalog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MEANING = 0.5
"""the weight of a word that was not typed but means the same as one that was"""
GAP = "…"
"""stands between words that were not typed side by side"""


class WordSense(NamedTuple):
    """One way to understand a typed word: a stem that the catalog has, and how much that counts."""

    stem: str
    weight: float


class Reading(NamedTuple):
    """A typed word, or several that are a name or a keyword together, and everything that it may
    mean; nothing if it is unknown. Words of a name or keyword with others between them are `scattered`.
    """

    typed: str
    meant: tuple[WordSense, ...] = ()
    phrase: str = ""
    rarity: float = 0.0
    weight: float = 1.0
    scattered: bool = False

    @property
    def words(self) -> frozenset[str]:
        """The words that were typed."""
        return frozenset(self.typed.split()) - {GAP}


def word_by_word(readings: Iterable[Reading]) -> list[Reading]:
    """The readings without what is only like a word that was typed; a name or keyword of which every word
    was said stays.
    """
    return [
        reading
        if reading.phrase
        else reading._replace(meant=tuple(sense for sense in reading.meant if sense.weight != MEANING))
        for reading in readings
    ]
