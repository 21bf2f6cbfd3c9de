"""Which levels of a past incident were paged, when, and whom. What a row does not say is estimated
from the waits of the policy as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.incident.situation import Escalation
from escalate_cli.importers.history.past_escalations import UNKNOWN, PastEscalations
from escalate_cli.importers.history.past_incident import PagedPerson, PastIncident


class PagedLevel(NamedTuple):
    """When a level was paged, whether that is an estimate, and whom."""

    at: Instant
    estimated: bool
    people: tuple[str, ...]


Levels = Mapping[int, PagedLevel]
"""the levels of one escalation, by number"""


def paged_levels(past: PastIncident, escalations: PastEscalations) -> dict[int, Levels]:
    """What was paged of each escalation, by its id."""
    if past.first_paged_at is None:
        return {}
    people: dict[int, dict[int, list[PagedPerson]]] = {}
    for paged in _everybody(past):
        of_escalation = people.setdefault(escalations.of_person(paged).id, {})
        of_escalation.setdefault(paged.level or 1, []).append(paged)
    home = _page_first_level(past, escalations, people)
    levels: dict[int, Levels] = {}
    for escalation in escalations.all:
        second = home in escalations.first and escalation in escalations.came
        paged_at = sorted(people.get(escalation.id, {}).items())
        if paged_at:
            levels[escalation.id] = {
                number: _level(past, escalation, number, paged, second=second) for number, paged in paged_at
            }
    return levels


def highest_paged(past: PastIncident, levels: Levels) -> int:
    """The highest level that had been paged before somebody acknowledged. Where the row names the
    level of the acknowledgement, an estimate says nothing against it, nor does the same instant.
    """
    at, named = past.acknowledged_at or 0, past.acknowledged_level is not None
    return max(
        (
            number
            for number, level in levels.items()
            if (level.at < at and not level.estimated if named else level.at <= at)
        ),
        default=0,
    )


def _everybody(past: PastIncident) -> list[PagedPerson]:
    """Those named, and whoever acknowledged at the level that the row gives."""
    by, level = past.acknowledged_by, past.acknowledged_level
    people = [
        replace(paged, level=level) if paged.person == by and paged.level is None else paged
        for paged in past.paged
    ]
    named = any((paged.person, paged.level) == (by, level) for paged in people)
    return people if by is None or level is None or named else [*people, PagedPerson(by, level)]


def _page_first_level(
    past: PastIncident, escalations: PastEscalations, people: dict[int, dict[int, list[PagedPerson]]]
) -> Escalation:
    """The escalation that was paged first. Where nobody at its first level is named, somebody
    unknown is added to `people`: a first page there was.
    """
    # A first page before the re-routing went to a first team, whoever is named.
    early = past.moved and past.moved_at > (past.first_paged_at or 0)
    at_first = early or any(escalation.id in people for escalation in escalations.first)
    home = escalations.first[0] if escalations.first and at_first else escalations.last[0]
    candidates = {escalation.id for escalation in escalations.first} if early else set(people)
    if not any(1 in levels for escalation, levels in people.items() if escalation in candidates):
        people.setdefault(home.id, {})[1] = [PagedPerson(UNKNOWN, 1)]
    return home


def _level(
    past: PastIncident, escalation: Escalation, number: int, paged: list[PagedPerson], *, second: bool
) -> PagedLevel:
    """When a level was paged and whom. Where the row does not say when, the waits of the policy do;
    but no later than what ended it, and from the re-routing on in an escalation that came `second`.
    """
    first_at = past.first_paged_at or 0
    people = tuple(dict.fromkeys(somebody.person for somebody in paged))
    if number == 1 and not second:
        return PagedLevel(first_at, False, people)
    spans = [somebody.after for somebody in paged if somebody.after is not None]
    if spans:
        return PagedLevel(first_at + min(spans), False, people)
    begun_at = max(first_at, past.moved_at) if second else first_at
    waits = [level.wait for level in escalation.policy.levels[: number - 1]]
    waits += [5 * MINUTE] * (number - 1 - len(waits))
    ends = [at for at in (past.acknowledged_at, past.resolved_at) if at is not None]
    return PagedLevel(max(min([begun_at + sum(waits), *ends]), first_at), True, people)
