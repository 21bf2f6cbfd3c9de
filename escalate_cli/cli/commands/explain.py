"""Why somebody was told, or was not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from escalate_cli.actions import lookup as meaning
from escalate_cli.actions.configurations import case_of
from escalate_cli.cli.arguments import IncidentId, incident_number
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import explanation as explanation_screen
from escalate_cli.context import Context
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.errors import EscalateError
from escalate_cli.foresight import absence
from escalate_cli.foresight.explanation import links_of
from escalate_cli.views.foresight import explanation_data

if TYPE_CHECKING:
    from rich.console import Console

_Result = TypeVar("_Result")


def explain(
    context: Context,
    incident: IncidentId,
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
    situation = meaning.find_incident(context, incident_number(incident))
    record, notes = case_of(context, situation)
    who = meaning.find_person(person, record.catalog).id if person else None
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
        explanation_screen.draw_explanation(console, record, who, links, stopped, would_at, now)

    return Answer(data, screen, notes=notes)


def _safely(what: str, answer: Callable[[], _Result], notes: list[str]) -> _Result | None:
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
