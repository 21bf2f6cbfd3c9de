"""From what a reporter says to an incident whose first level is paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.last_resort import page_fallback_somehow
from escalate_cli.core.escalation.plan import Plan, Reason, plan
from escalate_cli.core.escalation.scope import NO_LEVELS, align
from escalate_cli.core.events import Declared, Routed
from escalate_cli.core.incident.doing_without import note, part, words_of
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    Incident,
    Maintenance,
    Situation,
)
from escalate_cli.core.notification.stakeholders import tell_lead, tell_stakeholders
from escalate_cli.core.organisation.catalog import Catalog


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
    broken: str = ""
    """what could not be used so far, as a sentence"""


def declare(
    said: Declaration,
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
    situation = replace(
        _told(said, catalog, now), maintenance=tuple(maintenance), next_turns=dict(next_turns or {})
    )
    try:
        return plan(_begun(said, situation, catalog, now), catalog, now)
    except Exception as problem:
        return declare_plainly(said, catalog, now, problem)


def declare_plainly(said: Declaration, catalog: Catalog, now: Instant, problem: Exception) -> Plan:
    """The incident where it cannot be planned, or what was planned cannot be stored: the fallback
    is paged, again and again.
    """
    situation = _told(said, catalog, now)
    text = f"the incident could not be planned ({words_of(problem)}): the fallback is paged"
    team = catalog.fallback.team or "fallback"
    escalation = Escalation(situation.fresh_id(), team, NO_LEVELS, EscalationStatus.EXHAUSTED, because=text)
    situation = note(situation, now, text).with_escalation(escalation)
    situation = page_fallback_somehow(
        escalation, situation, catalog, now, "the incident could not be planned"
    )
    next_due_at = situation.escalation(escalation.id).next_at
    return Plan(situation.changed(next_due_at=next_due_at), (Reason(team, text, next_due_at),), next_due_at)


def _told(said: Declaration, catalog: Catalog, now: Instant) -> Situation:
    situation = Situation(_incident(said, catalog, now))
    event = Declared(
        title=said.title,
        severity=said.severity,
        message=said.message,
        lead=said.lead,
        labels=dict(said.labels),
    )
    situation = situation.log(now, event, catalog, said.by)
    if said.routed is not None:
        situation = situation.log(now, said.routed, catalog, said.by)
    return note(situation, now, said.broken) if said.broken else situation


def _begun(said: Declaration, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    situation = align(situation, catalog, now)
    news = f"Declared: {said.title}"
    situation = part(
        lambda it: tell_stakeholders(news, said.severity, it, catalog, now), "informing", situation, now
    )
    if said.lead:
        situation = part(
            lambda it: tell_lead(said.lead or "", it, catalog, now), "telling who leads", situation, now
        )
    return situation


def _incident(said: Declaration, catalog: Catalog, now: Instant) -> Incident:
    return Incident(
        id=-1,
        title=said.title,
        severity=said.severity,
        declared_at=now,
        updated_at=now,
        key=said.key,
        message=said.message,
        services=tuple(dict.fromkeys(said.services)),
        labels=dict(said.labels),
        lead=said.lead,
        declared_by=said.by,
        config_version=catalog.version,
        routing=dict(said.routing),
        open_since=now,
        unacknowledged_since=now,
        message_since=now,
        severity_since=now,
    )
