"""Somebody takes an incident: acknowledges it, their part of it or all of it, or puts it off; the
pages of what is taken stop, and people hear who has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events import Acknowledged, AcknowledgedBesides, AcknowledgedInPart, Snoozed, TakenOver
from escalate_cli.core.events.reasons import Taking
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.holding import holders_now, named_holder, stands_acknowledged
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    Notification,
    NotificationKind,
    Situation,
)
from escalate_cli.core.notification.no_longer import call_off_lapses
from escalate_cli.core.notification.reached import may_have_arrived
from escalate_cli.core.notification.who_has_it import tell_who_has_it
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Acks
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import DeedNews


def acknowledge(
    situation: Situation, by: str, catalog: Catalog, now: Instant, *, everything: bool = False
) -> Plan:
    """Take the escalations of the teams that `by` belongs to, and those that have come to page `by`
    as the fallback; all of them when that is none, or with `everything`. Whatever else `by` is
    paged for (by a rule, a hand, the auditor) is stopped, too.

    Where the level waits for everyone it paged, one acknowledgement only settles that person's part.
    With `everything`, where nothing waits for anybody, what somebody else has is taken over.

    The teams' channels hear who has it, and so does whoever was paged and has not acted.
    """
    decision = Decision(situation, catalog, now)
    answered = answered_by(by, situation)
    taken = _taken_by(by, decision, everything=everything)
    decision.cancel(answered)
    over = [escalation for escalation in taken if _is_somebody_elses(escalation, by)]
    waits_for = [
        person for escalation in taken for person in _take(escalation.id, by, decision, whole=everything)
    ]
    if taken:
        call_off_lapses(decision)
        anew = bool(over) or any(escalation.snoozed_until is not None for escalation in taken)
        _note_taker(by, decision, anew=anew)
    elif answered:
        decision.change_incident(updated_at=now)
        decision.log(AcknowledgedBesides(called_off=any(page.live for page in answered)), by)
        decision.has_acted(by)
    if taken or answered:
        deed = _deed(by, taken, over, waits_for)
        tell_who_has_it(deed, situation, decision)
    return plan(decision.situation, catalog, now)


def _note_taker(by: str, decision: Decision, *, anew: bool) -> None:
    """The incident names `by`, if nobody else has it or `anew`; once nothing waits, no page goes out."""
    before, now = decision.incident, decision.now
    decision.change_incident(
        acknowledged_at=before.acknowledged_at if before.acknowledged_at is not None else now,
        acknowledged_by=by if anew else named_holder(decision.situation) or by,
        updated_at=now,
    )
    if not decision.situation.paging:
        decision.cancel(_pages(decision))
        decision.change_incident(unacknowledged_since=None)


def take_in_part(escalation_id: int, by: str, decision: Decision) -> None:
    """Take an escalation for `by`, who has acknowledged their part of it before: nobody else is
    awaited any more.
    """
    _take(escalation_id, by, decision, whole=False)
    _note_taker(by, decision, anew=False)


def _deed(
    by: str, taken: Sequence[Escalation], over: Sequence[Escalation], waits_for: Sequence[str]
) -> DeedNews:
    if not taken:
        return DeedNews(by, Taking.BESIDES)
    if len(over) == len(taken):
        return DeedNews(by, Taking.TAKEN_OVER, before=over[0].acknowledged_by)
    return DeedNews(by, Taking.IN_PART if waits_for else Taking.ACKNOWLEDGED, waits_for=tuple(waits_for))


def _is_somebody_elses(escalation: Escalation, by: str) -> bool:
    """Whether somebody else has it, for good or for the time of a snooze."""
    return stands_acknowledged(escalation) and escalation.acknowledged_by != by


def _pages(decision: Decision) -> list[Notification]:
    return [
        notification
        for notification in decision.situation.notifications
        if notification.kind is NotificationKind.PAGE
    ]


def is_awaiting(situation: Situation, person: str, now: Instant, *, everything: bool = False) -> bool:
    """Whether an acknowledgement by `person` would change anything; one of `everything` takes over
    what somebody else has, where nothing waits.
    """
    if everything and any(_is_somebody_elses(escalation, person) for escalation in situation.escalations):
        return True
    taken = situation.incident.status is IncidentStatus.ACKNOWLEDGED and not any(
        _waits_for_somebody(escalation, now) for escalation in situation.escalations
    )
    return not taken or bool(answered_by(person, situation))


def _waits_for_somebody(escalation: Escalation, now: Instant) -> bool:
    """Whether it pages, or will again: now, since its time-out ends at this very instant, or when a
    snooze is over. Who acknowledges then takes it for good.
    """
    if escalation.status is not EscalationStatus.ACKNOWLEDGED:
        return escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
    is_over = escalation.next_at is not None and escalation.next_at <= now
    return escalation.snoozed_until is not None or is_over


def answered_by(person: str, situation: Situation) -> list[Notification]:
    """What an act of this person answers, whoever has the incident: what is still on its way to them, and
    what they were paged for besides the escalations and have not answered yet.
    """
    return [
        notification
        for notification in situation.notifications
        if _is_awaited_from(notification, person) or _is_unanswered(notification, person, situation)
    ]


def _is_unanswered(notification: Notification, person: str, situation: Situation) -> bool:
    """Whether a rule, a hand or the auditor has paged this person for it, and neither they have answered
    nor has anybody since taken all of it.
    """
    return (
        notification.kind is NotificationKind.PAGE
        and notification.recipient == Recipient.person(person)
        and notification.escalation_id is None
        and not notification.stopped
        and may_have_arrived(notification)
        and notification.created_at >= _taken_since(situation)
        and notification.created_at > situation.acted.get(person, -1)
        and all(holding.person != person for holding in holders_now(situation))
    )


def _taken_since(situation: Situation) -> Instant:
    """Since when it is as it is: all of it somebody's, or open."""
    incident, standing = situation.incident, filter(stands_acknowledged, situation.escalations)
    if incident.status is not IncidentStatus.ACKNOWLEDGED:
        return incident.open_since
    return max((escalation.acknowledged_at or 0 for escalation in standing), default=incident.open_since)


