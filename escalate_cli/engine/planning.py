"""Planning what is due: `core.escalation.plan` decides, and the result is stored. One incident that
fails never stops the others.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.incident.doing_without import noted
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DamagedRow, EscalateError
from escalate_cli.store.remembered_troubles import put_off
from escalate_cli.store.store import Store

_BATCH = 200
_TOGETHER = 20
"""incidents planned in one transaction: a commit costs more than a plan, but nobody else should
wait long for the database
"""


def plan_due(bench: Workbench, now: Instant, incident_id: int | None = None) -> int:
    """Plan every incident that is due, or this one; returned is how many were planned."""
    due = bench.store.situations.due(now, _BATCH)
    if incident_id is not None:
        due = tuple(number for number in due if number == incident_id)
    planned = 0
    for start in range(0, len(due), _TOGETHER):
        together = due[start : start + _TOGETHER]
        with bench.store.transaction():
            planned_together = sum(_plan_safely(number, bench, now) for number in together)
            bench.reach("planning")
        bench.reach("planned")
        bench.report.unfounded += len(together) - planned_together
        planned += planned_together
    return planned


def _plan_safely(incident_id: int, bench: Workbench, now: Instant) -> bool:
    """Plan one incident. One that fails is undone, put off, and stops none of the others in the
    same transaction.

    Returned is whether anything was done: what is offered as due but is not would be offered for
    ever.
    """
    try:
        with bench.store.part():
            return _plan(incident_id, bench, now)
    except EscalateError as problem:
        if not isinstance(problem, DamagedRow):
            raise
        _push_ahead(incident_id, problem, bench, now)
    except Exception as problem:
        _push_ahead(incident_id, problem, bench, now)
    return True


def _plan(incident_id: int, bench: Workbench, now: Instant) -> bool:
    before = bench.store.situations.load(incident_id)
    if before is None or before.incident.next_due_at is None or before.incident.next_due_at > now:
        return False
    planned = plan(before, bench.catalog, now).situation
    bench.store.situations.save(before, planned)
    notifications = len(planned.notifications) - len(before.notifications)
    bench.report.planned(incident_id, planned.entries, notifications, bench.catalog)
    bench.report.trouble(*(f"incident {incident_id}: {text}" for text in noted(planned, everything=True)))
    return True


def _push_ahead(incident_id: int, problem: Exception, bench: Workbench, now: Instant) -> None:
    text = (
        f"incident {incident_id} could not be planned ({type(problem).__name__}: {problem}); trying again"
        " in a minute"
    )
    bench.report.trouble(text)
    if isinstance(problem, DamagedRow):
        bench.report.note_damage(bench.store.database.path, incident_id, problem)
    else:
        bench.report.poisoned(text)
    bench.store.situations.push_ahead(incident_id, put_off(bench.store.ledger, now))


def foresee(store: Store, catalog: Catalog, now: Instant) -> list[tuple[int, Plan]]:
    """What a pass at `now` would do, incident by incident; nothing is stored or sent."""
    plans = []
    for incident in store.situations.listed(running_only=True):
        try:
            situation = store.situations.load(incident.id)
        except DamagedRow:  # `doctor` and each pass name it
            continue
        if situation is not None:
            plans.append((incident.id, plan(situation, catalog, now)))
    return plans
