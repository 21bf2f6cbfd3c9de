"""The heart: what has to happen for one incident at an instant, why, and when to look again.

For each escalation it is decided here whether it rests, stays quiet or goes on. `levels` pages the
levels; `waiting` says what is waited for. The engine calls `plan` with the real clock, foresight
with a virtual one: there is no second implementation of who is paged when. It reads no clock and
does no I/O. It gives a reason also when there is nothing to do.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import SECOND, Instant, show_about
from escalate_cli.core.escalation import rules
from escalate_cli.core.escalation.fallback import fell_silent, page_fallback, page_fallback_somehow
from escalate_cli.core.escalation.levels import (
    NOTICEABLY_LATE,
    failed_everywhere,
    page_again,
    page_owed,
    walk_again,
    walk_on,
)
from escalate_cli.core.escalation.maintenance import last_muted, muted_until, upcoming
from escalate_cli.core.escalation.waiting_reasons import Reason, reasons
from escalate_cli.core.escalation.worsening import heed_rise
from escalate_cli.core.events import (
    AcknowledgementForgotten,
    LevelFailed,
    MaintenanceBegan,
    MaintenanceOver,
    SnoozeOver,
)
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import team_name_or_id, words_of
from escalate_cli.core.incident.holding import named_holder
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, IncidentStatus, Situation
from escalate_cli.core.notification.hurry import hurry
from escalate_cli.core.notification.no_longer import tell_nobody_has_it
from escalate_cli.core.notification.paging import fallback_reaches
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.wording.events import sentence


class Plan(msgspec.Struct, frozen=True):
    """The situation that follows, the reasons for where it stands, and when to look again (None:
    never, it is over).
    """

    situation: Situation
    reasons: tuple[Reason, ...]
    next_due_at: Instant | None


def plan(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
    """What has to happen at `now`: rules that have become true, failures that ask for the next
    address or level, levels that are due.

    The same situation, catalog and instant give the same plan. Planning again at the same instant
    changes nothing more.
    """
    if situation.incident.status is IncidentStatus.RESOLVED:
        return Plan(situation.changed(next_due_at=None), (Reason(None, "resolved", None),), None)
    decision = Decision(situation, catalog, now)
    quiet_until = _quiet_until(situation.incident.services, decision)
    look_at = quiet_until if quiet_until is not None else _look_at_rules(decision)
    decision.part(lambda: hurry(decision), "bringing later steps forward")
    decision.part(lambda: heed_rise(_resting(decision), decision), "telling who has it")
    for escalation in decision.situation.escalations:
        _advance_safely(escalation.id, decision)
    tell_nobody_has_it(situation, decision)
    decision.part(lambda: _settle(decision), "settling where the incident stands")
    next_due_at = _next_due(look_at, decision)
    decision.change_incident(next_due_at=next_due_at)
    told = _reasons_safely(decision)
    return Plan(decision.situation, told, next_due_at)


def _look_at_rules(decision: Decision) -> Instant | None:
    look_at: list[Instant | None] = [None]
    problem = decision.attempt(lambda: look_at.append(rules.fire_rules(decision)))
    if problem is not None:
        decision.note(f"the rules could not be looked at ({words_of(problem)})")
    return look_at[-1]


def _next_due(look_at: Instant | None, decision: Decision) -> Instant | None:
    situation = decision.situation
    due = [escalation.next_at for escalation in situation.escalations if escalation.next_at is not None]
    if look_at is not None:
        due.append(look_at)
    if situation.paging:
        due += _next_maintenances(decision)
    return min(due, default=None)


def _reasons_safely(decision: Decision) -> tuple[Reason, ...]:
    try:
        return reasons(decision.situation, decision.catalog)
    except Exception as problem:
        text = f"the reasons cannot be told ({words_of(problem)})"
    decision.note(text)
    return (Reason(None, text, None),)


def _quiet_until(services: tuple[str, ...], decision: Decision) -> Instant | None:
    """The end of the maintenance of these services. A maintenance that cannot be used keeps nobody
    quiet, and the timeline says so.
    """
    try:
        return muted_until(decision.situation.maintenance, decision.catalog, services, decision.now)
    except Exception as problem:
        what = f"the maintenances of {', '.join(services)} cannot be used ({words_of(problem)})"
    decision.note(f"{what}: they keep nobody quiet")
    return None


def _advance_safely(escalation_id: int, decision: Decision) -> None:
    """A policy that cannot be run costs no other team anything. The fallback is paged in its place,
    again and again, as when its levels have run out. If the fallback cannot be paged in the
    usual way, every address of its people is.
    """
    before, written = decision.escalation(escalation_id), len(decision.situation.notifications)
    silent: list[bool] = []

    def advance() -> None:
        _advance(escalation_id, decision)
        silent.append(fell_silent(before, written, decision))

    problem = decision.attempt(advance)
    if problem is not None:
        team = team_name_or_id(before.team, decision.catalog)
        what = f"policy {before.policy.id} of {team} cannot be run ({words_of(problem)})"
        text, source = f"{what}: the fallback is paged", before.policy.source
        if before.status is EscalationStatus.EXHAUSTED and _is_later(before.next_at, decision):
            return decision.note(f"{text} when it is due again", team=before.team, source=source)
        decision.note(text, team=before.team, source=source)
    elif not any(silent):
        return None
    why = "it cannot be run" if problem is not None else "the fallback could not be written to"
    decision.put_escalation(replace(before, status=EscalationStatus.EXHAUSTED, held=None, muted=False))
    return page_fallback_somehow(escalation_id, decision, why)


def _is_later(instant: Instant | None, decision: Decision) -> bool:
    return instant is not None and instant > decision.now


def _resting(decision: Decision) -> list[Escalation]:
    """The escalations that somebody has acknowledged, without those whose time-out has lapsed or
    that a maintenance keeps quiet.
    """
    situation = decision.situation

    def is_quiet(services: tuple[str, ...]) -> bool:
        try:
            return muted_until(situation.maintenance, decision.catalog, services, decision.now) is not None
        except Exception:  # `_quiet_until` says so
            return False

    return [
        escalation
        for escalation in situation.escalations
        if escalation.status is EscalationStatus.ACKNOWLEDGED
        and (escalation.next_at is None or escalation.next_at > decision.now)
        and not is_quiet(escalation.services)
    ]


def _next_maintenances(decision: Decision) -> list[Instant]:
    """When the next planned maintenance of each service in scope begins. What would still go out
    then is held back.
    """
    situation, catalog, now = decision.situation, decision.catalog, decision.now
    if not situation.maintenance and not catalog.maintenance:
        return []
    of_escalations = (service for escalation in situation.escalations for service in escalation.services)
    services = dict.fromkeys((*situation.incident.services, *of_escalations))
    try:
        begins = [upcoming(situation.maintenance, catalog, service, now) for service in services]
    except Exception:
        return []
    return [begin[0].start_at for begin in begins if begin]


def _advance(escalation_id: int, decision: Decision) -> None:
    escalation, now = decision.escalation(escalation_id), decision.now
    if escalation.status is EscalationStatus.STOPPED:
        return None
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        if escalation.next_at is None or escalation.next_at > now:
            return None
        _forget(escalation, decision)
    quiet_until = _quiet_until(escalation.services, decision)
    if quiet_until is not None:
        return _keep_quiet(escalation_id, quiet_until, decision)
    waited = _unmute(escalation_id, decision) if decision.escalation(escalation_id).muted else ""
    _reconsider(escalation_id, decision)
    escalation = decision.escalation(escalation_id)
    if escalation.next_at is None or escalation.next_at > now:
        return None
    if escalation.status is EscalationStatus.EXHAUSTED:
        page_owed(escalation_id, decision, late=0)
        return _on_from_fallback(escalation_id, decision)
    return walk_on(escalation_id, decision, why=waited)


def _on_from_fallback(escalation_id: int, decision: Decision) -> None:
    """Page the fallback again, since nobody acknowledged. If it reaches nobody now, or its last
    page failed everywhere, walk the levels again.
    """
    if fallback_reaches(decision) and not failed_everywhere(decision.escalation(escalation_id), decision):
        return page_fallback(escalation_id, decision, "still no acknowledgement")
    return walk_again(escalation_id, decision)


def _keep_quiet(escalation_id: int, until: Instant, decision: Decision) -> None:
    escalation = decision.escalation(escalation_id)
    if not escalation.muted:
        decision.cancel(
            notification
            for notification in decision.situation.notifications
            if notification.escalation_id == escalation_id
        )
        decision.log(MaintenanceBegan(team=escalation.team, services=escalation.services, until=until))
    decision.change(
        escalation_id,
        status=EscalationStatus.PAGING,
        muted=True,
        next_at=until,
        level=0,
        cycle=0,
        paged=(),
        owed=(),
        held=None,
    )


def _unmute(escalation_id: int, decision: Decision) -> str:
    """The maintenance is over. Its end counts as the moment at which the page came due, however
    long ago. Returned is how long the page has waited, for the page to say.
    """
    escalation, situation, now = decision.escalation(escalation_id), decision.situation, decision.now
    try:
        quiet = last_muted(situation.maintenance, decision.catalog, escalation.services, now)
    except Exception:
        quiet = None
    ended_at = now if quiet is None else quiet[1]
    late = now - ended_at if now - ended_at >= NOTICEABLY_LATE else 0
    decision.change(escalation_id, muted=False, next_at=ended_at)
    decision.log(MaintenanceOver(team=escalation.team, late=late))
    if quiet is None:
        return ""
    waited = max(ended_at - max(quiet[0], situation.incident.declared_at), SECOND)
    return f"it waited {show_about(waited)} for the end of a maintenance"


def _forget(escalation: Escalation, decision: Decision) -> None:
    """The time of an acknowledgement or a snooze is up: page again from the start."""
    incident, now = decision.incident, decision.now
    person, source = escalation.acknowledged_by or incident.acknowledged_by, escalation.policy.source
    if escalation.snoozed_until is not None:
        return _page_from_start(
            escalation, SnoozeOver(team=escalation.team, person=person, source=source), decision
        )
    taken_at, latest = escalation.acknowledged_at or incident.acknowledged_at or now, incident.message_since
    event = AcknowledgementForgotten(
        team=escalation.team,
        person=person,
        taken_at=taken_at,
        updated_at=latest if latest > taken_at else None,
        source=source,
    )
    return _page_from_start(escalation, event, decision)


def _page_from_start(
    escalation: Escalation, event: AcknowledgementForgotten | SnoozeOver, decision: Decision
) -> None:
    decision.change(
        escalation.id,
        status=EscalationStatus.PAGING,
        level=0,
        cycle=0,
        paged=(),
        owed=(),
        acked_by=(),
        snoozed_until=None,
        next_at=decision.now,
        because=f"{escalation.because}; {sentence(event, decision.now, None, decision.catalog)}",
    )
    decision.log(event)


def _reconsider(escalation_id: int, decision: Decision) -> None:
    """A rise in urgency pages the current level again at once. After a page that failed everywhere
    nobody waits.
    """
    escalation = decision.escalation(escalation_id)
    paging = escalation.status is EscalationStatus.PAGING and escalation.level > 0
    if escalation.urgency is Urgency.LOW and decision.urgency is Urgency.HIGH:
        if paging:
            page_again(escalation_id, decision)
        elif escalation.status is EscalationStatus.EXHAUSTED:
            decision.change(escalation_id, next_at=decision.now, urgency=Urgency.HIGH)
        else:
            decision.change(escalation_id, urgency=Urgency.HIGH)
    elif (
        paging
        and escalation.held is None
        and (escalation.next_at is None or escalation.next_at > decision.now)
        and failed_everywhere(escalation, decision)
    ):
        decision.log(LevelFailed(team=escalation.team, level=escalation.level))
        decision.change(escalation_id, next_at=decision.now)


def _settle(decision: Decision) -> None:
    """Set the incident's status by its escalations, and note who has it, or since when nobody has."""
    incident, situation = decision.incident, decision.situation
    active = [
        escalation
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    ]
    taken = bool(active) and not situation.paging
    if not active and incident.acknowledged_at is not None:
        taken = incident.status is IncidentStatus.ACKNOWLEDGED
    since = incident.unacknowledged_since if incident.unacknowledged_since is not None else decision.now
    decision.change_incident(
        status=IncidentStatus.ACKNOWLEDGED if taken else IncidentStatus.OPEN,
        unacknowledged_since=None if taken else since,
        acknowledged_by=named_holder(situation),
    )
