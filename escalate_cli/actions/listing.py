"""The incidents that somebody wants to see: of a status, of a team, of one's own. One that cannot be
read hides none of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from escalate_cli.actions.lookup import find_team, whoever_types
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import (
    Escalation,
    Incident,
    IncidentStatus,
    Notification,
    Nudge,
    Situation,
)
from escalate_cli.core.incident.worst_first import worst_first
from escalate_cli.errors import DamagedRow, DatabaseProblem, Unknown, UsageProblem

STATUSES = ("open", "acknowledged", "resolved")


class Listing(msgspec.Struct, frozen=True):
    """Incidents, the worst and unanswered first, each with what is known of it without its past."""

    situations: tuple[Situation, ...]
    """with the notifications that are still to be sent, and no others"""
    resolved_by: dict[int, str | None]
    """by number, who ended those that are over"""
    unreadable: dict[int, DamagedRow]
    """by number, those that cannot be read, and why"""


def listed_incidents(
    context: Context,
    *,
    status: str | None = None,
    everything: bool = False,
    team: str | None = None,
    mine: bool = False,
) -> Listing:
    """The incidents of this status (None: those that run, or all with `everything`), of this team,
    and of those that whoever runs this program belongs to or leads.
    """
    if status is not None and status not in STATUSES:
        raise UsageProblem(f'"{status}" is not a status', f"write one of {', '.join(STATUSES)}")
    catalog, situations = context.running_catalog, context.store.situations
    unreadable: dict[int, DamagedRow] = {}
    try:
        listed = _read(context, status, everything, ())
    except DamagedRow:
        unreadable = situations.unreadable()
        if not unreadable:
            raise
        listed = _read(context, status, everything, unreadable)
    if team is not None:
        listed = _of_teams(listed, {find_team(team, catalog)})
    if mine:
        listed = _of_person(listed, _whoever_looks(context), context)
    over = tuple(
        situation.incident.id for situation in listed if situation.incident.status is IncidentStatus.RESOLVED
    )
    return Listing(tuple(listed), situations.resolvers(over) if over else {}, unreadable)


def damages(context: Context, listing: Listing) -> list[DatabaseProblem]:
    """What is said of those that cannot be read."""
    return [
        context.damage(f": incident {number}: {problem.message}")
        for number, problem in listing.unreadable.items()
    ]


def _read(
    context: Context, status: str | None, everything: bool, without: Collection[int]
) -> list[Situation]:
    situations = context.store.situations
    stored = situations.listed(running_only=not everything, status=status, without=without)
    incidents: list[Incident] = worst_first(stored, context.running_catalog)
    ids = tuple(incident.id for incident in incidents)
    escalations: dict[int, tuple[Escalation, ...]] = situations.escalations(ids)
    nudges: dict[int, tuple[Nudge, ...]] = situations.nudges(ids)
    waiting: dict[int, tuple[Notification, ...]] = situations.waiting(without=without)
    return [
        Situation(
            incident, escalations[incident.id], waiting.get(incident.id, ()), nudges=nudges[incident.id]
        )
        for incident in incidents
    ]


def _of_teams(situations: Sequence[Situation], teams: Collection[str]) -> list[Situation]:
    return [situation for situation in situations if _teams(situation) & set(teams)]


def _of_person(situations: Sequence[Situation], person: str, context: Context) -> list[Situation]:
    teams = context.running_catalog.teams_of(person)
    return [
        situation
        for situation in situations
        if situation.incident.lead == person or teams & _teams(situation)
    ]


def _teams(situation: Situation) -> set[str]:
    return {escalation.team for escalation in situation.escalations}


def _whoever_looks(context: Context) -> str:
    person = whoever_types(None, context)
    if person not in context.running_catalog.people:
        hint = "add it to `login` of a person, or name a team: escalate list --team T"
        raise Unknown(f'"{person}" is the login of no person in the catalog', hint, code="no-such-person")
    return person
