"""Declaring an incident and acting on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer, error_data
from escalate_cli.cli.stretches import stretch
from escalate_cli.context import Context
from escalate_cli.errors import EscalateError, ExitCode, UsageProblem

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.core.incident.situation import Situation
    from escalate_cli.core.organisation.catalog import Catalog
    from escalate_cli.core.routing.router import Routing

Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Incidents")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The incident")]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="P",
        help="Who does it; else the person with your login",
        autocompletion=known("people"),
    ),
]
Severity = Annotated[
    str | None,
    typer.Option("--severity", metavar="S", help="How bad it is", autocompletion=known("severities")),
]
Message = Annotated[str | None, typer.Option("--message", "-m", metavar="M", help="What is known")]


def number(text: str, what: str = "an incident number", hint: str = "`escalate list` shows them") -> int:
    """The incident number that was typed, with or without "#"; another number, where `what` names it."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise UsageProblem(f'"{text}" is not {what}', hint)
    return int(digits)


def labels(texts: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """`K=V` texts as pairs."""
    pairs = []
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageProblem(f'"{text}" is not a label', "write --label NAME=VALUE")
        pairs.append((name, value))
    return tuple(pairs)


def route(
    context: Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS…", help="A service's id or name, or what somebody says is broken"),
    ],
    severity: Severity = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help='When; "sun 03:00", "2026-12-24 09:00", "+2h"')
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect", metavar="TEAM", help="Fail unless this team gets it", autocompletion=known("teams")
        ),
    ] = None,
) -> Answer:
    """Who would be paged, and when, if this were declared. Pages nobody. Exit code 1 when no
    service fits for sure.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli.run import moment
    from escalate_cli.cli.screens import route as route_screen
    from escalate_cli.core.routing.router import Router

    catalog = context.catalog
    now = context.clock.now()
    when = moment(context, at, now) if at else now
    routing = Router(catalog.services.values()).route(" ".join(words))
    chosen = meaning.pick_severity(severity, catalog)
    data, walk = route_screen.route_data(routing, chosen, when, catalog)
    code = ExitCode.DONE if routing.service is not None else ExitCode.NO
    notes = []
    if expect is not None:
        wanted = meaning.find_team(expect, catalog)
        code = ExitCode.DONE if data["team"] == wanted and routing.service is not None else ExitCode.NO
        if code is ExitCode.NO:
            notes.append(f"expected team {wanted}, but it goes to {data['team'] or 'nobody'}")
    return Answer(
        data, lambda console: route_screen.draw(console, data, walk, routing, catalog, when), code, notes
    )


def declare(
    context: Context,
    title: Annotated[
        list[str], typer.Argument(metavar="TITLE", help="What is broken, in the words you have")
    ],
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            "-s",
            metavar="S",
            help="A service that is affected (repeatable)",
            autocompletion=known("services"),
        ),
    ] = None,
    severity: Severity = None,
    message: Message = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="P", help="Who reports it; else the person with your login")
    ] = None,
    lead: Annotated[
        str | None, typer.Option("--lead", metavar="P", help="Who leads", autocompletion=known("people"))
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="K=V", help="A label (repeatable)")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="K", help="While one with this key is open, this is news of that one"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would be paged; store and send nothing")
    ] = False,
) -> Answer:
    """Declare an incident: find out whose it is, store it, page. Exit code 0: it is stored and will
    be paged.
    """
    from escalate_cli.actions import declare as declaring

    asked = declaring.Request(
        " ".join(title), tuple(service or ()), severity, message, by, lead, labels(label), key
    )
    if dry_run:
        return _dry_run(context, asked)
    context.sender.warm()
    from escalate_cli.cli.declared import declare_and_answer

    return declare_and_answer(context, asked, _chooser(context))


def _dry_run(context: Context, asked: Any) -> Answer:
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli.screens import route as route_screen
    from escalate_cli.core.routing.router import Match, Router, Routing

    catalog = context.running_catalog
    chosen = meaning.pick_severity(asked.severity, catalog)
    found = [meaning.find_service(service, catalog) for service in asked.services]
    given = Routing(asked.title, Match.EXACT, found[0].id, ()) if found else None
    routing = given or Router(catalog.services.values()).route(asked.title)
    now = context.clock.now()
    data, walk = route_screen.route_data(
        routing, chosen, now, catalog, services=tuple(one.id for one in found)
    )
    return Answer(
        data,
        lambda console: route_screen.draw(console, data, walk, routing, catalog, now),
        notes=["dry run: nothing was stored and nobody was paged"],
    )


def _chooser(context: Context) -> Callable[[Any], str | None]:
    """Asks on a terminal which of the candidates is meant; elsewhere nobody can be asked."""

    def choose(routing: Routing) -> str | None:
        from escalate_cli.cli.run import choose as ask
        from escalate_cli.cli.run import interactive

        if not routing.candidates or not interactive() or context.options.json:
            return None
        lines = [
            f"{candidate.name} ({candidate.team}): {', '.join(candidate.because)}"
            for candidate in routing.candidates
        ]
        index = ask("Which service is it?", lines)
        return None if index is None else routing.candidates[index].service

    return choose


def act(context: Context, texts: Sequence[str], do: Callable[[int], Any], verb: str) -> Answer:
    """Do something to incidents, deliver what follows, and answer with how they are now. A failing
    one does not stop the others.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.health.warnings import standing_warnings
    from escalate_cli.views.incident import situation_data

    numbers = list(dict.fromkeys(_numbers(texts, verb)))
    done: list[int] = []
    unchanged: list[int] = []
    failures: list[EscalateError] = []
    for one in numbers:
        try:
            before = context.store.situations.load(one) if one else None
            if do(one) == before:
                unchanged.append(one)
            done.append(one)
        except EscalateError as problem:
            failures.append(problem)
    if failures and not done:
        raise _as_one(failures)
    from escalate_cli.cli.delivered import failure_notes, undelivered
    from escalate_cli.cli.screens.held_back import held_notes
    from escalate_cli.engine.engine import deliver
    from escalate_cli.engine.rebuilding import with_sound_indexes

    report = with_sound_indexes(context, lambda: deliver(context, done))
    catalog = context.running_catalog
    situations = [meaning.find_incident(context, one) for one in done]
    data: Any = [situation_data(one, catalog) for one in situations]
    code = failures[0].exit_code if failures else undelivered(report)
    now = context.clock.now()
    notes = [
        said
        for one in situations
        for said in _how_it_stands(one, verb, one.incident.id in unchanged, catalog, now)
    ]
    notes += [*failure_notes(situations, report), *held_notes(situations, catalog, now)]
    notes += [note.text for note in standing_warnings(context)]

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import incident as incident_screen

        for situation in situations:
            changed = situation.incident.id not in unchanged
            incident_screen.draw_brief(console, situation, catalog, context.clock.now(), changed=changed)

    return Answer(data[0] if len(numbers) == 1 else data, screen, code, notes, acted=True, failures=failures)