def _is_awaited_from(notification: Notification, person: str) -> bool:
    """Whether it is still on its way to this person, and their acknowledgement stops it: a page, or
    that what they have got worse.
    """
    return (
        notification.recipient == Recipient.person(person)
        and notification.live
        and not notification.stopped
        and (notification.kind is NotificationKind.PAGE or notification.step > 0)
        and notification.kind is not NotificationKind.NUDGE
    )


def _taken_by(by: str, decision: Decision, *, everything: bool) -> list[Escalation]:
    mine, escalations = decision.catalog.teams_of(by), decision.situation.escalations
    waiting = [escalation for escalation in escalations if _waits_for_somebody(escalation, decision.now)]
    running = [escalation for escalation in escalations if escalation.status is not EscalationStatus.STOPPED]
    if everything:
        return waiting or [escalation for escalation in escalations if _is_somebody_elses(escalation, by)]
    if not any(escalation.team in mine for escalation in running):
        return waiting
    return [
        escalation
        for escalation in waiting
        if escalation.team in mine or _is_paged_as_fallback(by, escalation, decision)
    ]


def _is_paged_as_fallback(person: str, escalation: Escalation, decision: Decision) -> bool:
    return escalation.status is EscalationStatus.EXHAUSTED and any(
        notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.recipient == Recipient.person(person)
        for notification in decision.situation.notifications
    )


def _take(escalation_id: int, by: str, decision: Decision, *, whole: bool) -> tuple[str, ...]:
    """Take this one; those whose acknowledgement it still waits for."""
    escalation, now = decision.escalation(escalation_id), decision.now
    team, level, timeout = escalation.team, escalation.level, escalation.policy.ack_timeout
    acked_by = tuple(dict.fromkeys((*escalation.acked_by, by)))
    missing = () if whole else _still_awaited(escalation, acked_by, decision)
    if missing:
        decision.change(escalation_id, acked_by=acked_by)
        decision.log(AcknowledgedInPart(team=team, level=level, waits_for=missing), by)
        return missing
    for_good = _is_somebody_elses(escalation, by) and escalation.snoozed_until is None
    taken = decision.change(
        escalation_id,
        status=EscalationStatus.ACKNOWLEDGED,
        next_at=now + timeout if timeout is not None else None,
        acked_by=(by,) if for_good or escalation.snoozed_until is not None else acked_by,
        acknowledged_at=now,
        acknowledged_by=by,
        held=None,
        muted=False,
        owed=(),
        snoozed_until=None,
    )
    decision.cancel(decision.pages_of(taken))
    if for_good:
        before = escalation.acknowledged_by
        decision.log(TakenOver(team=team, level=level, before=before, timeout=timeout), by)
    else:
        decision.log(Acknowledged(team=team, level=level, everything=whole, timeout=timeout), by)
    return ()


def _still_awaited(escalation: Escalation, acked_by: tuple[str, ...], decision: Decision) -> tuple[str, ...]:
    if not 0 < escalation.level <= escalation.levels or escalation.status is EscalationStatus.EXHAUSTED:
        return ()
    if escalation.policy.levels[escalation.level - 1].acks is not Acks.ALL:
        return ()
    paged = dict.fromkeys(
        notification.recipient.id
        for notification in decision.situation.notifications
        if notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.recipient.is_person
    )
    return tuple(person for person in paged if person not in acked_by and person not in escalation.passed)


def snooze(situation: Situation, span: Span, catalog: Catalog, now: Instant, *, by: str) -> Plan:
    """Acknowledge everything for `span` only: then it pages again from level 1, unless resolved.
    Overrides the policy's ack_timeout.
    """
    decision, until = Decision(situation, catalog, now), now + span
    for escalation in situation.escalations:
        if escalation.status is not EscalationStatus.STOPPED:
            decision.change(
                escalation.id,
                status=EscalationStatus.ACKNOWLEDGED,
                next_at=until,
                acknowledged_at=now,
                acknowledged_by=by,
                acked_by=(by,),
                held=None,
                muted=False,
                owed=(),
                snoozed_until=until,
            )
    decision.cancel(_pages(decision))
    call_off_lapses(decision)
    decision.change_incident(
        updated_at=now, acknowledged_at=situation.incident.acknowledged_at or now, acknowledged_by=by
    )
    decision.log(Snoozed(until=until), by)
    tell_who_has_it(DeedNews(by, Taking.SNOOZED, length=span), situation, decision)
    return plan(decision.situation, catalog, now)
