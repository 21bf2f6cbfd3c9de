"""Whether the times and the columns of one row go together."""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.importers.history.rows import Fault, HistoryRow

_NEEDS_ACKNOWLEDGED_AT = ("acknowledged_by", "acknowledged_level")
_NEEDS_FIRST_PAGED_AT = ("paged", "gateway", "acknowledged_level")
_BEFORE = (("rerouted_at", "first_service"), ("severity_changed_at", "first_severity"))
"""when something changed, and what it was before"""


def inconsistencies(row: HistoryRow, past: PastIncident | None, zone: str, now: Instant) -> list[Fault]:
    """What does not go together in a row. `past` is what it says; None where its declaration has no
    time, with which others could be compared.
    """
    faults = [*_times(row, past, zone), *_pages(row, past, now)] if past is not None else []
    return [*faults, *_missing(row)]


def _times(row: HistoryRow, past: PastIncident, zone: str) -> Iterator[Fault]:
    """Nothing is before the declaration, and nothing after the end."""
    times = {
        "severity_changed_at": past.severity_changed_at,
        "rerouted_at": past.rerouted_at,
        "first_paged_at": past.first_paged_at,
        "acknowledged_at": past.acknowledged_at,
        "resolved_at": past.resolved_at,
    }
    hint = "look at the offsets; times without one are in the organisation's time zone"
    for column, at in times.items():
        if at is None:
            continue
        if at < past.declared_at:
            order = f"before declared_at, {local_time(past.declared_at, zone)}"
        elif past.resolved_at is not None and at > past.resolved_at:
            order = f"after resolved_at, {local_time(past.resolved_at, zone)}"
        else:
            continue
        yield Fault(row.where, column, f"{local_time(at, zone)} is {order} ({zone})", hint)


def _pages(row: HistoryRow, past: PastIncident, now: Instant) -> Iterator[Fault]:
    """Nobody is paged after the end."""
    for paged in past.paged:
        at = (past.first_paged_at or 0) + (paged.after or 0)
        if paged.after is not None and at > (past.resolved_at or now):
            message = f"{paged.person} would have been paged after it was over"
            yield Fault(row.where, "paged", message, "the time counts from first_paged_at")


def _missing(row: HistoryRow) -> Iterator[Fault]:
    """What belongs together is there together."""
    cells = row.cells
    if "acknowledged_at" not in cells:
        for column in _NEEDS_ACKNOWLEDGED_AT:
            if column in cells:
                yield Fault(row.where, column, "there is no acknowledged_at", "say when, or leave it empty")
    if "first_paged_at" not in cells:
        hint = "say when (declared_at, if pages went out at once), or leave it empty"
        for column in _NEEDS_FIRST_PAGED_AT:
            if column in cells:
                yield Fault(row.where, column, "there is no first_paged_at", hint)
    if "acknowledged_level" in cells and "acknowledged_by" not in cells:
        hint = "say who, or leave it empty"
        yield Fault(row.where, "acknowledged_level", "there is no acknowledged_by", hint)
    for column, before in _BEFORE:
        if column in cells and before not in cells:
            hint = f"say what it was before in {before}, or leave it empty"
            yield Fault(row.where, column, f"there is no {before}", hint)
