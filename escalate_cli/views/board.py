"""What a line of the list and of the board says of an incident, as data: who has it, who is paged next
and when, what waits for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.actions.overview import Numbered
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.calendar.moment import from_now
from escalate_cli.core.escalation.upcoming import next_of
from escalate_cli.core.escalation.waiting_reasons import waits_until
from escalate_cli.core.incident.holding import holders
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog

TO_COME = (NotificationStatus.PENDING, NotificationStatus.RETRYING)
"""the states of a message that is still to be sent"""
_WAITS = (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)


class NextPage(msgspec.Struct, frozen=True):
    """Who is paged at `at`, unless somebody acts: names, people before channels; at least one."""

    at: Instant
    names: tuple[str, ...]


class BoardLine(msgspec.Struct, frozen=True):
    """An incident in a line. `has_it` are the names of those who have acknowledged, or had when it was
    over; `in_part` says that somebody else's answer is still awaited. `resolved_by` is the name of whoever
    ended it, where that is known. `lasted` is how long it has been open, or was. `pages` are
    the pages to come, the soonest first: no informs and no nudges. `nudges` are the numbers of those
    that wait for an answer.
    """

    id: int
    title: str
    severity: str
    status: IncidentStatus
    has_it: tuple[str, ...]
    in_part: bool
    lasted: Span
    teams: tuple[str, ...]
    pages: tuple[NextPage, ...]
    nudges: tuple[int, ...]
    resolved_by: str | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether anybody's answer is still awaited."""
        return self.status is IncidentStatus.OPEN


def board_line(
    situation: Situation, catalog: Catalog, now: Instant, resolved_by: str | None = None
) -> BoardLine:
    """The line of this incident; of its notifications only those still to be sent need be there.
    `resolved_by` is the id of whoever ended it, where that is known.
    """
    incident = situation.incident
    names = has_it(situation, catalog)
    return BoardLine(
        incident.id,
        incident.title,
        incident.severity,
        incident.status,
        names,
        bool(names) and incident.status is IncidentStatus.OPEN,
        (incident.resolved_at or now) - incident.declared_at,
        tuple(dict.fromkeys(catalog.team_name(escalation.team) for escalation in situation.escalations)),
        next_pages(situation, catalog, now),
        tuple(nudge.id for nudge in situation.nudges if nudge.status is NudgeStatus.OPEN),
        catalog.person_name(resolved_by) if resolved_by else None,
    )


def not_delivered(failing: Sequence[Numbered], catalog: Catalog, now: Instant) -> str:
    """What did not get through and is tried again, in one sentence; nothing where all did."""
    if not failing:
        return ""
    number, first = failing[0]
    many, more = ("", "") if len(failing) == 1 else (f"{len(failing)} ", f" and {len(failing) - 1} more")
    again = from_now(max(now, min(notification.due_at for _, notification in failing)), now)
    return (
        f"{many}not delivered: {first.kind.in_words} to {catalog.name_of(first.recipient)}"
        f" by {first.gateway} for #{number} ({first.error}){more}; tried again {again}"
    )


def has_it(situation: Situation, catalog: Catalog) -> tuple[str, ...]:
    """The names of those who have acknowledged it, for any of its teams; who had, once it is over."""
    people = dict.fromkeys(holding.person for holding in holders(situation))
    for escalation in situation.escalations:
        if escalation.status in _WAITS:
            people |= dict.fromkeys(escalation.acked_by)
    return tuple(catalog.person_name(person) for person in people)


def next_pages(situation: Situation, catalog: Catalog, now: Instant) -> tuple[NextPage, ...]:
    """Whom the incident pages next, and when, unless somebody acts: later steps of pages that went out,
    retries, and the next level of each escalation. The soonest first, one entry an instant.
    """
    if situation.incident.status is IncidentStatus.RESOLVED:
        return ()
    names_by_time: dict[Instant, dict[str, None]] = {}
    for notification in situation.notifications:
        if notification.kind is NotificationKind.PAGE and notification.status in TO_COME:
            names = names_by_time.setdefault(notification.due_at, {})
            names[catalog.name_of(notification.recipient)] = None
    for escalation in situation.escalations:
        at = _pages_at(escalation, catalog)
        if at is None:
            continue
        if escalation.status is EscalationStatus.ACKNOWLEDGED:
            people: tuple[str, ...] = (catalog.team_name(escalation.team),)
        else:
            upcoming = next_of(escalation, situation, catalog, now)
            people = upcoming.people if upcoming is not None else ()
        names_by_time.setdefault(at, {}).update(dict.fromkeys(people))
    return tuple(
        NextPage(at, _people_first(names, catalog)) for at, names in sorted(names_by_time.items()) if names
    )


def _pages_at(escalation: Escalation, catalog: Catalog) -> Instant | None:
    """When the escalation pages by itself; None where it does not, or only if nothing more is heard."""
    if escalation.status in _WAITS and not escalation.muted:
        return waits_until(escalation, catalog)
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        return escalation.snoozed_until
    return None


def _people_first(names: Iterable[str], catalog: Catalog) -> tuple[str, ...]:
    channels = {channel.name for channel in catalog.channels.values()}
    return tuple(sorted(names, key=lambda name: name in channels))
