"""Why somebody was not told of an incident: the first condition that stopped it, and when time
alone would have brought it.

What stopped it is read from the record; what time would still bring is asked of the simulation.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.changes.acting import JUST_BEFORE
from escalate_cli.core.events import (
    Acknowledged,
    AcknowledgedBesides,
    AcknowledgedInPart,
    EntryKind,
    EscalationStopped,
    FallbackPaged,
    FallbackReachedNoPerson,
    LevelFailed,
    LevelHeld,
    LevelLeftOut,
    LevelOwed,
    LevelPaged,
    MaintenanceBegan,
    MaintenanceOver,
    NudgeAnswered,
    NudgeAsked,
    NudgeDropped,
    NudgeExpired,
    PagedByEveryAddress,
    Resolved,
    RuleFired,
    Snoozed,
)
from escalate_cli.core.events.reasons import Named
from escalate_cli.core.incident.situation import (
    Entry,
    Escalation,
    EscalationStatus,
    Notification,
    NotificationStatus,
)
from escalate_cli.core.notification.on_call import shift_in
from escalate_cli.core.notification.targets import Recipient, contacts, resolve
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Level, Target, TargetKind
from escalate_cli.core.wording.events import ending
from escalate_cli.foresight.explanation import Record
from escalate_cli.foresight.replaying import had_nobody_acted
from escalate_cli.foresight.simulation import Message, simulate_on

_OF_RULES = RuleFired | NudgeAsked | NudgeAnswered | NudgeExpired | NudgeDropped
_OF_LEVELS = LevelPaged | LevelHeld | LevelLeftOut | LevelOwed | LevelFailed
_OF_FALLBACK = FallbackPaged | FallbackReachedNoPerson | PagedByEveryAddress
_ENDS = Acknowledged | AcknowledgedInPart | AcknowledgedBesides | Resolved | Snoozed

LOOK_AHEAD = 4 * DAY
"""how far `would_tell_at` looks: a level may wait for the office to open after a long weekend"""


def was_told(record: Record, person: str) -> bool:
    """Whether anything was sent to this person, or is just being sent."""
    reached = (NotificationStatus.SENT, NotificationStatus.SENDING)
    return any(
        notification.recipient == f"person:{person}" and notification.status in reached
        for notification in record.situation.notifications
    )


def stopped_by(record: Record, person: str) -> str:
    """The first condition that kept this person from being told, in the order in which the incident
    would have come to them.
    """
    mine = [
        notification
        for notification in record.situation.notifications
        if notification.recipient == f"person:{person}"
    ]
    if mine:
        # what is still to come counts before what will not
        order = (NotificationStatus.FAILED, NotificationStatus.CANCELLED)
        return _stopped_on_the_way(
            min(mine, key=lambda one: order.index(one.status) + 1 if one.status in order else 0), record
        )
    at_levels = _stopped_at_levels(person, record)
    known = record.catalog.people.get(person)
    reachable = known is None or any(
        contacts(Recipient("person", person, Named()), urgency, record.catalog) for urgency in Urgency
    )
    if known is not None and not reachable and not at_levels.for_want_of_address:
        return f"{known.name} has no address that a page could go to ({known.source})"
    if at_levels.why:
        return at_levels.why
    for rule in record.catalog.rules:
        if any(_may_mean(one, person, None, record) for one in (*rule.page, *rule.inform)):
            about = [
                one
                for one in record.timeline
                if isinstance(one.event, _OF_RULES) and one.event.rule == rule.name
            ]
            if not about:
                return (
                    f'the rule "{rule.name}" has not come true: {rule.when.text or "always"} ({rule.source})'
                )
            if rule.mode.value == "nudge":
                return f'the rule "{rule.name}" asks first: {about[-1].text} ({rule.source})'
            return (
                f'the rule "{rule.name}" fired at {record.at(about[0].at)} and did not mean them then'
                f" ({rule.source})"
            )
    if any(
        _may_mean(one, person, record.catalog.fallback.team, record) for one in record.catalog.fallback.page
    ):
        return f"{_without_fallback(record)} ({record.catalog.fallback.source})"
    policies = (
        ", ".join(dict.fromkeys(escalation.policy.id for escalation in record.situation.escalations))
        or "no policy"
    )
    return f"nothing leads to them: no level of {policies}, no rule and not the fallback names them"


def _without_fallback(record: Record) -> str:
    """Why the fallback, which may mean them, did not reach them."""
    paged = next(
        (one for one in record.timeline if isinstance(one.event, _OF_FALLBACK) and one.event.recipients), None
    )
    if paged is not None:
        return f"the fallback was paged at {record.at(paged.at)} and did not mean them then"
    ends = [
        (end, escalation)
        for escalation in record.situation.escalations
        if (end := _end_of(escalation, record)) is not None
    ]
    if not ends:
        return "the fallback is not paged yet: no policy has run out of levels"
    return f"the fallback was not needed: {_ended(*min(ends, key=lambda pair: pair[0].at), record)}"


class _Stopped(NamedTuple):
    """Why a level did not reach somebody ("": no level was to), and whether that is because they
    have no address.
    """

    why: str = ""
    for_want_of_address: bool = False


def _stopped_at_levels(person: str, record: Record) -> _Stopped:
    """The first level that would have meant them and did not come, or from which an override has
    displaced them; else why a level that came did not mean them."""
    not_meant = _Stopped()
    for escalation in record.situation.escalations:
        for number, level in enumerate(escalation.policy.levels, start=1):
            target = next(
                (one for one in level.notify if _may_mean(one, person, escalation.team, record)), None
            )
            if target is None:
                continue
            paged = _paged_at(escalation, number, record)
            if paged is None:
                return _Stopped(_why_not_reached(number, level, escalation, record))
            where = _where(number, escalation)
            reason = _why_not_meant(person, target, escalation.team, paged.at, record)
            told = f"{where} was reached at {record.at(paged.at)}, but {reason.why}"
            if _is_displaced(person, target, escalation.team, paged.at, record):
                return reason._replace(why=told)
            not_meant = not_meant if not_meant.why else reason._replace(why=told)
    return not_meant


def _where(number: int, escalation: Escalation) -> str:
    return f"level {number} of policy {escalation.policy.id} for {escalation.team}"


def _about(escalation: Escalation, number: int, record: Record) -> list[Entry]:
    return [
        one
        for one in record.timeline
        if isinstance(one.event, _OF_LEVELS)
        and (one.event.team, one.event.level) == (escalation.team, number)
    ]


def _paged_at(escalation: Escalation, number: int, record: Record) -> Entry | None:
    return next(
        (one for one in _about(escalation, number, record) if isinstance(one.event, LevelPaged)), None
    )


def _stopped_on_the_way(one: Notification, record: Record) -> str:
    if one.status is NotificationStatus.CANCELLED:
        text = (
            f"the {one.kind.value} by {one.gateway} was due at {record.at(one.due_at)} and was no longer"
            " needed then"
        )
        return text + _because_over(one, record)
    if one.status is NotificationStatus.FAILED:
        return f"the {one.kind.value} by {one.gateway} failed: {one.error or 'no reason is known'}"
    return f"the {one.kind.value} by {one.gateway} is to be sent at {record.at(one.due_at)}" + (
        f" ({one.error})" if one.error else ""
    )


def _because_over(one: Notification, record: Record) -> str:
    over = [entry for entry in record.timeline if isinstance(entry.event, _ENDS)]
    first = next((entry for entry in over if one.created_at <= entry.at <= one.due_at + JUST_BEFORE), None)
    if first is None:
        return ""
    team = first.team
    running = next((esc for esc in record.situation.escalations if team is None or esc.team == team), None)
    return f": {_ended(first, running, record)}"


def _ended(end: Entry, escalation: Escalation | None, record: Record) -> str:
    """What was done and when; and when it pages again, where that is still to come."""
    text = f"{ending(end.event, end.at, end.by, record.catalog)} at {record.at(end.at)}"
    if (
        escalation is None
        or escalation.status is not EscalationStatus.ACKNOWLEDGED
        or escalation.next_at is None
    ):
        return text
    if escalation.snoozed_until is not None:
        return f"{text}; it pages again at {record.at(escalation.next_at)}"
    return f"{text}; without an update it pages again at {record.at(escalation.next_at)}"


def _may_mean(target: Target, person: str, team_id: str | None, record: Record) -> bool:
    """Whether this target can ever mean the person."""
    catalog, kind = record.catalog, target.kind
    if kind is TargetKind.PERSON:
        return target.name == person
    if kind is TargetKind.SCHEDULE:
        return _on_rota(target.name, person, catalog)
    if kind is TargetKind.INCIDENT_LEAD:
        return record.situation.incident.lead == person
    teams = (
        [target.name or team_id]
        if target.name or team_id
        else [escalation.team for escalation in record.situation.escalations]
    )
    for team in (catalog.teams.get(one or "") for one in teams):
        if team is None:
            continue
        if kind is TargetKind.ON_CALL and _on_rota(team.on_call, person, catalog):
            return True
        if kind is TargetKind.LEAD and team.lead == person:
            return True
        if kind in (TargetKind.MEMBERS, TargetKind.ROUND_ROBIN) and person in team.members:
            return True
    return False


def _on_rota(schedule_id: str | None, person: str, catalog: Catalog) -> bool:
    schedule = catalog.schedules.get(schedule_id or "")
    return schedule is not None and (
        any(person in rotation.members for rotation in schedule.rotations)
        or any(override.person == person for override in schedule.overrides)
    )


def _why_not_reached(number: int, level: Level, escalation: Escalation, record: Record) -> str:
    where, here = _where(number, escalation), _about(escalation, number, record)
    skipped = next((one for one in here if one.kind is EntryKind.SKIPPED), None)
    if skipped is not None:
        return f"{skipped.text} ({level.source})"
    held = next((one for one in here if isinstance(one.event, LevelHeld)), None)
    muted = (one for one in record.timeline if isinstance(one.event, MaintenanceBegan | MaintenanceOver))
    quiet = next((one for one in muted if one.team == escalation.team), None)
    end = _end_of(escalation, record)
    if end is not None:
        return f"{where} was never reached: {_ended(end, escalation, record)}"
    if quiet is not None and escalation.muted:
        return f"{where} is not reached yet: {quiet.text}"
    if held is not None:
        return f"{held.text} ({level.source})"
    due_at = (
        f"; the next step is due at {record.at(escalation.next_at)}" if escalation.next_at is not None else ""
    )
    return f"{where} is not reached yet: it stands at level {escalation.level} of {escalation.levels}{due_at}"


def _end_of(escalation: Escalation, record: Record) -> Entry | None:
    """What stopped the escalation's walk the first time."""
    if escalation.acknowledged_at is None and escalation.status.value in ("paging", "exhausted"):
        return None
    for one in record.timeline:
        if isinstance(one.event, Resolved | Snoozed):
            return one
        if isinstance(one.event, Acknowledged | EscalationStopped) and one.event.team == escalation.team:
            return one
    return None


