"""Incidents as lines: one each in the list, whatever the width; on the board two each where that does not
do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
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

_NEXT = "next page"
_COLUMNS = ("id", "severity", "who has it", "for", "teams", _NEXT, "title")
_ALWAYS = ("id", "severity", "title")
_ROOM_FOR_TITLES = 24
"""columns that titles have before anything else is left out for them"""
_BETWEEN = " · "
_SHORT_NAME = 12
"""columns of whoever has it, where there is no room for more"""
_LEAST_NAME = 8
_ROOM_FOR_MARKS = 16
"""columns that titles have before the mark of a nudge is put shorter for them"""
_LEAST_TITLE = 8
_WHOLE = 1 << 20


class _Wording(Enum):
    """How much a cell says."""

    SHORT = "in less"
    LEAST = "in as little as there is"


_STEPS = (
    ("teams", None, _WHOLE),
    (_NEXT, _Wording.SHORT, _WHOLE),
    ("who has it", _Wording.SHORT, _WHOLE),
    ("for", None, _WHOLE),
    (_NEXT, None, _WHOLE),
    ("who has it", _Wording.LEAST, _ROOM_FOR_TITLES),
    ("title", _Wording.LEAST, _ROOM_FOR_MARKS),
    ("who has it", None, _LEAST_TITLE),
)
"""how the list puts a column, or that it drops it (None), one after the other, until titles have so many
columns, or as many as they need"""


class IncidentLine(msgspec.Struct, frozen=True):
    """An incident as a line: each cell by its column, in `short` those that can be said in less, and in
    `least` in as little as there is. `below` is what stands below its title where there is no room for
    columns, what matters most first.
    """

    cells: Mapping[str, Text]
    short: Mapping[str, Text]
    least: Mapping[str, Text]
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
    short = {
        "next page": soonest,
        "who has it": _cut(_who_in_short(line, cells["who has it"]), _SHORT_NAME),
        "title": style.piece(line.title, title),
    }
    least = {
        "who has it": _cut(_first_name(line, cells["who has it"]), _LEAST_NAME),
        "title": _titled(line, title, mark="?"),
    }
    return IncidentLine(cells, short, least, [text for text in _below(line, now, cells) if text.plain])


def _below(line: BoardLine, now: Instant, cells: Mapping[str, Text]) -> Iterator[Text]:
    """Who is paged next and when, which nudges wait, who has it, for how long it has been open."""
    if line.pages:
        yield style.piece(f"next {_next(line.pages[:1], now)}", "bold" if line.is_unanswered else "dim")
    yield _nudges(line)
    over = line.status is IncidentStatus.RESOLVED
    has_it = " has it in part" if line.in_part else " has it"
    yield cells["who has it"] if over else _holder(line) + style.piece(has_it, "dim")
    yield cells["for"]


def _titled(line: BoardLine, quiet: str, mark: str = "nudge ") -> Text:
    """The title; before it the nudge that waits for an answer: a column would cost every line."""
    nudges = _nudges(line, mark)
    between = " " * min(len(mark), 2) if nudges.plain else ""
    return nudges.append(between).append_text(style.piece(line.title, quiet))


def _nudges(line: BoardLine, mark: str = "nudge ") -> Text:
    from rich.text import Text

    text = Text()
    return (
        text.append(f"{mark}{line.nudges[0]}{_more(len(line.nudges) - 1)}", "bold") if line.nudges else text
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


def _who_in_short(line: BoardLine, whole: Text) -> Text:
    """As it stands where it fits; else who has it by their first name."""
    if line.status is IncidentStatus.RESOLVED:
        return style.piece(_over(line), "dim")
    return (
        whole if whole.cell_len <= _SHORT_NAME or not line.in_part else _first_name(line, whole, ", in part")
    )


def _first_name(line: BoardLine, whole: Text, more: str = "") -> Text:
    if line.status is IncidentStatus.RESOLVED:
        return style.piece("over", "dim")
    return style.piece((whole.plain.split() or [""])[0] + more, str(_holder(line).style))


def _cut(text: Text, width: int) -> Text:
    text = text.copy()
    text.truncate(width, overflow="ellipsis")
    return text


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


def lines_each(lines: Sequence[IncidentLine], width: int) -> int:
    """How many lines each of these incidents takes: one, or two where there is no room for columns."""
    rows, columns = _whole(lines)
    if not rows:
        return 1
    columns = _fitted(columns, rows, lines, width)
    longest = max(row["title"].cell_len for row in rows)
    return 1 if _room(columns, rows, width) >= min(longest, _ROOM_FOR_TITLES) else 2


def list_lines(lines: Sequence[IncidentLine], width: int | None) -> list[Text]:
    """A line for each incident under a line of heads, each at most `width` wide (None: as wide as it
    is). Teams give way first, then for how long, then the next page, before any title is cut; a line
    that has room for its next page has it at the right edge.
    """
    rows, columns = _whole(lines)
    if width is None or not rows:
        return _sheet(rows, columns, width, heads=True)
    longest, heads = max(row["title"].cell_len for row in rows), True
    for column, how, most in _STEPS:
        if _room(columns, rows, width, heads=heads) >= min(longest, most):
            break
        if how is None:
            columns = [kept for kept in columns if kept != column]
            continue
        heads = heads and how is not _Wording.LEAST
        for row, line in zip(rows, lines, strict=True):
            row[column] = (line.short if how is _Wording.SHORT else line.least)[column]
    texts = _sheet(rows, columns, width, heads=heads)
    return texts if _NEXT in columns else _at_the_edge(texts, lines, width, heads=heads)


def _at_the_edge(texts: list[Text], lines: Sequence[IncidentLine], width: int, *, heads: bool) -> list[Text]:
    """The same lines, with the next page behind those titles that leave room for it."""
    pages = [
        *([style.piece("next page", "bold")] if heads else []),
        *(line.short["next page"] for line in lines),
    ]
    begins = width - max(page.cell_len for page in pages)
    fits = [bool(page.plain) and text.cell_len + 2 <= begins for page, text in zip(pages, texts, strict=True)]
    if not any(fits[heads:]):
        return texts
    return [
        text.copy().append(" " * (begins - text.cell_len)).append_text(page) if there else text
        for text, page, there in zip(texts, pages, fits, strict=True)
    ]


def lay_out_lines(
    lines: Sequence[IncidentLine], width: int, *, heads: bool = True, each: int | None = None
) -> list[Text]:
    """The lines of the board: one for each incident under a line of heads, each at most `width` wide. Where
    that is narrow, teams give way first, then all but the next page, names, and the time.
    Where that is not enough, each is two lines (`each`; None: as `lines_each` says), without heads.
    """
    if (each or lines_each(lines, width)) > 1:
        return [text for line in lines for text in _block(line, width)]
    rows, columns = _whole(lines)
    if rows:
        columns = _fitted(columns, rows, lines, width)
    return _sheet(rows, columns, width, heads=heads)


def _sheet(
    rows: Sequence[Mapping[str, Text]], columns: Sequence[str], width: int | None, *, heads: bool
) -> list[Text]:
    """The rows, their columns below each other."""
    if heads:
        rows = [{column: style.piece(column, "bold") for column in _COLUMNS}, *rows]
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


def _room(
    columns: Sequence[str], rows: Sequence[Mapping[str, Text]], width: int, *, heads: bool = True
) -> int:
    """What is left for titles beside these columns."""
    cells = [
        max(len(column) if heads else 0, *(row[column].cell_len for row in rows)) for column in columns[:-1]
    ]
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