def _numbers(texts: Sequence[str], verb: str) -> list[int]:
    """The incident numbers that were typed; words behind the first were meant as a message."""
    first, *others = texts = [one for text in texts for one in stretch(text)]
    words = " ".join(text for text in others if not text.removeprefix("#").isdigit())
    if not words:
        return [number(text) for text in texts]
    said = f'--message "{words}"'
    hint = (
        f"a text goes behind --message: {said}"
        if verb == "resolved"
        else f"to add a message: escalate update {number(first)} {said}"
    )
    return [number(first), *(number(text, hint=hint) for text in others)]


def _as_one(failures: Sequence[EscalateError]) -> EscalateError:
    """The first failure, which tells of the others, too: each message once."""
    first, *others = {failure.message: failure for failure in failures}.values()
    if others:
        first.details = [f"escalate: error: {other.message}" for other in others]
        first.more = {"others": [error_data(other) for other in others], **first.more}
    return first


def _how_it_stands(situation: Situation, verb: str, unchanged: bool, catalog: Catalog, now: int) -> list[str]:
    """What the tables do not say: that it was so already, who has it, and which teams an
    acknowledgement left out.
    """
    from escalate_cli.cli.screens.incident import wall_time
    from escalate_cli.core.incident.situation import EscalationStatus

    incident, zone = situation.incident, catalog.settings.timezone
    if unchanged and verb == "resolved":
        return [
            f"incident {incident.id} is resolved already, since {wall_time(incident.resolved_at, zone, now)}"
        ]
    if unchanged and verb == "reopened":
        return [f"incident {incident.id} is open already"]
    if verb != "acknowledged":
        return []
    if unchanged and not situation.paging:
        who = (
            catalog.name_of(f"person:{incident.acknowledged_by}") if incident.acknowledged_by else "somebody"
        )
        return [
            f"incident {incident.id} is acknowledged already: {who} has it, since"
            f" {wall_time(incident.acknowledged_at, zone, now)}"
        ]
    paging = [
        escalation.team
        for escalation in situation.escalations
        if escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
    ]
    if not paging:
        return []
    names = ", ".join(catalog.team_name(fromkey) for fromkey in dict.fromkeys(paging))
    return [
        f"incident {incident.id} is still paged to {names}; for every team: escalate ack {incident.id} --all"
    ]


