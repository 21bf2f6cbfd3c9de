"""One outage, one page: whether something that is declared is a part of an outage that is known, and how
it becomes one.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from escalate_cli.actions.lookup import find_incident
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.joining import Joining, OutageBehind, behind_all_of, join_open, needs_of
from escalate_cli.core.events import DeclaredAlso
from escalate_cli.core.incident.situation import IncidentStatus, Situation
from escalate_cli.errors import Conflict, DamagedRow


def outage_behind(context: Context, service: str) -> OutageBehind | None:
    """The open incident that a declaration about this service becomes a part of, as `core` decides."""
    catalog = context.running_catalog
    needed = needs_of(service, catalog)
    candidates: list[Situation] = []
    for number in context.store.alerts.open_about(needed):
        with suppress(DamagedRow):  # one that cannot be read is not joined
            candidates.append(find_incident(context, number))
    return behind_all_of(needed, candidates)


def join_declaration(context: Context, declaration: Declaration, behind: OutageBehind) -> Situation:
    """Store the declaration as an update of the outage behind it, inside a transaction; what it has said
    already changes nothing.
    """
    catalog, now, situations = context.running_catalog, context.moment(), context.store.situations
    before = find_incident(context, behind.incident)
    if before.incident.status is IncidentStatus.RESOLVED:
        raise Conflict(
            f"incident {behind.incident} is resolved: nothing can join it",
            "leave --join out, or reopen it first",
            code="already-resolved",
        )
    event = DeclaredAlso(
        title=declaration.title,
        severity=declaration.severity,
        message=declaration.message,
        service=next(iter(declaration.services), None),
        needs=behind.needs,
        key=declaration.key,
    )
    if situations.has(behind.incident, event):
        return before
    join = partial(
        join_open, joining=[Joining(declaration, event)], catalog=catalog, now=now, meanings=meanings
    )
    after = acting(before, catalog, now, lambda situation: join(situation).situation)
    return situations.save(before, after)