def _schedule_of(target: Target, team: str, catalog: Catalog) -> Schedule | None:
    """The schedule that a target asks; None where it asks none."""
    schedule_id = target.name if target.kind is TargetKind.SCHEDULE else None
    if target.kind is TargetKind.ON_CALL:
        named = catalog.teams.get(target.name or team)
        schedule_id = named.on_call if named else None
    return catalog.schedules.get(schedule_id or "")


def _is_displaced(person: str, target: Target, team: str, at: Instant, record: Record) -> bool:
    """Whether it was their turn, had no override given it to somebody else."""
    schedule = _schedule_of(target, team, record.catalog)
    if schedule is None or shift_in(record.catalog, schedule, at).person == person:
        return False
    return shift_in(record.catalog, replace(schedule, overrides=()), at).person == person


def _why_not_meant(person: str, target: Target, team: str, at: Instant, record: Record) -> _Stopped:
    catalog = record.catalog
    known = catalog.people.get(person)
    schedule = _schedule_of(target, team, catalog)
    if schedule is not None:
        shift = shift_in(catalog, schedule, at)
        if shift.person != person:
            has_it = catalog.name_of(f"person:{shift.person}") if shift.person else "nobody"
            return _Stopped(f"{schedule.id} had {has_it} on call then: {shift.why} ({shift.source})")
    if target.kind is TargetKind.ROUND_ROBIN:
        reached = resolve(target, team, record.situation, catalog, at).recipients
        turn = catalog.name_of(reached[0].address) if reached else "nobody"
        if not any(one.id == person for one in reached):
            return _Stopped(f"it was {turn}'s turn")
    if known is None:
        return _Stopped("they were not in the configuration")
    urgency = catalog.severity(record.situation.incident.severity).urgency
    return _Stopped(
        f"{known.name} has no address for {urgency.value} urgency ({known.source})", for_want_of_address=True
    )


def would_tell_at(record: Record, present: Catalog, now: Instant, person: str) -> Instant | None:
    """When this person would be written to if nobody does anything from `now` on; for an incident
    that somebody has, or that is over, when they would have been had nobody acknowledged, snoozed
    or resolved it. None: not within four days."""
    situation = record.situation
    if not situation.paging:
        until = situation.incident.declared_at + LOOK_AHEAD
        return had_nobody_acted(situation, record.timeline, record.catalog, until, person)

    def reaches(message: Message) -> bool:
        return message.person == person

    foreseen = simulate_on(situation, present, now, now + LOOK_AHEAD, enough=reaches)
    return next((one.at for one in foreseen.messages if reaches(one)), None)
