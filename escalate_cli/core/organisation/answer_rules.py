"""What answers may do, as the organisation wants it."""

from __future__ import annotations

import msgspec


class AnswerRules(msgspec.Struct, frozen=True):
    """What answers may do (`may`, by action; None: everything), whether people are told what became of
    theirs, and the organisation's own words, by the word that each stands for.
    """

    may: tuple[str, ...] | None = None
    confirm: bool = True
    words: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
