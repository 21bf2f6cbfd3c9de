"""Before the night: who will be woken, why somebody was or was not, what a change of the
configuration changes for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.arguments import Id, Severity, number
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.errors import EscalateError, ExitCode, UsageProblem
from escalate_cli.views.foresight import explanation_data, replay_data, simulation_data

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.core.organisation.catalog import Catalog

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
    severity: Severity = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help='When it is declared, as "sun 03:00"; else now')
    ] = None,
    for_: Annotated[str, typer.Option("--for", metavar="D", help="How long to look")] = "24h",
    ack: Annotated[
        list[str] | None,
        typer.Option("--ack", metavar="AFTER[:P]", help="P acknowledges; else the one who was paged last"),
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
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Answer as a Mermaid sequence diagram")] = False,
) -> Answer:
    """Every message that a declaration would lead to: when, to whom, through what and why. Sends
    nothing and stores nothing.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli import simulation_script as foresight_script
    from escalate_cli.cli.arguments import moment, one_answer, to_duration
    from escalate_cli.cli.screens import foresight as foresight_screens
    from escalate_cli.core.calendar.duration import MINUTE
    from escalate_cli.core.calendar.moment import iso, second_showing
    from escalate_cli.foresight.simulation import simulate as run

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
    said, notes = _declaration(
        " ".join(title or ()), service or (), meaning.pick_severity(severity, catalog), catalog
    )
    typed = foresight_script.Typed(
        ack or (), raise_ or (), add_service or (), drop_service or (), nudge or (), message or (), resolve
    )
    foreseen = run(said, catalog, start, until, foresight_script.script(typed, catalog))
    again = (
        second_showing(start, catalog.settings.timezone)
        if at and not re.search(r"(?i)(z|[+-]\d\d:?\d\d)$", at)
        else None
    )
    if again is not None:
        notes.append(f"the clock shows that time twice: the first is meant. The second is --at {iso(again)}")
    notes += [
        f"after {foresight_screens.passed(remark.at - start)}: {remark.text}" for remark in foreseen.remarks
    ]
    data = simulation_data(foreseen)
    code = ExitCode.DONE if any(one.person for one in foreseen.messages) else ExitCode.NO
    if mermaid:
        return Answer(data, foresight_screens.mermaid(foreseen, said, catalog), code, notes)
    return Answer(
        data, lambda console: foresight_screens.draw_simulation(console, foreseen, said, catalog), code, notes
    )


def _declaration(title: str, services: Any, severity: str, catalog: Catalog) -> tuple[Any, list[str]]:
    """What is declared, and what there is to say about how its words were understood."""
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.core.changes.declare import Declaration
    from escalate_cli.core.routing.router import Router

    found = tuple(meaning.find_service(service, catalog).id for service in services)
    if found:
        return Declaration(title or catalog.services[found[0]].name, severity, found), []
    if not title.strip():
        raise UsageProblem(
            "nothing is broken yet",
            "name a service or say what is broken: escalate simulate --service S, or in words",
        )
    routing = Router(catalog.services.values()).route(title)
    if routing.service is not None:
        return Declaration(title, severity, (routing.service,)), []
    note = (
        f"no service fits these words for sure ({routing.match.value}): the fallback team gets it. `escalate"
        " route` shows the candidates"
    )
    return Declaration(title, severity), [note]


