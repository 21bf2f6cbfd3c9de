"""What is on record of incidents, for whoever shows it. Nothing is changed."""

from __future__ import annotations

from escalate_cli.context import Context
from escalate_cli.core.answers.outcomes import RecordedAnswer
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.record import Record
from escalate_cli.core.incident.situation import Incident, Nudge
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.errors import DatabaseProblem


def timeline_of(context: Context, incident: int) -> tuple[Entry, ...]:
    """What happened to it, in order."""
    return context.store.situations.timeline(incident)


def answers_about(context: Context, incident: int) -> list[RecordedAnswer]:
    """What people sent back about it."""
    return context.store.answers.of_incident(incident)


def open_nudges(context: Context) -> tuple[tuple[int, Nudge], ...]:
    """The nudges that wait for an answer, each with the number of its incident."""
    return context.store.situations.open_nudges()


def numbers_of_all(context: Context) -> list[int]:
    """The number of every incident, the oldest first."""
    return sorted(incident.id for incident in context.store.situations.listed(running_only=False))


def records_since(context: Context, start: Instant) -> tuple[tuple[Record, ...], tuple[int, ...]]:
    """The records of the incidents declared since then, and the numbers of those that are damaged."""
    return context.store.history.records(start)


def record_of(context: Context, incident: Incident) -> Record:
    """The record of this one; `DatabaseProblem` where it is damaged."""
    records, _ = context.store.history.records(incident.declared_at, incident.declared_at + 1)
    for record in records:
        if record.id == incident.id:
            return record
    hint = "restore the last good backup with `escalate restore FILE`; keep the damaged file"
    raise DatabaseProblem(f"the record of incident {incident.id} is damaged", hint)
