"""Why somebody was told of an incident, from the reporter's words to the message: each link with
the line that says so.

Nothing here decides anything: it reads what is recorded, and finds the line of the configuration
behind each step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import named_time
from escalate_cli.core.calendar.rota import Shift
from escalate_cli.core.events import AlertHeard, EntryKind, ScopeChanged
from escalate_cli.core.events.reasons import Meant, OnCallFor, OnCallIn, TeamReason
from escalate_cli.core.incident.situation import (
    Escalation,
    Notification,
    NotificationKind,
    NotificationStatus,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.organisation.catalog import Catalog, Channel, Person, Team
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import meaning, purpose
from escalate_cli.core.wording.rules import condition_in_words
from escalate_cli.foresight.case import Case


class Link(msgspec.Struct, frozen=True):
    """One link of the chain: what follows, because of what, and the `file:line` that says so (""
    where none does).

    `depth` is 0 for what leads to a paging and for the paging itself, 1 for whom it means, 2 for
    each message.
    """

    what: str
    because: str
    source: str = ""
    depth: int = 0


def links_of(case: Case, person: str | None = None) -> tuple[Link, ...]:
    """The chain from the reporter's words to every message, or to those for `person`. What repeats
    itself is counted.
    """
    links = _beginning(case)
    notifications = [
        notification
        for notification in case.situation.notifications
        if person is None or notification.recipient == Recipient.person(person)
    ]
    by_escalation: dict[int | None, list[Notification]] = {}
    for notification in notifications:
        by_escalation.setdefault(notification.escalation_id, []).append(notification)
    for escalation in case.situation.escalations:
        if escalation.id in by_escalation or person is None:
            links += _to_escalation(escalation, case)
            links += _to_messages(by_escalation.get(escalation.id, []), case, escalation)
    others = by_escalation.get(None, [])
    if person is not None:
        return (*links, *_to_messages(others, case, None))
    ends = [other for other in others if other.kind is NotificationKind.RESOLVED]
    news = [other for other in others if other.kind is not NotificationKind.RESOLVED]
    links += _to_messages(news, case, None)
    return (*links, *_to_the_end(ends, case))


def _beginning(case: Case) -> list[Link]:
    """The declaration, the service that it was routed to, and those that were added later."""
    incident, catalog = case.situation.incident, case.catalog
    by = f" by {catalog.name_of(Recipient.person(incident.declared_by))}" if incident.declared_by else ""
    declared_at = named_time(incident.declared_at, catalog.settings.timezone)
    declared = f'declared: "{incident.title}" at {declared_at}'
    links = [Link(declared, f"reported{by}, severity {incident.severity} now")]
    links += [Link(f"alert of {heard.source}", entry.text, heard.config) for entry, heard in _alerts(case)]
    routed = next((entry.text for entry in case.timeline if entry.kind is EntryKind.ROUTED), "")
    first = incident.routing.get("service")
    if isinstance(first, str) and first in catalog.services:
        service = catalog.services[first]
        links.append(Link(f"service {service.name}", routed or "named by the reporter", service.source))
    elif guessed := incident.routing.get("guess"):
        for service_id in guessed:
            source = catalog.services[service_id].source if service_id in catalog.services else ""
            links.append(Link(f"service {catalog.service_name(service_id)}", routed, source))
    elif routed:
        links.append(Link("no service", routed, catalog.fallback.source))
    for entry in case.timeline:
        for added in entry.event.added if isinstance(entry.event, ScopeChanged) else ():
            by = f" by {catalog.person_name(entry.by)}" if entry.by else ""
            because = f"added{by} at {case.at(entry.at)}"
            source = catalog.services[added].source if added in catalog.services else ""
            links.append(Link(f"service {catalog.service_name(added)}", because, source))
    return links


def _alerts(case: Case) -> Iterator[tuple[Entry, AlertHeard]]:
    """The alerts that it is about, in the order in which they came."""
    for entry in case.timeline:
        if isinstance(entry.event, AlertHeard):
            yield entry, entry.event


def _to_escalation(escalation: Escalation, case: Case) -> list[Link]:
    """The team, and why it has this policy."""
    team = case.catalog.teams.get(escalation.team)
    name, source = (team.name, team.source) if team else (escalation.team, "")
    return [Link(f"team {name}", escalation.because, source), _to_policy(escalation, team, case.catalog)]


def _to_policy(escalation: Escalation, team: Team | None, catalog: Catalog) -> Link:
    policy = escalation.policy
    what, source = f"policy {policy.id}", policy.source
    services = (catalog.services.get(service) for service in escalation.services)
    own = next((service for service in services if service is not None and service.policy == policy.id), None)
    if own is not None:
        return Link(what, f"the policy of the service {own.name}", source or own.source)
    if team is not None and team.policy == policy.id:
        return Link(what, f"the policy of the team {team.name}", source)
    if source:
        return Link(what, "as it was then", source)
    return Link(what, "neither the service nor the team names a policy: on call, then lead, then members")


def _to_messages(notifications: list[Notification], case: Case, escalation: Escalation | None) -> list[Link]:
    """Four links for each paging of somebody: the level or rule, whom it means, by which addresses,
    and what became of it.
    """
    pagings: dict[tuple[object, ...], dict[Instant, list[Notification]]] = {}
    for notification in notifications:
        paging = (notification.recipient, notification.kind, notification.level, notification.reason.stem)
        pagings.setdefault(paging, {}).setdefault(notification.created_at, []).append(notification)
    links: list[Link] = []
    for times in pagings.values():
        first_at, *again = sorted(times)
        links += _paging(times[first_at], case, escalation)
        if again:
            first = times[first_at][0]
            many = f"{len(again)} more time{'s' if len(again) > 1 else ''}, last at {case.at(again[-1])}"
            links.append(Link(f"{case.catalog.name_of(first.recipient)} again", many, first.source, 1))
    return links


def _to_the_end(notifications: list[Notification], case: Case) -> list[Link]:
    """One link for all who were told that it is over: they are those who were told of it."""
    times: dict[Instant, dict[str, None]] = {}
    for notification in notifications:
        times.setdefault(notification.created_at, {})[case.catalog.name_of(notification.recipient)] = None
    return [
        Link(f"told at {case.at(at)} that it is over: {', '.join(names)}", "told of it before")
        for at, names in times.items()
    ]


def _paging(notifications: list[Notification], case: Case, escalation: Escalation | None) -> list[Link]:
    """The links for one paging of one recipient, whose notifications these are."""
    first = notifications[0]
    means = meaning(first.reason.meant, case.catalog, first.recipient)
    shift = _shift_behind(first, case, escalation)
    source = shift.source if shift is not None else _named_in(first, case)
    because = f"{means}: {shift.why}" if shift is not None else means
    return [
        *_to_cause(first, case, escalation),
        Link(case.catalog.name_of(first.recipient), because, source, 1),
        *(
            _delivery(notification, case)
            for notification in sorted(notifications, key=lambda sent: (sent.step, sent.due_at))
        ),
    ]


def _to_cause(notification: Notification, case: Case, escalation: Escalation | None) -> list[Link]:
    """The level that paged, or what else it was sent for; nothing where no reason is known."""
    created_at = case.at(notification.created_at)
    if escalation is not None and notification.level is not None and notification.level <= escalation.levels:
        level = escalation.policy.levels[notification.level - 1]
        condition = f"{condition_in_words(level.when, case.catalog)}: " if level.when.text else ""
        what = f"level {notification.level} of {escalation.levels}"
        return [Link(what, f"{condition}reached at {created_at}", level.source)]
    reason = notification.reason
    texts = (purpose(reason.cause, case.catalog), *reason.without)
    because = "; ".join(text for text in texts if text) or notification.note
    return (
        [Link(f"{notification.kind.in_words} at {created_at}", because, notification.source)]
        if because
        else []
    )


def _shift_behind(notification: Notification, case: Case, escalation: Escalation | None) -> Shift | None:
    """The shift that made this person the recipient, where it was one."""
    catalog, meant = case.catalog, notification.reason.meant
    if not isinstance(meant, OnCallFor | OnCallIn):
        return None
    team = _team_of(meant, catalog)
    schedules = [
        meant.schedule if isinstance(meant, OnCallIn) else team.on_call if team is not None else None
    ]
    if escalation is not None and escalation.team in catalog.teams:
        schedules.append(catalog.teams[escalation.team].on_call)
    for schedule in schedules:
        if schedule in catalog.schedules:
            shift = shift_in(catalog, catalog.schedules[schedule or ""], notification.created_at)
            if notification.recipient.is_person and notification.recipient.id == shift.person:
                return shift
    return None


def _named_in(notification: Notification, case: Case) -> str:
    """Where it is written that this recipient is meant, if no shift says so."""
    recipient = notification.recipient
    team = _team_of(notification.reason.meant, case.catalog)
    if team is not None and not isinstance(notification.reason.meant, OnCallFor):
        return team.source
    section: Mapping[str, Person | Channel] = (
        case.catalog.people if recipient.is_person else case.catalog.channels
    )
    known = section.get(recipient.id)
    return known.source if known else notification.source


def _team_of(meant: Meant | None, catalog: Catalog) -> Team | None:
    """The team for which somebody was meant; a record of version 0.1.0 knows its name only."""
    if not isinstance(meant, TeamReason):
        return None
    return catalog.teams.get(meant.team) or next(
        (team for team in catalog.teams.values() if team.name == meant.team), None
    )


def _delivery(notification: Notification, case: Case) -> Link:
    """One message: by which address, what became of it, and which rule says that it goes there."""
    address = f"{notification.kind.in_words} by {notification.gateway} to {notification.address}"
    rule, source = _step_behind(notification, case.catalog)
    return Link(f"{address}: {_outcome(notification, case)}", rule, source, 2)


def _step_behind(notification: Notification, catalog: Catalog) -> tuple[str, str]:
    """The step of somebody's rules that chose the address, and where it is written."""
    recipient = notification.recipient
    person = catalog.people.get(recipient.id) if recipient.is_person else None
    if person is None:
        channel = catalog.channels.get(recipient.id) if not recipient.is_person else None
        return "a channel is told through every contact it has", channel.source if channel else ""
    urgency = notification.urgency.value
    own = person.notify.high if urgency == "high" else person.notify.low
    whose = f"{person.name}'s own rules" if own is not None else "[notify]"
    gateway = catalog.gateways.get(notification.gateway)
    source = person.source if own is not None or gateway is None else gateway.source
    return f"step {notification.step + 1} of {whose} for {urgency} urgency", source


def _is_shared(notification: Notification, case: Case) -> bool:
    """Whether another notification of the incident carried it in its message."""
    return any(other.id == notification.bundled_with for other in case.situation.notifications)


_NOT_SENT = {
    NotificationStatus.PENDING: "due at",
    NotificationStatus.RETRYING: "to be tried again at",
    NotificationStatus.SENDING: "being sent since",
    NotificationStatus.FAILED: "failed for good, due at",
}


def _outcome(notification: Notification, case: Case) -> str:
    if notification.status is NotificationStatus.SENT:
        tries = f" at attempt {notification.attempts}" if notification.attempts > 1 else ""
        shared = ", in the same message as the other" if _is_shared(notification, case) else ""
        return f"sent at {case.at(notification.sent_at or notification.due_at)}{tries}{shared}"
    if notification.status is NotificationStatus.CANCELLED:
        return "cancelled, no longer needed"
    error = f": {notification.error}" if notification.error else ""
    return f"{_NOT_SENT[notification.status]} {case.at(notification.due_at)}{error}"
