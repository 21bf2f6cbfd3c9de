"""Past incidents through another configuration."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from escalate_cli.actions import lookup as meaning
from escalate_cli.actions.configurations import case_of, named_configuration
from escalate_cli.actions.on_record import numbers_of_all
from escalate_cli.cli.arguments import incident_number
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import replay as replay_screen
from escalate_cli.context import Context
from escalate_cli.errors import UsageProblem
from escalate_cli.foresight.replaying import replay as run
from escalate_cli.views.foresight import replay_data


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
    if (incident is None) != all:
        raise UsageProblem("name one incident, or --all", "escalate replay 12 --config NEW")
    catalog = named_configuration(context, config) if config is not None else context.catalog
    asked = [incident_number(incident)] if incident is not None else numbers_of_all(context)
    now = context.clock.now()
    replays = []
    for number in asked:
        case, _ = case_of(context, meaning.find_incident(context, number))
        replays.append(run(case, catalog, now))
    data = [replay_data(replay) for replay in replays]
    notes = [f"#{replay.situation.incident.id}: {remark}" for replay in replays for remark in replay.remarks]
    answer: Any = data if all else data[0]
    if not replays:
        return Answer(answer, "No incidents.")
    return Answer(answer, lambda console: replay_screen.draw_replays(console, replays, catalog), notes=notes)
