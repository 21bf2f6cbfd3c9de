"""Why somebody was told of an incident, from the reporter's words to the message: each link with
the line that says so.

Nothing here decides anything: it reads what is recorded, and finds the line of the configuration
behind each step.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.calendar.rota import Shift
from escalate_cli.core.events import EntryKind, ScopeChanged
from escalate_cli.core.events.reasons import Meant, OfTeam, OnCallFor, OnCallIn
from escalate_cli.core.incident.situation import (
    Entry,
    Escalation,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.organisation.catalog import Catalog, Team
from escalate_cli.core.wording.reasons import meaning, purpose


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


class Record(msgspec.Struct, frozen=True):
    """What is known of an incident: how it stands, its timeline, and the configuration as it was."""

    situation: Situation
    timeline: Sequence[Entry]
    catalog: Catalog

    def at(self, instant: Instant) -> str:
        """An instant as people read it: without its day, where that is the day of the declaration."""
        zone = self.catalog.settings.timezone
        shown, beginning = local_time(instant, zone), local_time(self.situation.incident.declared_at, zone)
        same_day = shown.rpartition(" ")[0] == beginning.rpartition(" ")[0]
        return shown.rpartition(" ")[2] if same_day else shown


def explain(record: Record, person: str | None = None) -> tuple[Link, ...]:
    """The chain from the reporter's words to every message, or to those for `person`. What repeats
    itself is counted.
    """
    situation = record.situation
    links = [*_beginning(record)]
    told = [
        notification
        for notification in situation.notifications
        if person is None or notification.recipient == f"person:{person}"
    ]
    for escalation in situation.escalations:
        mine = [one for one in told if one.escalation_id == escalation.id]
        if mine or person is None:
            links += [*_to_escalation(escalation, record), *_to_messages(mine, record, escalation)]
    others = [one for one in told if one.escalation_id is None]
    if person is None:
        links += _to_messages(
            [other for other in others if other.kind is not NotificationKind.RESOLVED], record, None
        )
        links += _to_the_end([other for other in others if other.kind is NotificationKind.RESOLVED], record)
    else:
        links += _to_messages(others, record, None)
    return tuple(links)


def _beginning(record: Record) -> list[Link]:
    incident = record.situation.incident
    by = f" by {record.catalog.name_of(f'person:{incident.declared_by}')}" if incident.declared_by else ""
    declared_at = local_time(incident.declared_at, record.catalog.settings.timezone)
    links = [
        Link(
            f'declared: "{incident.title}" at {declared_at}',
            f"reported{by}, severity {incident.severity} now",
        )
    ]
    routed = next((one.text for one in record.timeline if one.kind is EntryKind.ROUTED), "")
    first = incident.routing.get("service")
    if isinstance(first, str) and first in record.catalog.services:
        service = record.catalog.services[first]
        links.append(Link(f"service {service.name}", routed or "named by the reporter", service.source))
    elif routed:
        links.append(Link("no service", routed, record.catalog.fallback.source))
    for one in record.timeline:
        for added in one.event.added if isinstance(one.event, ScopeChanged) else ():
            service_source = record.catalog.services[added].source if added in record.catalog.services else ""
            links.append(
                Link(
                    f"service {added}",
                    f"added{f' by {one.by}' if one.by else ''} at {record.at(one.at)}",
                    service_source,
                )
            )
    return links


def _to_escalation(escalation: Escalation, record: Record) -> list[Link]:
    catalog, policy = record.catalog, escalation.policy
    team = catalog.teams.get(escalation.team)
    links = [
        Link(
            f"team {team.name if team else escalation.team}", escalation.because, team.source if team else ""
        )
    ]
    own = [
        catalog.services[service]
        for service in escalation.services
        if service in catalog.services and catalog.services[service].policy == policy.id
    ]
    if own:
        links.append(
            Link(
                f"policy {policy.id}",
                f"the policy of the service {own[0].name}",
                policy.source or own[0].source,
            )
        )
    elif team is not None and team.policy == policy.id:
        links.append(Link(f"policy {policy.id}", f"the policy of the team {team.name}", policy.source))
    else:
        because = "neither the service nor the team names a policy: on call, then lead, then members"
        links.append(
            Link(f"policy {policy.id}", because if not policy.source else "as it was then", policy.source)
        )
    return links


def _to_messages(told: list[Notification], record: Record, escalation: Escalation | None) -> list[Link]:
    """Four links for each paging of somebody: the level or rule, whom it means, by which addresses,
    and what became of it.
    """
    pagings: dict[tuple[object, ...], dict[Instant, list[Notification]]] = {}
    for one in told:
        pagings.setdefault((one.recipient, one.kind, one.level, one.reason.stem), {}).setdefault(
            one.created_at, []
        ).append(one)
    links: list[Link] = []
    for times in pagings.values():
        first_at, *again = sorted(times)
        links += _paging(times[first_at], record, escalation)
        if again:
            name = record.catalog.name_of(times[first_at][0].recipient)
            many = f"{len(again)} more time{'s' if len(again) > 1 else ''}, last at {record.at(again[-1])}"
            links.append(Link(f"{name} again", many, times[first_at][0].source, 1))
    return links


def _to_the_end(told: list[Notification], record: Record) -> list[Link]:
    """One link for all who were told that it is over: they are those who were told of it."""
    times: dict[Instant, dict[str, None]] = {}
    for one in told:
        times.setdefault(one.created_at, {})[record.catalog.name_of(one.recipient)] = None
    return [
        Link(f"told at {record.at(at)} that it is over: {', '.join(names)}", "told of it before")
        for at, names in times.items()
    ]


def _paging(some: list[Notification], record: Record, escalation: Escalation | None) -> list[Link]:
    catalog, first = record.catalog, some[0]
    who = catalog.name_of(first.recipient)
    means = meaning(first.reason.meant, catalog)
    reason = "; ".join(text for text in (purpose(first.reason.cause, catalog), *first.reason.without) if text)
    links = []
    if escalation is not None and first.level is not None and first.level <= escalation.levels:
        level = escalation.policy.levels[first.level - 1]
        condition = f"{level.when.text} holds, " if level.when.text else ""
        reached = f"{condition}reached at {record.at(first.created_at)}"
        links.append(Link(f"level {first.level} of {escalation.levels}", reached, level.source))
    elif reason or first.note:
        links.append(
            Link(
                f"{first.kind.value} at {record.at(first.created_at)}",
                reason or first.note or "",
                first.source,
            )
        )
    shift = _shift_behind(first, record, escalation)
    source = shift.source if shift is not None else _named_in(first, record)
    because = f"{means}: {shift.why}" if shift is not None else means
    links.append(Link(who, because, source, 1))
    for one in sorted(some, key=lambda one: (one.step, one.due_at)):
        links.append(_delivery(one, record))
    return links


def _shift_behind(one: Notification, record: Record, escalation: Escalation | None) -> Shift | None:
    """The shift that made this person the recipient, where it was one."""
    catalog, meant = record.catalog, one.reason.meant
    if not isinstance(meant, OnCallFor | OnCallIn):
        return None
    team = _team_of(meant, catalog)
    named = [meant.schedule if isinstance(meant, OnCallIn) else team.on_call if team is not None else None]
    if escalation is not None and escalation.team in catalog.teams:
        named.append(catalog.teams[escalation.team].on_call)
    for each in named:
        if each in catalog.schedules:
            shift = shift_in(catalog, catalog.schedules[each or ""], one.created_at)
            if f"person:{shift.person}" == one.recipient:
                return shift
    return None


def _named_in(one: Notification, record: Record) -> str:
    kind, _, identifier = one.recipient.partition(":")
    catalog = record.catalog
    team = _team_of(one.reason.meant, catalog)
    if team is not None and not isinstance(one.reason.meant, OnCallFor):
        return team.source
    known = catalog.people.get(identifier) if kind == "person" else catalog.channels.get(identifier)
    return known.source if known else one.source


def _team_of(meant: Meant | None, catalog: Catalog) -> Team | None:
    """The team for which somebody was meant; a record of version 0.1.0 knows its name only."""
    if not isinstance(meant, OfTeam):
        return None
    return catalog.teams.get(meant.team) or next(
        (team for team in catalog.teams.values() if team.name == meant.team), None
    )


def _delivery(one: Notification, record: Record) -> Link:
    catalog = record.catalog
    person = (
        catalog.people.get(one.recipient.removeprefix("person:"))
        if one.recipient.startswith("person:")
        else None
    )
    if person is None:
        channel = catalog.channels.get(one.recipient.removeprefix("channel:"))
        rule, source = "a channel is told through every contact it has", channel.source if channel else ""
    else:
        own = person.notify.high if one.urgency.value == "high" else person.notify.low
        whose = f"{person.name}'s own rules" if own is not None else "[notify]"
        gateway = catalog.gateways.get(one.gateway)
        rule = f"step {one.step + 1} of {whose} for {one.urgency.value} urgency"
        source = person.source if own is not None or gateway is None else gateway.source
    return Link(
        f"{one.kind.value} by {one.gateway} to {one.address}: {_outcome(one, record)}", rule, source, 2
    )


def _is_shared(one: Notification, record: Record) -> bool:
    """Whether another notification of the incident carried it in its message."""
    return any(other.id == one.bundled_with for other in record.situation.notifications)


def _outcome(one: Notification, record: Record) -> str:
    if one.status is NotificationStatus.SENT:
        tries = f" at attempt {one.attempts}" if one.attempts > 1 else ""
        shared = ", in the same message as the other" if _is_shared(one, record) else ""
        return f"sent at {record.at(one.sent_at or one.due_at)}{tries}{shared}"
    if one.status is NotificationStatus.CANCELLED:
        return "cancelled, no longer needed"
    text = {
        "pending": "due at",
        "retrying": "to be tried again at",
        "sending": "being sent since",
        "failed": "failed for good, due at",
    }
    error = f": {one.error}" if one.error else ""
    return f"{text.get(one.status.value, one.status.value)} {record.at(one.due_at)}{error}"
