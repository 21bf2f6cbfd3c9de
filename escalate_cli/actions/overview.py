"""What is going on in the whole installation: what runs, the worst first, and what happened last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Notification, NotificationStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.incident.worst_first import Standing, worst_first

Numbered = tuple[int, Notification]
"""a message with the number of its incident"""


class Overview(msgspec.Struct, frozen=True):
    """Every incident that runs, the first of them in full, and the last things that happened, each with
    the number of its incident. `failing` are the messages that did not get through and are tried again,
    those of the worst incidents first.
    """

    running: list[Standing]
    situations: list[Situation]
    """with the notifications that are still to be sent, and no others"""
    entries: tuple[tuple[int, Entry], ...]
    failing: tuple[Numbered, ...] = ()


def overview(context: Context, *, most_situations: int, most_entries: int) -> Overview:
    """What is going on, as far as somebody can look at it."""
    store = context.store.situations
    running = worst_first(store.running(), context.running_catalog)
    ids = tuple(standing.id for standing in running[:most_situations])
    incidents = {incident.id: incident for incident in store.incidents(ids)}
    escalations, nudges, waiting = store.escalations(ids), store.nudges(ids), store.waiting()
    situations = [
        Situation(incidents[number], escalations[number], waiting.get(number, ()), nudges=nudges[number])
        for number in ids
        if number in incidents
    ]
    failing = _failing(waiting, [standing.id for standing in running])
    return Overview(running, situations, store.latest_entries(most_entries), failing)


def _failing(waiting: Mapping[int, Sequence[Notification]], order: Sequence[int]) -> tuple[Numbered, ...]:
    """What failed and is tried again, each message once."""
    places = {number: place for place, number in enumerate(order)}
    failed = {
        notification.id: (number, notification)
        for number in sorted(waiting, key=lambda number: places.get(number, len(places)))
        for notification in waiting[number]
        if notification.status is NotificationStatus.RETRYING and notification.error
    }
    return tuple(entry for entry in failed.values() if entry[1].bundled_with not in failed)
