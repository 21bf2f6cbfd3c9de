"""Whom a target may mean: at some time, whoever is on call now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.organisation.catalog import Catalog, Team
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.foresight.case import Case


def may_mean_any(targets: Iterable[Target], person: str, team_id: str | None, case: Case) -> bool:
    """Whether one of these targets can ever mean the person."""
    return any(may_mean(target, person, team_id, case) for target in targets)


def may_mean(target: Target, person: str, team_id: str | None, case: Case) -> bool:
    """Whether this target can ever mean the person. `team_id` is the team whose target it is; None:
    every team of the incident may be.
    """
    catalog, kind = case.catalog, target.kind
    if kind is TargetKind.PERSON:
        return target.name == person
    if kind is TargetKind.SCHEDULE:
        return _on_rota(target.name, person, catalog)
    if kind is TargetKind.INCIDENT_LEAD:
        return case.situation.incident.lead == person
    return any(_may_mean_in(team, kind, person, catalog) for team in _teams(target, team_id, case))


def schedule_of(target: Target, team_id: str, catalog: Catalog) -> Schedule | None:
    """The schedule that a target asks; None where it asks none."""
    schedule_id = target.name if target.kind is TargetKind.SCHEDULE else None
    if target.kind is TargetKind.ON_CALL:
        team = catalog.teams.get(target.name or team_id)
        schedule_id = team.on_call if team else None
    return catalog.schedules.get(schedule_id or "")


def _teams(target: Target, team_id: str | None, case: Case) -> Iterator[Team]:
    """The teams that a target speaks of: the one that it names, else its own, else all of the incident."""
    named = target.name or team_id
    ids = [named] if named else [escalation.team for escalation in case.situation.escalations]
    yield from (case.catalog.teams[team] for team in ids if team in case.catalog.teams)


def _may_mean_in(team: Team, kind: TargetKind, person: str, catalog: Catalog) -> bool:
    if kind is TargetKind.ON_CALL:
        return _on_rota(team.on_call, person, catalog)
    if kind is TargetKind.LEAD:
        return team.lead == person
    return kind in (TargetKind.MEMBERS, TargetKind.ROUND_ROBIN) and person in team.members


def _on_rota(schedule_id: str | None, person: str, catalog: Catalog) -> bool:
    schedule = catalog.schedules.get(schedule_id or "")
    return schedule is not None and (
        any(person in rotation.members for rotation in schedule.rotations)
        or any(override.person == person for override in schedule.overrides)
    )
