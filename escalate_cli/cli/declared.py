"""Declaring from the command line: whatever fails, whoever declares learns whether it is stored,
and somebody is paged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from escalate_cli.actions import declare as declaring
from escalate_cli.actions import lookup as meaning
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.actions.declare import Declared
    from escalate_cli.engine.pass_report import PassReport


def declare_and_answer(
    context: Context, asked: declaring.Request, choose: Callable[[Any], str | None]
) -> Answer:
    """Store it, page, and say how it stands. What cannot be stored is kept aside, and the fallback
    is paged directly.
    """
    try:
        declared = declaring.declare(context, asked, choose)
    except EscalateError as problem:
        if not isinstance(problem, DatabaseProblem):
            raise
        from escalate_cli.actions.kept_declarations import keep_declaration

        raise keep_declaration(context, asked, problem) from None
    except Exception as problem:
        from escalate_cli.actions.kept_declarations import keep_declaration
        from escalate_cli.health.emergency_page import failure

        raise keep_declaration(context, asked, failure(problem)) from problem
    try:
        report = _delivered(context, declared)
    except Exception as problem:  # it is stored, and that is what whoever declared must know
        notes = [
            *declared.broken,
            f"it is stored, and the next tick pages: what follows a declaration failed ({_why(problem)})",
        ]
        return _in_short(declared, ExitCode.UNDELIVERED, notes)
    try:
        return _declared(context, declared, report)
    except Exception as problem:
        from escalate_cli.cli.delivered import undelivered

        troubles = report.troubles if report else []
        notes = [
            *declared.broken,
            *troubles,
            f"it is stored and delivered as far as it can be, but cannot be shown ({_why(problem)})",
        ]
        return _in_short(declared, undelivered(report) if report else ExitCode.DONE, notes)


def _delivered(context: Context, declared: Declared) -> Any:
    """What delivering at once what is due came to; None where nothing is new."""
    from escalate_cli.engine.engine import deliver
    from escalate_cli.engine.rebuilding import with_sound_indexes

    if not declared.created and not declared.news:
        return None
    return with_sound_indexes(context, lambda: deliver(context, [declared.situation.incident.id]))


def _in_short(declared: Declared, code: ExitCode, notes: list[str]) -> Answer:
    number = declared.situation.incident.id
    return Answer(
        {"id": number, "created": declared.created}, f"#{number} is declared", code, notes, acted=True
    )


def _why(problem: Exception) -> str:
    from escalate_cli.health import emergency_page as emergency

    return problem.message if isinstance(problem, EscalateError) else emergency.failure(problem).message


def _declared(context: Context, declared: Declared, report: PassReport) -> Answer:
    """How a declaration stands that is stored and delivered."""
    from escalate_cli.cli.delivered import failure_notes, nobody_is_paged, undelivered
    from escalate_cli.cli.screens.held_back import held_notes
    from escalate_cli.health.warnings import standing_warnings
    from escalate_cli.views.incident import situation_data

    situation = meaning.find_incident(context, declared.situation.incident.id)
    catalog = context.running_catalog
    data = situation_data(situation, catalog) | {
        "created": declared.created,
        "routing": declared.routing or None,
    }
    data["news"] = [{"what": one.what, "done": one.done, "text": one.text} for one in declared.news]
    nobody = nobody_is_paged(situation)
    code = ExitCode.UNDELIVERED if nobody else undelivered(report) if report else ExitCode.DONE

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import incident as incident_screen

        news = None if declared.created else [one.text for one in declared.news]
        try:
            incident_screen.draw_declared(console, situation, news, catalog, context.clock.now())
        except Exception:
            console.print(f"#{situation.incident.id} is declared", highlight=False)

    warnings = [note.text for note in standing_warnings(context)]
    notes = [*declared.broken, *nobody, *warnings, *failure_notes([situation], report)]
    notes += held_notes([situation], catalog, context.clock.now())
    return Answer(data, screen, code, notes, acted=True)
