"""One outage, one page: what suffers from something that is broken already is an update of that, and
pages nobody for itself. It can be split off, and is then an incident of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes, update
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.events import AlertHeard, DeclaredAlso, SplitOff
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.leanings import GiveMeanings

_MOST_LINES = 10
"""of an update that tells what has joined"""


class OutageBehind(msgspec.Struct, frozen=True):
    """An open incident, and the service in its scope without which another does not work."""

    incident: int
    needs: str | None


def needs_of(service: str, catalog: Catalog) -> tuple[str, ...]:
    """The services without which this one does not work, the nearest first, without itself; none where
    nothing is to join by itself (`[settings].join`).
    """
    if not catalog.settings.join or service not in catalog.services:
        return ()
    reached: dict[str, None] = {}
    waiting = list(catalog.services[service].depends_on)
    while waiting:
        name = waiting.pop(0)
        if name in reached or name == service or name not in catalog.services:
            continue
        reached[name] = None
        waiting += catalog.services[name].depends_on
    return tuple(reached)


def behind_all_of(needed: Sequence[str], candidates: Sequence[Situation]) -> OutageBehind | None:
    """Of the open incidents that are about a service that is needed, the first that somebody knows of."""
    for situation in candidates:
        if _is_attended(situation):
            scope = situation.incident.services
            needs = next((each for each in needed if each in scope), None)
            return OutageBehind(situation.incident.id, needs)
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


class JoinedPart(msgspec.Struct, frozen=True):
    """A part that was split off: what it is about, and what it was worth saying."""

    title: str
    severity: str
    message: str | None = None


class Joining(msgspec.Struct, frozen=True):
    """What joins an open incident, and the event that tells of it."""

    declaration: Declaration
    event: AlertHeard | DeclaredAlso


def join_open(
    situation: Situation, joining: Sequence[Joining], catalog: Catalog, now: Instant, meanings: GiveMeanings
) -> Plan:
    """Declarations of one reporter become one update of an open incident. A worse one raises that; their
    services join those in scope, unless one only suffers from what is there (`event.needs`): then its team
    is not paged.
    """
    incident, by = situation.incident, joining[0].declaration.by
    for each in joining:
        situation = situation.log(now, each.event, catalog, each.declaration.by)
    declarations = [each.declaration for each in joining]
    worst = max(declarations, key=lambda each: catalog.severity(each.severity).rank)
    services = [service for each in joining if not each.event.needs for service in each.declaration.services]
    labels = {name: value for each in reversed(declarations) for name, value in each.labels.items()}
    told = [to for each in declarations for to in each.tell]
    changes = Changes(
        severity=if_worse(worst.severity, situation, catalog),
        add_services=tuple(dict.fromkeys(each for each in services if each not in incident.services)),
        labels={name: value for name, value in labels.items() if name not in incident.labels},
        message=_in_words(joining, catalog),
        tell=tuple(dict.fromkeys(to for to in told if to not in incident.tell)),
    )
    return update(situation, changes, catalog, now, by=by, meanings=meanings, listens=False)


def _in_words(joining: Sequence[Joining], catalog: Catalog) -> str:
    """What joins, a line each; of many the first. One alone says all that is known of it."""
    lines = [f"also: {_whose(each, catalog)}{each.declaration.title}" for each in joining[:_MOST_LINES]]
    if len(joining) == 1 and joining[0].declaration.message:
        lines.append(joining[0].declaration.message)
    rest = len(joining) - _MOST_LINES
    return "\n".join([*lines, *([f"and {rest} more"] if rest > 0 else [])])


def _whose(joining: Joining, catalog: Catalog) -> str:
    service = next(iter(joining.declaration.services), None)
    return f"{catalog.service_name(service)}: " if service and joining.event.needs else ""


def joined_part(entries: tuple[Entry, ...], service: str) -> JoinedPart | None:
    """What was last declared about this service as a part of an incident with this timeline; None where
    nothing was.
    """
    for entry in reversed(entries):
        event = entry.event
        if isinstance(event, DeclaredAlso | AlertHeard) and event.service == service and event.needs:
            message = event.message if isinstance(event, DeclaredAlso) else None
            return JoinedPart(event.title, event.severity, message)
        if isinstance(event, SplitOff) and event.service == service:
            return None
    return None


def split_off(
    situation: Situation,
    service: str,
    number: int,
    catalog: Catalog,
    now: Instant,
    *,
    by: str | None,
    meanings: GiveMeanings,
) -> Plan:
    """The service is no part of this incident any more: it has one of its own, with this number."""
    decision = Decision(situation, catalog, now)
    decision.log(SplitOff(service=service, incident=number), by)
    drop = (service,) if service in situation.incident.services else ()
    text = f"{catalog.service_name(service)} is an incident of its own: #{number}"
    changes = Changes(drop_services=drop, message=text)
    return update(decision.situation, changes, catalog, now, by=by, meanings=meanings, listens=False)


def if_worse(severity: str, situation: Situation, catalog: Catalog) -> str | None:
    """The severity, where it is worse than that of the incident."""
    now = catalog.severity(situation.incident.severity).rank
    return severity if catalog.severity(severity).rank > now else None
