"""What people say when they mean something that a catalog calls otherwise: "charged twice" hints at
duplicates and disputes.

A hint is evidence beside that of the words themselves, and weaker. The list is English of many trades, no
organisation's: `python -m benchmarks.meanings` writes it from benchmarks/sayings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from escalate_cli.core.routing.english import FUNCTION_WORDS, REPORT_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.words import stem

_LONGEST = 3
"""words of an expression"""
_NO_SUBJECT = FUNCTION_WORDS | TROUBLE_WORDS | REPORT_WORDS
"""words that hint at nothing by themselves"""


class Hint(NamedTuple):
    """An expression that was typed, and the stems of the words that it hints at."""

    typed: str
    stems: tuple[str, ...]


class Hints:
    """The list: lines of an expression (its stems, joined) and the stems that it hints at, in order."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def among(self, typed: Sequence[str]) -> list[Hint]:
        """The expressions among the typed words, the longest first; each word belongs to one at most."""
        stems = [stem(word) for word in typed]
        taken: set[int] = set()
        hints: list[Hint] = []
        for length in range(_LONGEST, 0, -1):
            for start in range(len(typed) - length + 1):
                places = range(start, start + length)
                if not taken.isdisjoint(places):
                    continue
                if length == 1 and typed[start] in _NO_SUBJECT:
                    continue
                meant = self._hinted("".join(stems[start : start + length]))
                if meant:
                    taken.update(places)
                    hints.append(Hint(" ".join(typed[start : start + length]), meant))
        return hints

    def _hinted(self, key: str) -> tuple[str, ...]:
        """The stems that an expression hints at; none if it is not in the list."""
        lines, start = self._lines, f"{key} "
        at = bisect_left(lines, start)
        return tuple(lines[at].split()[1:]) if at < len(lines) and lines[at].startswith(start) else ()
