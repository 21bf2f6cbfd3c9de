"""Who will be woken when, message by message: a night that has not come yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from escalate_cli.actions import lookup as meaning
from escalate_cli.cli import simulation_script
from escalate_cli.cli.alert_file import declared_by_alert
from escalate_cli.cli.arguments import SeverityOption, moment, one_answer, to_duration
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import simulation as simulation_screen
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY, MINUTE
from escalate_cli.core.calendar.moment import iso, second_showing
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.doubt import guess
from escalate_cli.core.routing.router import Router
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.foresight.simulation import Happening
from escalate_cli.foresight.simulation import simulate as run
from escalate_cli.views.foresight import simulation_data
from escalate_cli.views.markdown.mermaid import mermaid as mermaid_text
from escalate_cli.views.simulation import since_start

_FARTHEST = 31 * DAY


def simulate(
    context: Context,
    title: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TITLE…]", help="What somebody says; not needed with --service"),
    ] = None,
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
    alert: Annotated[
        str | None,
        typer.Option(
            "--alert", metavar="FILE", help="What a monitor would send, in place of words; - is stdin"
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="S", help="The source that sends it", autocompletion=known("sources")
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help='When it is declared, as "sun 03:00"; else now')
    ] = None,
    for_: Annotated[str, typer.Option("--for", metavar="D", help="How long to look")] = "24h",
    ack: Annotated[
        list[str] | None,
        typer.Option("--ack", metavar="AFTER[:P]", help="P acknowledges; else the one who was paged last"),
    ] = None,
    pass_: Annotated[
        list[str] | None,
        typer.Option("--pass", metavar="AFTER[:P]", help="P cannot take it; else the one paged last"),
    ] = None,
    raise_: Annotated[
        list[str] | None, typer.Option("--raise", metavar="AFTER:S", help="The severity becomes S")
    ] = None,
    add_service: Annotated[
        list[str] | None, typer.Option("--add-service", metavar="AFTER:S", help="A service is added")
    ] = None,
    drop_service: Annotated[
        list[str] | None, typer.Option("--drop-service", metavar="AFTER:S", help="A service is taken out")
    ] = None,
    nudge: Annotated[
        list[str] | None, typer.Option("--nudge", metavar="AFTER:yes|no", help="Open nudges are answered")
    ] = None,
    message: Annotated[
        list[str] | None, typer.Option("--message", metavar="AFTER:M", help="An update says M")
    ] = None,
    resolve: Annotated[str | None, typer.Option("--resolve", metavar="AFTER", help="It is over")] = None,
    messages: Annotated[
        bool, typer.Option("--messages", help="Show the text of each message, too, as it will leave")
    ] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Answer as a Mermaid sequence diagram")] = False,
) -> Answer:
    """Every message that a declaration would lead to: when, to whom, through what and why. Sends
    nothing and stores nothing.
    """
    one_answer(context, mermaid=mermaid)
    catalog = context.catalog
    now = context.clock.now()
    start = moment(context, at, now) if at else now - now % MINUTE
    length = to_duration("--for", for_)
    if length > _FARTHEST:
        raise UsageProblem(
            f"--for: {for_} is more than 31 days", "one incident is simulated; --at begins it at another time"
        )
    until = start + length
    further: Sequence[Happening] = ()
    if alert is not None:
        if title or service or severity:
            raise UsageProblem(
                "--alert says what is wrong, where and how bad it is", "leave the words and --severity out"
            )
        declaration, further, notes = declared_by_alert(alert, source, context)
    else:
        declaration, notes = _declaration(
            " ".join(title or ()), service or (), meaning.pick_severity(severity, catalog), catalog
        )
    typed = simulation_script.TypedScript(
        ack or (),
        pass_ or (),
        raise_ or (),
        add_service or (),
        drop_service or (),
        nudge or (),
        message or (),
        resolve,
    )
    foreseen = run(
        declaration,
        catalog,
        start,
        until,
        [*further, *simulation_script.script(typed, catalog)],
        environ=context.environ if messages else None,
    )
    again = (
        second_showing(start, catalog.settings.timezone)
        if at and not re.search(r"(?i)(z|[+-]\d\d:?\d\d)$", at)
        else None
    )
    if again is not None:
        notes.append(f"the clock shows that time twice: the first is meant. The second is --at {iso(again)}")
    notes += [f"after {since_start(remark.at - start)}: {remark.text}" for remark in foreseen.remarks]
    notes += simulation_screen.doubts(foreseen) + simulation_screen.made_up(foreseen)
    data = simulation_data(foreseen)
    code = ExitCode.DONE if any(message.person for message in foreseen.messages) else ExitCode.NO
    if mermaid:
        return Answer(data, mermaid_text(foreseen, declaration, catalog), code, notes)
    return Answer(
        data,
        lambda console: simulation_screen.draw_simulation(console, foreseen, declaration, catalog),
        code,
        notes,
    )


def _declaration(
    title: str, services: Sequence[str], severity: str, catalog: Catalog
) -> tuple[Declaration, list[str]]:
    """What is declared, and what there is to say about how its words were understood."""
    affected = tuple(meaning.find_service(service, catalog).id for service in services)
    if affected:
        return Declaration(title or catalog.services[affected[0]].name, severity, affected), []
    if not title.strip():
        raise UsageProblem(
            "nothing is broken yet",
            "name a service or say what is broken: escalate simulate --service S, or in words",
        )
    routing = Router(catalog.services.values(), meanings).route(title)
    if routing.service is not None:
        return Declaration(title, severity, (routing.service,)), []
    guessed = guess(routing, catalog.settings.in_doubt)
    if guessed:
        names = " and ".join(catalog.services[service].name for service in guessed)
        note = f"no service fits these words for sure ({routing.match.value}): {names} is a guess"
        return Declaration(title, severity, guessed), [f"{note}. `escalate route` shows the candidates"]
    note = (
        f"no service fits these words for sure ({routing.match.value}): the fallback team gets it. `escalate"
        " route` shows the candidates"
    )
    return Declaration(title, severity), [note]
