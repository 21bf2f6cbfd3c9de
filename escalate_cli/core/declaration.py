"""From what a reporter says to an incident whose first level is paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import EntryKind, Incident, Maintenance, Situation
from escalate_cli.core.plan import Plan, plan
from escalate_cli.core.scope import align
from escalate_cli.core.stakeholders import tell_lead, tell_stakeholders


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a reporter says, checked: ids exist. `routing` records how the services were found, for the timeline and the message."""

    title: str
    severity: str
    services: tuple[str, ...] = ()
    message: str | None = None
    key: str | None = None
    lead: str | None = None
    by: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    routing: Mapping[str, Any] = field(default_factory=dict)
    routed: str = ""
    """how the services were found, as a sentence"""


def declare(
    said: Declaration,
    catalog: Catalog,
    now: Instant,
    *,
    maintenance: Sequence[Maintenance] = (),
    next_turns: Mapping[str, int] | None = None,
) -> Plan:
    """The incident that this declaration makes, with its escalations begun and its first notifications written."""
    incident = Incident(
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
    situation = Situation(incident, maintenance=tuple(maintenance), next_turns=dict(next_turns or {}))
    situation = situation.log(now, EntryKind.DECLARED, f"declared: {said.title}", said.by, severity=said.severity, message=said.message)
    if said.routed:
        situation = situation.log(now, EntryKind.ROUTED, said.routed, said.by, **dict(said.routing))
    situation = align(situation, catalog, now)
    situation = tell_stakeholders(f"Declared: {said.title}", (said.severity,), situation, catalog, now)
    if said.lead:
        situation = tell_lead(said.lead, situation, catalog, now)
    return plan(situation, catalog, now)
