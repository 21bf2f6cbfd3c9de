"""Why no level told somebody: the first level that would have meant them was not reached, or it
meant somebody else.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import (
    EntryKind,
    LevelFailed,
    LevelHeld,
    LevelLeftOut,
    LevelOwed,
    LevelPaged,
    MaintenanceBegan,
    MaintenanceOver,
)
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Escalation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.notification.targets import whom
from escalate_cli.core.organisation.policy import Level, Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight.candidates import may_mean, schedule_of
from escalate_cli.foresight.case import Case

_OF_LEVELS = LevelPaged | LevelHeld | LevelLeftOut | LevelOwed | LevelFailed


class Obstacle(NamedTuple):
    """Why a level did not reach somebody ("": no level should have), and whether that is because
    they have no address.
    """

    why: str = ""
    for_want_of_address: bool = False


def obstacle_at_levels(person: str, case: Case) -> Obstacle:
    """The first level that would have meant them and did not come, or from which an override has
    displaced them; else why a level that came did not mean them.
    """
    not_meant = Obstacle()
    for escalation in case.situation.escalations:
        for number, level in enumerate(escalation.policy.levels, start=1):
            target = next(
                (target for target in level.notify if may_mean(target, person, escalation.team, case)), None
            )
            if target is None:
                continue
            paged = next(
                (entry for entry in _about(escalation, number, case) if isinstance(entry.event, LevelPaged)),
                None,
            )
            if paged is None:
                return Obstacle(_why_not_reached(number, level, escalation, case))
            obstacle = _why_not_meant(person, target, escalation.team, paged.at, case)
            where = _where(number, escalation, case)
            obstacle = obstacle._replace(
                why=f"{where} was reached at {case.at(paged.at)}, but {obstacle.why}"
            )
            if _is_displaced(person, target, escalation.team, paged.at, case):
                return obstacle
            not_meant = not_meant if not_meant.why else obstacle
    return not_meant


def _where(number: int, escalation: Escalation, case: Case) -> str:
    return f"level {number} of policy {escalation.policy.id} for {case.catalog.team_name(escalation.team)}"


def _about(escalation: Escalation, number: int, case: Case) -> list[Entry]:
    """What the timeline tells of this level."""
    return [
        entry
        for entry in case.timeline
        if isinstance(entry.event, _OF_LEVELS)
        and (entry.event.team, entry.event.level) == (escalation.team, number)
    ]


def _why_not_reached(number: int, level: Level, escalation: Escalation, case: Case) -> str:
    where, entries = _where(number, escalation, case), _about(escalation, number, case)
    skipped = next((entry for entry in entries if entry.kind is EntryKind.SKIPPED), None)
    if skipped is not None:
        return f"{skipped.text} ({level.source})"
    end = case.end_of(escalation)
    if end is not None:
        return f"{where} was never reached: {case.ended(end, escalation)}"
    quiet = _maintenance_of(escalation, case)
    if quiet is not None:
        return f"{where} is not reached yet: {quiet.text}"
    held = next((entry for entry in entries if isinstance(entry.event, LevelHeld)), None)
    if held is not None:
        return f"{held.text} ({level.source})"
    due_at = (
        f"; the next step is due at {case.at(escalation.next_at)}" if escalation.next_at is not None else ""
    )
    return f"{where} is not reached yet: it stands at level {escalation.level} of {escalation.levels}{due_at}"


def _maintenance_of(escalation: Escalation, case: Case) -> Entry | None:
    """What the timeline tells of the maintenance that keeps this escalation quiet; None where none does."""
    if not escalation.muted:
        return None
    return next(
        (
            entry
            for entry in case.timeline
            if isinstance(entry.event, MaintenanceBegan | MaintenanceOver) and entry.team == escalation.team
        ),
        None,
    )


def _is_displaced(person: str, target: Target, team: str, at: Instant, case: Case) -> bool:
    """Whether it would have been their turn if no override had given it to somebody else."""
    schedule = schedule_of(target, team, case.catalog)
    if schedule is None or shift_in(case.catalog, schedule, at).person == person:
        return False
    return shift_in(case.catalog, replace(schedule, overrides=()), at).person == person


def _why_not_meant(person: str, target: Target, team: str, at: Instant, case: Case) -> Obstacle:
    """Why a level that was reached at `at` did not mean the person."""
    catalog = case.catalog
    schedule = schedule_of(target, team, catalog)
    if schedule is not None:
        shift = shift_in(catalog, schedule, at)
        if shift.person != person:
            has_it = catalog.name_of(Recipient.person(shift.person)) if shift.person else "nobody"
            return Obstacle(f"{schedule.id} had {has_it} on call then: {shift.why} ({shift.source})")
    if target.kind is TargetKind.ROUND_ROBIN:
        reached = whom(target, team, Decision(case.situation, catalog, at))
        recipients = [addressee.recipient for addressee in reached.addressees]
        turn = catalog.name_of(recipients[0]) if recipients else "nobody"
        if not any(recipient.id == person for recipient in recipients):
            return Obstacle(f"it was {turn}'s turn")
    known = catalog.people.get(person)
    if known is None:
        return Obstacle("they were not in the configuration")
    urgency = catalog.severity(case.situation.incident.severity).urgency
    return Obstacle(
        f"{known.name} has no address for {urgency.value} urgency ({known.source})", for_want_of_address=True
    )
