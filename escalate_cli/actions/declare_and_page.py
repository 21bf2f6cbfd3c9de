"""Declaring as one call: store the incident, page, and say how it stands. Whatever fails, whoever
declares learns whether it is stored, and somebody is paged.

What cannot be stored is kept aside, and the fallback is paged directly.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.aftermath import (
    deliver_now,
    delivery_notes,
    held_back_notes,
    nobody_is_paged,
    undelivered,
)
from escalate_cli.actions.declare import Request, StoredDeclaration, store_declaration
from escalate_cli.actions.doubt import Ask, AskApart, ToBeJoined, settle_doubt, settle_joining
from escalate_cli.actions.kept_declarations import keep_declaration
from escalate_cli.actions.lookup import find_incident
from escalate_cli.context import Context
from escalate_cli.core.changes.again import News
from escalate_cli.core.changes.joining import OutageBehind
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.wording.note import Note, NoteCode
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode
from escalate_cli.health.emergency_page import failure
from escalate_cli.health.warnings import standing_warnings


class DeclaredIncident(msgspec.Struct, frozen=True):
    """How a declaration stands that is stored."""

    number: int
    created: bool
    """False when an incident with its key was open already"""
    exit_code: ExitCode
    notes: tuple[Note, ...]
    situation: Situation | None = None
    """None: it is stored, and the notes say why it cannot be shown"""
    routing: dict[str, Any] = {}
    news: tuple[News, ...] = ()
    """what this declaration changed of one that was open already, and what of it was noted"""
    joined: OutageBehind | None = None
    """the outage that it became a part of"""
    report: PassReport | None = None
    """what delivery came to; None: nothing was to be delivered, or it is left to the next pass"""

    def unseen(self, problem: Exception) -> DeclaredIncident:
        """The same, where how it stands cannot be shown."""
        return replace(self, situation=None, notes=(*self.notes, _not_shown(self.number, problem)))


def declare_incident(
    context: Context,
    asked: Request,
    ask: Ask | None = None,
    *,
    ask_apart: AskApart | None = None,
    deliver: bool = True,
) -> DeclaredIncident:
    """Declare. Without `deliver`, paging is left to the next pass, as where many are declared in a row.
    `ask` asks which service it is where the title fits several, once it is stored; see `settle_doubt`.
    `ask_apart` asks whether it is an outage of its own, where it has joined one; see `settle_joining`.

    `KeptDeclaration` where it cannot be stored; any other `EscalateError` where it is refused.
    """
    stored = _stored_or_kept(context, asked)
    number, due = stored.situation.incident.id, stored.created or bool(stored.news)
    broken = tuple(Note(NoteCode.UNUSABLE, text, number) for text in stored.broken)
    if ask is not None and stored.created:
        page = partial(_page_quietly, context, number)
        broken += tuple(settle_doubt(context, stored.situation, stored.routing, ask, page, asked.by))
    if ask_apart is not None and stored.joined is not None:
        stored, number = _apart(context, stored, stored.joined, ask_apart, asked)
    try:
        report = deliver_now(context, [number]) if deliver and due else None
    except Exception as problem:  # it is stored, and that is what whoever declared must know
        text = f"it is stored, and the next tick pages: what follows a declaration failed ({_why(problem)})"
        notes = (*broken, Note(NoteCode.LEFT_TO_TICK, text, number))
        return DeclaredIncident(number, stored.created, ExitCode.UNDELIVERED, notes)
    try:
        return _how_it_stands(context, stored, broken, report)
    except Exception as problem:
        troubles = (Note(NoteCode.TROUBLE, text) for text in (report.troubles if report else ()))
        notes = (*broken, *troubles, _not_shown(number, problem))
        exit_code = undelivered(report) if report else ExitCode.DONE
        return DeclaredIncident(number, stored.created, exit_code, notes, report=report)


def _apart(
    context: Context, stored: StoredDeclaration, behind: OutageBehind, ask: AskApart, asked: Request
) -> tuple[StoredDeclaration, int]:
    """The declaration as it stands once whoever declares was asked whether it is an outage of its own."""
    number, services = behind.incident, dict(stored.routing).get("service")
    if not isinstance(services, str):
        return stored, number
    joined = ToBeJoined(stored.situation, behind, services, partial(_page_quietly, context, number))
    try:
        apart = settle_joining(context, joined, ask, asked.by)
    except EscalateError:  # it is stored as a part of the other, and stays so
        return stored, number
    if apart == number:
        return stored, number
    _page_quietly(context, number)
    situation = find_incident(context, apart)
    return replace(stored, situation=situation, created=True, joined=None, news=()), apart


def _page_quietly(context: Context, number: int) -> None:
    """Deliver while a question waits. Where that fails, what follows the question says so."""
    with suppress(Exception):
        deliver_now(context, [number])


def _stored_or_kept(context: Context, asked: Request) -> StoredDeclaration:
    try:
        return store_declaration(context, asked)
    except DatabaseProblem as problem:
        raise keep_declaration(context, asked, problem) from None
    except EscalateError:
        raise
    except Exception as problem:
        raise keep_declaration(context, asked, failure(problem)) from problem


def _how_it_stands(
    context: Context, stored: StoredDeclaration, broken: tuple[Note, ...], report: PassReport | None
) -> DeclaredIncident:
    situation = find_incident(context, stored.situation.incident.id)
    nobody = nobody_is_paged(situation)
    notes = [*broken, *nobody, *standing_warnings(context)]
    notes += delivery_notes([situation], report, context.running_catalog) if report is not None else []
    notes += held_back_notes([situation], context.running_catalog, context.clock.now())
    return DeclaredIncident(
        number=situation.incident.id,
        created=stored.created,
        exit_code=ExitCode.UNDELIVERED if nobody else undelivered(report) if report else ExitCode.DONE,
        notes=tuple(notes),
        situation=situation,
        routing=stored.routing,
        news=stored.news,
        joined=stored.joined,
        report=report,
    )


def _not_shown(number: int, problem: Exception) -> Note:
    text = f"it is stored and delivered as far as it can be, but cannot be shown ({_why(problem)})"
    return Note(NoteCode.NOT_SHOWN, text, number)


def _why(problem: Exception) -> str:
    return problem.message if isinstance(problem, EscalateError) else failure(problem).message
