"""Somebody acts between two passes: first what has lapsed meanwhile happens, then the act.

A time-out, the end of a snooze or of a maintenance, a nudge's expiry, a level's wait: none of them
waits for a tick to count. What is due at the very instant of the act has not lapsed: whoever acts
on the dot is in time.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.events import EntryKind, SomebodyReached
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.incident.timeline import Entry, entry_of
from escalate_cli.core.organisation.catalog import Catalog

JUST_BEFORE: Span = 1
"""what has lapsed is done so long before the act: the least that instants can tell apart"""


def up_to_date(situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """The situation as a pass just before `now` leaves it; as it is, where nothing has lapsed."""
    due_at = situation.incident.next_due_at
    if due_at is None or due_at >= now:
        return situation
    return plan(situation, catalog, now - JUST_BEFORE).situation


def acting(
    situation: Situation, catalog: Catalog, now: Instant, act: Callable[[Situation], Situation]
) -> Situation:
    """What `act` makes of the situation, brought up to date. A page that the act calls off before
    it has gone out is not said to have reached anybody."""
    current = up_to_date(situation, catalog, now)
    after = act(current)
    if current is situation:
        return after
    return replace(
        after, entries=tuple(_as_it_went(entry, after, catalog, now - JUST_BEFORE) for entry in after.entries)
    )


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
    except Exception:  # `log` has said that it cannot be told
        return replace(entry, event=called_off)


def _is_of(notification: Notification, entry: Entry, situation: Situation) -> bool:
    """Whether a message may be what this entry tells of: a question to the same person is another,
    and so is another team's page.
    """
    if entry.kind is EntryKind.PAGED:
        return notification.kind is not NotificationKind.NUDGE
    team, escalation = entry.team, notification.escalation_id
    ours = escalation is None or team is None or situation.escalation(escalation).team == team
    return notification.kind is NotificationKind.PAGE and ours


def _called_off(notification: Notification) -> bool:
    return notification.status is NotificationStatus.CANCELLED and notification.attempts == 0
