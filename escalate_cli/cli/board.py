"""The live board of `watch`: what is open, who is next and when, and what happened last, whoever did it."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Any

from escalate_cli.cli import incident_screen, screens
from escalate_cli.context import Context
from escalate_cli.core.duration import MINUTE, Instant
from escalate_cli.core.model import Entry, Incident, Situation
from escalate_cli.errors import EscalateError
from escalate_cli.tally import Tally

if TYPE_CHECKING:
    from rich.live import Live

_EVENTS = 12
_TROUBLES = 4
_FRESH = MINUTE


class Board:
    """Drawn anew after every pass. Use as a context manager: the terminal is put back at the end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._troubles: deque[tuple[Instant, str]] = deque(maxlen=_TROUBLES)
        self._live: Live | None = None

    def __enter__(self) -> Board:
        import sys

        from rich.live import Live

        from escalate_cli.cli.render import console

        self._live = Live(console=console(sys.stdout, self._context.options, terminal=True), screen=True, auto_refresh=False)
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.__exit__(kind, problem, trace)

    def tell(self, tally: Tally) -> None:
        """Show how things stand after a pass."""
        self._troubles.extend((tally.at, line) for line in [*tally.troubles, *tally.warnings])
        try:
            drawing = self._drawing()
        except EscalateError as problem:  # a database that is locked for a while ends neither the watch nor its board
            drawing = screens.words(f"escalate watch\n\n{problem.message}", "bold red", lines=True)
        if self._live is not None:
            self._live.update(drawing, refresh=True)

    def _drawing(self) -> Any:
        from rich.console import Group

        context = self._context
        catalog, now = context.running_catalog, context.clock.now()
        situations = context.store.situations
        found = situations.listed(running_only=True, status=None, limit=20)
        escalations = situations.escalations(tuple(one.id for one in found))
        waiting = situations.waiting()
        rows: list[tuple[Incident, Situation]] = [(one, Situation(one, escalations[one.id], waiting.get(one.id, ()))) for one in found]
        zone = catalog.settings.timezone
        parts: list[Any] = [screens.words(f"escalate watch   {incident_screen.wall_time(now, zone, now)} {zone}", "bold"), ""]
        parts.append(incident_screen.list_table(rows, catalog, now) if rows else screens.words("Nothing is open.", "green"))
        parts += ["", *(self._happened(incident, entry, now) for incident, entry in situations.latest_entries(_EVENTS))]
        parts += [screens.words(f"{incident_screen.wall_time(at, zone, now)}  {line}", "bold red") for at, line in self._troubles]
        parts += ["", screens.words("escalate show ID · escalate ack ID     Ctrl-C ends this; pages under way are finished first", "dim")]
        return Group(*parts)

    def _happened(self, incident: int, entry: Entry, now: Instant) -> Any:
        at = incident_screen.wall_time(entry.at, self._context.running_catalog.settings.timezone, now)
        return screens.words(f"{at}  #{incident} {entry.text}", "" if now - entry.at < _FRESH else "dim")
