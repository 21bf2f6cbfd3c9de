"""How the board fits a terminal of any size: the worst incidents, every trouble and the last line
stay; old events give way first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.incident_lines import IncidentLine, lay_out_lines, lines_each
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.incident.worst_first import Standing

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
_AIRY = 12
"""lines without troubles and the last one; from here on there are heads and empty lines between"""
_ROOMY = 16
"""lines for incidents and events, from where on some events stay"""


class Picture(msgspec.Struct, frozen=True):
    """What there is to show. `running` is everything that runs and `rows` the first of it, both worst
    first; `badge` draws a severity. `heads` are the first line, the longest first: the first that fits is
    taken. `events` and `troubles` are oldest first."""

    heads: Sequence[Text]
    rows: Sequence[IncidentLine]
    running: Sequence[Standing]
    badge: Callable[[str], Text]
    events: Sequence[Text]
    troubles: Sequence[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        yield Text("\n").join(
            lay_out(self, options.max_width, options.height or options.size.height, console)
        )


def lay_out(picture: Picture, width: int, height: int, console: Console) -> list[Text]:
    """The lines of the board, each at most `width` wide, at most `height` of them."""
    footer = style.piece(next((text for text in _FOOTERS if len(text) <= width), _FOOTERS[-1]), "dim")
    troubles = _troubles(picture.troubles, width, height, console)[: max(height - 1, 0)]
    room = height - len(troubles) - 1
    middle = _airy(picture, width, room) if room >= _AIRY else _tight(picture, width, room)
    empty = [style.piece("")] if room >= _AIRY else []
    return [_cut(line, width) for line in [*middle, *troubles, *empty, footer]]


def _airy(picture: Picture, width: int, room: int) -> list[Text]:
    """The head, the incidents below their heads, and what happened last, an empty line between each."""
    left = room - 3  # the head, an empty line below it, one before the last line of all
    listed = _incidents(picture, width, left, heads=True)
    kept = left - len(listed) - 1  # an empty line before the events
    events = list(picture.events)[-kept:] if kept > 0 else []
    empty = style.piece("")
    return [_head(picture, width), empty, *listed, *([empty] if events else []), *events]


def _head(picture: Picture, width: int) -> Text:
    return next((head for head in picture.heads if head.cell_len <= width), picture.heads[-1])


def _tight(picture: Picture, width: int, room: int) -> list[Text]:
    """As much as fits into a few lines: the incidents, then the head, then what happened last."""
    head = [_head(picture, width)] if room >= 3 else []
    listed = _incidents(picture, width, room - len(head), heads=False)
    kept = room - len(head) - len(listed)
    return [*head, *listed, *(list(picture.events)[-kept:] if kept > 0 else [])]


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


def _incidents(picture: Picture, width: int, room: int, *, heads: bool) -> list[Text]:
    """The worst incidents, a line each or two, in at most `room` lines; and how many more there are, and
    how bad these are.
    """
    if room <= 0:
        return []
    total = len(picture.running)
    if not total:
        return [style.piece("Nothing is open.", "green")]
    each = lines_each(picture.rows[:room], width)
    heads = heads and each == 1
    free = max(room - heads, 1)
    gravest = sum(standing.severity == picture.running[0].severity for standing in picture.running)
    roomy = free - _KEPT_EVENTS - 1 if free >= _ROOMY else free
    fits = min(max(roomy, min(gravest * each + 1, free)), free)
    # a single line is for the worst incident
    rows = list(picture.rows[: total if total * each <= fits else max((fits - 1) // each, 1)])
    lines = lay_out_lines(rows, width, heads=heads and room > 1, each=each)[:room]
    if len(rows) < total and len(lines) < room:
        lines.append(_hidden(picture, picture.running[len(rows) :]))
    return lines


def _hidden(picture: Picture, hidden: Sequence[Standing]) -> Text:
    """`and 22 more, 1 critical, 21 minor: escalate list`, the gravest as loud as above; how many of them
    somebody has, where that is not none.
    """
    by_severity = Counter(standing.severity for standing in hidden)
    unanswered = sum(standing.status is IncidentStatus.OPEN for standing in hidden)
    line = style.piece(f"and {len(hidden)} more", "bold")
    for severity, many in by_severity.items():
        count = style.piece(f"{many} {severity}", "bold")
        if severity == picture.running[0].severity:
            count.stylize(picture.badge(severity).style)
        line.append(", ").append_text(count)
    answers = {0: "; all answered", len(hidden): ""}.get(unanswered, f"; {unanswered} unanswered")
    return line.append(answers).append(": escalate list")


def _cut(line: Text, width: int) -> Text:
    line = line.copy()
    line.truncate(width, overflow="ellipsis")
    return line
