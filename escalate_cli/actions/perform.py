"""Every act of a person on an incident is one call: understand what is meant, do it, deliver what
follows, and say how it stands. For whoever asks: a terminal, a web page, a reader of answers, an
intake of alerts.

Nothing is printed here, and nobody is asked; what came of it is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from escalate_cli.actions.aftermath import deliver_now, delivery_notes, held_back_notes, undelivered
from escalate_cli.actions.intents import Deed, Intent
from escalate_cli.actions.lookup import find_incident
from escalate_cli.context import Context
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.events import PagedByHand
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.wording.note import Note, NoteCode
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode, error_data
from escalate_cli.health.warnings import standing_warnings
from escalate_cli.store.sqlite.failures import LOCKED


class Effect(msgspec.Struct, frozen=True):
    """What an act came to where it is stored and not delivered yet; `entries` are its part of the
    timeline.
    """

    situation: Situation
    changed: bool
    entries: tuple[Entry, ...] = ()
    refused: EscalateError | None = None
    """why it was not done"""


class ActReport(msgspec.Struct, frozen=True):
    """How incidents stand after an act and what it made due, in the order in which they were named."""

    situations: tuple[Situation, ...]
    unchanged: frozenset[int]
    """the numbers of those of which it was so already"""
    failures: tuple[EscalateError, ...]
    """why it was not done to the others"""
    report: PassReport | None
    """what delivery came to; None: it is left to the next pass"""
    notes: tuple[Note, ...]
    exit_code: ExitCode


def perform(context: Context, intent: Intent, incidents: Sequence[int], *, deliver: bool = True) -> ActReport:
    """Do it to each of these incidents. One that fails stops none of the others, unless the database is
    locked: then the rest is not tried. What had lapsed of those to which it came too late is delivered. Where
    all fail, the first failure is raised and tells of the others. Without `deliver`, what follows is left to
    the next pass.
    """
    deed = intent.prepare(context)
    effects: list[Effect] = []
    failures: list[EscalateError] = []
    refused: list[int] = []
    numbers = list(dict.fromkeys(incidents))
    for place, number in enumerate(numbers):
        try:
            effects.append(carry_out(context, number, deed))
        except EscalateError as problem:
            failures.append(problem)
            if problem.code == LOCKED:  # so it is for the others: nobody shall wait for each
                if len(numbers) > 1:
                    failures[-1] = _untouched(problem, numbers[place:])
                break
            if not isinstance(problem, DatabaseProblem):
                refused.append(number)
    if failures and not effects:
        if deliver:
            _deliver_what_lapsed(context, refused)
        raise _as_one(failures)
    report = deliver_now(context, [_number(effect) for effect in effects]) if deliver else None
    if deliver:
        _deliver_what_lapsed(context, refused)
    return _how_it_stands(context, intent, effects, failures, report)


def _untouched(problem: EscalateError, numbers: Sequence[int]) -> EscalateError:
    """The same, which names what nothing was done to."""
    named = ", ".join(f"#{number}" for number in numbers)
    return DatabaseProblem(f"{problem.message}; not changed: {named}", problem.hint, code=problem.code)


def _deliver_what_lapsed(context: Context, incidents: Sequence[int]) -> None:
    """What is due of incidents to which an act came too late. Whatever goes wrong is for the next pass."""
    now, due = context.clock.now(), list[int]()
    for number in incidents:
        with suppress(EscalateError):
            notifications = find_incident(context, number).notifications
            if any(each.live and not each.held_back and each.due_at <= now for each in notifications):
                due.append(number)
    if due:
        with suppress(EscalateError):
            deliver_now(context, due)


def carry_out(context: Context, incident: int, deed: Deed) -> Effect:
    """Load one incident, bring it up to date, do this to it and store it, in one transaction.
    Nothing is delivered.

    What has lapsed is stored, too, where the deed is refused.
    """
    return with_sound_indexes(context, lambda: _carry_out_once(context, incident, deed))


def _carry_out_once(context: Context, incident: int, deed: Deed) -> Effect:
    with context.store.transaction():
        effect = carry_out_within(context, incident, deed)
    if effect.refused is not None:
        raise effect.refused
    return effect


def carry_out_within(
    context: Context,
    incident: int,
    deed: Deed,
    said_how: Callable[[Situation], Situation] = lambda situation: situation,
) -> Effect:
    """The same within a transaction that is under way. `said_how` may say more of what was done."""
    catalog = context.running_catalog
    refused: list[EscalateError] = []
    now = context.moment()
    before = find_incident(context, incident)

    def do(situation: Situation) -> Situation:
        try:
            planned = deed(situation, catalog, now)
        except EscalateError as problem:
            refused.append(problem)
            return situation
        return situation if planned is None else said_how(planned.situation)

    after = acting(before, catalog, now, do)
    stored = before if after is before else context.store.situations.save(before, after)
    return Effect(stored, stored != before, after.entries, next(iter(refused), None))


def _number(effect: Effect) -> int:
    return effect.situation.incident.id


def _how_it_stands(
    context: Context,
    intent: Intent,
    effects: Sequence[Effect],
    failures: Sequence[EscalateError],
    report: PassReport | None,
) -> ActReport:
    catalog, now = context.running_catalog, context.clock.now()
    situations = tuple(find_incident(context, _number(effect)) for effect in effects)
    unchanged = frozenset(_number(effect) for effect in effects if not effect.changed)
    missed = [note for effect in effects for note in _not_paged(effect)]
    notes = [
        note
        for situation in situations
        for note in intent.standing(situation, situation.incident.id in unchanged, context)
    ]
    notes += delivery_notes(situations, report, catalog) if report is not None else []
    notes += held_back_notes(situations, catalog, now)
    notes += [*standing_warnings(context), *missed]
    exit_code = ExitCode.DONE
    if failures:
        exit_code = failures[0].exit_code
    elif missed:
        exit_code = ExitCode.UNDELIVERED
    elif report is not None:
        exit_code = undelivered(report)
    return ActReport(situations, unchanged, tuple(failures), report, tuple(notes), exit_code)


def _not_paged(effect: Effect) -> list[Note]:
    """Whom a page by hand could not reach."""
    return [
        Note(NoteCode.NOT_PAGED, f"not paged: {'; '.join(entry.event.missed)}", _number(effect))
        for entry in effect.entries
        if isinstance(entry.event, PagedByHand) and entry.event.missed
    ]


def _as_one(failures: Sequence[EscalateError]) -> EscalateError:
    """The first failure, which tells of the others, too: each message once."""
    first, *others = {failure.message: failure for failure in failures}.values()
    if others:
        first.details = [f"escalate: error: {other.message}" for other in others]
        first.more = {"others": [error_data(other) for other in others], **first.more}
    return first
