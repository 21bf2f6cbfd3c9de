"""The demonstration on a screen: the command that is typed, what followed from it, and the messages
as they arrived.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from escalate_cli.cli.outlet import Outlet, Sheet
from escalate_cli.cli.output import Draw, console, drawn, lost, write_out
from escalate_cli.cli.screens import style
from escalate_cli.cli.typed_line import run_line
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import Notification
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.demo.inbox import ReceivedMessage
from escalate_cli.demo.lessons import Lessons
from escalate_cli.demo.place import ScratchPlace
from escalate_cli.demo.scenes import ArrivedMessage, Performance, Scene, SentBack, StoryEvent, Tap
from escalate_cli.views.numbers import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

_WIDEST = 100
_MARGIN = 8  # columns before the text of a line
_TELLING = ("Why you:", "Told so far:", "Next:", "Proposed:", "Yes:", "Acknowledge:", "Tap ", "Reply ")
"""the lines of a mail that say most; the whole of it is in `--json`"""
_COLOURS = {
    EntryKind.LEVEL: "bold",
    EntryKind.PAGED: "bold",
    EntryKind.NUDGE: "magenta",
    EntryKind.ACKNOWLEDGED: "green",
    EntryKind.RESOLVED: "green",
    EntryKind.FAILED: "bold red",
    EntryKind.RETRYING: "yellow",
    EntryKind.SKIPPED: "yellow",
}


class SilentStage:
    """Runs the commands and shows nothing: for `--json`, which tells everything at the end."""

    def __init__(self, place: ScratchPlace) -> None:
        self._place = place

    def begin(self, scene: Scene) -> None:
        """Nothing to see."""

    def run(self, command: str, *, show: bool = False) -> None:
        """Run it."""
        run_line(command, self._place.context, self._place.path)

    def tell(self, happening: StoryEvent, after: Span) -> None:
        """Nothing to see."""

    def wait(self, text: str) -> None:
        """Nothing to see."""

    def learn(self, lessons: Lessons) -> None:
        """Nothing to see."""


class Screen:
    """Draws the story block by block, with one live line while time passes. Use as a context
    manager: the terminal is put back.
    """

    def __init__(self, place: ScratchPlace, options: Options, *, live: bool) -> None:
        self._place, self._options, self._is_live = place, options, live
        self._context = place.context
        self._live: Live | None = None
        self._outlet = Outlet(1, lambda problem: lost(problem, options, acted=True))
        self._waiting = False
        self._scenes = 0
        self._shown: set[tuple[str, str, str]] = set()
        self._reasons: set[str] = set()

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_waiting()
        self._outlet.close(None if kind is None else 1.0)  # whoever watches to the end may take their time

    # ── the story's own words ──────────────────────────────────────────────────────────

    def open(self) -> None:
        """Who is who, and that nothing of the user's is touched."""
        catalog, now = self._context.running_catalog, self._context.clock.now()
        rows = []
        for service in catalog.services.values():
            team = catalog.teams[service.team]
            rota = catalog.schedules.get(team.on_call or "")
            shift = shift_in(catalog, rota, now) if rota else None
            on_call = catalog.person_name(shift.person) if shift and shift.person else None
            rows.append(
                (service.name, team.name, on_call, catalog.person_name(team.lead) if team.lead else None)
            )

        def draw(console: Console) -> None:
            console.print(style.piece("Puffin Ferries, an invented company", "bold"))
            console.print()
            console.print(style.table(("service", "team", "on call now", "lead"), rows))
            console.print()
            console.print(
                style.piece(f"All of it runs for real, in {self._place.path},", "dim"), soft_wrap=True
            )
            console.print(
                style.piece(
                    "with an inbox on 127.0.0.1. Nothing of yours is read or written. Ctrl-C ends it.", "dim"
                )
            )

        self._draw(draw)

    def begin(self, scene: Scene) -> None:
        """A rule with the scene's name, and a sentence."""
        self._scenes += 1
        number = self._scenes
        self._waiting = False
        self._reasons.clear()

        def draw(console: Console) -> None:
            from rich.rule import Rule
            from rich.text import Text

            title = Text.assemble((f"{number} ", "dim"), (scene.title, "bold"))
            console.print()
            console.print(
                Rule(title, align="left", style="dim", characters="─"), width=min(console.width, _WIDEST)
            )
            if scene.prose:
                console.print(style.piece(scene.prose, "dim"))

        self._draw(draw)

    def run(self, command: str, *, show: bool = False) -> None:
        """The command line as typed, then what it did; `show` draws its answer as it would be seen."""
        from rich.text import Text

        def prompt(console: Console) -> None:
            console.print()
            console.print(Text.assemble(("$ ", "dim"), (command, "bold cyan")), soft_wrap=True)

        self._draw(prompt)
        # its notes are left out: what could not be delivered is on the timeline
        answer = run_line(command, self._context, self._place.path)
        screen = answer.screen
        if show and callable(screen):
            self._draw(screen)
        elif show:
            told = screen or " ".join(answer.notes)
            self._draw(lambda console: console.print(_line(None, style.piece(str(told)))))

    def tell(self, happening: StoryEvent, after: Span) -> None:
        """A line of the timeline, or a message with the text that arrived."""
        if isinstance(happening, Entry):
            if happening.kind is EntryKind.DECLARED:
                return  # the command has said it a line above
            self._draw(lambda console: console.print(_line(after, _entry_text(happening, self._context))))
        elif isinstance(happening, Tap):
            who = self._context.running_catalog.person_name(happening.person)
            tapped = style.piece(f'{who} taps "{happening.label}" on the phone', "bold green")
            self._draw(lambda console: console.print(_line(after, tapped)))
        elif isinstance(happening, SentBack):
            self._draw(lambda console: _draw_sent_back(console, happening, after))
        else:
            self._draw(lambda console: self._draw_delivery(console, happening, after))

    def wait(self, text: str) -> None:
        """On a terminal a line that counts; elsewhere it is said once."""
        if not self._is_live:
            if not self._waiting:
                self._draw(lambda console: console.print(style.piece(f"        {text}", "dim")))
            self._waiting = True
            return
        from rich.live import Live
        from rich.spinner import Spinner

        if self._live is None:
            from rich.padding import Padding

            self._spinner = Spinner("dots", style="yellow")
            self._live = Live(
                Padding(self._spinner, (0, 0, 0, 8)),
                console=console(Sheet(self._outlet.put, sys.stdout.encoding), self._options, terminal=True),
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._spinner.update(text=style.piece(text, "yellow"))
        self._live.refresh()

    def learn(self, lessons: Lessons) -> None:
        """The record in figures."""
        pairs = _lesson_lines(lessons)
        self._draw(lambda console: console.print(style.pairs(pairs)))

    # ── drawing ────────────────────────────────────────────────────────────────────────

    def _draw(self, draw: Draw) -> None:
        self._stop_waiting()
        self._outlet.put(drawn(draw, self._options))

    def _stop_waiting(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _draw_delivery(self, console: Console, delivery: ArrivedMessage, after: Span) -> None:
        from rich.text import Text

        notification, arrived = delivery.notification, delivery.received
        who = self._context.running_catalog.name_of(notification.recipient)
        head = Text.assemble(
            (f"{notification.gateway} to ", ""), (who, "bold"), (f"  {notification.address}", "dim")
        )
        console.print(_line(after, head))
        if arrived is None:
            console.print(_line(None, style.piece("but it is not in the inbox", "bold red")))
            return
        lines = _telling_lines(notification, arrived)
        key = (notification.gateway, notification.kind.value, lines[0])
        for line in lines[:1] if key in self._shown else lines:
            console.print(_line(None, _quoted(line, console)))
        self._shown.add(key)
        if (
            notification.because
            and notification.because not in self._reasons
            and not any(line.startswith("Why you:") for line in lines)
        ):
            source = f" ({notification.source})" if notification.source else ""
            console.print(_line(None, style.piece(f"because: {notification.because}{source}", "dim")))
        self._reasons.add(notification.because)


def _draw_sent_back(console: Console, told: SentBack, after: Span) -> None:
    message = told.received
    console.print(_line(after, style.piece(f"{message.gateway} back to {message.to}")))
    console.print(_line(None, _quoted(message.text.splitlines()[0], console)))


def _quoted(text: str, console: Console) -> Text:
    """A line of a message with a bar before it, also where it wraps."""
    from rich.text import Text

    wrapped = style.piece(text, "cyan").wrap(console, max(console.width - _MARGIN - 2, 20))
    return Text("\n").join(Text.assemble(("│ ", "dim cyan"), line) for line in wrapped)


def draw_end(played: Performance, options: Options) -> None:
    """The last words, when everything has been put away: how long it took, and what to do next."""
    nexts = (
        ("escalate init", "a configuration to start from"),
        ("escalate check", "what is wrong or missing in it"),
        ('escalate route "customers can\'t log in"', "who would be paged"),
    )

    def draw(console: Console) -> None:
        console.print()
        for line in played.undelivered:
            console.print(style.piece(line, "bold red"))
        farewell = (
            f"That took {played.took / SECOND:.0f} seconds, and nothing of it is left behind. Now for"
            " yourself:"
        )
        console.print(style.piece(farewell))
        console.print()
        for command, what in nexts:
            console.print(style.piece(f"  {command:<42}", "bold cyan") + style.piece(what, "dim"))

    write_out(drawn(draw, options), options, acted=True)


def _line(after: Span | None, text: Text) -> Table:
    """A line of the story: the seconds since the declaration, then the text, which wraps under itself."""
    from rich.table import Table

    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=_MARGIN - 2, justify="right", style="dim", no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row("" if after is None else f"{after / SECOND:.1f}s", text)
    return row


def _entry_text(entry: Entry, context: Context) -> Text:
    by = context.running_catalog.person_name(entry.by) if entry.by else ""
    said_by = f"  ({by})" if entry.by and not entry.event.names(entry.by) else ""
    return style.piece(entry.text, _COLOURS.get(entry.kind, "")) + style.piece(said_by, "dim")


def _telling_lines(notification: Notification, arrived: ReceivedMessage) -> list[str]:
    """What to show of a message: a text message whole; of a mail its subject and the lines that say most."""
    lines = arrived.text.splitlines() or [""]
    if not arrived.title:
        return lines
    if notification.note:
        return [arrived.title, lines[0]]
    return [arrived.title, *(line for line in lines if line.startswith(_TELLING))]


def _sent(lessons: Lessons) -> str:
    others = lessons.messages - lessons.messages_to_people
    text = f"{counted(lessons.messages_to_people, 'message')} to {lessons.people} people"
    return f"{text}, {others} to {counted(lessons.channels, 'channel')}" if others else text


def _lesson_lines(lessons: Lessons) -> list[tuple[str, object]]:
    def after(span: Span | None) -> str:
        return "never" if span is None else f"after {span / SECOND:.1f} s"

    who = f" by {lessons.acknowledged_by}" if lessons.acknowledged_by else ""
    level = f", paged at level {lessons.answered_level}" if lessons.answered_level else ""
    rows: list[tuple[str, object]] = [
        ("first page", after(lessons.first_page_after)),
        ("acknowledged", f"{after(lessons.acknowledged_after)}{who}{level}"),
        ("resolved", after(lessons.resolved_after)),
        ("sent", _sent(lessons)),
    ]
    for missed in lessons.unanswered:
        rows.append(("not answered", f"level {missed.level} of {missed.team} ({', '.join(missed.people)})"))
    if lessons.nudges:
        rows.append(
            (
                "nudges",
                f"{lessons.nudges_accepted} of {lessons.nudges} accepted; one that always is could"
                " act by itself",
            )
        )
    return rows
