"""The live board of `watch`: what is open, who is next and when, and what happened last, whoever did it."""

from __future__ import annotations

import sys
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING

from escalate_cli.actions.overview import overview
from escalate_cli.cli.outlet import Outlet, Sheet
from escalate_cli.cli.output import console
from escalate_cli.cli.screens import board_layout, style
from escalate_cli.cli.screens.incident_lines import incident_line
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.calendar.moment import named_wall_time, wall_time
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import EscalateError
from escalate_cli.views.board import board_line, not_delivered

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.text import Text

_MOST_EVENTS = 40
_MOST_ROWS = 100
"""more than any terminal has lines for"""
_TROUBLES = 4
_FRESH = MINUTE


class Board:
    """Drawn anew after every pass, through an outlet: no pass waits for a terminal. Use as a
    context manager: the terminal is put back at the end."""

    def __init__(self, context: Context, outlet: Outlet) -> None:
        self._context, self._outlet = context, outlet
        self._sheet = Sheet(outlet.put, sys.stdout.encoding)
        self._troubles: deque[tuple[Instant, str]] = deque(maxlen=_TROUBLES)
        self._live: Live | None = None

    def __enter__(self) -> Board:
        from rich.live import Live

        self._live = Live(
            console=console(self._sheet, self._context.options, terminal=True),
            screen=True,
            auto_refresh=False,
        )
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, problem, trace)

    def tell(self, report: PassReport) -> None:
        """Show how things stand after a pass."""
        self._troubles.extend((report.at, line) for line in [*report.troubles, *report.warnings])
        drawing: RenderableType
        try:
            drawing = self._drawing()
        # a database that is locked for a while ends neither the watch nor its board
        except EscalateError as problem:
            drawing = style.piece(f"escalate watch\n\n{problem.message}", "bold red", lines=True)
        if self._live is not None:
            picture: list[bytes] = []
            self._sheet.take = picture.append
            try:
                self._live.update(drawing, refresh=True)
            finally:
                self._sheet.take = self._outlet.put
            self._outlet.show(b"".join(picture))

    def _drawing(self) -> board_layout.Picture:
        context = self._context
        catalog, now = context.running_catalog, context.clock.now()
        going_on = overview(context, most_situations=_MOST_ROWS, most_entries=_MOST_EVENTS)
        running = going_on.running
        unanswered = sum(standing.status is IncidentStatus.OPEN for standing in running)
        zone = catalog.settings.timezone
        count = f"{len(running)} open, {unanswered} unanswered   " if running else ""
        clock = f"{count}{named_wall_time(now, zone, now)}"
        heads = (f"escalate watch   {clock} {zone}", f"escalate watch   {clock}", clock)
        return board_layout.Picture(
            heads=[style.piece(head, "bold") for head in heads],
            rows=[
                incident_line(board_line(situation, catalog, now), catalog, now)
                for situation in going_on.situations
            ],
            running=running,
            badge=lambda severity: style.badge(severity, catalog),
            events=[self._happened(incident, entry, now) for incident, entry in going_on.entries],
            troubles=[
                style.piece(line, "bold red")
                for line in [
                    *filter(None, [not_delivered(going_on.failing, catalog, now)]),
                    *(f"{wall_time(at, zone, now)}  {line}" for at, line in self._troubles),
                ]
            ],
        )

    def _happened(self, incident: int, entry: Entry, now: Instant) -> Text:
        at = wall_time(entry.at, self._context.running_catalog.settings.timezone, now)
        return style.piece(f"{at}  #{incident} {entry.text}", "" if now - entry.at < _FRESH else "dim")