def explain(
    context: Context,
    incident: Id,
    person: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERSON]", help="Why they were told, or why not", autocompletion=known("people")
        ),
    ] = None,
) -> Answer:
    """Why: from the reporter's words to each message, link by link, with file and line; for
    somebody not told, what stopped it.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli.screens import foresight as foresight_screens
    from escalate_cli.foresight import absence
    from escalate_cli.foresight.case import Case
    from escalate_cli.foresight.explanation import links_of

    situation = meaning.find_incident(context, number(incident))
    catalog, notes = as_it_was(context, situation.incident.config_version)
    record = Case(situation, context.store.situations.timeline(situation.incident.id), catalog)
    who = meaning.find_person(person, catalog) if person else None
    links = _safely("why they were told", lambda: links_of(record, who), notes) or ()
    stopped = would_at = None
    now = context.clock.now()
    if who is not None and not absence.was_told(record, who):
        stopped = _safely("what stopped it", lambda: absence.stopped_by(record, who), notes)
        would_at = _safely(
            "when it would reach them",
            lambda: absence.would_tell_at(record, context.running_catalog, now, who),
            notes,
        )
    data = explanation_data(situation, who, links, stopped, would_at)

    def screen(console: Console) -> None:
        foresight_screens.draw_explanation(console, record, who, links, stopped, would_at, now)

    return Answer(data, screen, notes=notes)


def _safely(what: str, answer: Callable[[], Any], notes: list[str]) -> Any:
    """The answer; None, and a note, where something that it needs cannot be used: the rest is said
    as ever.
    """
    try:
        return answer()
    except EscalateError:
        raise
    except Exception as problem:
        notes.append(f"{what} cannot be said ({words_of(problem)}). `escalate doctor` tells more")
        return None


def diff(
    context: Context,
    config_a: Annotated[
        str, typer.Argument(metavar="CONFIG_A", help="A directory, a file, or a git revision")
    ],
    config_b: Annotated[
        str | None, typer.Argument(metavar="[CONFIG_B]", help="The same; else the configuration in use")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Answer in Markdown, for a pull request")
    ] = False,
) -> Answer:
    """What changes for people from A to B: who is reached earlier, later, no longer, for the first
    time. Exit code 1 when anything does.
    """
    from escalate_cli.cli.arguments import one_answer
    from escalate_cli.cli.screens import difference as difference_screen
    from escalate_cli.core.calendar.duration import MINUTE
    from escalate_cli.foresight.difference import difference, telling_moments
    from escalate_cli.health.warnings import unusable_warning
    from escalate_cli.views.difference import difference_data
    from escalate_cli.views.markdown import difference as for_a_review

    one_answer(context, markdown=markdown)
    now = context.clock.now()
    now -= now % MINUTE
    old = _configuration(context, config_a)
    new = _configuration(context, config_b) if config_b is not None else context.catalog
    notes: list[str] = []
    changes = difference(old, new, now, notes.append)
    warnings = (note.text for catalog in (old, new) for note in unusable_warning(catalog, now))
    notes = list(dict.fromkeys([*warnings, *notes]))
    moments = telling_moments(old, new, now)
    data = difference_data(changes)
    code = ExitCode.NO if changes else ExitCode.DONE
    if markdown:
        return Answer(data, for_a_review.markdown(changes, moments, old, new), code, notes)
    return Answer(
        data,
        lambda console: difference_screen.draw_difference(console, changes, moments, old, new),
        code,
        notes,
    )


def _configuration(context: Context, named: str) -> Any:
    """The configuration that a directory or file holds; of a git revision, the one at the place of
    the configuration in use.
    """
    import os.path
    from pathlib import Path

    from escalate_cli.config.load import load
    from escalate_cli.config.problems import InvalidConfiguration
    from escalate_cli.config.revisions import load_revision

    here = os.path.exists(named)
    try:
        return (load(Path(named)) if here else load_revision(named, context.config_path)).catalog
    except InvalidConfiguration as invalid:
        invalid.where = f"the configuration {'in' if here else 'of the revision'} {named}"
        invalid.remedy = (
            f"put that right, then run `escalate --config {named} check`"
            if here
            else "name a revision that was valid"
        )
        raise


def replay(
    context: Context,
    incident: Annotated[str | None, typer.Argument(metavar="[ID]", help="The incident")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every incident there is")] = False,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="NEW",
            help="Through this: a directory, a file, a git revision; else the one in use",
        ),
    ] = None,
) -> Answer:
    """The facts of past incidents through a configuration: who would have been paged when, against
    what was.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.cli.screens import replay as replay_screen
    from escalate_cli.foresight.case import Case
    from escalate_cli.foresight.replaying import replay as run

    if (incident is None) != all:
        raise UsageProblem("name one incident, or --all", "escalate replay 12 --config NEW")
    catalog = _configuration(context, config) if config is not None else context.catalog
    situations = context.store.situations
    every = situations.listed(running_only=False) if all else ()
    asked = [number(incident)] if incident is not None else [one.id for one in every]
    now = context.clock.now()
    replays = []
    for one in sorted(asked):
        situation = meaning.find_incident(context, one)
        was, _ = as_it_was(context, situation.incident.config_version)
        replays.append(run(Case(situation, situations.timeline(one), was), catalog, now))
    data = [replay_data(replay) for replay in replays]
    notes = [f"#{one.situation.incident.id}: {remark}" for one in replays for remark in one.remarks]
    answer: Any = data if all else data[0]
    if not replays:
        return Answer(answer, "No incidents.")
    return Answer(answer, lambda console: replay_screen.draw_replays(console, replays, catalog), notes=notes)


def as_it_was(context: Context, version: str) -> tuple[Any, list[str]]:
    """The configuration with this version, kept with the incidents; the present one, and a word
    about it, where it was not kept.
    """
    from escalate_cli.core.organisation.codec import decode

    present = context.running_catalog
    if present.version == version:
        return present, []
    document = context.store.ledger.configuration(version)
    if document is None:
        return present, [
            "the configuration of that time was not kept: what is said of lines and names is of the"
            " present one"
        ]
    return decode(document), ["lines and names are those of the configuration at that time"]
