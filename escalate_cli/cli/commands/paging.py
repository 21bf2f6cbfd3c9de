"""Reaching into an escalation by hand: paging someone, going to a level, answering a nudge, keeping
a service quiet.
"""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.maintenance import (
    MaintenanceBegun,
    MaintenanceEnded,
    begin_maintenance,
    end_maintenance,
    planned_maintenances,
    quiet_services,
)
from escalate_cli.actions.on_record import open_nudges
from escalate_cli.actions.paging_intents import (
    LevelByHand,
    NudgeAnswer,
    PageByHand,
    PolicyReload,
    incident_of_nudge,
)
from escalate_cli.cli.arguments import (
    By,
    IncidentId,
    MessageOption,
    incident_number,
    moment,
    numbers,
    to_duration,
)
from escalate_cli.cli.commands.incidents import act
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.piped_text import typed_or_piped
from escalate_cli.cli.screens.nudges import draw_nudge, draw_nudges
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.incident.situation import Maintenance
from escalate_cli.errors import UsageProblem
from escalate_cli.views.acts import maintenance_data
from escalate_cli.views.incident import open_nudges_data


def page(
    context: Context,
    incident: IncidentId,
    target: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET…",
            help='Whom: "ana", "on-call:payments", "channel:status"',
            autocompletion=known("people", "channels", "teams"),
        ),
    ],
    message: MessageOption = None,
    by: By = None,
) -> Answer:
    """Page someone now, by hand. The escalations go on as they were."""
    return act(context, numbers([incident]), PageByHand(tuple(target), typed_or_piped(message), by=by))


def next_level(
    context: Context,
    incident: IncidentId,
    level: Annotated[
        str | None, typer.Option("--level", metavar="N", help="This level, not the next")
    ] = None,
    by: By = None,
) -> Answer:
    """Go to the next level of every escalation now, or to the one named."""
    if level is not None and not (level.isascii() and level.isdigit()):
        raise UsageProblem(f'"{level}" is not the number of a level', "write --level 2")
    to = int(level) if level is not None else None
    return act(context, numbers([incident]), LevelByHand(to, by=by))


def reload(context: Context, incident: IncidentId, by: By = None) -> Answer:
    """Adopt the policies as the configuration has them now; they are fixed otherwise when an
    escalation starts.
    """
    return act(context, numbers([incident]), PolicyReload(by=by))


def maintenance(
    context: Context,
    service: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SERVICE…", help="Services; none: list the quiet ones", autocompletion=known("services")
        ),
    ] = None,
    duration: Annotated[str | None, typer.Option("--for", metavar="D", help='How long: "2h"')] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help='When it begins: "sat 22:00", "+2h"; now otherwise'),
    ] = None,
    end: Annotated[
        bool,
        typer.Option(
            "--end",
            help=(
                "End it now, or call off what was planned with --from; without a service: all that are quiet"
            ),
        ),
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="R", help="Why")] = None,
    by: By = None,
) -> Answer:
    """Incidents on these services are recorded and page nobody until it ends; what is still open then pages.

    Maintenances add up: a service is quiet while any of them lasts. To make one shorter, end it and
    begin another.
    """
    services = service or []
    if end and (duration is not None or start is not None):
        raise UsageProblem("either --for or --end", "escalate maintenance SERVICE --for 2h, or --end")
    zone = context.running_catalog.settings.timezone
    if end:
        return _ended(end_maintenance(context, services, reason=reason, by=by), zone)
    if duration is not None:
        now, length = context.clock.now(), to_duration("--for", duration, at_least_a_second=True)
        if not services:
            raise UsageProblem("no service is named", f"escalate maintenance SERVICE --for {duration}")
        begin_at = None if start is None else moment(context, start, now, zone)
        begun = begin_maintenance(context, services, length, start=begin_at, reason=reason, by=by)
        return _begun(begun, zone, now)
    if services or reason is not None or start is not None:
        raise UsageProblem("say how long, or that it ends", "escalate maintenance SERVICE --for 2h, or --end")
    return _maintenances(context, zone)


