"""Acting on an incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

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
from escalate_cli.actions.lookup import reporter
from escalate_cli.actions.perform import ActReport, perform
from escalate_cli.actions.splitting import split_and_page
from escalate_cli.cli.arguments import By, MessageOption, SeverityOption, labels, to_duration
from escalate_cli.cli.completion import in_turn, known
from escalate_cli.cli.incident_choice import IncidentChoice, Key, SomeId, SomeIds
from escalate_cli.cli.output import Answer
from escalate_cli.cli.piped_text import typed_or_piped
from escalate_cli.cli.screens import incident as incident_screen
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.errors import UsageProblem
from escalate_cli.views.acts import performed_data

if TYPE_CHECKING:
    from rich.console import Console


def act(context: Context, incidents: Sequence[int], intent: Intent) -> Answer:
    """Do this to incidents, and answer with how they are now."""
    performed = perform(context, intent, incidents)
    data = performed_data(performed, context.running_catalog, reporter(intent.by, context))
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
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            metavar="S",
            help="This service is an incident of its own, whose team is paged",
            autocompletion=known("services"),
        ),
    ] = None,
    by: By = None,
    key: Key = None,
) -> Answer:
    """Change an incident, or add a message that the channels of its teams hear."""
    if split is not None:
        if any((severity, service, drop_service, lead, label, message, title)):
            raise UsageProblem("--split goes alone", "split it off first, then say what else changes")
        return _split(context, IncidentChoice(typed=incident, key=key, by=by, verb="update"), split, by)
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


def _split(context: Context, chosen: IncidentChoice, service: str, by: str | None) -> Answer:
    """The incident that the service has of its own, paged."""

    def apart(situation: Situation, entries: tuple[Entry, ...]) -> Answer:
        context.sender.warm()
        performed = split_and_page(context, situation.incident.id, service, by)
        return Answer(
            performed_data(performed, context.running_catalog, reporter(by, context))[-1],
            lambda console: _draw(console, performed, context),
            performed.exit_code,
            [note.text for note in performed.notes],
            acted=True,
        )

    return chosen.looked_at(context, apart)


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
