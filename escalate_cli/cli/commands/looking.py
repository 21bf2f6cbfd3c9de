"""Looking at incidents: the list, one of them, its timeline."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.arguments import Id, number
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import DamagedRow, ExitCode, Unknown, UsageProblem

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.store.situations import Situations

STATUSES = ("open", "acknowledged", "resolved")


def list_incidents(
    context: Context,
    status: Annotated[
        str | None, typer.Option("--status", metavar="S", help="open, acknowledged or resolved")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Resolved ones, too")] = False,
    team: Annotated[
        str | None, typer.Option("--team", metavar="T", help="Of this team", autocompletion=known("teams"))
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Of the teams you belong to, or led by you")] = False,
) -> Answer:
    """Incidents, the newest first; without options those that are not resolved."""
    from escalate_cli.core.incident.situation import Situation
    from escalate_cli.health.warnings import standing_warnings
    from escalate_cli.store.sqlite.failures import damaged
    from escalate_cli.views.incident import incident_data

    if status is not None and status not in STATUSES:
        raise UsageProblem(f'"{status}" is not a status', f"write one of {', '.join(STATUSES)}")
    catalog = context.running_catalog
    situations = context.store.situations
    unreadable: dict[int, DamagedRow] = {}
    try:
        found, escalations, nudges, waiting = _read(situations, status, all, ())
    except DamagedRow:
        unreadable = situations.unreadable()
        if not unreadable:
            raise
        found, escalations, nudges, waiting = _read(situations, status, all, unreadable)
    if team is not None:
        from escalate_cli.actions import lookup as meaning

        wanted = {meaning.find_team(team, catalog)}
        found = tuple(one for one in found if wanted & {esc.team for esc in escalations[one.id]})
    if mine:
        from escalate_cli.actions import lookup as meaning

        me = meaning.whoever_types(None, context)
        if me not in catalog.people:
            hint = "add it to `login` of a person, or name a team: escalate list --team T"
            raise Unknown(f'"{me}" is the login of no person in the catalog', hint, code="no-such-person")
        teams = catalog.teams_of(me)
        found = tuple(
            one for one in found if one.lead == me or teams & {esc.team for esc in escalations[one.id]}
        )
    data = [
        incident_data(one, escalations[one.id], nudges[one.id], catalog, waiting.get(one.id, ()))
        for one in found
    ]
    now = context.clock.now()

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import incident as incident_screen

        rows = [(one, Situation(one, escalations[one.id], waiting.get(one.id, ()))) for one in found]
        incident_screen.draw_list(console, rows, catalog, now)

    nothing = "No incidents." if all or status else "No open incidents."
    code = ExitCode.DATABASE if unreadable else ExitCode.DONE
    failures = [
        damaged(context.store.database.path, f": incident {one}: {problem.message}")
        for one, problem in unreadable.items()
    ]
    warnings = [note.text for note in standing_warnings(context)]
    return Answer(data, screen if data else nothing, code, warnings, failures=failures)


def _read(
    situations: Situations, status: str | None, every: bool, without: Collection[int]
) -> tuple[Any, Any, Any, Any]:
    found = situations.listed(running_only=not every, status=status, without=without)
    ids = tuple(one.id for one in found)
    return found, situations.escalations(ids), situations.nudges(ids), situations.waiting(without=without)


def show(context: Context, incident: Id) -> Answer:
    """One incident: what is broken, who has been told, who is next and when, what to type."""
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.health.warnings import standing_warnings
    from escalate_cli.views.incident import entry_data, situation_data

    catalog = context.running_catalog
    situation = meaning.find_incident(context, number(incident))
    entries = context.store.situations.timeline(situation.incident.id)
    data = situation_data(situation, catalog) | {"timeline": [entry_data(entry) for entry in entries]}
    now = context.clock.now()

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import incident as incident_screen

        incident_screen.draw_incident(console, situation, catalog, now, entries=entries)

    return Answer(data, screen, notes=[note.text for note in standing_warnings(context)])


def timeline(context: Context, incident: Id) -> Answer:
    """What happened, in order, and why; in your time zone, if the catalog knows you."""
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.views.incident import entry_data

    catalog = context.running_catalog
    situation = meaning.find_incident(context, number(incident))
    entries = context.store.situations.timeline(situation.incident.id)
    now = context.clock.now()

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import timeline as timeline_screen

        timeline_screen.draw(console, situation, entries, catalog, now, meaning.reader_zone(context))

    return Answer([entry_data(entry) for entry in entries], screen)
