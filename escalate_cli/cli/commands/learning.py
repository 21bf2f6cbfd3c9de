"""After the night: what the record of many incidents comes to, and what to change."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import DatabaseProblem, UsageProblem
from escalate_cli.views.lessons import proposal_data

if TYPE_CHECKING:
    from rich.console import Console

Since = Annotated[
    str, typer.Option("--since", metavar="D", help="Incidents declared since then: a duration or a date")
]


def report(
    context: Context,
    since: Since = "90d",
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="T", help="This team's part", autocompletion=known("teams")),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="S", help="Of this service", autocompletion=known("services")),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Answer as CSV: every figure a line")] = False,
    incidents: Annotated[bool, typer.Option("--incidents", help="With --csv: every incident a line")] = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write a page with charts")
    ] = None,
) -> Answer:
    """How soon people were paged and answered, at which level, through what; who was paged how
    often, and at night; what failed.
    """
    from escalate_cli.cli.output import written
    from escalate_cli.insight.report.readings import select
    from escalate_cli.insight.report.statistics import report as count
    from escalate_cli.views.report import figures_csv, incidents_csv, report_data

    if csv and context.options.json:
        raise UsageProblem("--csv and --json are two answers", "leave one of them out")
    if csv and html is not None:
        raise UsageProblem(
            "--csv and --html are two answers", "ask twice: CSV goes to stdout, the page into its file"
        )
    if incidents and not csv:
        raise UsageProblem("--incidents goes with --csv", "escalate report --csv --incidents > incidents.csv")
    catalog = context.running_catalog
    whose = which = None
    if team is not None or service is not None:
        from escalate_cli.actions import lookup as meaning

        whose = meaning.find_team(team, catalog) if team is not None else None
        which = meaning.find_service(service, catalog).id if service is not None else None
    records, notes, covered, period = _records(context, since)
    chosen = select(records, catalog, whose, which)
    if csv:
        made = incidents_csv(chosen, catalog) if incidents else figures_csv(count(chosen, catalog))
        return Answer({}, made, notes=notes)
    figures = count(chosen, catalog)
    parts = [
        f"team {catalog.teams[whose].name}" if whose else "",
        f"service {catalog.services[which].name}" if which else "",
    ]
    covered = ", ".join([covered, *filter(None, parts)])
    heading = "What happened and how it went"
    if html is not None:
        from escalate_cli.views.html.report import page

        notes.append(written(html, page(figures, catalog, heading, covered)))

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import report as report_screen

        report_screen.draw_report(console, figures, catalog, heading, covered)

    return Answer({**period, **report_data(figures)}, screen if html is None else "", notes=notes)


def lessons(
    context: Context,
    since: Since = "365d",
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Show what past incidents would have looked like with each proposal"),
    ] = False,
) -> Answer:
    """What to change, each with its evidence and the TOML: words to route by, levels nobody
    answers, waits, nudges, nights, gateways.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli.commands.foresight import as_it_was
    from escalate_cli.cli.screens import lessons as lessons_screen
    from escalate_cli.core.organisation.codec import decode
    from escalate_cli.foresight.case import Case
    from escalate_cli.insight.lessons.amending import Texts
    from escalate_cli.insight.lessons.lessons import lessons as learn
    from escalate_cli.insight.lessons.proposal import Past
    from escalate_cli.insight.lessons.trial import try_out

    catalog = context.catalog
    records, notes, covered, _ = _records(context, since)
    now = context.clock.now()

    @cache
    def then(version: str) -> Any:
        document = context.store.ledger.configuration(version)
        return None if document is None else decode(document)

    past = Past(records, catalog, Texts.at(context.config_path), now, then)
    proposals = learn(past)

    def look(incident: int) -> Any:
        try:
            situation = meaning.find_incident(context, incident)
            return Case(
                situation,
                context.store.situations.timeline(incident),
                as_it_was(context, situation.incident.config_version)[0],
            )
        except DatabaseProblem:
            return None  # damaged: doctor names it

    trials = [try_out(proposal, past, look, now) if replay else None for proposal in proposals]

    def screen(console: Console) -> None:
        lessons_screen.draw_lessons(console, proposals, trials, len(records), covered, catalog)

    data = [proposal_data(one, trial) for one, trial in zip(proposals, trials, strict=True)]
    return Answer(data, screen, notes=notes)


def _records(context: Context, since: str) -> tuple[tuple[Any, ...], list[str], str, dict[str, Any]]:
    """The records of the incidents declared since then, what is to be said about them, and the time
    they cover, in words and data.
    """
    import gc

    from escalate_cli.core.calendar.hours import zone_or_utc
    from escalate_cli.core.calendar.moment import iso, local_time

    # everything read now lives until the process ends: the collector would only walk over it again and
    # again
    gc.disable()
    now = context.clock.now()
    zone = context.running_catalog.settings.timezone
    start = _since(since, now, zone)
    records, damaged = context.store.history.records(start)
    ids = ", ".join(f"#{one}" for one in damaged[:5]) + (", …" if len(damaged) > 5 else "")
    notes = [f"left out, because their record is damaged: {ids} (escalate doctor)"] if damaged else []
    covered = f"{local_time(start, zone)[4:14]} – {local_time(now, zone)[4:14]}, times in {zone_or_utc(zone)}"
    return records, notes, covered, {"since": iso(start), "until": iso(now)}


def _since(text: str, now: int, zone: str) -> int:
    """The instant that `--since` names: so long ago, or a day."""
    from datetime import date, datetime, time

    from escalate_cli.core.calendar.duration import parse_duration
    from escalate_cli.core.calendar.hours import local_to_instant
    from escalate_cli.core.calendar.moment import NotAMoment, parse_moment

    hint = 'write it like "90d", "26w" or "2026-01-31"'
    try:
        return now - parse_duration(text)
    except ValueError as problem:
        if not any(mark in text for mark in "-:"):
            raise UsageProblem(f"--since: {str(problem).partition(': ')[0]}", hint) from None
    try:
        # A day begins with its first instant, also where the clocks leap over midnight.
        start = local_to_instant(datetime.combine(date.fromisoformat(text), time()), zone)
    except ValueError:
        try:
            start = parse_moment(text, now, zone)
        except NotAMoment as problem:
            raise UsageProblem(f"--since: {problem}", hint) from None
    if start > now:
        raise UsageProblem(f"--since: {text} is in the future", hint)
    return start
