"""The same key again is news, not noise: what a second declaration of an open incident changes, and
what of it is only noted.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes, update
from escalate_cli.core.escalation.severity import how_changed
from escalate_cli.core.events import DeclaredAgain, Restated
from escalate_cli.core.incident.situation import Incident, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.leanings import GiveMeanings
from escalate_cli.core.wording.events import sentence


class News(msgspec.Struct, frozen=True):
    """What became of one thing that was said again. `what` is severity, services, lead, labels,
    tell, message or title; `done` is raised, added, set, or noted for what changes nothing (then `event`
    says what); `text` is a sentence."""

    what: str
    done: str
    text: str
    event: DeclaredAgain | None = None


def declare_again(
    situation: Situation,
    declaration: Declaration,
    catalog: Catalog,
    now: Instant,
    *,
    severity: str | None,
    is_known: Callable[[DeclaredAgain], bool],
    meanings: GiveMeanings,
) -> tuple[Situation, tuple[News, ...]]:
    """A higher severity raises, a new message is an update, labels are set, a service joins those
    in scope, a lead is taken where there is none. A lower severity, another title, another lead are
    noted, each once.

    `severity` is the one that was named; None where the declaration left it to the default.
    `is_known` says whether the timeline has an event already. A declaration that says nothing new
    changes nothing.
    """
    incident = situation.incident
    changes = _changes(declaration, severity, incident, catalog)
    news = [*_made(changes, incident, catalog), *_noted(declaration, severity, incident, catalog, now)]
    if changes != Changes():
        situation = update(situation, changes, catalog, now, by=declaration.by, meanings=meanings).situation
    for item in news:
        if item.event is not None and not is_known(item.event):
            situation = situation.log(now, item.event, catalog, declaration.by)
    return situation, tuple(news)


def _changes(declaration: Declaration, severity: str | None, incident: Incident, catalog: Catalog) -> Changes:
    rises = (
        severity is not None and catalog.severity(severity).rank > catalog.severity(incident.severity).rank
    )
    return Changes(
        severity=severity if rises else None,
        add_services=tuple(service for service in declaration.services if service not in incident.services),
        lead=declaration.lead if incident.lead is None else None,
        labels={
            name: value for name, value in declaration.labels.items() if incident.labels.get(name) != value
        },
        tell=tuple(to for to in declaration.tell if to not in incident.tell),
        message=declaration.message
        if declaration.message != (incident.latest_update or incident.message)
        else None,
    )


def _made(changes: Changes, incident: Incident, catalog: Catalog) -> list[News]:
    made = []
    if changes.severity is not None:
        made.append(
            News(
                "severity", "raised", f"severity {how_changed(incident.severity, changes.severity, catalog)}"
            )
        )
    if changes.add_services:
        names = ", ".join(catalog.service_name(service) for service in changes.add_services)
        made.append(News("services", "added", f"now also about {names}"))
    if changes.lead is not None:
        made.append(News("lead", "set", f"lead: {catalog.person_name(changes.lead)}"))
    if changes.labels:
        made.append(
            News(
                "labels",
                "set",
                "labels set: " + ", ".join(f"{name}={value}" for name, value in changes.labels.items()),
            )
        )
    if changes.tell:
        addresses = ", ".join(to.address for to in changes.tell)
        made.append(News("tell", "added", f"{addresses} hears what becomes of it"))
    if changes.message:
        made.append(News("message", "added", "the message is an update"))
    return made


def _noted(
    declaration: Declaration, severity: str | None, incident: Incident, catalog: Catalog, now: Instant
) -> list[News]:
    noted: list[DeclaredAgain] = []
    if severity is not None and catalog.severity(severity).rank < catalog.severity(incident.severity).rank:
        noted.append(DeclaredAgain(what=Restated.SEVERITY, declared=severity, kept=incident.severity))
    if declaration.title != incident.title:
        noted.append(DeclaredAgain(what=Restated.TITLE, declared=declaration.title, kept=incident.title))
    if declaration.lead is not None and incident.lead is not None and declaration.lead != incident.lead:
        noted.append(DeclaredAgain(what=Restated.LEAD, declared=declaration.lead, kept=incident.lead))
    return [
        News(event.what.value, "noted", sentence(event, now, declaration.by, catalog), event)
        for event in noted
    ]
