"""Changing what is known of an incident: how bad it is, what it is about, who leads it, the latest
news; and what follows at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

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
from escalate_cli.core.events.reasons import Taking
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import EscalationStatus, Incident, Situation
from escalate_cli.core.notification.stakeholders import tell_channels, tell_lead
from escalate_cli.core.notification.targets import teams_in
from escalate_cli.core.notification.who_has_it import tell_who_has_it
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import ReporterAddress
from escalate_cli.core.routing.leanings import GiveMeanings
from escalate_cli.core.routing.router import Router
from escalate_cli.core.wording.news import DeedNews


class Changes(msgspec.Struct, frozen=True):
    """What an update changes; None and empty mean: as it is. Ids exist."""

    severity: str | None = None
    add_services: tuple[str, ...] = ()
    drop_services: tuple[str, ...] = ()
    lead: str | None = None
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    message: str | None = None
    title: str | None = None
    tell: tuple[ReporterAddress, ...] = ()
    """further addresses of those who reported it"""


def update(
    situation: Situation,
    changes: Changes,
    catalog: Catalog,
    now: Instant,
    *,
    by: str | None = None,
    meanings: GiveMeanings,
    is_news: bool = True,
    listens: bool = True,
) -> Plan:
    """Change an open incident. A new service starts its team's escalation though others have
    acknowledged. The teams' channels and the stakeholders hear what has changed of severity, scope
    and lead, and the message, in one, if it `is_news`. Any update resets the clock of a forgotten
    acknowledgement. With `listens`, a service that its words sound like is offered."""
    decision = Decision(situation, catalog, now)
    before = situation.incident
    if changes.title is not None and changes.title != before.title:
        decision.change_incident(title=changes.title)
        decision.log(TitleChanged(before=before.title, after=changes.title), by)
    if changes.labels:
        decision.change_incident(labels={**before.labels, **changes.labels})
        decision.log(LabelsSet(after=dict(changes.labels)), by)
    if changes.severity is not None:
        change_severity(changes.severity, decision, by=by)
    _change_scope(changes, decision, by)
    if changes.lead is not None and changes.lead != before.lead:
        decision.change_incident(lead=changes.lead)
        decision.log(LeadChanged(after=changes.lead), by)
        tell_lead(changes.lead, decision, by=by)
    if changes.tell:
        decision.change_incident(tell=(*before.tell, *changes.tell))
    if changes.message:
        decision.change_incident(latest_update=changes.message)
        decision.log(MessageAdded(message=changes.message), by)
    news = _news(before, decision.incident, changes.message, by, catalog)
    if news and is_news:
        tell_channels(news, decision, severity_before=before.severity, by=by)
    if changes.lead is not None and changes.lead != before.lead:
        deed = DeedNews(changes.lead, Taking.LEADS)
        tell_who_has_it(deed, situation, decision, by=by, channels=False)
    if listens and (changes.title is not None or changes.message):
        _listen(changes, decision, meanings)
    decision.change_incident(updated_at=now, message_since=now)
    _restart_forgetting(decision)
    return plan(decision.situation, catalog, now)


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
        changed.append(f"lead is now {catalog.person_name(after.lead)}")
    who = f" by {catalog.person_name(by)}" if by else ""
    text = "; ".join(changed)
    text = f"{text[:1].upper()}{text[1:]}." if text else ""
    if message:
        return f"{text}\nUpdate{who}: {message}".lstrip("\n")
    return f"{text[:-1]} ({who.strip()})." if text and who else text


def _change_scope(changes: Changes, decision: Decision, by: str | None) -> None:
    incident = decision.incident
    before = incident.services
    together = dict.fromkeys((*before, *changes.add_services))
    after = tuple(service for service in together if service not in changes.drop_services)
    if after == before:
        return
    grew = tuple(service for service in after if service not in before)
    shrank = tuple(service for service in before if service not in after)
    decision.change_incident(
        services=after, scope_grew_at=decision.now if grew else incident.scope_grew_at, suggestion=None
    )
    decision.log(ScopeChanged(added=grew, dropped=shrank, before=before), by)
    align(decision, by)


def _listen(changes: Changes, decision: Decision, meanings: GiveMeanings) -> None:
    """Offer a service that the new words sound like and that leads elsewhere, or any where none is
    known for sure yet; never take it.
    """
    catalog, incident = decision.catalog, decision.incident
    words = " ".join(part for part in (changes.title, changes.message) if part)
    service = catalog.services.get(
        Router.over(catalog.services.values(), meanings).route(words).service or ""
    )
    if service is None or service.id in incident.services or service.id == incident.suggestion:
        return
    unsure = not incident.services or incident.guess
    if unsure or service.team not in teams_in(decision.situation):
        decision.change_incident(suggestion=service.id)
        decision.log(SoundsLike(incident=incident.id, service=service.id, team=service.team))


def _restart_forgetting(decision: Decision) -> None:
    """An update restarts the wait after which an acknowledgement counts as forgotten. A snooze ends
    when it was said to end.
    """
    for escalation in decision.situation.escalations:
        timeout = escalation.policy.ack_timeout
        if (
            escalation.status is EscalationStatus.ACKNOWLEDGED
            and timeout is not None
            and escalation.snoozed_until is None
        ):
            decision.change(escalation.id, next_at=decision.now + timeout)
