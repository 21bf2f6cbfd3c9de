"""From what a reporter says to an incident whose first level is paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.fallback import page_fallback_somehow
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.escalation.scope import NO_LEVELS, align
from escalate_cli.core.escalation.waiting_reasons import Reason
from escalate_cli.core.events import AlertHeard, Declared, Routed
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    Incident,
    Maintenance,
    Situation,
)
from escalate_cli.core.notification.stakeholders import tell_lead, tell_stakeholders
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import ReporterAddress


class Declaration(msgspec.Struct, frozen=True):
    """What a reporter says, checked: ids exist. `routing` records how the services were found, for
    the timeline and the message.
    """

    title: str
    severity: str
    services: tuple[str, ...] = ()
    message: str | None = None
    key: str | None = None
    lead: str | None = None
    by: str | None = None
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    routing: Mapping[str, Any] = msgspec.field(default_factory=dict)
    routed: Routed | None = None
    """how the services were found"""
    heard: AlertHeard | None = None
    """the alert that it is about"""
    tell: tuple[ReporterAddress, ...] = ()
    """where whoever reports it hears what becomes of it"""
    broken: str = ""
    """what could not be used so far, as a sentence"""


def declare(
    declaration: Declaration,
    catalog: Catalog,
    now: Instant,
    *,
    maintenance: Sequence[Maintenance] = (),
    next_turns: Mapping[str, int] | None = None,
) -> Plan:
    """The incident that this declaration makes, with its escalations begun and its first
    notifications written.

    Whatever cannot be used, there is an incident: at worst one that nothing is done about but to
    page the fallback, again and again.
    """
    decision = _declared(declaration, catalog, now)
    decision.situation = replace(
        decision.situation, maintenance=tuple(maintenance), next_turns=dict(next_turns or {})
    )
    try:
        _begin(declaration, decision)
        return plan(decision.situation, catalog, now)
    except Exception as problem:
        return declare_plainly(declaration, catalog, now, problem)


def declare_plainly(declaration: Declaration, catalog: Catalog, now: Instant, problem: Exception) -> Plan:
    """The incident where it cannot be planned, or what was planned cannot be stored: the fallback
    is paged, again and again.
    """
    decision = _declared(declaration, catalog, now)
    text = f"the incident could not be planned ({words_of(problem)}): the fallback is paged"
    team, number = catalog.fallback.team or "fallback", decision.situation.fresh_id()
    decision.note(text)
    decision.put_escalation(Escalation(number, team, NO_LEVELS, EscalationStatus.EXHAUSTED, because=text))
    page_fallback_somehow(number, decision, "the incident could not be planned")
    next_due_at = decision.escalation(number).next_at
    decision.change_incident(next_due_at=next_due_at)
    return Plan(decision.situation, (Reason(team, text, next_due_at),), next_due_at)


def _declared(declaration: Declaration, catalog: Catalog, now: Instant) -> Decision:
    decision = Decision(Situation(_incident(declaration, catalog, now)), catalog, now)
    event = Declared(
        title=declaration.title,
        severity=declaration.severity,
        message=declaration.message,
        lead=declaration.lead,
        labels=dict(declaration.labels),
    )
    decision.log(event, declaration.by)
    if declaration.heard is not None:
        decision.log(declaration.heard, declaration.by)
    if declaration.routed is not None:
        decision.log(declaration.routed, declaration.by)
    if declaration.broken:
        decision.note(declaration.broken)
    return decision


def _begin(declaration: Declaration, decision: Decision) -> None:
    align(decision)
    lead, severity, by = declaration.lead, declaration.severity, declaration.by
    decision.part(lambda: tell_stakeholders("Just declared.", severity, decision, by=by), "informing")
    if lead:
        decision.part(lambda: tell_lead(lead, decision, by=by), "telling who leads")


def _incident(declaration: Declaration, catalog: Catalog, now: Instant) -> Incident:
    return Incident(
        id=-1,
        title=declaration.title,
        severity=declaration.severity,
        declared_at=now,
        updated_at=now,
        key=declaration.key,
        message=declaration.message,
        services=tuple(dict.fromkeys(declaration.services)),
        labels=dict(declaration.labels),
        lead=declaration.lead,
        declared_by=declaration.by,
        config_version=catalog.version,
        routing=dict(declaration.routing),
        tell=declaration.tell,
        open_since=now,
        unacknowledged_since=now,
        message_since=now,
        severity_since=now,
    )
