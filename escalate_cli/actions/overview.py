"""What is going on in the whole installation: what runs, the worst first, and what happened last."""

from __future__ import annotations

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.incident.worst_first import Standing, worst_first


class Overview(msgspec.Struct, frozen=True):
    """Every incident that runs, the first of them in full, and the last things that happened, each with
    the number of its incident.
    """

    running: list[Standing]
    situations: list[Situation]
    """with the notifications that are still to be sent, and no others"""
    entries: tuple[tuple[int, Entry], ...]


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
    return Overview(running, situations, store.latest_entries(most_entries))
