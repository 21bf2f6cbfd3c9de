"""What happens when somebody acts between two passes: first everything whose time has come since
the last pass, then the act itself.

A time-out, the end of a snooze or a maintenance, a nudge that expires, a level's wait: none of them
has to wait for a tick to count. What is due at the very instant of the act does not count as past
yet: whoever acts on the dot is in time.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.events import AnswerWay, EntryKind, SomebodyReached
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.incident.timeline import Entry, entry_of
from escalate_cli.core.organisation.catalog import Catalog

JUST_BEFORE: Span = 1
"""one microsecond: what was due before the act is dated this much earlier than it"""


def up_to_date(situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """The situation as a pass just before `now` would leave it; unchanged when nothing was due by
    then.
    """
    due_at = situation.incident.next_due_at
    if due_at is None or due_at >= now:
        return situation
    return plan(situation, catalog, now - JUST_BEFORE).situation


def acting(
    situation: Situation, catalog: Catalog, now: Instant, act: Callable[[Situation], Situation]
) -> Situation:
    """Bring the situation up to date, then do `act`. A page that the act calls off before it was
    sent is not recorded as having reached anybody.
    """
    current = up_to_date(situation, catalog, now)
    after = act(current)
    if current is situation:
        return after
    return replace(
        after, entries=tuple(_as_it_went(entry, after, catalog, now - JUST_BEFORE) for entry in after.entries)
    )


def by_answering(situation: Situation, by: str, way: AnswerWay, catalog: Catalog) -> Situation:
    """The situation whose new entries say that `by` did this by answering."""
    return replace(
        situation,
        entries=tuple(
            _said_how(entry, way, catalog) if entry.by == by else entry for entry in situation.entries
        ),
    )


def _said_how(entry: Entry, way: AnswerWay, catalog: Catalog) -> Entry:
    event = replace(entry.event, answered=way)
    try:
        return entry_of(event, entry.at, entry.by, catalog)
    except Exception:  # `log` has already noted that it cannot be put into words
        return replace(entry, event=event)


def _as_it_went(entry: Entry, situation: Situation, catalog: Catalog, lapsed_at: Instant) -> Entry:
    event = entry.event
    if entry.at != lapsed_at or not isinstance(event, SomebodyReached) or not event.recipients:
        return entry
    sent = (
        notification
        for notification in situation.notifications
        if notification.created_at == lapsed_at and notification.recipient in event.recipients
    )
    if any(not _called_off(message) for message in sent if _is_of(message, entry, situation)):
        return entry
    called_off = replace(event, recipients=(), called_off=event.recipients)
    try:
        return entry_of(called_off, entry.at, entry.by, catalog)
    except Exception:  # `log` has already noted that it cannot be put into words
        return replace(entry, event=called_off)


def _is_of(notification: Notification, entry: Entry, situation: Situation) -> bool:
    """Whether this entry may be about this message. A question to the same person, or another
    team's page, is a different thing.
    """
    if entry.kind is EntryKind.PAGED:
        return notification.kind is not NotificationKind.NUDGE
    team, escalation = entry.team, notification.escalation_id
    ours = escalation is None or team is None or situation.escalation(escalation).team == team
    return notification.kind is NotificationKind.PAGE and ours


def _called_off(notification: Notification) -> bool:
    return notification.status is NotificationStatus.CANCELLED and notification.attempts == 0
