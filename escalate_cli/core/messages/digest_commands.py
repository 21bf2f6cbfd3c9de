"""What a digest says is to be typed: one line that acknowledges all of it, in whatever room there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

_ONE_BY_ONE = 60
"""numbers that are written out one by one; of more, stretches: `escalate ack 7-95`"""


class DigestCommands(msgspec.Struct, frozen=True):
    """Writes commands as they are typed (`to_type` puts the host before). `numbers` are those to
    acknowledge, of the worst first; none where nothing can be.
    """

    to_type: Callable[[str], str]
    numbers: tuple[int, ...]

    def look(self) -> str:
        """All of them: `escalate list`."""
        return self.to_type("escalate list")

    def acknowledge(self, number: int) -> str:
        """Of a single one: `escalate ack 3`."""
        return self.to_type(f"escalate ack {number}")

    def all_of_it(self, limit: int) -> str:
        """`escalate ack 3 4 5 9`; where that is too long, by stretches, `3-5 9`, and as many of them
        as fit, those of the worst first.
        """
        written = self.to_type(f"escalate ack {' '.join(map(str, sorted(self.numbers)))}")
        if len(self.numbers) <= _ONE_BY_ONE and len(written) <= limit:
            return written
        return next((text for text in self.ever_fewer() if len(text) <= limit), self.look())

    def ever_fewer(self) -> Iterator[str]:
        """`escalate ack 3-5 9`, and ever fewer of it, "+4 more: escalate list"."""
        place = {number: index for index, number in enumerate(self.numbers)}
        by_stretch = sorted(
            stretches(self.numbers),
            key=lambda stretch: min(place[number] for number in range(stretch[0], stretch[1] + 1)),
        )
        for many in range(len(by_stretch), 0, -1):
            missing = sum(last - first + 1 for first, last in by_stretch[many:])
            yield self.to_type(f"escalate ack {_spans(by_stretch[:many])}") + (
                f" +{missing} more: {self.look()}" if missing else ""
            )
        yield f"+{len(self.numbers)} more: {self.look()}"


def _spans(spans: Iterable[tuple[int, int]]) -> str:
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in sorted(spans))


def stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last number of each stretch in which they follow each other."""
    together: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if together and together[-1][1] == number - 1:
            together[-1] = (together[-1][0], number)
        else:
            together.append((number, number))
    return together
