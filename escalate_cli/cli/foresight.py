"""Before the night: who will be woken, why somebody was or was not, what a change of the configuration changes for people."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from escalate_cli.cli.completing import known
from escalate_cli.cli.incidents import Id, Severity, number
from escalate_cli.cli.render import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem


def simulate(
    context: Context,
    title: Annotated[list[str] | None, typer.Argument(metavar="[TITLE…]", help="What somebody says; not needed with --service")] = None,
    service: Annotated[
        list[str] | None,
        typer.Option("--service", "-s", metavar="S", help="A service that is affected (repeatable)", autocompletion=known("services")),
    ] = None,
    severity: Severity = None,
    at: Annotated[str | None, typer.Option("--at", metavar="T", help='When it is declared, as "sun 03:00"; else now')] = None,
    for_: Annotated[str, typer.Option("--for", metavar="D", help="How long to look")] = "24h",
    ack: Annotated[
        list[str] | None, typer.Option("--ack", metavar="AFTER[:P]", help="P acknowledges; else the one who was paged last")
    ] = None,
    raise_: Annotated[list[str] | None, typer.Option("--raise", metavar="AFTER:S", help="The severity becomes S")] = None,
    add_service: Annotated[list[str] | None, typer.Option("--add-service", metavar="AFTER:S", help="A service is added")] = None,
    drop_service: Annotated[list[str] | None, typer.Option("--drop-service", metavar="AFTER:S", help="A service is taken out")] = None,
    nudge: Annotated[list[str] | None, typer.Option("--nudge", metavar="AFTER:yes|no", help="Open nudges are answered")] = None,
    message: Annotated[list[str] | None, typer.Option("--message", metavar="AFTER:M", help="An update says M")] = None,
    resolve: Annotated[str | None, typer.Option("--resolve", metavar="AFTER", help="It is over")] = None,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Answer as a Mermaid sequence diagram")] = False,
) -> Answer:
    """Every message that a declaration would lead to: when, to whom, through what and why. Sends nothing and stores nothing."""
    from escalate_cli import operations
    from escalate_cli.cli import foresight_screens, foresight_script
    from escalate_cli.cli.frame import moment, span
    from escalate_cli.foresight.simulation import simulate as run

    catalog = context.catalog
    now = context.clock.now()
    start = moment(context, at, now) if at else now
    until = start + span("--for", for_)
    said, notes = _declaration(" ".join(title or ()), service or (), operations.pick_severity(severity, catalog), catalog)
    typed = foresight_script.Typed(
        ack or (), raise_ or (), add_service or (), drop_service or (), nudge or (), message or (), resolve
    )
    foreseen = run(said, catalog, start, until, foresight_script.script(typed, catalog))
    notes += [f"after {foresight_screens.passed(one.at - start)}: {one.text}" for one in foreseen.remarks]
    data = foresight_screens.simulation_data(foreseen)
    code = ExitCode.DONE if any(one.person for one in foreseen.messages) else ExitCode.NO
    if mermaid:
        return Answer(data, foresight_screens.mermaid(foreseen, said, catalog), code, notes)
    return Answer(data, lambda console: foresight_screens.draw_simulation(console, foreseen, said, catalog), code, notes)


def _declaration(title: str, services: Any, severity: str, catalog: Any) -> tuple[Any, list[str]]:
    """What is declared, and what there is to say about how its words were understood."""
    from escalate_cli import operations
    from escalate_cli.core.incident import Declaration
    from escalate_cli.core.routing import Router

    found = tuple(operations.find_service(one, catalog).id for one in services)
    if found:
        return Declaration(title or catalog.services[found[0]].name, severity, found), []
    if not title.strip():
        raise UsageProblem("nothing is broken yet", "name a service or say what is broken: escalate simulate --service S, or in words")
    routing = Router(catalog.services.values()).route(title)
    if routing.service is not None:
        return Declaration(title, severity, (routing.service,)), []
    note = f"no service fits these words for sure ({routing.match.value}): the fallback team gets it. `escalate route` shows the candidates"
    return Declaration(title, severity), [note]


def explain(
    context: Context,
    incident: Id,
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON]", help="Why they were told, or why not", autocompletion=known("people"))
    ] = None,
) -> Answer:
    """Why: from the reporter's words to each message, link by link, with file and line; for somebody not told, what stopped it."""
    from escalate_cli import operations
    from escalate_cli.cli import foresight_screens
    from escalate_cli.foresight import absence
    from escalate_cli.foresight.explanation import Record
    from escalate_cli.foresight.explanation import explain as links_of

    situation = operations.load(context, number(incident))
    catalog, notes = _as_it_was(context, situation.incident.config_version)
    record = Record(situation, context.store.situations.timeline(situation.incident.id), catalog)
    who = operations.find_person(person, catalog) if person else None
    links = links_of(record, who)
    stopped = would_at = None
    now = context.clock.now()
    if who is not None and not absence.was_told(record, who):
        stopped = absence.stopped_by(record, who)
        would_at = absence.would_tell_at(situation, context.running_catalog, now, who)
    data = foresight_screens.explanation_data(situation, who, links, stopped, would_at)

    def screen(console: Any) -> None:
        foresight_screens.draw_explanation(console, record, who, links, stopped, would_at, now)

    return Answer(data, screen, notes=notes)


def _as_it_was(context: Context, version: str) -> tuple[Any, list[str]]:
    """The configuration with this version, kept with the incidents; the present one, and a word about it, where it was not kept."""
    from escalate_cli.config.codec import decode

    present = context.running_catalog
    if present.version == version:
        return present, []
    document = context.store.ledger.configuration(version)
    if document is None:
        return present, ["the configuration of that time was not kept: what is said of lines and names is of the present one"]
    return decode(document), ["lines and names are those of the configuration at that time"]
