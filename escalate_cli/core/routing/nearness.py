"""How near the meaning of typed words is to that of a service, by word vectors: numbers that say in what
company a word stands in English.

There is a row for each word, 64 numbers of four bits, made from GloVe (Pennington, Socher and Manning 2014,
public domain) by benchmarks/meanings.py.
"""

from __future__ import annotations

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from operator import mul

DIMENSIONS = 64

_ROW = DIMENSIONS // 2
_NOUGHT = 8
_LANE = 4
_FINE = 64
_HIGH = bytes(byte >> 4 for byte in range(256))
_LOW = bytes(byte & 15 for byte in range(256))

Direction = tuple[float, ...]
"""a vector of length 1; empty where nothing is known"""


class Vectors:
    """Words in the order of the alphabet, and their rows, one after the other."""

    def __init__(self, words: Sequence[str], rows: bytes) -> None:
        self._words = words
        self._rows = rows
        self._lanes: dict[str, int] = {}

    def known(self, word: str) -> bool:
        """Whether there is a vector for the word."""
        return self._row(word) != 0

    def direction(self, weights: Mapping[str, float]) -> Direction:
        """Where words point together, each with its weight (to a 64th); empty if none is known."""
        total = together = 0
        for word, weight in weights.items():
            row = self._row(word)
            if row:
                times = round(weight * _FINE)
                total += times * row
                together += times
        lanes = array("I", total.to_bytes(DIMENSIONS * _LANE, sys.byteorder))
        centred = [value - _NOUGHT * together for value in lanes]
        length = math.sqrt(sum(map(mul, centred, centred)))
        return tuple(value / length for value in centred) if length else ()

    def nearest_pair(self, typed: Iterable[str], written: Iterable[str]) -> tuple[float, str, str]:
        """The typed and the written word that are nearest to each other, after how near they are."""
        directions = [(word, self.direction({word: 1.0})) for word in written if self.known(word)]
        return max(
            (
                (nearness(self.direction({spoken: 1.0}), there), spoken, word)
                for spoken in typed
                if self.known(spoken)
                for word, there in directions
            ),
            default=(0.0, "", ""),
        )

    def _row(self, word: str) -> int:
        """The numbers of a word, each eight too large, in one whole number with a lane of 32 bits for each,
        so that a sum of words is a sum of whole numbers; 0 for a word that is not in the list.
        """
        if word not in self._lanes:
            self._lanes[word] = self._unpacked(word)
        return self._lanes[word]

    def _unpacked(self, word: str) -> int:
        at = bisect_left(self._words, word)
        if at == len(self._words) or self._words[at] != word:
            return 0
        packed = self._rows[at * _ROW : (at + 1) * _ROW]
        lanes = bytearray(DIMENSIONS * _LANE)
        lanes[::_LANE] = packed.translate(_HIGH) + packed.translate(_LOW)
        return int.from_bytes(lanes, "little")


def nearness(left: Direction, right: Direction) -> float:
    """The cosine of two directions, from -1 to 1; 0 where one is not known."""
    return float(sum(map(mul, left, right)))
