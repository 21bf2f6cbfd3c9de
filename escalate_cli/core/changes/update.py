"""Changing what is known of an incident: how bad it is, what it is about, who leads it, the latest
news; and what follows at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.escalation.scope import align
from escalate_cli.core.escalation.severity import change_severity, how_changed
from escalate_cli.core.events import (
    LabelsSet,
    LeadChanged,
    MessageAdded,
    ScopeChanged,
    SoundsLike,
    TitleChanged,
)
from escalate_cli.core.incident.situation import EscalationStatus, Incident, Situation
from escalate_cli.core.notification.stakeholders import tell_channels, tell_lead
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Router


class Changes(msgspec.Struct, frozen=True):
    """What an update changes; None and empty mean: as it is. Ids exist."""

    severity: str | None = None
    add_services: tuple[str, ...] = ()
    drop_services: tuple[str, ...] = ()
    lead: str | None = None
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    message: str | None = None
    title: str | None = None


def update(
    situation: Situation, changes: Changes, catalog: Catalog, now: Instant, *, by: str | None = None
) -> Plan:
    """Change an open incident. A new service starts its team's escalation though others have
    acknowledged. The teams' channels and the stakeholders hear what has changed of severity, scope
    and lead, and the message, in one. Any update resets the clock of a forgotten acknowledgement."""
    if changes.title is not None and changes.title != situation.incident.title:
        event = TitleChanged(before=situation.incident.title, after=changes.title)
        situation = situation.changed(title=changes.title).log(now, event, catalog, by)
    if changes.labels:
        situation = situation.changed(labels={**situation.incident.labels, **changes.labels})
        situation = situation.log(now, LabelsSet(after=dict(changes.labels)), catalog, by)
    before = situation.incident
    if changes.severity is not None:
        situation = change_severity(situation, changes.severity, catalog, now, by=by)
    situation = _change_scope(situation, changes, catalog, now, by)
    if changes.lead is not None and changes.lead != before.lead:
        situation = situation.changed(lead=changes.lead)
        situation = situation.log(now, LeadChanged(after=changes.lead), catalog, by)
        situation = tell_lead(changes.lead, situation, catalog, now)
    if changes.message:
        situation = situation.changed(latest_update=changes.message)
        situation = situation.log(now, MessageAdded(message=changes.message), catalog, by)
    note = _news(before, situation.incident, changes.message, by, catalog)
    if note:
        situation = tell_channels(note, situation, catalog, now, severity_before=before.severity)
    if changes.title is not None or changes.message:
        situation = _listen(situation, changes, catalog, now)
    situation = situation.changed(updated_at=now, message_since=now)
    situation = _reset_forgetting(situation, now)
    return plan(situation, catalog, now)


def _news(before: Incident, after: Incident, message: str | None, by: str | None, catalog: Catalog) -> str:
    """What the channels are told: what has changed of severity, scope and lead, and the message;
    nothing where none of it is news.
    """

    def names(services: Iterable[str]) -> str:
        return ", ".join(catalog.service_name(service) for service in services)

    changed = []
    if after.severity != before.severity:
        changed.append(f"severity {how_changed(before.severity, after.severity, catalog)}")
    if grew := [service for service in after.services if service not in before.services]:
        changed.append(f"now also {names(grew)}" if before.services else f"it is {names(grew)}")
    if shrank := [service for service in before.services if service not in after.services]:
        changed.append(f"no longer {names(shrank)}")
    if after.lead != before.lead and after.lead:
        changed.append(f"lead is now {catalog.name_of('person:' + after.lead)}")
    who = f" by {catalog.name_of(f'person:{by}')}" if by else ""
    text = "; ".join(changed)
    text = f"{text[:1].upper()}{text[1:]}." if text else ""
    if message:
        return f"{text}\nUpdate{who}: {message}".lstrip("\n")
    return f"{text[:-1]} ({who.strip()})." if text and who else text


def _change_scope(
    situation: Situation, changes: Changes, catalog: Catalog, now: Instant, by: str | None
) -> Situation:
    before = situation.incident.services
    after = tuple(
        fromkey
        for fromkey in dict.fromkeys((*before, *changes.add_services))
        if fromkey not in changes.drop_services
    )
    if after == before:
        return situation
    grew = tuple(one for one in after if one not in before)
    shrank = tuple(one for one in before if one not in after)
    situation = situation.changed(
        services=after, scope_grew_at=now if grew else situation.incident.scope_grew_at, suggestion=None
    )
    situation = situation.log(now, ScopeChanged(added=grew, dropped=shrank, before=before), catalog, by)
    return align(situation, catalog, now, by)


def _listen(situation: Situation, changes: Changes, catalog: Catalog, now: Instant) -> Situation:
    """Offer a service that the new words sound like and that leads elsewhere; never take it."""
    words = " ".join(part for part in (changes.title, changes.message) if part)
    service = catalog.services.get(Router(catalog.services.values()).route(words).service or "")
    incident = situation.incident
    if service is None or service.id in incident.services or service.id == incident.suggestion:
        return situation
    if service.team in {
        escalation.team
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    }:
        return situation
    event = SoundsLike(incident=incident.id, service=service.id, team=service.team)
    return situation.changed(suggestion=service.id).log(now, event, catalog)


def _reset_forgetting(situation: Situation, now: Instant) -> Situation:
    """An update restarts the wait after which an acknowledgement counts as forgotten. A snooze ends
    when it was said to end.
    """
    for escalation in situation.escalations:
        timeout = escalation.policy.ack_timeout
        if (
            escalation.status is EscalationStatus.ACKNOWLEDGED
            and timeout is not None
            and escalation.snoozed_until is None
        ):
            situation = situation.with_escalation(replace(escalation, next_at=now + timeout))
    return situation