_NO_QUIET = "No service is quiet."


def _ended(change: MaintenanceEnded, zone: str) -> Answer:
    lines = [f"{ended.service}: is paged for again{_why(ended)}" for ended in change.ended]
    lines += [
        f"{planned.service}: what was planned {_stretch(planned, zone, later=True)} is called off"
        for planned in change.called_off
    ]
    lines += [f"{service} is not quiet" for service in change.not_quiet]
    data = [maintenance_data(maintenance) for maintenance in (*change.ended, *change.called_off)]
    return Answer(data, "\n".join(lines) or _NO_QUIET, acted=True)


def _begun(change: MaintenanceBegun, zone: str, now: Instant) -> Answer:
    lines = [_pages_nobody(begun, zone, later=begun.start_at > now) for begun in change.begun]
    return Answer(
        [maintenance_data(begun) for begun in change.begun],
        "\n".join(lines),
        notes=[_longer(stretch, zone) for stretch in change.longer],
        acted=True,
    )


def _maintenances(context: Context, zone: str) -> Answer:
    """What is quiet now, and what will be."""
    quiet, planned = quiet_services(context), planned_maintenances(context)
    lines = [_pages_nobody(stretch, zone) for stretch in quiet] or [_NO_QUIET]
    lines += [
        f"{stretch.service}: will page nobody {_stretch(stretch, zone, later=True)}{_why(stretch)}"
        for stretch in planned
    ]
    return Answer([maintenance_data(stretch) for stretch in (*quiet, *planned)], "\n".join(lines))


def _pages_nobody(maintenance: Maintenance, zone: str, *, later: bool = False) -> str:
    stretch = _stretch(maintenance, zone, later=later)
    return f"{maintenance.service}: pages nobody {stretch}{_why(maintenance)}"


def _stretch(maintenance: Maintenance, zone: str, *, later: bool = False) -> str:
    begins = f"from {local_time(maintenance.start_at, zone)} " if later else ""
    return f"{begins}until {local_time(maintenance.until_at, zone)} ({zone})"


def _why(maintenance: Maintenance) -> str:
    return f": {maintenance.reason}" if maintenance.reason else ""


def _longer(maintenance: Maintenance, zone: str) -> str:
    service = maintenance.service
    return (
        f"warning: {service} is quiet {_stretch(maintenance, zone)}: another maintenance lasts"
        f" longer{_why(maintenance)}; to have it shorter, end it first: escalate maintenance {service} --end"
    )


def nudge(
    context: Context,
    nudge: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The nudge; without an answer, it is shown")
    ] = None,
    answer: Annotated[str | None, typer.Argument(metavar="[yes|no]", help="The answer")] = None,
    by: By = None,
) -> Answer:
    """List the nudges that wait for an answer and who is asked, show one, or answer it."""
    if nudge is None:
        return _open_nudges(context)
    asked = incident_number(nudge, "the number of a nudge", "`escalate nudge` lists the open ones")
    if answer is None:
        return _one_nudge(context, asked)
    if answer.lower() not in ("yes", "no", "y", "n"):
        raise UsageProblem("answer the nudge with yes or no", f"escalate nudge {nudge} yes")
    accepted = answer.lower().startswith("y")
    return act(context, [incident_of_nudge(context, asked)], NudgeAnswer(asked, accepted, by=by))


def _one_nudge(context: Context, number: int) -> Answer:
    situation = find_incident(context, incident_of_nudge(context, number))
    nudge = next(nudge for nudge in situation.nudges if nudge.id == number)
    catalog, now = context.running_catalog, context.clock.now()
    return Answer(
        open_nudges_data([(situation.incident.id, nudge)])[0],
        lambda console: draw_nudge(console, nudge, situation.incident, catalog, now),
    )


def _open_nudges(context: Context) -> Answer:
    catalog, now = context.running_catalog, context.clock.now()
    nudges = open_nudges(context)
    data = open_nudges_data(nudges)
    return Answer(
        data, (lambda console: draw_nudges(console, nudges, catalog, now)) if data else "No open nudges."
    )
