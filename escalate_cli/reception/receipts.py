"""The place of Pushover's reader: the receipts of our messages that are still open, and what is known of
others. A receipt names one message, and has to be known before it can be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from escalate_cli.reception.json_parts import items, object_in, text_in
from escalate_cli.reception.marks import mark_of, marks_in

MOST_OPEN, MOST_DONE = 40, 60
"""how many a place holds"""
_RECEIPT = re.compile(r"[A-Za-z0-9]{8,64}")


class Receipts(msgspec.Struct, frozen=True):
    """Those to ask for, in this order, and the marks of those of which nothing is to be learned any more
    (acknowledged, expired, unknown there), the latest last.
    """

    open: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """As it is kept."""
        kept = {"open": self.open[:MOST_OPEN], "done": "".join(self.done[-MOST_DONE:])}
        return msgspec.json.encode(kept).decode()


def receipts_in(place: str | None) -> Receipts:
    """What a place holds; nothing where it is of another shape."""
    kept = object_in(place) or {}
    listed = tuple(text for text in map(text_in, items(kept.get("open"))) if _RECEIPT.fullmatch(text))
    return Receipts(listed, marks_in(text_in(kept.get("done"))))


def with_receipts(place: str | None, known: Iterable[str]) -> str:
    """The place of the next look, where our messages that wait have these receipts, the latest first: new
    ones come first, then those that were asked for longest ago.
    """
    before = receipts_in(place)
    waiting = [each for each in known if _RECEIPT.fullmatch(each) and mark_of(each) not in before.done]
    fresh = [each for each in waiting if each not in before.open]
    return Receipts((*fresh, *(each for each in before.open if each in waiting)), before.done).place
