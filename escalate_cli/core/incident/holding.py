"""Who has an incident, and since when: read from the escalations that stand acknowledged now, so that
a take-over, or an acknowledgement after another has lapsed, counts from its own moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import Acknowledged, AcknowledgedInPart, Snoozed, TakenOver
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, IncidentStatus, Situation
from escalate_cli.core.incident.timeline import Entry

_TAKES_IT = Acknowledged | AcknowledgedInPart | Snoozed | TakenOver


class Holding(NamedTuple):
    """Somebody has it, or their part of it, since then (None: an old record does not say)."""

    person: str
    since: Instant | None


def holders_now(situation: Situation) -> tuple[Holding, ...]:
    """Who has it, each once, since they took the earliest part that they have."""
    return _each_once(filter(stands_acknowledged, situation.escalations))


def holders(situation: Situation) -> tuple[Holding, ...]:
    """Who has it; nobody while all of it is paged. Once it is over, or every team has left it: who had
    it last.
    """
    incident, escalations = situation.incident, situation.escalations
    if any(map(stands_acknowledged, escalations)) or incident.status is IncidentStatus.OPEN:
        return holders_now(situation)
    last = _each_once(escalation for escalation in escalations if escalation.acknowledged_by)
    if last or not incident.acknowledged_by:
        return last
    return (Holding(incident.acknowledged_by, incident.acknowledged_at),)


def stands_acknowledged(escalation: Escalation) -> bool:
    """Whether somebody has it, for good or for the time of a snooze."""
    return escalation.status is EscalationStatus.ACKNOWLEDGED


def named_holder(situation: Situation) -> str | None:
    """Whom the incident names as the one who has it: the one it named before, as long as they have a
    part of it or nobody has; else whoever took their part first.
    """
    before, have = situation.incident.acknowledged_by, [holding.person for holding in holders(situation)]
    return before if before in have or not have else have[0]


def who_took_it_first(situation: Situation, timeline: Sequence[Entry]) -> str | None:
    """Who acknowledged it at the instant that the incident keeps as `acknowledged_at`, whoever has it now."""
    incident = situation.incident
    taken = (entry for entry in timeline if entry.at == incident.acknowledged_at)
    by = next((entry.by for entry in taken if isinstance(entry.event, _TAKES_IT)), None)
    return by or incident.acknowledged_by


def _each_once(taken: Iterable[Escalation]) -> tuple[Holding, ...]:
    since: dict[str, Instant | None] = {}
    for escalation in taken:
        person, at = escalation.acknowledged_by, escalation.acknowledged_at
        if person is None:
            continue
        known = since.setdefault(person, at)
        if known is None or (at is not None and at < known):
            since[person] = at
    return tuple(Holding(person, at) for person, at in since.items())
