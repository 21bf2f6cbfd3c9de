"""Declaring an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from escalate_cli.actions import lookup
from escalate_cli.actions.declare import Request
from escalate_cli.actions.declare_and_page import DeclaredIncident, declare_incident
from escalate_cli.actions.doubt import Ask, AskApart, Doubt, ToBeJoined
from escalate_cli.cli.arguments import MessageOption, SeverityOption, labels
from escalate_cli.cli.asking import Meanwhile, interactive
from escalate_cli.cli.asking import choose as ask
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer, say
from escalate_cli.cli.piped_text import declared_message
from escalate_cli.cli.screens import incident as incident_screen
from escalate_cli.cli.screens import route as route_screen
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.changes.joining import OutageBehind
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Match, Router, Routing
from escalate_cli.views.acts import declared_data, declared_in_short
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
    join: Annotated[
        str | None,
        typer.Option(
            "--join",
            metavar="ID|never",
            help="It is a part of this open incident; never: an incident of its own, whatever it needs",
            autocompletion=known("incidents"),
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
    asked = Request(" ".join(title), services, severity, text, by, lead, labels(label), key, told, join)
    if dry_run:
        return _dry_run(context, asked)
    context.sender.warm()
    answer = declare_and_answer(context, asked, _asker(context), _asker_of_outages(context, asked))
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


def _asker_of_outages(context: Context, asked: Request) -> AskApart | None:
    """Asks on a terminal whether what has joined an outage is a part of it."""
    if context.options.json or not interactive() or asked.join is not None:
        return None

    def ask_apart(joined: ToBeJoined) -> bool:
        catalog, incident = context.running_catalog, joined.situation.incident
        service, team = catalog.services[joined.service], catalog.services[joined.service].team
        needs = f", which {service.name} needs" if joined.behind.needs else ""
        about = ", ".join(map(catalog.service_name, incident.services))

        def page() -> None:
            say("No answer yet: it stays a part of it. An answer still counts.")
            joined.page()

        question = f"#{incident.id} is open about {about}{needs}. Is this the same outage?"
        choices = (
            f"yes: it is stored as an update of #{incident.id}",
            f"no: page {catalog.team_name(team)} for an incident of its own",
        )
        return ask(question, choices, meanwhile=Meanwhile(_PATIENCE, page)) == 1

    return ask_apart


def declare_and_answer(
    context: Context, asked: Request, ask_which: Ask | None = None, ask_apart: AskApart | None = None
) -> Answer:
    """Declare, and show how it stands; where that cannot be shown, that it is stored."""
    declared = declare_incident(context, asked, ask_which, ask_apart=ask_apart)
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
    if declared.joined is not None:
        console.print(_joined_in_words(declared, declared.joined, context.running_catalog), markup=False)
        texts = None
    try:
        incident_screen.draw_declared(console, situation, texts, context.running_catalog, context.clock.now())
    except Exception:
        console.print(_in_short(declared), highlight=False)


def _joined_in_words(declared: DeclaredIncident, behind: OutageBehind, catalog: Catalog) -> str:
    """What became of it, and how to take it apart again."""
    number, service = behind.incident, declared.routing.get("service")
    text = f"It is a part of incident {number}, which is open, and an update of that."
    if not isinstance(service, str) or not behind.needs:
        return text
    name, needs = catalog.service_name(service), catalog.service_name(behind.needs)
    team = catalog.team_name(catalog.services[service].team)
    return (
        f"{text} {name} needs {needs}: {team} is not paged. If it is an outage of its own:"
        f" {catalog.to_type(f'escalate update {number} --split {service}')}"
    )


def _in_short(declared: DeclaredIncident) -> str:
    return f"#{declared.number} is declared"
