"""Making a text as short as it has to be: what may be cut is cut first, the head and the last lines stay.

A `Text` knows which of its stretches may be shortened. Whoever knows how much room there is says so
with a predicate, so that one way of cutting serves services that count characters, bytes, lines or
septets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from escalate_cli.core.wording.gsm import is_gsm, is_one_sms

Fits = Callable[[str], bool]

CUT = "..."
"""stands where something was cut out; in the alphabet of SMS"""


class Loose(msgspec.Struct, frozen=True):
    """The stretch `text[start:end]` may be shortened to `least` characters; those of the highest
    `rank` are shortened first.

    `rest` is said in place of the lines that are left out, with their number: "and {lines} more".
    `instead` are shorter texts that say the same as far as there is room, the longest first, where
    a part of it would say something else: a command, a number. `before` is what separates it from what
    stands in front of it: where nothing of it is left, there is nothing to separate.
    """

    start: int
    end: int
    rank: int
    least: int = 0
    rest: str = ""
    instead: Sequence[str] = ()
    before: str = ""


class Text(msgspec.Struct, frozen=True):
    """A text and its loose stretches, in order, none within another."""

    text: str = ""
    loose: tuple[Loose, ...] = ()

    def __add__(self, other: Text | str) -> Text:
        if isinstance(other, str):
            return Text(self.text + other, self.loose)
        by = len(self.text)
        moved = tuple(replace(loose, start=loose.start + by, end=loose.end + by) for loose in other.loose)
        return Text(self.text + other.text, self.loose + moved)

    def inserting(self, at: list[int], what: str) -> Text:
        """The same with `what` inserted before each of the characters at `at` (sorted)."""
        if not at:
            return self
        pieces = [self.text[start:end] for start, end in zip([0, *at], [*at, len(self.text)], strict=True)]

        def moved(place: int) -> int:
            return place + bisect_right(at, place - 1) * len(what)

        loose = tuple(replace(loose, start=moved(loose.start), end=moved(loose.end)) for loose in self.loose)
        return Text(what.join(pieces), loose)


def may_cut(text: str, rank: int, least: int = 0, rest: str = "", instead: Sequence[str] = ()) -> Text:
    """A text that is one loose stretch."""
    return Text(text, (Loose(0, len(text), rank, least, rest, instead),) if text else ())


def join(separator: str, parts: Iterable[Text | str]) -> Text:
    """All that are not empty, with `separator` between them."""
    joined = Text()
    for part in parts:
        text = Text(part) if isinstance(part, str) else part
        if text.text:
            joined = joined + separator + _separated(text, separator) if joined.text else text
    return joined


def _separated(text: Text, separator: str) -> Text:
    """The same, where all of it may be cut away: then the separator goes with it."""
    if len(text.loose) != 1 or (text.loose[0].start, text.loose[0].end) != (0, len(text.text)):
        return text
    return Text(text.text, (replace(text.loose[0], before=separator),))


def fit(text: Text, fits: Fits) -> Text | None:
    """`text` with its loose stretches shortened until it fits, no more than it takes; None where
    that is not enough.

    All stretches of one rank are cut to the same length, so that the longest gives most.
    """
    if fits(text.text):
        return text
    sizes = [loose.end - loose.start for loose in text.loose]
    for rank in sorted({loose.rank for loose in text.loose}, reverse=True):
        least = _capped(text, sizes, rank, 0)
        if fits(_rebuilt(text, least).text):
            best = _largest(max(sizes), partial(_fits_when_capped, text, sizes, rank, fits))
            return _rebuilt(text, _capped(text, sizes, rank, best))
        sizes = least
    return None


def _capped(text: Text, sizes: list[int], rank: int, cap: int) -> list[int]:
    """`sizes`, those of one rank no larger than `cap`, and no smaller than they may be."""
    return [
        min(size, max(cap, loose.least)) if loose.rank == rank else size
        for loose, size in zip(text.loose, sizes, strict=True)
    ]


def _fits_when_capped(text: Text, sizes: list[int], rank: int, fits: Fits, cap: int) -> bool:
    return fits(_rebuilt(text, _capped(text, sizes, rank, cap)).text)


def squeeze(text: str, fits: Fits) -> str:
    """Any text, with as much left out of its middle as it takes: its head and its end stay, whole
    lines where there are some.
    """
    if fits(text):
        return text
    return _without_middle(text, _largest(len(text), lambda size: fits(_without_middle(text, size))))


def fit_sms(text: Text) -> Text:
    """`text` as one SMS. One letter that SMS does not know leaves room for 70 characters in all;
    what is cut before it, for 160.

    So that of the two which keeps more is taken; never one that loses more than half of what matters most and
    the other keeps: a title that is foreign from its beginning.
    """
    whole = fit(text, is_one_sms)
    if whole is not None and is_gsm(whole.text):
        return whole
    plain = fit(_until_first_foreign(text), is_one_sms)
    if plain is None or not is_gsm(plain.text):
        return Text(squeeze(text.text, is_one_sms)) if whole is None else whole
    if whole is None:
        return plain
    says_what = _kept_of_the_first(plain) * 2 >= _kept_of_the_first(whole)
    return plain if says_what and len(plain.text) > len(whole.text) else whole


def _kept_of_the_first(text: Text) -> int:
    """How many characters are left of the stretch that gives way last, without the marks of a cut."""
    first = min((loose for loose in text.loose if loose.rank), key=lambda loose: loose.rank, default=None)
    if first is None:
        return 0
    return len(text.text[first.start : first.end].removesuffix(CUT))


def clip(text: str, limit: int) -> str:
    """`text` in at most `limit` characters; nothing where there is no room for any of it."""
    if len(text) <= limit:
        return text
    return _sound_end(text[: limit - len(CUT)]) + CUT if limit > len(CUT) else ""


def _largest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to `most` for which it holds; 0 where it holds for none."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _rebuilt(text: Text, sizes: list[int]) -> Text:
    """`text` with each loose stretch cut to its size."""
    pieces = [
        _cut(text.text[loose.start : loose.end], size, loose)
        for loose, size in zip(text.loose, sizes, strict=True)
    ]
    return _with(text, pieces)


def _with(text: Text, pieces: list[str]) -> Text:
    """`text` with these in place of its loose stretches."""
    built, place = Text(), 0
    for loose, piece in zip(text.loose, pieces, strict=True):
        between = text.text[place : loose.start]
        if not piece and loose.before:
            between = between.removesuffix(loose.before)
        built = built + between
        if piece:
            whole = Loose(0, len(piece), loose.rank, loose.least, loose.rest, loose.instead, loose.before)
            built = built + Text(piece, (whole,))
        place = loose.end
    return built + text.text[place:]


def _cut(text: str, size: int, loose: Loose) -> str:
    """The head of `text` in `size` characters; whole lines where what is missing is counted. What
    says so may need a few more.
    """
    if len(text) <= size:
        return text
    if loose.instead:
        return next((text for text in loose.instead if len(text) <= size), loose.instead[-1])
    lines = text.split("\n")
    if not loose.rest or len(lines) == 1:
        return clip(text, size)
    kept: list[str] = []
    used = 0
    while used + len(lines[len(kept)]) <= size:
        used += len(lines[len(kept)]) + 1
        kept.append(lines[len(kept)])
    if not kept and loose.least:  # prose, whose first line alone is too long; a list has no half items
        kept = [clip(lines[0], size)]
    return "\n".join([*kept, loose.rest.format(lines=len(lines) - len(kept))])


def _sound_end(text: str) -> str:
    """Without white space, and without a joiner or a variation that has nothing to join any more."""
    return text.rstrip().rstrip("\u200d\ufe0e\ufe0f")


def _without_middle(text: str, size: int) -> str:
    """About `size` characters of `text`, half from its head and half from its end."""
    if size >= len(text):
        return text
    head, tail = text[: size - size // 2], text[len(text) - size // 2 :]
    if "\n" in head.strip("\n") and text[len(head)] != "\n":
        head = head.rpartition("\n")[0]
    if "\n" in tail.strip("\n") and text[-len(tail) - 1] != "\n":
        tail = tail.partition("\n")[2]
    between = f"\n{CUT}\n" if "\n" in text.strip("\n") else CUT
    return f"{_sound_end(head)}{between}{tail.lstrip()}"


def _until_first_foreign(text: Text) -> Text:
    """`text` whose loose stretches end before the first letter that SMS does not know."""
    pieces = []
    for loose in text.loose:
        piece = text.text[loose.start : loose.end]
        foreign = next((index for index, letter in enumerate(piece) if not is_gsm(letter)), None)
        pieces.append(piece if foreign is None else _sound_end(piece[:foreign]) + CUT)
    return _with(text, pieces)
