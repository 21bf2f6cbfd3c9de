"""How the board fits a terminal of any size: the worst incidents, every trouble and the last line
stay; old events give way first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.cli.screens import style

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.text import Text

_FOOTERS = (
    "escalate show ID · escalate ack ID     Ctrl-C ends this; pages under way are finished first",
    "escalate show ID · escalate ack ID · Ctrl-C ends this",
    "escalate ack ID · Ctrl-C ends this",
    "Ctrl-C ends this",
)
_KEPT_EVENTS = 3
"""so many of the newest stay where there are more incidents than lines, but for the gravest"""
_ROOMY = 20
"""lines"""
_COLUMNS = ("id", "severity", "status", "for", "next", "title")
_NARROW = {"for": 64, "next": 72, "status": 50}
"""a column that is shown from so many columns of the terminal on"""


class BoardRow(msgspec.Struct, frozen=True):
    """An incident as the board shows it, each cell by its column."""

    cells: Mapping[str, Text]
    severity: str


class Picture(msgspec.Struct, frozen=True):
    """What there is to show. `rows` are worst first; `running` says how many incidents of each
    severity run, the gravest first, those without a row included. `events` and `troubles` are
    oldest first."""

    head: Text
    rows: Sequence[BoardRow]
    running: Mapping[str, int]
    events: Sequence[Text]
    troubles: Sequence[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        yield Text("\n").join(
            lay_out(self, options.max_width, options.height or options.size.height, console)
        )


def lay_out(picture: Picture, width: int, height: int, console: Console) -> list[Text]:
    """The lines of the board, each at most `width` wide, at most `height` of them."""
    footer = next((text for text in _FOOTERS if len(text) <= width), _FOOTERS[-1])
    troubles = _troubles(picture.troubles, width, height, console)
    room = max(height - len(troubles) - 4, 0)  # the head, the last line, and an empty one next to each
    listed = _incidents(picture, width, room)
    kept = max(room - len(listed) - 1, 0)  # an empty line before the events
    events = list(picture.events)[-kept:] if kept else []
    middle = [*listed, *([style.piece("")] if events else []), *events, *troubles]
    lines = [picture.head, style.piece(""), *middle, style.piece(""), style.piece(footer, "dim")]
    if len(lines) > height:  # a terminal of a few lines
        lines = [line for line in lines if line.plain]
    if len(lines) > height:
        lines = [*lines[: max(height - len(troubles) - 1, 0)], *lines[-(len(troubles) + 1) :]][-height:]
    return [_cut(line, width) for line in lines]


def _troubles(troubles: Sequence[Text], width: int, height: int, console: Console) -> list[Text]:
    """Every trouble, in as many lines as there is room for, at least one."""
    most = max(height // 3 // max(len(troubles), 1), 1)
    laid: list[Text] = []
    for trouble in troubles:
        lines = list(trouble.wrap(console, width))
        if len(lines) > most:
            lines = [
                *lines[: most - 1],
                style.piece(" ".join(line.plain.strip() for line in lines[most - 1 :]), str(trouble.style)),
            ]
        laid += lines
    return laid


def _incidents(picture: Picture, width: int, room: int) -> list[Text]:
    """The worst incidents, one a line, under a line of heads; and how many more there are, and how
    bad these are.
    """
    total = sum(picture.running.values())
    if not total:
        return [style.piece("Nothing is open.", "green")]
    gravest = next((many for many in picture.running.values() if many), 0)
    free = max(room - 1, 1)  # the heads
    roomy = free - _KEPT_EVENTS - 1 if room >= _ROOMY - 4 else free
    fits = min(max(roomy, min(gravest + 1, free)), free)
    shown = list(picture.rows[: fits if total <= fits else max(fits - 1, 0)])
    lines = _table(shown, width) if shown else []
    if len(shown) < total:
        hidden = dict(picture.running)
        for row in shown:
            hidden[row.severity] -= 1
        of = ", ".join(f"{many} {severity}" for severity, many in hidden.items() if many > 0)
        lines.append(style.piece(f"and {total - len(shown)} more, {of}: escalate list", "bold"))
    return lines


def _table(rows: Sequence[BoardRow], width: int) -> list[Text]:
    from rich.text import Text

    columns = [column for column in _COLUMNS if width >= _NARROW.get(column, 0)]
    heads = {column: style.piece(column, "bold") for column in columns}
    wide = {
        column: max(cells[column].cell_len for cells in (heads, *(row.cells for row in rows)))
        for column in columns
    }
    left = width - sum(wide[column] + 1 for column in columns if column not in ("next", "title"))
    if "next" in wide:  # it has what the titles leave, and at least two fifths
        wide["next"] = min(wide["next"], max(left - wide["title"] - 1, left * 2 // 5))
        left -= wide["next"] + 1
    wide["title"] = max(left, 8)
    lines = []
    for cells in (heads, *(row.cells for row in rows)):
        line = Text()
        for column in columns:
            cell = cells[column].copy()
            cell.truncate(wide[column], overflow="ellipsis", pad=column != "title")
            line.append_text(cell).append("" if column == "title" else " ")
        lines.append(line)
    return lines


def _cut(line: Text, width: int) -> Text:
    line = line.copy()
    line.truncate(width, overflow="ellipsis")
    return line
