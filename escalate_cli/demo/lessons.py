"""What one incident's record shows: how soon a page went out, who answered and at which level, what
nobody answered.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.events import LevelPaged
from escalate_cli.core.incident.holding import who_took_it_first
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus, NudgeStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient


class UnansweredLevel(msgspec.Struct, frozen=True):
    """A level that was paged, and the next one had to be."""

    team: str
    level: int
    people: tuple[str, ...]


class Lessons(msgspec.Struct, frozen=True):
    """Spans are microseconds since the declaration; None for what did not happen."""

    first_page_after: Span | None
    acknowledged_after: Span | None
    acknowledged_by: str | None
    answered_level: int | None
    """the level at which whoever acknowledged had been paged"""
    unanswered: tuple[UnansweredLevel, ...]
    nudges: int
    nudges_accepted: int
    resolved_after: Span | None
    messages: int
    """that arrived, to people and to channels; what went out in the message of another is no message"""
    messages_to_people: int
    people: int
    channels: int


def learn(situation: Situation, timeline: Sequence[Entry], catalog: Catalog) -> Lessons:
    """Read the lessons from the stored record of an incident."""
    incident = situation.incident
    sent = [
        notification
        for notification in situation.notifications
        if notification.status is NotificationStatus.SENT and notification.sent_at is not None
    ]
    pages = [
        message for message in sent if message.kind is NotificationKind.PAGE and message.recipient.is_person
    ]
    numbers = {notification.id for notification in sent}
    messages = [message.recipient for message in sent if message.bundled_with not in numbers]
    people = [recipient for recipient in messages if recipient.is_person]
    by = who_took_it_first(situation, timeline)
    taker = Recipient.person(by) if by else None
    levels = [page.level for page in pages if page.recipient == taker and page.level is not None]

    def since(at: int | None) -> Span | None:
        return None if at is None else at - incident.declared_at

    return Lessons(
        first_page_after=since(min((page.sent_at or 0 for page in pages), default=None)),
        acknowledged_after=since(incident.acknowledged_at),
        acknowledged_by=catalog.person_name(by) if by else None,
        answered_level=max(levels, default=None),
        unanswered=_unanswered(timeline, catalog),
        nudges=len(situation.nudges),
        nudges_accepted=sum(nudge.status is NudgeStatus.ACCEPTED for nudge in situation.nudges),
        resolved_after=since(incident.resolved_at),
        messages=len(messages),
        messages_to_people=len(people),
        people=len(set(people)),
        channels=len({recipient for recipient in messages if recipient.kind == "channel"}),
    )


def _unanswered(timeline: Sequence[Entry], catalog: Catalog) -> tuple[UnansweredLevel, ...]:
    """Each level entry that is followed by another one of the same team."""
    levels = [
        entry.event for entry in timeline if isinstance(entry.event, LevelPaged) and entry.event.recipients
    ]
    unanswered = []
    for number, level in enumerate(levels):
        if any(later.team == level.team for later in levels[number + 1 :]):
            people = [catalog.name_of(who) for who in level.recipients if who.is_person]
            unanswered.append(UnansweredLevel(level.team, level.level, tuple(people)))
    return tuple(unanswered)
