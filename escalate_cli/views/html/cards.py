"""What a card of a page can show, as values: bars to scale, tables, charts. `templates/cards.html` places
them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.views.html.heat_map import HeatMap
from escalate_cli.views.html.weeks_chart import WeeksChart
from escalate_cli.views.numbers import percent

ROWS = 10
"""rows of a list that grows with the organisation; the rest is behind a click"""


class Piece(msgspec.Struct, frozen=True):
    """A piece of a bar: the class of its colour, what it counts, the sentence that says so, and its
    width in percent of the track."""

    colour: str
    count: int
    sentence: str
    width: float = 0


class Bar(msgspec.Struct, frozen=True):
    """A row of bars: its label, the pieces it is made of, its figure, and a remark."""

    label: str
    pieces: tuple[Piece, ...]
    figure: str
    remark: str = ""


class Bars(msgspec.Struct, frozen=True):
    """Bars one below the other: those in view, and the rest behind a click on `more`. Where labels are
    `long`, a bar is below its own."""

    top: Sequence[Bar]
    rest: Sequence[Bar]
    more: str
    long: bool = False


class Group(msgspec.Struct, frozen=True):
    """Bars with a heading of their own."""

    title: str
    bars: Bars


class Took(msgspec.Struct, frozen=True):
    """A cell of a table: a median, what nine of ten stay under, and a line of so many percent (None: no
    line)."""

    median: str
    p90: str
    line: float | None = None


class Table(msgspec.Struct, frozen=True):
    """A table: what it is called, its columns, and rows whose first cell names them. With a `summary` it is
    behind a click on that."""

    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | Took]]
    summary: str = ""


class Causes(msgspec.Struct, frozen=True):
    """Why messages of a gateway failed, each with its count: those in view, and the rest behind a click."""

    gateway: str
    top: Sequence[tuple[str, int]]
    rest: Sequence[tuple[str, int]]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a page: a heading, a sentence that says what is to be seen, and what shows it, in the order
    of these fields."""

    title: str
    sentence: str = ""
    wide: bool = False
    weeks: WeeksChart | None = None
    heat_map: HeatMap | None = None
    legend: tuple[tuple[str, str], ...] = ()
    bars: Bars | None = None
    groups: tuple[Group, ...] = ()
    causes: tuple[Causes, ...] = ()
    table: Table | None = None


def to_scale(
    rows: Sequence[Bar],
    what: str = "rows",
    *,
    top: int = ROWS,
    remark: str = "",
    shares: bool = False,
    long: bool = False,
) -> Bars | None:
    """Bars of which the longest fills the width or, for `shares`, each does; None without rows.

    Beyond the `top` they are behind a click that says what they are, with the `remark`.
    """
    most = max((_count(row) for row in rows), default=0)
    drawn = [_drawn(row, _count(row) if shares else most) for row in rows]
    more = f"{len(drawn) - top} more {what}{f', {remark}' if remark else ''}"
    return Bars(drawn[:top], drawn[top:], more, long) if drawn else None


def _count(bar: Bar) -> int:
    return sum(piece.count for piece in bar.pieces)


def _drawn(bar: Bar, whole: int) -> Bar:
    pieces = (replace(piece, width=percent(piece.count, whole)) for piece in bar.pieces if piece.count)
    return replace(bar, pieces=tuple(pieces))
