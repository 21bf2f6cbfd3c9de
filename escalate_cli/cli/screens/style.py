"""What screens are made of: colours of states, tables and facts in one quiet style (times:
core/calendar/moment.py).

Everything here takes data as it is and makes it harmless (`printable`); Rich's markup in data means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens.narrow import PROSE_WIDTH, FittingTable
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.wording.text import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

STYLES = {
    "open": "bold red",
    "acknowledged": "yellow",
    "resolved": "green",
    "paging": "bold red",
    "exhausted": "bold red",
    "stopped": "dim",
    "pending": "cyan",
    "sending": "cyan",
    "retrying": "yellow",
    "sent": "green",
    "failed": "bold red",
    "cancelled": "dim",
    "accepted": "green",
    "declined": "dim",
    "expired": "dim",
    "error": "bold red",
    "warning": "yellow",
    "ok": "green",
}


def piece(text: object, style: str = "", *, lines: bool = False) -> Text:
    """Data as a piece of a screen: harmless, in `style`."""
    from rich.text import Text

    return Text(printable(text, lines=lines), style)


def badge(severity_id: str, catalog: Catalog, *, over: bool = False) -> Text:
    """A severity as a badge, in capitals: the gravest is white on red, the loudest thing of any screen.
    Of what is over it is plain.
    """
    known = catalog.severity(severity_id)
    if over:
        colours = "dim"
    elif known.urgency is not Urgency.HIGH:
        colours = "bright_white on bright_black"
    else:
        colours = "bold white on red" if known.rank >= len(catalog.severities) - 1 else "black on yellow"
    return piece(severity_id.upper(), colours)


def state(status: str) -> Text:
    """A status in its colour."""
    return piece(status, STYLES.get(status, ""))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    wrap: Iterable[str] = (),
    right: Iterable[str] = (),
    prose_at_least: int = PROSE_WIDTH,
) -> FittingTable:
    """A table with one line under its head and no others. A cell is data (made harmless), a `Text`
    of `piece`/`state`, or something `indented`; None is "–".

    `wrap` names the columns of prose, which give way when the terminal is narrow; the others keep
    their words whole. `right` names the columns that hold numbers. Where there is no room for that, or
    less than `prose_at_least` columns for prose that is as long, each row is a block.
    """
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    listed = list(rows)
    prose, numbers = set(wrap), set(right)
    sheet = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold"
    )
    for number, column in enumerate(columns):
        sheet.add_column(
            column,
            justify="right" if column in numbers else "left",
            no_wrap=column not in prose,
            min_width=min(prose_at_least, max((len(str(row[number])) for row in listed), default=0))
            if column in prose
            else None,
            overflow="fold" if column in prose else "ellipsis",
        )
    cells = [
        [cell if isinstance(cell, Text | Padding) else piece("–" if cell is None else cell) for cell in row]
        for row in listed
    ]
    for row in cells:
        sheet.add_row(*row)
    places = [number for number, column in enumerate(columns) if column in prose]
    right_places = [number for number, column in enumerate(columns) if column in numbers]
    return FittingTable(sheet, columns, cells, frozenset(places), frozenset(right_places), prose_at_least)


def indented(text: object, depth: int) -> Padding:
    """Data that is set in by two columns for each step of `depth`, in all of its lines."""
    from rich.padding import Padding

    return Padding(piece(text), (0, 0, 0, 2 * depth))


def pairs(named: Iterable[tuple[str, object]]) -> Table:
    """Names and values, one pair a line; pairs whose value is None, "" or empty are left out."""
    from rich.table import Table
    from rich.text import Text

    sheet = Table.grid(padding=(0, 2, 0, 0))
    sheet.add_column(style="dim", no_wrap=True)
    sheet.add_column(overflow="fold")
    for name, value in named:
        if value in (None, "", (), [], {}):
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        sheet.add_row(piece(name), shown if isinstance(shown, Text) else piece(shown, lines=True))
    return sheet


def height_of(console: Console, draw: Callable[[], None]) -> int:
    """How many lines this would take, as they are drawn; nothing is shown."""
    with console.capture() as capture:
        draw()
    return capture.get().count("\n")


def heading(console: Console, text: object, *, above: bool = True) -> None:
    """A bold line of its own, after an empty one unless it comes first."""
    if above:
        console.print()
    console.print(piece(text, "bold"))
