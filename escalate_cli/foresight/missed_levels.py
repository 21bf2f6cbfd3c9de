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


class _Duty(NamedTuple):
    """Who is on call in a schedule, by name, and why, with the place in the configuration."""

    schedule: str
    who: str
    why: str


class Obstacle(NamedTuple):
    """Why a level did not reach somebody ("": no level should have), and whether that is because
    they have no address.
    """

    why: str = ""
    for_want_of_address: bool = False


def obstacle_at_levels(person: str, case: Case) -> Obstacle:
    """The first level that would have meant them and did not come, or from which an override has
    displaced them; else why a level that came did not mean them, or would not have if it had come.
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
                why = _why_not_reached(number, level, escalation, case)
                turn = _turn_then(person, target, escalation, case)
                if not turn:
                    return Obstacle(why)
                not_meant = not_meant if not_meant.why else Obstacle(f"{why}; {turn}")
                continue
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


def _duty_of_another(person: str, target: Target, team: str, at: Instant, case: Case) -> _Duty | None:
    """Who else, or nobody, is on call in the schedule that the target asks; None where it asks none."""
    catalog = case.catalog
    schedule = schedule_of(target, team, catalog)
    if schedule is None:
        return None
    shift = shift_in(catalog, schedule, at)
    if shift.person == person:
        return None
    who = catalog.name_of(Recipient.person(shift.person)) if shift.person else "nobody"
    return _Duty(schedule.id, who, f"{shift.why} ({shift.source})")


def _turn_then(person: str, target: Target, escalation: Escalation, case: Case) -> str:
    """That it would have to be their turn, where a level that did not come asks a schedule in which
    somebody else is on call: when it was stopped, else when it is due next.
    """
    end = case.end_of(escalation)
    at = end.at if end is not None else escalation.next_at
    duty = _duty_of_another(person, target, escalation.team, at, case) if at is not None else None
    if duty is None or at is None:
        return ""
    verb = "had" if end is not None else "has"
    then = f"at {case.at(at)} {duty.schedule} {verb} {duty.who} on call"
    return f"it would have to be their turn, too: {then}: {duty.why}"


def _why_not_meant(person: str, target: Target, team: str, at: Instant, case: Case) -> Obstacle:
    """Why a level that was reached at `at` did not mean the person."""
    catalog = case.catalog
    duty = _duty_of_another(person, target, team, at, case)
    if duty is not None:
        return Obstacle(f"{duty.schedule} had {duty.who} on call then: {duty.why}")
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
