"""A table on a terminal that is too narrow for it: each row as a block, with nothing cut away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

PROSE_WIDTH = 14
"""columns that prose keeps in a table; where there are fewer, there is no table"""
_BETWEEN = 2
"""columns between two of a table"""
_SHORT = 20
"""columns up to which prose may stand beside something else"""


class FittingTable:
    """`sheet` where there is room for its columns, else its `rows` one below the other. `prose` and
    `numbers` are the columns that hold these, by their place; `room` is what prose needs."""

    def __init__(
        self,
        sheet: Table,
        columns: Sequence[str],
        rows: Sequence[Sequence[Text | Padding]],
        prose: frozenset[int],
        numbers: frozenset[int],
        room: int = PROSE_WIDTH,
    ) -> None:
        self._sheet, self._columns, self._rows = sheet, columns, rows
        self._prose, self._numbers, self._room = prose, numbers, room

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._least() <= options.max_width:
            yield self._sheet
            return
        for row in self._rows:
            yield from self._block(row, options.max_width)

    def _least(self) -> int:
        """The columns without which something would be cut away."""
        least = 0
        for number, column in enumerate(self._columns):
            widest = max([len(column), *(_width(row[number]) for row in self._rows)])
            least += (min(widest, self._room) if number in self._prose else widest) + _BETWEEN
        return least - _BETWEEN

    def _block(self, row: Sequence[Text | Padding], width: int) -> Iterator[RenderableType]:
        """What comes first, with what is short beside it, as much as fits; the rest below, set in."""
        from rich.padding import Padding
        from rich.text import Text

        depth = row[0].left if isinstance(row[0], Padding) else 0
        line = Text()
        is_first = True
        for number, cell in enumerate(row):
            text = _text(cell)
            if not text.plain.strip() or text.plain == "–":
                continue
            text = self._labelled(number, text)
            is_long = number in self._prose and text.cell_len > _SHORT
            room = width - depth - 2 * (not is_first) - line.cell_len - 2
            if line.plain and (is_long or text.cell_len > room):
                yield Padding(line, (0, 0, 0, depth + 2 * (not is_first)))
                line, is_first = Text(), False
            line.append("  " if line.plain else "").append_text(text)
            if is_long:
                yield Padding(line, (0, 0, 0, depth + 2 * (not is_first)))
                line, is_first = Text(), False
        if line.plain:
            yield Padding(line, (0, 0, 0, depth + 2 * (not is_first)))

    def _labelled(self, number: int, text: Text) -> Text:
        """A number says of what it is one."""
        from rich.text import Text

        head = self._columns[number].strip()
        if head and (number in self._numbers or text.plain.isdigit()):
            return Text(f"{head} ").append_text(text)
        return text


def _text(cell: Text | Padding) -> Text:
    from rich.text import Text

    if isinstance(cell, Text):
        return cell
    assert isinstance(cell.renderable, Text)  # noqa: S101 - `indented` makes no other
    return cell.renderable


def _width(cell: Text | Padding) -> int:
    from rich.text import Text

    return max((line.cell_len for line in _text(cell).split()), default=0) + (
        0 if isinstance(cell, Text) else cell.left
    )
