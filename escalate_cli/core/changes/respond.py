"""What people do about an incident that exists, and what follows at once: take it, put it off, end
it, page by hand, and so on.

Every function takes a situation and returns the one that follows, planned: the caller stores it and
delivers what is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.escalation import rules
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.escalation.scope import align, policy_for
from escalate_cli.core.events import (
    Acknowledged,
    AcknowledgedBesides,
    AcknowledgedInPart,
    GoneOnByHand,
    PagedByHand,
    PolicyReloaded,
    Reopened,
    Resolved,
    Snoozed,
)
from escalate_cli.core.events.reasons import ByHand
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Nudge,
    Situation,
)
from escalate_cli.core.notification.paging import Letter, cancel, tell
from escalate_cli.core.notification.stakeholders import tell_the_end
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Acks, Target


def acknowledge(
    situation: Situation, by: str, catalog: Catalog, now: Instant, *, everything: bool = False
) -> Plan:
    """Take the escalations of the teams that `by` belongs to, and those that have come to page `by`
    as the fallback; all of them when that is none, or with `everything`. Whatever else `by` is
    paged for (by a rule, a hand, the auditor) is stopped, too.

    Where the level waits for everyone it paged, one acknowledgement only settles that person's part.
    """
    answered = [notification for notification in situation.notifications if is_awaited_from(notification, by)]
    taken = _taken_by(by, situation, catalog, everything=everything)
    situation = cancel(situation, answered)
    before = situation.incident
    for one in taken:
        situation = _take(one, by, situation, catalog, now, whole=everything)
    if taken:
        situation = situation.changed(
            acknowledged_at=before.acknowledged_at if before.acknowledged_at is not None else now,
            acknowledged_by=(
                by if any(one.snoozed_until is not None for one in taken) else before.acknowledged_by or by
            ),
            updated_at=now,
        )
        if not situation.paging:
            situation = cancel(
                situation,
                (notification for notification in situation.notifications if _is_page(notification.kind)),
            )
            situation = situation.changed(unacknowledged_since=None)
    elif answered:
        situation = situation.changed(updated_at=now).log(now, AcknowledgedBesides(), catalog, by)
    return plan(situation, catalog, now)


def is_awaiting(situation: Situation, person: str) -> bool:
    """Whether an acknowledgement by `person` would change anything."""
    taken = situation.incident.status is IncidentStatus.ACKNOWLEDGED and not any(
        map(_waits_for_somebody, situation.escalations)
    )
    return not taken or any(is_awaited_from(notification, person) for notification in situation.notifications)


def _waits_for_somebody(escalation: Escalation) -> bool:
    """Whether it pages, or will again when a snooze is over: who acknowledges then takes it for good."""
    paging = escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
    return paging or (
        escalation.status is EscalationStatus.ACKNOWLEDGED and escalation.snoozed_until is not None
    )


def is_awaited_from(notification: Notification, person: str) -> bool:
    """Whether it is still on its way to this person, and their acknowledgement stops it: a page, or
    that what they have got worse.
    """
    return (
        notification.recipient == f"person:{person}"
        and notification.live
        and not notification.stopped
        and (_is_page(notification.kind) or notification.step > 0)
        and notification.kind is not NotificationKind.NUDGE
    )


def _taken_by(by: str, situation: Situation, catalog: Catalog, *, everything: bool) -> list[Escalation]:
    mine = catalog.teams_of(by)
    running = [escalation for escalation in situation.escalations if _waits_for_somebody(escalation)]
    if everything or not any(
        escalation.team in mine
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    ):
        return running
    return [one for one in running if one.team in mine or _is_paged_as_fallback(by, one, situation)]


def _is_paged_as_fallback(person: str, escalation: Escalation, situation: Situation) -> bool:
    return escalation.status is EscalationStatus.EXHAUSTED and any(
        notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.recipient == f"person:{person}"
        for notification in situation.notifications
    )


def _is_page(kind: NotificationKind) -> bool:
    return kind is NotificationKind.PAGE


def _take(
    escalation: Escalation, by: str, situation: Situation, catalog: Catalog, now: Instant, *, whole: bool
) -> Situation:
    acked_by = tuple(dict.fromkeys((*escalation.acked_by, by)))
    missing = () if whole else _still_awaited(escalation, acked_by, situation)
    if missing:
        situation = situation.with_escalation(replace(escalation, acked_by=acked_by))
        partly = AcknowledgedInPart(team=escalation.team, level=escalation.level, waits_for=missing)
        return situation.log(now, partly, catalog, by)
    timeout = escalation.policy.ack_timeout
    situation = situation.with_escalation(
        replace(
            escalation,
            status=EscalationStatus.ACKNOWLEDGED,
            next_at=now + timeout if timeout is not None else None,
            acked_by=(by,) if escalation.snoozed_until is not None else acked_by,
            acknowledged_at=now,
            acknowledged_by=by,
            held=None,
            muted=False,
            owed=(),
            snoozed_until=None,
        )
    )
    situation = cancel(
        situation,
        (
            notification
            for notification in situation.notifications
            if notification.escalation_id == escalation.id and _is_page(notification.kind)
        ),
    )
    event = Acknowledged(team=escalation.team, level=escalation.level, everything=whole, timeout=timeout)
    return situation.log(now, event, catalog, by)


def _still_awaited(
    escalation: Escalation, acked_by: tuple[str, ...], situation: Situation
) -> tuple[str, ...]:
    if not 0 < escalation.level <= escalation.levels or escalation.status is EscalationStatus.EXHAUSTED:
        return ()
    if escalation.policy.levels[escalation.level - 1].acks is not Acks.ALL:
        return ()
    paged = dict.fromkeys(
        notification.recipient.removeprefix("person:")
        for notification in situation.notifications
        if notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.recipient.startswith("person:")
    )
    return tuple(one for one in paged if one not in acked_by)


def resolve(
    situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None, message: str | None = None
) -> Plan:
    """End the incident: nothing more is paged, and those who were told of it hear that it is over."""
    situation = replace(
        situation,
        escalations=tuple(
            replace(escalation, status=EscalationStatus.STOPPED, next_at=None, held=None, muted=False)
            for escalation in situation.escalations
        ),
    )
    situation = rules.drop_open(situation, "the incident is resolved", now)
    situation = cancel(situation, situation.notifications)
    situation = situation.changed(
        status=IncidentStatus.RESOLVED,
        resolved_at=now,
        updated_at=now,
        next_due_at=None,
        unacknowledged_since=None,
    )
    situation = situation.log(now, Resolved(message=message), catalog, by)
    situation = tell_the_end(message or "It is over.", situation, catalog, now)
    return plan(situation, catalog, now)


def reopen(situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None) -> Plan:
    """Take a resolved incident up again, or take an acknowledgement back: its teams are paged from
    level 1.
    """
    was_resolved = situation.incident.status is IncidentStatus.RESOLVED
    situation = situation.changed(
        status=IncidentStatus.OPEN,
        resolved_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        updated_at=now,
        unacknowledged_since=now,
        open_since=now if was_resolved else situation.incident.open_since,
        message_since=now,
        severity_since=now,
    )
    situation = situation.log(now, Reopened(was_resolved=was_resolved), catalog, by)
    again = []
    for escalation in situation.escalations:
        taken = escalation.status is EscalationStatus.ACKNOWLEDGED
        again.append(replace(escalation, **_from_the_start(now)) if taken else escalation)
    situation = replace(situation, escalations=tuple(again), rules=() if was_resolved else situation.rules)
    return plan(align(situation, catalog, now, by), catalog, now)


def _from_the_start(now: Instant) -> dict[str, Any]:
    return {
        "status": EscalationStatus.PAGING,
        "level": 0,
        "cycle": 0,
        "paged": (),
        "owed": (),
        "held": None,
        "muted": False,
        "acked_by": (),
        "next_at": now,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": None,
    }


def snooze(situation: Situation, span: Span, catalog: Catalog, now: Instant, *, by: str) -> Plan:
    """Acknowledge everything for `span` only: then it pages again from level 1, unless resolved.
    Overrides the policy's ack_timeout.
    """
    until = now + span
    for escalation in situation.escalations:
        if escalation.status is not EscalationStatus.STOPPED:
            situation = situation.with_escalation(
                replace(
                    escalation,
                    status=EscalationStatus.ACKNOWLEDGED,
                    next_at=until,
                    acknowledged_at=now,
                    acknowledged_by=by,
                    held=None,
                    muted=False,
                    owed=(),
                    snoozed_until=until,
                )
            )
    situation = cancel(
        situation, (notification for notification in situation.notifications if _is_page(notification.kind))
    )
    situation = situation.changed(
        updated_at=now,
        acknowledged_at=situation.incident.acknowledged_at or now,
        acknowledged_by=situation.incident.acknowledged_by or by,
    )
    situation = situation.log(now, Snoozed(until=until), catalog, by)
    return plan(situation, catalog, now)


def page_by_hand(
    situation: Situation,
    targets: Sequence[Target],
    catalog: Catalog,
    now: Instant,
    *,
    by: str | None = None,
    message: str | None = None,
) -> Plan:
    """Page `targets` now; the escalations go on as they were."""
    told = tell(
        tuple(targets), Letter(NotificationKind.PAGE, ByHand(by), note=message), situation, catalog, now
    )
    event = PagedByHand(recipients=told.recipients, missed=told.missed, message=message)
    situation = told.situation.log(now, event, catalog, by)
    return plan(situation.changed(updated_at=now), catalog, now)


def go_to_level(
    situation: Situation, level: int | None, catalog: Catalog, now: Instant, *, by: str | None = None
) -> Plan:
    """Page a level now, the next one where none is named, in every escalation; an acknowledgement
    does not stand in its way.
    """
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        before = escalation.level if level is None else level - 1
        to = replace(
            escalation,
            status=EscalationStatus.PAGING,
            level=min(before, escalation.levels),
            next_at=now,
            held=None,
            muted=False,
        )
        situation = cancel(situation, _later_steps(escalation, situation, now))
        situation = situation.with_escalation(to)
        past_the_last = before >= escalation.levels
        event = GoneOnByHand(
            team=escalation.team, level=min(before + 1, escalation.levels), past_the_last=past_the_last
        )
        situation = situation.log(now, event, catalog, by)
    return plan(situation.changed(updated_at=now), catalog, now)


def _later_steps(escalation: Escalation, situation: Situation, now: Instant) -> list[Notification]:
    """Its pages that are still to come. Those that are due go out: whoever was to be paged is not
    left out by going on.
    """
    pages = (
        notification
        for notification in situation.notifications
        if notification.escalation_id == escalation.id and _is_page(notification.kind)
    )
    return [
        page
        for page in pages
        if page.status is NotificationStatus.PENDING and page.due_at > now and not page.held_back
    ]


def answer_nudge(
    situation: Situation, nudge: Nudge, accepted: bool, catalog: Catalog, now: Instant, *, by: str | None
) -> Plan:
    """Answer an open nudge of the incident."""
    situation = rules.answer(nudge, accepted, by, situation, catalog, now)
    return plan(situation.changed(updated_at=now), catalog, now)


def reload(situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None) -> Plan:
    """Adopt the policies of this catalog: an escalation keeps its level number; levels that no
    longer exist are left behind.
    """
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        fresh = catalog.policies.get(escalation.policy.id) or policy_for(escalation.team, None, catalog)
        if fresh != escalation.policy:
            situation = situation.with_escalation(
                replace(
                    escalation, policy=fresh, owed=tuple(n for n in escalation.owed if n <= len(fresh.levels))
                )
            )
            event = PolicyReloaded(team=escalation.team, policy=fresh.id, source=fresh.source)
            situation = situation.log(now, event, catalog, by)
    situation = situation.changed(config_version=catalog.version, updated_at=now)
    return plan(align(situation, catalog, now, by), catalog, now)
