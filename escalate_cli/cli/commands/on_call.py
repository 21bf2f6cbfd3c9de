"""Who is on call, and swapping who is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.actions import lookup
from escalate_cli.actions.override import override_schedule
from escalate_cli.cli.arguments import moment
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.views import catalog as views
from escalate_cli.views import on_call as rotas

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.cli.screens import on_call as on_call_screen


def oncall(
    context: Context,
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEAM|SCHEDULE|PERSON]",
            help="All schedules otherwise; of a person their turns in the coming weeks",
            autocompletion=known("teams", "schedules", "people"),
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="T", help='When: "2026-12-24 09:00", "sun 03:00", "+2h"; now otherwise'),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help="Every shift up to then")] = None,
) -> Answer:
    """Who is on call, until when, how to reach them, and who is next. Exit 1 when nobody is."""
    catalog = context.running_catalog
    now = context.clock.now()
    start = moment(context, at or "now", now, catalog.settings.timezone)
    end = moment(context, until, now, catalog.settings.timezone) if until else None
    if end is not None and end <= start:
        raise UsageProblem("--until is not after --at", "the stretch to look at must have a length")
    person = None if asked is None else rotas.person_asked_for(catalog, asked)
    if person is not None:
        last = end or start + rotas.WEEKS_OF_A_PERSON
        turns = rotas.turns_of(catalog, person, start, last)

        def screen(console: Console) -> None:
            on_call_screen.draw_turns_of(console, person, turns, catalog, start, last)

        code = ExitCode.DONE if turns else ExitCode.NO
        return Answer(rotas.turns_data(catalog, turns, start), screen, code)
    turns = rotas.turns(catalog, asked, start, end)

    def draw(console: Console) -> None:
        if end is None:
            on_call_screen.draw_on_call(console, turns, catalog, start)
        else:
            on_call_screen.draw_shifts(console, turns, catalog)

    somebody = any(turn.shift.person for turn in turns)
    code = ExitCode.DONE if somebody else ExitCode.NO
    return Answer(rotas.turns_data(catalog, turns, start), draw if turns else "No schedules.", code)


def override(
    context: Context,
    schedule: Annotated[
        str,
        typer.Argument(
            metavar="SCHEDULE",
            help="The schedule to change, or its team",
            autocompletion=known("teams", "schedules"),
        ),
    ],
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Who takes it", autocompletion=known("people"))
    ],
    until: Annotated[str, typer.Option("--until", metavar="T", help="The end, not included")],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="T",
            help='"2026-12-24 09:00" (in the schedule\'s time zone), "+2h"; now otherwise',
        ),
    ] = "now",
) -> Answer:
    """Put someone on call for a while, instead of whoever would be. Written into the configuration."""
    zone, now = lookup.find_schedule(context.catalog, schedule).timezone, context.clock.now()
    begins, ends = moment(context, start, now, zone), moment(context, until, now, zone)
    written = override_schedule(context, schedule, person, begins, ends)
    first, last = written.local
    words = (
        f"{written.person.name} is on call in {written.schedule.id} from {first:%a %Y-%m-%d %H:%M} until"
        f" {last:%a %Y-%m-%d %H:%M} ({zone}); written to {written.file}"
    )
    notes = [f"warning: {warning}" for warning in written.warnings]
    return Answer(views.override_data(written), words, notes=notes, acted=True)
