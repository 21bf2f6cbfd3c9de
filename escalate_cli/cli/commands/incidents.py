"""Declaring an incident and acting on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from escalate_cli.actions import lookup
from escalate_cli.actions.declare import Request
from escalate_cli.actions.declare_and_page import DeclaredIncident, declare_incident
from escalate_cli.actions.doubt import Ask, Doubt
from escalate_cli.actions.intents import (
    Acknowledgement,
    Intent,
    Passing,
    Recovery,
    Reopening,
    Resolution,
    Revision,
    Snooze,
)
from escalate_cli.actions.perform import ActReport, perform
from escalate_cli.cli.arguments import By, MessageOption, SeverityOption, labels, to_duration
from escalate_cli.cli.asking import Meanwhile, interactive
from escalate_cli.cli.asking import choose as ask
from escalate_cli.cli.completion import in_turn, known
from escalate_cli.cli.incident_choice import IncidentChoice, Key, SomeId, SomeIds
from escalate_cli.cli.output import Answer, say
from escalate_cli.cli.piped_text import declared_message, typed_or_piped
from escalate_cli.cli.screens import incident as incident_screen
from escalate_cli.cli.screens import route as route_screen
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.routing.router import Match, Router, Routing
from escalate_cli.errors import UsageProblem
from escalate_cli.views.acts import declared_data, declared_in_short, performed_data
from escalate_cli.views.route import route_data

if TYPE_CHECKING:
    from rich.console import Console


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
    severity: SeverityOption = None,
    message: MessageOption = None,
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
    tell: Annotated[
        list[str] | None,
        typer.Option(
            "--tell",
            metavar="ADDRESS",
            help="Where the reporter hears that somebody has it and that it is over: a mail address, a phone"
            " number, or GATEWAY:ADDRESS (repeatable)",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would be paged; store and send nothing")
    ] = False,
) -> Answer:
    """Declare an incident: find out whose it is, store it, page. Exit code 0: it is stored and will
    be paged.
    """
    text, notes = declared_message(message)
    services, told = tuple(service or ()), tuple(tell or ())
    asked = Request(" ".join(title), services, severity, text, by, lead, labels(label), key, told)
    if dry_run:
        return _dry_run(context, asked)
    context.sender.warm()
    answer = declare_and_answer(context, asked, _asker(context))
    return replace(answer, notes=[*notes, *answer.notes]) if notes else answer


def _dry_run(context: Context, asked: Request) -> Answer:
    catalog = context.running_catalog
    severity = lookup.pick_severity(asked.severity, catalog)
    for address in asked.tell:
        lookup.find_address(address, catalog)
    services = tuple(lookup.find_service(service, catalog).id for service in asked.services)
    given = Routing(asked.title, Match.EXACT, services[0], ()) if services else None
    routing = given or Router(catalog.services.values(), meanings).route(asked.title)
    now = context.clock.now()
    data, walk = route_data(routing, severity, now, catalog, services=services)
    return Answer(
        data,
        lambda console: route_screen.draw_route(console, data, walk, routing, catalog, now),
        notes=["dry run: nothing was stored and nobody was paged"],
    )


_PATIENCE = 10.0
"""seconds for which a declared incident waits for the answer before it is paged as it stands"""


def _asker(context: Context) -> Ask | None:
    """Asks on a terminal which of the candidates is meant; elsewhere nobody can be asked."""
    if context.options.json or not interactive():
        return None

    def ask_which(doubt: Doubt) -> str | None:
        catalog, number = context.running_catalog, doubt.situation.incident.id
        teams = ", ".join(catalog.team_name(escalation.team) for escalation in doubt.situation.escalations)
        lines = [
            f"{candidate['name']} ({catalog.team_name(candidate['team'])}): {', '.join(candidate['because'])}"
            for candidate in doubt.candidates
        ]

        def page() -> None:
            say(f"No answer yet: {teams} is being paged. An answer still counts.")
            doubt.page()

        question = (
            f"#{number} is stored. Which service is it? Until you say so it is with {teams}, who are paged"
            f" in {_PATIENCE:.0f}s at the latest."
        )
        index = ask(question, lines, meanwhile=Meanwhile(_PATIENCE, page))
        return None if index is None else str(doubt.candidates[index]["service"])

    return ask_which


def declare_and_answer(context: Context, asked: Request, ask_which: Ask | None = None) -> Answer:
    """Declare, and show how it stands; where that cannot be shown, that it is stored."""
    declared = declare_incident(context, asked, ask_which)
    try:
        viewer = lookup.reporter(asked.by, context)
        data = declared_data(declared, context.running_catalog, viewer)
    except Exception as problem:  # it is stored, and that is what whoever declared must know
        declared = declared.unseen(problem)
        data = declared_in_short(declared)
    notes = [note.text for note in declared.notes]
    situation = declared.situation
    if situation is None:
        return Answer(data, _in_short(declared), declared.exit_code, notes, acted=True)

    def screen(console: Console) -> None:
        _draw_declared(console, declared, situation, context)

    return Answer(data, screen, declared.exit_code, notes, acted=True)


def _draw_declared(
    console: Console, declared: DeclaredIncident, situation: Situation, context: Context
) -> None:
    texts = None if declared.created else [news.text for news in declared.news]
    try:
        incident_screen.draw_declared(console, situation, texts, context.running_catalog, context.clock.now())
    except Exception:
        console.print(_in_short(declared), highlight=False)


def _in_short(declared: DeclaredIncident) -> str:
    return f"#{declared.number} is declared"


def act(context: Context, incidents: Sequence[int], intent: Intent) -> Answer:
    """Do this to incidents, and answer with how they are now."""
    performed = perform(context, intent, incidents)
    data = performed_data(performed, context.running_catalog, lookup.whoever_types(intent.by, context))
    return Answer(
        data[0] if len(set(incidents)) == 1 else data,
        lambda console: _draw(console, performed, context),
        performed.exit_code,
        [note.text for note in performed.notes],
        acted=True,
        failures=performed.failures,
    )


def _draw(console: Console, performed: ActReport, context: Context) -> None:
    for number, situation in enumerate(performed.situations):
        if number:
            console.print()
        changed = situation.incident.id not in performed.unchanged
        now = context.clock.now()
        incident_screen.draw_brief(console, situation, context.running_catalog, now, changed=changed)


def update(
    context: Context,
    incident: SomeId = None,
    severity: SeverityOption = None,
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
    message: MessageOption = None,
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="Say it better")] = None,
    by: By = None,
    key: Key = None,
) -> Answer:
    """Change an incident, or add a message that the channels of its teams hear."""
    intent = Revision(
        severity,
        tuple(service or ()),
        tuple(drop_service or ()),
        lead,
        labels(label),
        typed_or_piped(message),
        title,
        by=by,
    )
    return act_on(context, IncidentChoice(typed=incident, key=key, by=by, verb="update"), intent)


def ack(
    context: Context,
    incident: SomeIds = None,
    by: By = None,
    all: Annotated[
        bool,
        typer.Option("--all", help="For every team, not only yours; or take over what somebody else has"),
    ] = False,
    key: Key = None,
) -> Answer:
    """Acknowledge: I am on it. Stops the paging of the teams you belong to (of all of them, if you
    are in none).
    """
    chosen = IncidentChoice(typed=incident, key=key, by=by, verb="ack", unanswered=True)
    return act_on(context, chosen, Acknowledgement(all, by=by))


def pass_(context: Context, incident: SomeIds = None, by: By = None, key: Key = None) -> Answer:
    """Not me: ends your part of the paging. The next level is paged at once where nobody else of this
    one is left. Whoever had it gives it back.
    """
    chosen = IncidentChoice(typed=incident, key=key, by=by, verb="pass")
    return act_on(context, chosen, Passing(by=by))


def resolve(
    context: Context, incident: SomeIds = None, message: MessageOption = None, by: By = None, key: Key = None
) -> Answer:
    """It is over: stops everything and tells those who were paged."""
    chosen = IncidentChoice(typed=incident, key=key, by=by, verb="resolve", option="--message")
    # a monitor closes what it opened
    end = Recovery if key and by else Resolution
    return act_on(context, chosen, end(typed_or_piped(message), by=by))


def reopen(
    context: Context,
    incident: Annotated[str | None, typer.Argument(metavar="[ID]", help="The incident")] = None,
    message: MessageOption = None,
    by: By = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="K", help="The open one with this key, else the last one that had it"),
    ] = None,
) -> Answer:
    """It is not over: pages its teams again from level 1. Takes back an acknowledgement, too."""
    chosen = IncidentChoice(
        typed=incident, key=key, by=by, verb="reopen", must_be_named=True, resolved_too=True
    )
    return act_on(context, chosen, Reopening(typed_or_piped(message), by=by))


def snooze(
    context: Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[ID] DURATION",
            help='The incident, else the only open one; how long: "30m", "2h"',
            autocompletion=in_turn("incidents durations", "durations"),
        ),
    ],
    by: By = None,
    key: Key = None,
) -> Answer:
    """Acknowledge for a while: then it pages again, unless resolved."""
    *typed, duration = words
    if len(typed) > 1:
        raise UsageProblem(
            f"got unexpected extra argument(s) ({' '.join(words[2:])})", "escalate snooze 12 30m"
        )
    if not typed and duration.removeprefix("#").isdigit():
        raise UsageProblem("missing argument 'DURATION'", f"say for how long: escalate snooze {duration} 30m")
    length = to_duration("DURATION", duration, at_least_a_second=True)
    chosen = IncidentChoice(typed=typed, key=key, by=by, verb="snooze", unanswered=True)
    return act_on(context, chosen, Snooze(length, by=by))


def act_on(context: Context, chosen: IncidentChoice, intent: Intent) -> Answer:
    """Do this to the incidents that a line is about; where a key leads to none, there is nothing to do."""
    incidents = chosen.incidents(context)
    return act(context, incidents, intent) if incidents else chosen.nothing()
