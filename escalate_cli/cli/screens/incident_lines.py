"""Incidents as lines, one each, in the list and on the board; two each where the width does not do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import MINUTE, Instant, show_about
from escalate_cli.core.calendar.moment import from_now
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.views.board import BoardLine, NextPage

if TYPE_CHECKING:
    from rich.text import Text

_COLUMNS = ("id", "severity", "who has it", "for", "teams", "next page", "title")
_ALWAYS = ("id", "severity", "title")
_ROOM_FOR_TITLES = 24
"""columns that titles have before anything else is left out for them"""
_BETWEEN = " · "
_SHORT_NAME = 12
"""columns of whoever has it, where there is no room for more"""


class IncidentLine(msgspec.Struct, frozen=True):
    """An incident as a line: each cell by its column, and in `short` those that can be said in less.
    `below` is what stands below its title where there is no room for columns, what matters most first.
    """

    cells: Mapping[str, Text]
    short: Mapping[str, Text]
    below: Sequence[Text]


def incident_line(line: BoardLine, catalog: Catalog, now: Instant) -> IncidentLine:
    """The cells of this incident. What somebody has is dim but for its severity and their name."""
    quiet = "" if line.is_unanswered else "dim"
    urgent = catalog.severity(line.severity).urgency is Urgency.HIGH
    title = "bold" if line.is_unanswered and urgent else quiet
    soonest = style.piece(_next(line.pages[:1], now), quiet)
    cells = {
        "id": style.piece(f"#{line.id}", quiet),
        "severity": style.badge(line.severity, catalog, over=line.status is IncidentStatus.RESOLVED),
        "who has it": _who(line),
        "for": style.piece(show_about(line.lasted), quiet),
        "teams": style.piece(", ".join(line.teams), quiet),
        "next page": style.piece(_next(line.pages, now), quiet),
        "title": _titled(line, title),
    }
    over = line.status is IncidentStatus.RESOLVED
    name = style.piece(_over(line), "dim") if over else cells["who has it"].copy()
    name.truncate(_SHORT_NAME, overflow="ellipsis")
    short = {"next page": soonest, "who has it": name, "title": style.piece(line.title, title)}
    return IncidentLine(cells, short, [text for text in _below(line, now, cells) if text.plain])


def _below(line: BoardLine, now: Instant, cells: Mapping[str, Text]) -> Iterator[Text]:
    """Who is paged next and when, which nudges wait, who has it, for how long it has been open."""
    if line.pages:
        yield style.piece(f"next {_next(line.pages[:1], now)}", "bold" if line.is_unanswered else "dim")
    yield _nudges(line)
    over = line.status is IncidentStatus.RESOLVED
    has_it = " has it in part" if line.in_part else " has it"
    yield cells["who has it"] if over else _holder(line) + style.piece(has_it, "dim")
    yield cells["for"]


def _titled(line: BoardLine, quiet: str) -> Text:
    """The title; before it the nudge that waits for an answer: a column would cost every line."""
    mark = _nudges(line)
    return mark.append("  " if mark.plain else "").append_text(style.piece(line.title, quiet))


def _nudges(line: BoardLine) -> Text:
    from rich.text import Text

    text = Text()
    return (
        text.append(f"nudge {line.nudges[0]}{_more(len(line.nudges) - 1)}", "bold") if line.nudges else text
    )


def _who(line: BoardLine) -> Text:
    if line.status is IncidentStatus.RESOLVED:
        return style.piece(_who_had_it(line), "dim")
    return _holder(line) + style.piece(", in part" if line.in_part else "")


def _holder(line: BoardLine) -> Text:
    if not line.has_it:
        return style.piece(
            "nobody" if line.is_unanswered else "somebody", "bold" if line.is_unanswered else ""
        )
    return style.piece(line.has_it[0] + _more(len(line.has_it) - 1), "" if line.in_part else "green")


def _over(line: BoardLine) -> str:
    """`over: Bo`, by the first name of whoever ended it."""
    return f"over: {line.resolved_by.split()[0]}" if line.resolved_by else "over"


def _who_had_it(line: BoardLine) -> str:
    """`Ana Ruiz, resolved by Bo Chen`, each where it is known, nobody twice."""
    ended = f"resolved by {line.resolved_by}" if line.resolved_by else "resolved"
    had = [name for name in line.has_it if name != line.resolved_by]
    return f"{had[0]}{_more(len(had) - 1)}, {ended}" if had else ended


def _next(pages: Sequence[NextPage], now: Instant) -> str:
    """`in 2m: Ana Ruiz, in 5m: Bo Chen`: the soonest page, and the next one of somebody else."""
    shown = list(pages[:1])
    shown += [page for page in pages[1:] if set(page.names) - set(shown[0].names)][:1]
    return ", ".join(f"{soon(page.at, now)}: {page.names[0]}{_more(len(page.names) - 1)}" for page in shown)


def _more(many: int) -> str:
    return f" +{many}" if many > 0 else ""


def soon(at: Instant | None, now: Instant) -> str:
    """How far ahead `at` is, as coarsely as the eye wants it: `in 45s`, `in 5m`, `now`; "–" for None."""
    if at is None:
        return "–"
    ahead = at - now
    if ahead <= 0:
        return "now"
    return f"in {show_about(-(-ahead // MINUTE) * MINUTE)}" if ahead > 2 * MINUTE else from_now(at, now)


def lines_each(lines: Sequence[IncidentLine], width: int | None) -> int:
    """How many lines each of these incidents takes: one, or two where there is no room for columns."""
    rows, columns = _whole(lines)
    if width is None or not rows:
        return 1
    columns = _fitted(columns, rows, lines, width)
    longest = max(row["title"].cell_len for row in rows)
    return 1 if _room(columns, rows, width) >= min(longest, _ROOM_FOR_TITLES) else 2


def lay_out_lines(
    lines: Sequence[IncidentLine], width: int | None, *, heads: bool = True, each: int | None = None
) -> list[Text]:
    """A line for each incident under a line of heads, each at most `width` wide (None: as wide as it
    is). Where that is narrow, teams give way first, then all but the next page, names, and the time.
    Where that is not enough, each is two lines (`each`; None: as `lines_each` says), without heads.
    """
    if width is not None and (each or lines_each(lines, width)) > 1:
        return [text for line in lines for text in _block(line, width)]
    rows, columns = _whole(lines)
    if width is not None and rows:
        columns = _fitted(columns, rows, lines, width)
    if heads:
        rows.insert(0, {column: style.piece(column, "bold") for column in _COLUMNS})
    wide = {column: max((row[column].cell_len for row in rows), default=0) for column in columns}
    return [_joined(row, columns, wide, width) for row in rows]


def _whole(lines: Sequence[IncidentLine]) -> tuple[list[dict[str, Text]], list[str]]:
    """Every cell, and the columns in which there is anything."""
    rows = [dict(line.cells) for line in lines]
    return rows, [
        column for column in _COLUMNS if column in _ALWAYS or any(row[column].plain for row in rows)
    ]


def _block(line: IncidentLine, width: int) -> list[Text]:
    """The title with its number and how bad it is; below it as much of the rest as fits."""
    from rich.text import Text

    first = Text(" ").join([line.cells["id"], line.cells["severity"], line.short["title"]])
    second = Text("  ").append_text(line.below[0])
    for text in line.below[1:]:
        room = width - second.cell_len - len(_BETWEEN)
        if min(text.cell_len, _SHORT_NAME) <= room:
            piece = text.copy()
            piece.truncate(room, overflow="ellipsis")
            second.append(_BETWEEN, "dim").append_text(piece)
    for text in (first, second):
        text.truncate(width, overflow="ellipsis")
    return [first, second]


def _fitted(
    columns: list[str], rows: list[dict[str, Text]], lines: Sequence[IncidentLine], width: int
) -> list[str]:
    """The columns for which there is room beside titles. In `rows`, cells are put shorter where need be."""
    longest = max(row["title"].cell_len for row in rows)
    roomy = min(longest, max(_ROOM_FOR_TITLES, width * 3 // 8))
    steps = (
        ("teams", "drop", roomy),
        ("next page", "shorten", roomy),
        ("who has it", "shorten", roomy),
        ("for", "drop", roomy),
    )
    for column, what, wanted in steps:
        if _room(columns, rows, width) >= wanted:
            continue
        if what == "drop":
            columns = [kept for kept in columns if kept != column]
        else:
            for row, line in zip(rows, lines, strict=True):
                row[column] = line.short[column]
    return columns


def _room(columns: Sequence[str], rows: Sequence[Mapping[str, Text]], width: int) -> int:
    """What is left for titles beside these columns."""
    cells = [max(len(column), *(row[column].cell_len for row in rows)) for column in columns[:-1]]
    return width - sum(cells) - len(cells)


def _joined(
    cells: Mapping[str, Text], columns: Sequence[str], wide: Mapping[str, int], width: int | None
) -> Text:
    from rich.text import Text

    line = Text()
    for column in columns[:-1]:
        line.append_text(cells[column]).append(" " * (wide[column] - cells[column].cell_len + 1))
    line.append_text(cells[columns[-1]])
    if width is not None:
        line.truncate(width, overflow="ellipsis")
    return line
