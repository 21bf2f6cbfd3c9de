"""Reaching into an escalation by hand: paging someone, going to a level, answering a nudge, keeping
a service quiet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from escalate_cli.cli.commands.incidents import By, Id, Message, act
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.run import moment
from escalate_cli.context import Context
from escalate_cli.core.calendar.moment import iso, local_time
from escalate_cli.errors import ExitCode, UsageProblem

if TYPE_CHECKING:
    from rich.console import Console


def page(
    context: Context,
    incident: Id,
    target: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET…",
            help='Whom: "ana", "on-call:payments", "channel:status"',
            autocompletion=known("people", "channels", "teams"),
        ),
    ],
    message: Message = None,
    by: By = None,
) -> Answer:
    """Page someone now, by hand. The escalations go on as they were."""
    from escalate_cli.actions import change as operations

    answer = act(
        context,
        [incident],
        lambda one: operations.page(context, one, target, by=by, message=message),
        "paged",
    )
    from escalate_cli.core.events import PagedByHand

    entries = context.store.situations.timeline(answer.data["id"])
    asked = next((entry.event for entry in reversed(entries) if isinstance(entry.event, PagedByHand)), None)
    if asked is None or not asked.missed:
        return answer
    notes = [*answer.notes, f"not paged: {'; '.join(asked.missed)}"]
    return replace(answer, exit_code=ExitCode.UNDELIVERED, notes=notes)


def next_level(
    context: Context,
    incident: Id,
    level: Annotated[
        str | None, typer.Option("--level", metavar="N", help="This level, not the next")
    ] = None,
    by: By = None,
) -> Answer:
    """Go to the next level of every escalation now, or to the one named."""
    from escalate_cli.actions import change as operations

    if level is not None and not (level.isascii() and level.isdigit()):
        raise UsageProblem(f'"{level}" is not the number of a level', "write --level 2")
    to = int(level) if level is not None else None
    return act(context, [incident], lambda one: operations.go_to_level(context, one, to, by=by), "escalated")


def reload(context: Context, incident: Id, by: By = None) -> Answer:
    """Adopt the policies as the configuration has them now; they are fixed otherwise when an
    escalation starts.
    """
    from escalate_cli.actions import change as operations

    return act(context, [incident], lambda one: operations.reload(context, one, by=by), "reloaded")


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
    from escalate_cli.actions.maintenance import (
        begin_maintenance,
        end_maintenance,
        planned_maintenances,
        quiet_services,
    )
    from escalate_cli.cli.run import span

    services = service or []
    if end and (duration is not None or start is not None):
        raise UsageProblem("either --for or --end", "escalate maintenance SERVICE --for 2h, or --end")
    zone = context.running_catalog.settings.timezone
    if end:
        ended, called_off, already = end_maintenance(context, services, reason=reason, by=by)
        lines = [f"{one.service}: is paged for again" + _why(one) for one in ended]
        lines += [
            f"{one.service}: what was planned {_stretch(one, zone, later=True)} is called off"
            for one in called_off
        ]
        lines += [f"{one} is not quiet" for one in already]
        return Answer(
            [_maintenance_data(one) for one in (*ended, *called_off)],
            "\n".join(lines) or _NO_QUIET,
            acted=True,
        )
    now = context.clock.now()
    if duration is not None:
        length = span("--for", duration, some=True)
        if not services:
            raise UsageProblem("no service is named", f"escalate maintenance SERVICE --for {duration}")
        begin_at = None if start is None else moment(context, start, now, zone)
        begun, longer = begin_maintenance(context, services, length, start=begin_at, reason=reason, by=by)
        warnings = [_longer(one, zone) for one in longer]
        data = [_maintenance_data(one) for one in begun]
        lines = [
            f"{one.service}: pages nobody {_stretch(one, zone, later=one.start_at > now)}{_why(one)}"
            for one in begun
        ]
        return Answer(data, "\n".join(lines), notes=warnings, acted=True)
    if services or reason is not None or start is not None:
        raise UsageProblem("say how long, or that it ends", "escalate maintenance SERVICE --for 2h, or --end")
    quiet, planned = quiet_services(context), planned_maintenances(context)
    lines = [f"{one.service}: pages nobody {_stretch(one, zone)}{_why(one)}" for one in quiet] or [_NO_QUIET]
    lines += [
        f"{one.service}: will page nobody {_stretch(one, zone, later=True)}{_why(one)}" for one in planned
    ]
    return Answer([_maintenance_data(one) for one in (*quiet, *planned)], "\n".join(lines))


_NO_QUIET = "No service is quiet."


def _maintenance_data(one: Any) -> dict[str, Any]:
    return {
        "service": one.service,
        "from": iso(one.start_at),
        "until": iso(one.until_at),
        "reason": one.reason,
        "by": one.by,
    }


def _stretch(one: Any, zone: str, *, later: bool = False) -> str:
    begins = f"from {local_time(one.start_at, zone)} " if later else ""
    return f"{begins}until {local_time(one.until_at, zone)} ({zone})"


def _why(one: Any) -> str:
    return f": {one.reason}" if one.reason else ""


def _longer(one: Any, zone: str) -> str:
    return (
        f"warning: {one.service} is quiet until {local_time(one.until_at, zone)} ({zone}): another"
        f" maintenance lasts longer{_why(one)}; to have it shorter, end it first: escalate maintenance"
        f" {one.service} --end"
    )


def nudge(
    context: Context,
    nudge: Annotated[str | None, typer.Argument(metavar="ID", help="The nudge to answer")] = None,
    answer: Annotated[str | None, typer.Argument(metavar="yes|no", help="The answer")] = None,
    by: By = None,
) -> Answer:
    """List the nudges that wait for an answer, or answer one."""
    from escalate_cli.actions import change as operations
    from escalate_cli.cli.commands.incidents import number
    from escalate_cli.core.calendar.moment import from_now
    from escalate_cli.views.incident import nudge_data

    if nudge is None:
        found = context.store.situations.open_nudges()
        data = [nudge_data(one) | {"incident": incident} for incident, one in found]
        now = context.clock.now()

        def screen(console: Console) -> None:
            from escalate_cli.cli.screens import style as screens

            rows = [
                (str(one.id), f"#{incident}", one.rule, one.action, from_now(one.expires_at, now))
                for incident, one in found
            ]
            console.print(
                screens.table(
                    ("nudge", "incident", "rule", "proposed", "expires"), rows, wrap=("rule", "proposed")
                )
            )
            screens.heading(console, "Type")
            for _, one in found:
                console.print(screens.words(f"  escalate nudge {one.id} yes|no", "bold cyan"))

        return Answer(data, screen if data else "No open nudges.")
    said = (answer or "").lower()
    if said not in ("yes", "no", "y", "n"):
        raise UsageProblem("answer the nudge with yes or no", f"escalate nudge {nudge} yes")
    nudge_id = number(nudge, "the number of a nudge", "`escalate nudge` lists the open ones")
    incident_id = context.store.situations.incident_of_nudge(nudge_id) or 0
    return act(
        context,
        [str(incident_id)],
        lambda _: operations.answer_nudge(context, nudge_id, said[0] == "y", by=by),
        "answered",
    )
