"""One outage, one page: whether something that is declared is a part of an outage that is known, and how
it becomes one.
"""

from __future__ import annotations

from functools import partial

import msgspec

from escalate_cli.actions.lookup import find_incident
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.joining import Joining, join_open
from escalate_cli.core.events import DeclaredAlso
from escalate_cli.core.incident.situation import (
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import Conflict, DamagedRow


class OutageBehind(msgspec.Struct, frozen=True):
    """An open incident, and the service in its scope without which another does not work."""

    incident: int
    needs: str | None


def outage_behind(context: Context, service: str) -> OutageBehind | None:
    """The open incident on what this service depends on, the oldest that somebody has or is paged for; None
    where there is none, or where `[settings].join` is false.
    """
    catalog = context.running_catalog
    if not catalog.settings.join or service not in catalog.services:
        return None
    needed = needs_of(service, catalog)
    for number in context.store.alerts.open_about(needed):
        try:
            situation = find_incident(context, number)
        except DamagedRow:  # one that cannot be read is not joined
            continue
        if _is_attended(situation):
            scope = situation.incident.services
            return OutageBehind(number, next((each for each in needed if each in scope), None))
    return None


def _is_attended(situation: Situation) -> bool:
    """Whether somebody knows of it: who has it, or a person who is paged. One that a maintenance keeps quiet
    is nobody's, and what joined it would be, too.
    """
    return situation.incident.status is IncidentStatus.ACKNOWLEDGED or any(
        notification.kind is NotificationKind.PAGE
        and notification.recipient.is_person
        and (notification.live or notification.status is NotificationStatus.SENT)
        for notification in situation.notifications
    )


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


def needs_of(service: str, catalog: Catalog) -> tuple[str, ...]:
    """The services without which this one does not work, the nearest first, without itself."""
    reached: dict[str, None] = {}
    waiting = list(catalog.services[service].depends_on)
    while waiting:
        name = waiting.pop(0)
        if name in reached or name == service or name not in catalog.services:
            continue
        reached[name] = None
        waiting += catalog.services[name].depends_on
    return tuple(reached)
