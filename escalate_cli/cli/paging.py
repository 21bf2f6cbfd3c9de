"""Reaching into an escalation by hand: paging someone, going to a level, answering a nudge, keeping a service quiet."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from escalate_cli.cli.completing import known
from escalate_cli.cli.incidents import By, Id, Message, act
from escalate_cli.cli.render import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem


def page(
    context: Context,
    incident: Id,
    target: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET…", help='Whom: "ana", "on-call:payments", "channel:status"', autocompletion=known("people", "channels", "teams")
        ),
    ],
    message: Message = None,
    by: By = None,
) -> Answer:
    """Page someone now, by hand. The escalations go on as they were."""
    from escalate_cli import operations

    answer = act(context, [incident], lambda one: operations.page(context, one, target, by=by, message=message), "paged")
    entries = context.store.situations.timeline(answer.data["id"])
    asked = next((one for one in reversed(entries) if one.data.get("by_hand")), None)
    if asked is None or not asked.data["missed"]:
        return answer
    notes = [*answer.notes, f"not paged: {'; '.join(asked.data['missed'])}"]
    return replace(answer, exit_code=ExitCode.UNDELIVERED, notes=notes)


def next_level(
    context: Context,
    incident: Id,
    level: Annotated[str | None, typer.Option("--level", metavar="N", help="This level, not the next")] = None,
    by: By = None,
) -> Answer:
    """Go to the next level of every escalation now, or to the one named."""
    from escalate_cli import operations

    if level is not None and not (level.isascii() and level.isdigit()):
        raise UsageProblem(f'"{level}" is not the number of a level', "write --level 2")
    to = int(level) if level is not None else None
    return act(context, [incident], lambda one: operations.go_to_level(context, one, to, by=by), "escalated")


def reload(context: Context, incident: Id, by: By = None) -> Answer:
    """Adopt the policies as the configuration has them now; they are fixed otherwise when an escalation starts."""
    from escalate_cli import operations

    return act(context, [incident], lambda one: operations.reload(context, one, by=by), "reloaded")


def maintenance(
    context: Context,
    service: Annotated[
        list[str] | None, typer.Argument(metavar="SERVICE…", help="Services; none: list the quiet ones", autocompletion=known("services"))
    ] = None,
    duration: Annotated[str | None, typer.Option("--for", metavar="D", help='How long from now: "2h"')] = None,
    end: Annotated[bool, typer.Option("--end", help="End it now; without a service: all that are quiet")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="R", help="Why")] = None,
    by: By = None,
) -> Answer:
    """Incidents on these services are recorded and page nobody until it ends; what is still open then pages.

    A later maintenance of a service replaces an earlier one, so it can be made longer or shorter.
    """
    from escalate_cli.cli.frame import span
    from escalate_cli.core.moment import iso, local_time
    from escalate_cli.maintenance import begin_maintenance, end_maintenance, quiet_services

    services, already = service or [], tuple[str, ...]()
    if end and duration is not None:
        raise UsageProblem("either --for or --end", "escalate maintenance SERVICE --for 2h, or --end")
    if end:
        begun, already = end_maintenance(context, services, reason=reason, by=by)
    elif duration is not None:
        length = span("--for", duration, some=True)
        if not services:
            raise UsageProblem("no service is named", f"escalate maintenance SERVICE --for {duration}")
        begun = begin_maintenance(context, services, length, reason=reason, by=by)
    elif services or reason is not None:
        raise UsageProblem("say how long, or that it ends", "escalate maintenance SERVICE --for 2h, or --end")
    else:
        begun = quiet_services(context)
    zone = context.running_catalog.settings.timezone
    data = [
        {"service": one.service, "from": iso(one.start_at), "until": iso(one.until_at), "reason": one.reason, "by": one.by}
        for one in begun
    ]
    lines = [
        f"{one.service}: "
        + ("is paged for again" if end else f"pages nobody until {local_time(one.until_at, zone)} ({zone})")
        + (f": {one.reason}" if one.reason else "")
        for one in begun
    ]
    lines += [f"{one} is not quiet" for one in already]
    return Answer(data, "\n".join(lines) or "No service is quiet.", acted=end or bool(services))


def nudge(
    context: Context,
    nudge: Annotated[str | None, typer.Argument(metavar="ID", help="The nudge to answer")] = None,
    answer: Annotated[str | None, typer.Argument(metavar="yes|no", help="The answer")] = None,
    by: By = None,
) -> Answer:
    """List the nudges that wait for an answer, or answer one."""
    from escalate_cli import operations
    from escalate_cli.cli.incidents import number
    from escalate_cli.cli.views import nudge_data
    from escalate_cli.core.moment import from_now

    if nudge is None:
        found = context.store.situations.open_nudges()
        data = [nudge_data(one) | {"incident": incident} for incident, one in found]
        now = context.clock.now()

        def screen(console: Any) -> None:
            from escalate_cli.cli import screens

            rows = [
                (str(one.id), f"#{incident}", one.rule, one.action, from_now(one.expires_at, now)) for incident, one in found
            ]
            console.print(screens.table(("nudge", "incident", "rule", "proposed", "expires"), rows, wrap=("rule", "proposed")))
            screens.heading(console, "Type")
            for _, one in found:
                console.print(screens.words(f"  escalate nudge {one.id} yes|no", "bold cyan"))

        return Answer(data, screen if data else "No open nudges.")
    said = (answer or "").lower()
    if said not in ("yes", "no", "y", "n"):
        raise UsageProblem("answer the nudge with yes or no", f"escalate nudge {nudge} yes")
    nudge_id = number(nudge, "the number of a nudge", "`escalate nudge` lists the open ones")
    incident_id = context.store.situations.incident_of_nudge(nudge_id) or 0
    return act(context, [str(incident_id)], lambda _: operations.answer_nudge(context, nudge_id, said[0] == "y", by=by), "answered")
