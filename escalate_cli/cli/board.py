"""The live board of `watch`: what is open, who is next and when, and what happened last."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Any

from escalate_cli.cli import incident_screen, screens
from escalate_cli.context import Context
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import Incident, Situation
from escalate_cli.engine import Tally

if TYPE_CHECKING:
    from rich.live import Live

_EVENTS = 12


class Board:
    """Drawn anew after every pass. Use as a context manager: the terminal is put back at the end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._events: deque[tuple[Instant, str]] = deque(maxlen=_EVENTS)
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
        self._events.extend((tally.at, line) for line in [*tally.lines, *tally.troubles])
        if self._live is not None:
            self._live.update(self._drawing(), refresh=True)

    def _drawing(self) -> Any:
        from rich.console import Group

        context = self._context
        catalog, now = context.running_catalog, context.clock.now()
        situations = context.store.situations
        found = situations.listed(running_only=True, status=None, limit=20)
        escalations = situations.escalations(tuple(one.id for one in found))
        rows: list[tuple[Incident, Situation]] = [(one, Situation(one, escalations[one.id])) for one in found]
        zone = catalog.settings.timezone
        parts: list[Any] = [screens.words(f"escalate watch   {incident_screen.wall_time(now, zone, now)} {zone}", "bold"), ""]
        parts.append(incident_screen.list_table(rows, catalog, now, who=True) if rows else screens.words("Nothing is open.", "green"))
        parts.append("")
        parts += [
            screens.words(f"{incident_screen.wall_time(at, zone, now)}  {line}", "dim" if at != now else "") for at, line in self._events
        ]
        parts += ["", screens.words("Ctrl-C ends it; pages under way are finished first.", "dim")]
        return Group(*parts)