def update(
    context: Context,
    incident: Id,
    severity: Severity = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            "-s",
            metavar="S",
            help="Add a service (repeatable)",
            autocompletion=known("services"),
        ),
    ] = None,
    drop_service: Annotated[
        list[str] | None,
        typer.Option(
            "--drop-service",
            metavar="S",
            help="Take a service out (repeatable)",
            autocompletion=known("services"),
        ),
    ] = None,
    lead: Annotated[
        str | None,
        typer.Option("--lead", metavar="P", help="Who leads from now on", autocompletion=known("people")),
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="K=V", help="Set a label (repeatable)")
    ] = None,
    message: Message = None,
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="Say it better")] = None,
    by: By = None,
) -> Answer:
    """Change an incident, or add a message that the channels of its teams hear."""
    from escalate_cli.actions import change as operations

    asked = operations.Revision(
        severity, tuple(service or ()), tuple(drop_service or ()), lead, labels(label), message, title, by
    )
    return act(context, [incident], lambda one: operations.update(context, one, asked), "updated")


def ack(
    context: Context,
    incident: Ids,
    by: By = None,
    all: Annotated[bool, typer.Option("--all", help="For every team, not only yours")] = False,
) -> Answer:
    """Acknowledge: I am on it. Stops the paging of the teams you belong to (of all of them, if you
    are in none).
    """
    from escalate_cli.actions import change as operations

    return act(
        context,
        incident,
        lambda one: operations.acknowledge(context, one, by, everything=all),
        "acknowledged",
    )


def resolve(context: Context, incident: Ids, message: Message = None, by: By = None) -> Answer:
    """It is over: stops everything and tells those who were paged."""
    from escalate_cli.actions import change as operations

    return act(
        context, incident, lambda one: operations.resolve(context, one, message=message, by=by), "resolved"
    )


def reopen(context: Context, incident: Id, by: By = None) -> Answer:
    """It is not over: pages its teams again from level 1. Takes back an acknowledgement, too."""
    from escalate_cli.actions import change as operations

    return act(context, [incident], lambda one: operations.reopen(context, one, by=by), "reopened")


def snooze(
    context: Context,
    incident: Id,
    duration: Annotated[str, typer.Argument(metavar="DURATION", help='How long: "30m", "2h"')],
    by: By = None,
) -> Answer:
    """Acknowledge for a while: then it pages again, unless resolved."""
    from escalate_cli.actions import change as operations
    from escalate_cli.cli.run import span

    length = span("DURATION", duration, some=True)
    return act(context, [incident], lambda one: operations.snooze(context, one, length, by=by), "snoozed")
