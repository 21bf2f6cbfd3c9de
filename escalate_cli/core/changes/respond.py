"""What people do about an incident that exists, beside taking it (`take`), and what follows at once:
end it, reopen it, page by hand, and so on.

Every function takes a situation and returns the one that follows, planned: the caller stores it and
delivers what is due.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation import rules
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.escalation.scope import align, policy_for
from escalate_cli.core.events import GoneOnByHand, PagedByHand, PolicyReloaded, Reopened, Resolved
from escalate_cli.core.events.reasons import ByHand, Lapse
from escalate_cli.core.incident.decision import Decision
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
from escalate_cli.core.notification.no_longer import tell_nobody_has_it, tell_open_again
from escalate_cli.core.notification.paging import Letter, tell
from escalate_cli.core.notification.stakeholders import tell_the_end
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target


def resolve(
    situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None, message: str | None = None
) -> Plan:
    """End the incident: nothing more is paged, and those who were told of it hear that it is over."""
    decision = Decision(situation, catalog, now)
    for escalation in situation.escalations:
        decision.change(escalation.id, status=EscalationStatus.STOPPED, next_at=None, held=None, muted=False)
    rules.drop_open("the incident is resolved", decision)
    decision.cancel(decision.situation.notifications)
    decision.change_incident(
        status=IncidentStatus.RESOLVED,
        resolved_at=now,
        updated_at=now,
        next_due_at=None,
        unacknowledged_since=None,
    )
    decision.log(Resolved(message=message), by)
    tell_the_end(by, message, decision)
    return plan(decision.situation, catalog, now)


def reopen(
    situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None, message: str | None = None
) -> Plan:
    """Take a resolved incident up again, or an acknowledgement back: its teams are paged from level 1.
    Whoever heard that it is over, or that somebody has it, hears that it is not so; `message` says why.
    """
    decision = Decision(situation, catalog, now)
    was_resolved = situation.incident.status is IncidentStatus.RESOLVED
    decision.change_incident(
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
    if message:
        decision.change_incident(latest_update=message)
    decision.log(Reopened(was_resolved=was_resolved, message=message), by)
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.ACKNOWLEDGED:
            _from_the_start(escalation.id, decision)
    if was_resolved:
        decision.situation = replace(decision.situation, rules=())
    align(decision, by)
    planned = plan(decision.situation, catalog, now)
    after = Decision(planned.situation, catalog, now)
    if was_resolved:
        tell_open_again(situation, after, by=by, message=message)
    else:
        tell_nobody_has_it(situation, after, lapse=Lapse.TAKEN_BACK, by=by, message=message)
    return replace(planned, situation=after.situation)


def _from_the_start(escalation_id: int, decision: Decision) -> None:
    decision.change(
        escalation_id,
        status=EscalationStatus.PAGING,
        level=0,
        cycle=0,
        paged=(),
        owed=(),
        held=None,
        muted=False,
        acked_by=(),
        next_at=decision.now,
        acknowledged_at=None,
        acknowledged_by=None,
        snoozed_until=None,
    )


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
    decision = Decision(situation, catalog, now)
    told = tell(tuple(targets), Letter(NotificationKind.PAGE, ByHand(by), note=message), decision)
    decision.log(PagedByHand(recipients=told.recipients, missed=told.missed, message=message), by)
    decision.change_incident(updated_at=now)
    return plan(decision.situation, catalog, now)


def go_to_level(
    situation: Situation, level: int | None, catalog: Catalog, now: Instant, *, by: str | None = None
) -> Plan:
    """Page a level now, the next one where none is named, in every escalation; an acknowledgement
    does not stand in its way.
    """
    decision = Decision(situation, catalog, now)
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        before, levels = escalation.level if level is None else level - 1, escalation.levels
        decision.cancel(_later_steps(escalation, decision))
        decision.change(
            escalation.id,
            status=EscalationStatus.PAGING,
            level=min(before, levels),
            next_at=now,
            held=None,
            muted=False,
            acked_by=(),
            snoozed_until=None,
        )
        coming, past_the_last = min(before + 1, levels), before >= levels
        decision.log(GoneOnByHand(team=escalation.team, level=coming, past_the_last=past_the_last), by)
    decision.change_incident(updated_at=now)
    planned = plan(decision.situation, catalog, now)
    after = Decision(planned.situation, catalog, now)
    tell_nobody_has_it(situation, after, lapse=Lapse.GONE_ON, by=by)
    return replace(planned, situation=after.situation)


def _later_steps(escalation: Escalation, decision: Decision) -> list[Notification]:
    """Its pages that are still to come. Those that are due go out: whoever was to be paged is not
    left out by going on.
    """
    return [
        page
        for page in decision.pages_of(escalation)
        if page.status is NotificationStatus.PENDING and page.due_at > decision.now and not page.held_back
    ]


def answer_nudge(
    situation: Situation, nudge: Nudge, accepted: bool, catalog: Catalog, now: Instant, *, by: str | None
) -> Plan:
    """Answer an open nudge of the incident."""
    decision = Decision(situation, catalog, now)
    rules.answer(nudge, accepted, by, decision)
    if accepted and nudge.proposal.resolve:
        return resolve(decision.situation, catalog, now, by=by)
    decision.change_incident(updated_at=now)
    return plan(decision.situation, catalog, now)


def reload(situation: Situation, catalog: Catalog, now: Instant, *, by: str | None = None) -> Plan:
    """Adopt the policies of this catalog: an escalation keeps its level number; levels that no
    longer exist are left behind.
    """
    decision = Decision(situation, catalog, now)
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        fresh = catalog.policies.get(escalation.policy.id) or policy_for(escalation.team, None, catalog)
        if fresh != escalation.policy:
            still_owed = tuple(number for number in escalation.owed if number <= len(fresh.levels))
            decision.change(escalation.id, policy=fresh, owed=still_owed)
            decision.log(PolicyReloaded(team=escalation.team, policy=fresh.id, source=fresh.source), by)
    decision.change_incident(config_version=catalog.version, updated_at=now)
    align(decision, by)
    return plan(decision.situation, catalog, now)
