"""Somebody who was paged cannot take it ("not me"): their part of the level ends.

Their steps stop. The next level comes at once only when nobody of this level is left; the fallback,
which is the last, is paged again when it is due. Whoever had it gives it back, and it is paged on. An
open incident always keeps a next step.
"""

from __future__ import annotations

from collections.abc import Collection

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.take import answered_by, take_in_part
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events import BesidesTakenBack, Passed, PassedBesides, PassTakenBack
from escalate_cli.core.events.reasons import Taking
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.holding import stands_acknowledged
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.who_has_it import tell_who_has_it
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import DeedNews

PAGES = (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
"""nobody has it, and people are paged: by its levels, or, as the last, by the fallback"""


def pass_on(situation: Situation, by: str, catalog: Catalog, now: Instant) -> Plan | None:
    """What follows when `by` passes it on; None where there is nothing of theirs to pass on.

    Where a level waits for all whom it pages, one who passes is awaited no more; what the others have
    acknowledged they keep.
    """
    decision = Decision(situation, catalog, now)
    mine = [escalation for escalation in situation.escalations if _may_pass(by, escalation, situation)]
    awaited = answered_by(by, situation)
    if not mine and not awaited:
        return None
    decision.cancel(awaited)
    waits_for: list[str] = []
    given_back = [escalation for escalation in mine if _has(by, escalation)]
    for escalation in mine:
        if escalation in given_back:
            _give_back(escalation, by, decision)
        else:
            waits_for += _leave(escalation, by, decision)
    if not mine:
        decision.log(PassedBesides(called_off=any(page.live for page in awaited)), by)
        decision.has_acted(by)
    decision.change_incident(updated_at=now)
    how = Taking.GIVEN_BACK if given_back else Taking.PASSED
    if given_back and not _somebody_has(decision.situation):
        decision.change_incident(acknowledged_at=None, acknowledged_by=None)
    tell_who_has_it(DeedNews(by, how, waits_for=tuple(dict.fromkeys(waits_for))), situation, decision)
    return plan(decision.situation, catalog, now)


def take_pass_back(
    situation: Situation, by: str, teams: Collection[str], catalog: Catalog, now: Instant
) -> Plan | None:
    """Whoever passed on the escalations to `teams` may take it after all, also where the next level has been
    paged since: whom that reached stays paged. None where somebody has it by now, or nobody is paged for
    it. Without teams: what they were paged for besides the escalations.
    """
    decision = Decision(situation, catalog, now)
    if not teams:
        decision.has_not_acted(by)
        decision.log(BesidesTakenBack(), by)
        return plan(decision.situation, catalog, now)
    open_again = [each for each in situation.escalations if each.team in teams and each.status in PAGES]
    for escalation in open_again:
        others = tuple(person for person in escalation.passed if person != by)
        decision.change(escalation.id, passed=others)
        decision.log(PassTakenBack(team=escalation.team), by)
    return plan(decision.situation, catalog, now) if open_again else None


def left_of(escalation: Escalation, situation: Situation) -> tuple[str, ...]:
    """The people of the last paging who may still take it: not those who have passed it on or
    acknowledged, nor whose every page has failed for good.
    """
    pages: dict[str, list[Notification]] = {}
    for page in _pages_of_round(escalation, situation):
        pages.setdefault(page.recipient.id, []).append(page)
    return tuple(
        person
        for person, theirs in pages.items()
        if person not in escalation.passed
        and person not in escalation.acked_by
        and any(page.status is not NotificationStatus.FAILED for page in theirs)
    )


def _pages_of_round(escalation: Escalation, situation: Situation) -> list[Notification]:
    return [
        notification
        for notification in situation.notifications
        if notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.kind is NotificationKind.PAGE
        and notification.recipient.is_person
    ]


def _may_pass(person: str, escalation: Escalation, situation: Situation) -> bool:
    if escalation.status is EscalationStatus.STOPPED:
        return False
    return _has(person, escalation) or (
        escalation.status is not EscalationStatus.ACKNOWLEDGED
        and person not in escalation.passed
        and any(page.recipient == Recipient.person(person) for page in _pages_of_round(escalation, situation))
    )


def _has(person: str, escalation: Escalation) -> bool:
    return stands_acknowledged(escalation) and escalation.acknowledged_by == person


def _somebody_has(situation: Situation) -> bool:
    return any(map(stands_acknowledged, situation.escalations))


def _give_back(escalation: Escalation, by: str, decision: Decision) -> None:
    decision.log(Passed(team=escalation.team, level=escalation.level, waits_for=(), held=True), by)
    decision.change(
        escalation.id,
        status=EscalationStatus.PAGING,
        passed=tuple(dict.fromkeys((*escalation.passed, by))),
        acked_by=(),
        acknowledged_at=None,
        acknowledged_by=None,
        snoozed_until=None,
        next_at=decision.now,
    )


def _leave(escalation: Escalation, by: str, decision: Decision) -> tuple[str, ...]:
    """End the part of `by`; who is left."""
    acked = tuple(person for person in escalation.acked_by if person != by)
    changed = decision.change(escalation.id, passed=(*escalation.passed, by), acked_by=acked)
    left = left_of(changed, decision.situation)
    last = escalation.status is EscalationStatus.EXHAUSTED
    decision.log(Passed(team=escalation.team, level=0 if last else escalation.level, waits_for=left), by)
    if left or last:
        return left
    if acked:
        take_in_part(escalation.id, acked[-1], decision)
    elif escalation.held is None:
        decision.change(escalation.id, next_at=decision.now)
    return ()
