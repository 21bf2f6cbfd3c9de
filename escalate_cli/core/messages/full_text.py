"""The full text of a message, written from its card: what and how bad first, how to answer last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from escalate_cli.core.messages.card import LISTS, Line, MessageCard, Quote, ToReply, ToType
from escalate_cli.core.wording.fitting import Text, join, may_cut

_MORE = "... and {lines} more"


def full_text(card: MessageCard) -> Text:
    """The text. The values of all labels stand below each other."""
    width = max((len(line.label) for line in _lines(card)), default=0) + 2
    aligned = _Aligned(width)
    title = Text(f"#{card.number} ") + card.title if card.number else Text()
    head = reply_head(card.reply, title if card.number else card.title)
    if head.text:
        title = Text()
    parts = (
        head,
        card.news,
        join("\n", (title, *aligned.lines(card.facts), _candidates(card.candidates))),
        *map(_quoted, card.quotes),
        join("\n", aligned.lines(_course(card)) + [Text(text) for text in (*card.remarks, card.deadline)]),
        join("\n", (*aligned.commands(card.answers), _listed(aligned.lines(card.links)))),
        Text(card.closing),
    )
    return join("\n\n", parts) + "\n"


def reply_head(reply: ToReply | None, title: Text) -> Text:
    """The first lines of what may be answered: the code, where our own text begins in whatever quotes
    it, and what to send back. Nothing where nothing can be.
    """
    if reply is None:
        return Text()
    return title + f" \u00b7 {reply.short}\n{reply.sentence}"


class _Aligned:
    """Writes lines whose values begin in the same column."""

    def __init__(self, width: int) -> None:
        self._width = width

    def lines(self, lines: Iterable[Line]) -> list[Text]:
        return [Text(f"{line.label}:".ljust(self._width)) + line.value for line in lines]

    def commands(self, commands: Iterable[ToType]) -> list[Text]:
        return [Text(f"{to_type.label}:".ljust(self._width) + to_type.command) for to_type in commands]


def _lines(card: MessageCard) -> Iterator[Line | ToType]:
    yield from card.facts
    yield from _course(card)
    yield from card.answers
    yield from card.links


def _course(card: MessageCard) -> list[Line]:
    proposed = Line("Proposed", card.question) if card.question.text else None
    return [line for line in (card.told, card.why, card.upcoming, proposed) if line is not None]


def _quoted(quote: Quote) -> Text:
    return (Text(f"{quote.label}: ") if quote.label else Text()) + quote.text


def _candidates(candidates: Sequence[ToType]) -> Text:
    if not candidates:
        return Text()
    rows = [Text(f"  {candidate.label}: {candidate.command}") for candidate in candidates]
    return Text("It may be one of:\n") + _listed(rows)


def _listed(rows: Sequence[Text]) -> Text:
    """Lines of which as many go out as fit; the rest is counted."""
    return may_cut("\n".join(row.text for row in rows), LISTS, rest=_MORE)
