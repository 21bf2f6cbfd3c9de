"""What had joined an outage becomes an incident of its own after all."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from escalate_cli.actions.aftermath import deliver_now, delivery_notes, undelivered
from escalate_cli.actions.alert_declaration import declared_alert
from escalate_cli.actions.lookup import find_incident, find_service, reporter
from escalate_cli.actions.perform import ActReport
from escalate_cli.alerts.kinds import kind_named
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.changes.joining import joined_part, split_off
from escalate_cli.core.events import Routed, Way
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.errors import Conflict, UsageProblem
from escalate_cli.health.warnings import standing_warnings


def split(context: Context, incident: int, word: str, by: str | None) -> int:
    """Make what is known of one service an incident of its own, whose team is paged; its number. Nothing is
    delivered. `UsageProblem` where the service is no part of the incident.
    """
    catalog, service = context.running_catalog, find_service(word, context.running_catalog)
    who, store = reporter(by, context), context.store
    with store.transaction():
        before, now = find_incident(context, incident), context.moment()
        if before.incident.status is IncidentStatus.RESOLVED:
            raise Conflict(
                f"incident {incident} is resolved", "declare what is left", code="already-resolved"
            )
        part = joined_part(store.situations.timeline(incident), service.id)
        if part is None and service.id not in before.incident.services:
            raise UsageProblem(
                f"{service.name} is no part of incident {incident}",
                f'declare it: escalate declare --service {service.id} "…"',
            )
        if part is None and len(before.incident.services) == 1:
            raise UsageProblem(
                f"incident {incident} is about {service.name} alone: nothing is left to split it from",
                f"name a service that joined it: escalate show {incident}",
            )
        routed = Routed(query="", match="given", service=service.id, way=Way.NAMED, services=(service.id,))
        declaration = Declaration(
            title=part.title if part is not None else f"{service.name}: {before.incident.title}",
            severity=part.severity if part is not None else before.incident.severity,
            services=(service.id,),
            message=part.message if part is not None else None,
            by=who,
            routing={"query": "", "match": "given", "service": service.id, "candidates": []},
            routed=routed,
        )
        situations = store.situations
        planned = declare(
            declaration,
            catalog,
            now,
            maintenance=situations.maintenance(),
            next_turns=situations.next_turns(),
        )
        number = situations.add(planned.situation)
        leave = partial(
            split_off, service=service.id, number=number, catalog=catalog, now=now, by=who, meanings=meanings
        )
        situations.save(before, acting(before, catalog, now, lambda known: leave(known).situation))
        _move_alerts(context, incident, service.id, number)
    return number


def split_and_page(context: Context, incident: int, word: str, by: str | None) -> ActReport:
    """The same, and deliver what that made due; both incidents as they stand then, the new one last."""
    number = split(context, incident, word, by)
    report = deliver_now(context, [incident, number])
    situations = (find_incident(context, incident), find_incident(context, number))
    catalog = context.running_catalog
    notes = [*delivery_notes(situations, report, catalog), *standing_warnings(context)]
    return ActReport(situations, frozenset(), (), report, tuple(notes), undelivered(report))


def _move_alerts(context: Context, incident: int, service: str, number: int) -> None:
    """The alerts of this service end the new incident, and not the old one."""
    catalog, alerts = context.running_catalog, context.store.alerts
    for heard in alerts.of_incident(incident):
        source = catalog.sources.get(heard.source)
        if source is None or not heard.joined:
            continue
        ranks = kind_named(source.kind).severities
        if declared_alert(heard.alert, source, ranks, catalog).service == service:
            alerts.keep(replace(heard, incident_id=number, joined=False))
