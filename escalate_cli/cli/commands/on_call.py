"""Who is on call, and swapping who is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.actions import lookup
from escalate_cli.actions.override import OverrideWritten, override_schedule, take_override_back
from escalate_cli.cli.arguments import moment
from escalate_cli.cli.completion import known, moments
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
        str | None,
        typer.Argument(
            metavar="PERSON", help="Who takes it; with --end: who has it", autocompletion=known("people")
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="T", help="The end, not included", autocompletion=moments)
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="T",
            help='"2026-12-24 09:00" (in the schedule\'s time zone), "+2h"; now otherwise',
            autocompletion=moments,
        ),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="Take one back that is not over")] = False,
) -> Answer:
    """Put someone on call for a while, instead of whoever would be. Written into the configuration, and
    told to both and to the team's channel.
    """
    zone, now = lookup.find_schedule(context.catalog, schedule).timezone, context.clock.now()
    begins = None if start is None else moment(context, start, now, zone)
    if end:
        if until is not None:
            raise UsageProblem("either --until or --end", f"escalate override {schedule} --end")
        return _overridden(take_override_back(context, schedule, person, begins), zone)
    if person is None or until is None:
        missing = "argument 'PERSON'" if person is None else "option '--until'"
        raise UsageProblem(f"missing {missing}", "run `escalate override --help`")
    ends = moment(context, until, now, zone)
    return _overridden(override_schedule(context, schedule, person, begins or now, ends), zone)


def _overridden(written: OverrideWritten, zone: str) -> Answer:
    first, last = written.local
    stretch = f"from {first:%a %Y-%m-%d %H:%M} until {last:%a %Y-%m-%d %H:%M} ({zone})"
    name, schedule = written.person.name, written.schedule.id
    if written.ended:
        words = f"The override of {schedule} for {name} {stretch} is taken back; changed in {written.file}"
    else:
        words = f"{name} is on call in {schedule} {stretch}; written to {written.file}"
    if written.sent.names:
        words += f"\nTold: {', '.join(written.sent.names)}"
    notes = [f"warning: {warning}" for warning in written.warnings]
    notes += written.sent.troubles
    code = ExitCode.UNDELIVERED if written.sent.troubles else ExitCode.DONE
    return Answer(views.override_data(written), words, code, notes=notes, acted=True)
