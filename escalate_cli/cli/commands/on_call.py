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

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.hours import zone_or_utc
from escalate_cli.core.calendar.moment import local_time


def oncall(
    context: Context,
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEAM|SCHEDULE]",
            help="All schedules otherwise",
            autocompletion=known("teams", "schedules"),
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="T", help='When: "2026-12-24 09:00", "sun 03:00", "+2h"; now otherwise'),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help="Every shift up to then")] = None,
) -> Answer:
    """Who is on call, since when and until when. Exit 1 when nobody is."""
    catalog = context.running_catalog
    now = context.clock.now()
    start = moment(context, at or "now", now, catalog.settings.timezone)
    end = moment(context, until, now, catalog.settings.timezone) if until else None
    if end is not None and end <= start:
        raise UsageProblem("--until is not after --at", "the stretch to look at must have a length")
    rows = views.rota(catalog, asked, start, end)
    data = views.rota_data(rows)
    zone = catalog.settings.timezone

    def screen(console: Console) -> None:
        spans = [views.bounds(catalog, shift, schedule) for _, shift, schedule in rows]
        table = [
            (
                team or schedule,
                (
                    catalog.people[shift.person].name
                    if shift.person in catalog.people
                    else style.piece("nobody", "bold red")
                ),
                local_time(begins, zone),
                local_time(ends, zone),
            )
            for (team, shift, schedule), (begins, ends) in zip(rows, spans, strict=True)
        ]
        console.print(style.table(("for", "on call", "from", "until"), table, wrap=("on call",)))
        console.print(style.piece(f"times in {zone_or_utc(zone)}", "dim"))
        if len(rows) == 1:
            console.print(style.piece(rows[0][1].why, "dim"))

    somebody = any(shift.person for _, shift, _ in rows)
    code = ExitCode.DONE if somebody else ExitCode.NO
    return Answer(data, screen if rows else "No schedules.", code)


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
