"""What to change, with evidence and the TOML."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.cli.looking_back import SinceOption, look_back
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import DatabaseProblem
from escalate_cli.views.lessons import proposal_data

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.actions import lookup as meaning
from escalate_cli.actions.configurations import case_of, kept_configuration
from escalate_cli.cli.screens import lessons as lessons_screen
from escalate_cli.foresight.case import Case
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import lessons as learn
from escalate_cli.insight.lessons.proposal import Past
from escalate_cli.insight.lessons.trial import try_out


def lessons(
    context: Context,
    since: SinceOption = "365d",
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Show what past incidents would have looked like with each proposal"),
    ] = False,
) -> Answer:
    """What to change, each with its evidence and the TOML: words to route by, levels nobody
    answers, waits, nudges, nights, gateways.
    """
    catalog = context.catalog
    period = look_back(context, since)
    now = context.clock.now()

    @cache
    def then(version: str) -> Catalog | None:
        return kept_configuration(context, version)

    past = Past(period.records, catalog, Texts.at(context.config_path), now, then)
    proposals = learn(past)

    def look(incident: int) -> Case | None:
        try:
            return case_of(context, meaning.find_incident(context, incident))[0]
        except DatabaseProblem:
            return None  # damaged: doctor names it

    trials = [try_out(proposal, past, look, now) if replay else None for proposal in proposals]

    def screen(console: Console) -> None:
        lessons_screen.draw_lessons(console, proposals, trials, len(period.records), period.words, catalog)

    data = [proposal_data(proposal, trial) for proposal, trial in zip(proposals, trials, strict=True)]
    return Answer(data, screen, notes=period.notes)
