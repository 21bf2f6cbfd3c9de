"""An incident as a tired person sees it at 3 am: what is broken, who has been told, who is next and
when, what to type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.incident_head import draw_head
from escalate_cli.cli.screens.incident_next import draw_next
from escalate_cli.cli.screens.incident_told import TOLD, draw_told
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import named_wall_time, wall_time
from escalate_cli.core.changes.acting import JUST_BEFORE
from escalate_cli.core.escalation.maintenance import quiet
from escalate_cli.core.events import MessageAdded, Resolved
from escalate_cli.core.incident.situation import (
    Incident,
    IncidentStatus,
    NotificationStatus,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.targets import teams_in
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.rules import action_in_words
from escalate_cli.core.wording.unknown_service import no_service_yet
from escalate_cli.views.board import has_it

if TYPE_CHECKING:
    from rich.console import Console

_PROMPT = 1
"""lines of a terminal that the shell takes again"""
_TOLD_AT_LEAST = 6
"""lines for those told, below which empty lines are left out"""


def draw_declared(
    console: Console, situation: Situation, news: Sequence[str] | None, catalog: Catalog, now: Instant
) -> None:
    """What `declare` answers; of an incident that was open already, what became of the `news`
    (None: it is new).
    """
    if news is not None:
        what = "; ".join(news) or "nothing new was said of it"
        console.print(
            style.piece(f"Incident {situation.incident.id} is open with this key already: {what}.", "yellow")
        )
    draw_incident(console, situation, catalog, now)


def draw_brief(
    console: Console, situation: Situation, catalog: Catalog, now: Instant, *, changed: bool = True
) -> None:
    """What an action on an incident answers: how it is now, whom the action has told, also by what
    had lapsed before it, and what comes next.
    """
    fresh = [
        notification
        for notification in situation.notifications
        if notification.created_at >= situation.incident.updated_at - JUST_BEFORE
        and notification.status in TOLD
    ]
    has_told = changed and bool(fresh)
    facts: list[tuple[str, object]] = [("affected", _affected(situation, catalog))]
    if not has_told:
        facts.append(("told so far", _told_so_far(situation, catalog)))
    facts += _sounds_like(situation.incident, catalog)
    told = replace(situation, notifications=tuple(fresh)) if has_told else None
    _draw_fitting(console, situation, facts, told, catalog, now)


def _draw_fitting(
    console: Console,
    situation: Situation,
    facts: Sequence[tuple[str, object]],
    told: Situation | None,
    catalog: Catalog,
    now: Instant,
) -> None:
    """The head and the facts, who has been told (None: that is left out), what comes next, what to type:
    on a terminal in its height, if need be without the earlier ones of those told, and without empty lines.
    """

    def above() -> None:
        draw_head(console, situation, catalog, now)
        console.print(style.pairs(facts))

    def below() -> None:
        draw_next(console, situation, catalog, now, tight=tight)
        _draw_type(console, situation, catalog, tight=tight)

    tight, room = False, None
    if console.is_terminal:
        rest = console.height - _PROMPT - style.height_of(console, above)
        room = rest - style.height_of(console, below)
        tight = room < _TOLD_AT_LEAST
        room = rest - style.height_of(console, below)
    above()
    if told is not None:
        draw_told(console, told, catalog, now, room=room, tight=tight)
    below()


def _told_so_far(situation: Situation, catalog: Catalog) -> list[str]:
    told = [
        notification.recipient
        for notification in situation.notifications
        if notification.status is NotificationStatus.SENT
    ]
    return [catalog.name_of(recipient) for recipient in dict.fromkeys(told)]


def draw_incident(
    console: Console, situation: Situation, catalog: Catalog, now: Instant, *, entries: Sequence[Entry] = ()
) -> None:
    """The whole incident; of its timeline, `entries`, only the latest message."""
    facts = [*_what(situation, entries, catalog, now), *_latest_message(entries, catalog, now)]
    _draw_fitting(console, situation, facts, situation, catalog, now)


def _latest_message(entries: Sequence[Entry], catalog: Catalog, now: Instant) -> list[tuple[str, object]]:
    for entry in reversed(entries):
        if isinstance(entry.event, MessageAdded):
            by = f" by {_person(entry.by, catalog)}" if entry.by else ""
            return [
                (
                    "latest update",
                    f"{entry.event.message}  ({wall_time(entry.at, catalog.settings.timezone, now)}{by})",
                )
            ]
    return []


def _affected(situation: Situation, catalog: Catalog) -> object:
    incident = situation.incident
    names = [
        f"{catalog.services[service].name} ({service})" if service in catalog.services else service
        for service in incident.services
    ]
    if incident.guess:
        names = [f"{name}: a guess" for name in names]
    return names or style.piece(no_service_yet(teams_in(situation), catalog), "yellow")


def _what(
    situation: Situation, entries: Sequence[Entry], catalog: Catalog, now: Instant
) -> list[tuple[str, object]]:
    incident = situation.incident
    zone = catalog.settings.timezone
    by = f" by {_person(incident.declared_by, catalog)}" if incident.declared_by else ""
    rows: list[tuple[str, object]] = [
        ("affected", _affected(situation, catalog)),
        ("message", incident.message),
        ("declared", f"{named_wall_time(incident.declared_at, zone, now)}{by}"),
        ("lead", _person(incident.lead, catalog) if incident.lead else None),
        ("labels", [f"{name}={value}" for name, value in incident.labels.items()]),
        ("key", incident.key),
        *_links(incident, catalog),
    ]
    if incident.resolved_at is not None:
        rows.append(("acknowledged", [f"by {name}" for name in has_it(situation, catalog)]))
        rows.append(("resolved", f"{wall_time(incident.resolved_at, zone, now)}{_ending(entries, catalog)}"))
    rows += [("maintenance", text) for text in _maintenance(situation, catalog, now)]
    concerned = may_also_concern(incident, catalog)
    if concerned and incident.status is not IncidentStatus.RESOLVED:
        rows.append(("may also concern", concerned))
    candidates = incident.routing.get("candidates") or []
    candidates = [candidate for candidate in candidates if candidate["service"] not in incident.guess]
    if (not incident.services or incident.guess) and candidates:
        rows.append(
            (
                "may be",
                [f"{candidate['name']} (--service {candidate['service']})" for candidate in candidates[:3]],
            )
        )
    return rows + _sounds_like(incident, catalog)


def _sounds_like(incident: Incident, catalog: Catalog) -> list[tuple[str, object]]:
    """The service that the latest words sound like, and what to type if it is that one."""
    meant = catalog.services.get(incident.suggestion or "")
    if meant is None or meant.id in incident.services or incident.status is IncidentStatus.RESOLVED:
        return []
    return [("sounds like", f"{meant.name}: escalate update {incident.id} --service {meant.id}")]


def _ending(entries: Sequence[Entry], catalog: Catalog) -> str:
    """` by Bo Chen: restarted it`, as far as it is known."""
    for entry in reversed(entries):
        if isinstance(entry.event, Resolved):
            by = f" by {_person(entry.by, catalog)}" if entry.by else ""
            return by + (f": {entry.event.message}" if entry.event.message else "")
    return ""


def _maintenance(situation: Situation, catalog: Catalog, now: Instant) -> list[str]:
    """Which services in scope page nobody, until when, and whose doing that is."""
    if situation.incident.status is IncidentStatus.RESOLVED:
        return []
    zone = catalog.settings.timezone
    lasting = [quiet(situation.maintenance, catalog, service, now) for service in situation.incident.services]
    return [
        f"{catalog.service_name(maintenance.service)} pages nobody until "
        f"{wall_time(maintenance.until_at, zone, now)}"
        + (f", by {_person(maintenance.by, catalog)}" if maintenance.by else "")
        + (f": {maintenance.reason}" if maintenance.reason else "")
        for maintenance in lasting
        if maintenance is not None
    ]


def may_also_concern(incident: Incident, catalog: Catalog) -> list[str]:
    """What the services in scope depend on, with the team behind it."""
    needed = [
        depend
        for service in incident.services
        if service in catalog.services
        for depend in catalog.services[service].depends_on
    ]
    services = [
        catalog.services[fromkey]
        for fromkey in dict.fromkeys(needed)
        if fromkey in catalog.services and fromkey not in incident.services
    ]
    return [f"{service.name} ({catalog.team_name(service.team)})" for service in services]


def _links(incident: Incident, catalog: Catalog) -> list[tuple[str, object]]:
    """The runbooks and dashboards of what is affected."""
    urls_by_name: dict[str, dict[str, None]] = {}
    for service in incident.services:
        for name, url in catalog.services[service].links.items() if service in catalog.services else ():
            urls_by_name.setdefault(name, {})[url] = None
    return [(name, "\n".join(urls)) for name, urls in urls_by_name.items()]


def _person(person: str | None, catalog: Catalog) -> str:
    return catalog.person_name(person) if person else "–"


def _draw_type(console: Console, situation: Situation, catalog: Catalog, *, tight: bool) -> None:
    incident = situation.incident
    if incident.status is IncidentStatus.RESOLVED:
        lines = [f"escalate timeline {incident.id}", f"escalate reopen {incident.id}"]
    elif incident.status is IncidentStatus.ACKNOWLEDGED:
        lines = [f'escalate update {incident.id} --message "…"', f"escalate resolve {incident.id}"]
    else:
        lines = [f"escalate ack {incident.id}", f"escalate resolve {incident.id}"]
    for nudge in situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            what = action_in_words(nudge.proposal.action, catalog)
            lines.append(f"escalate nudge {nudge.id} yes|no   ({nudge.rule}: {what})")
    style.heading(console, "Type", above=not tight)
    for line in lines:
        console.print(style.piece(f"  {line}", "bold"))
