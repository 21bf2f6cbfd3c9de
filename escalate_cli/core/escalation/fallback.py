"""When no level is left, or none reaches anybody, the fallback is paged until somebody acknowledges."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.events import (
    Exhausted,
    FallbackPaged,
    FallbackReachedNoPerson,
    NobodyToPage,
    PagedByEveryAddress,
)
from escalate_cli.core.events.reasons import FallbackReached
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import team_name_or_id, words_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.notification.alarm import fallback_targets, page_plainly
from escalate_cli.core.notification.paging import Letter, PagingResult, fallback_reaches, tell


def run_out(escalation_id: int, decision: Decision) -> None:
    """Page the fallback. If it reaches nobody either, say so, and later start again from the first
    level.
    """
    escalation, catalog = decision.escalation(escalation_id), decision.catalog
    team, policy = escalation.team, escalation.policy
    if fallback_reaches(decision):
        decision.log(Exhausted(team=team, policy=policy.id, source=policy.source))
        decision.change(escalation_id, status=EscalationStatus.EXHAUSTED, held=None)
        return page_fallback(escalation_id, decision, _why_it_ran_out(escalation, decision))
    has_fallback = bool(catalog.fallback.page)
    decision.log(NobodyToPage(team=team, policy=policy.id, has_fallback=has_fallback, source=policy.source))
    say_whom_fallback_lacks(escalation_id, decision)
    try_at = decision.now + max(catalog.fallback.every, SECOND)
    decision.change(escalation_id, level=0, cycle=0, held=None, next_at=try_at)
    return None


def _why_it_ran_out(escalation: Escalation, decision: Decision) -> str:
    if escalation.team in decision.catalog.teams:
        return "nobody acknowledged"
    return f"nobody acknowledged, and team {escalation.team} is no longer in the configuration"


def page_fallback(escalation_id: int, decision: Decision, why: str) -> None:
    """Page whom `[fallback]` names, and look again after its interval: it is paged until someone
    acknowledges.
    """
    fallback = decision.catalog.fallback
    told = _tell_fallback(escalation_id, decision, why)
    team = decision.escalation(escalation_id).team
    decision.log(
        FallbackPaged(team=team, recipients=told.recipients, every=fallback.every, source=fallback.source)
    )
    decision.change(escalation_id, next_at=decision.now + max(fallback.every, SECOND))


def say_whom_fallback_lacks(escalation_id: int, decision: Decision) -> None:
    """The policy has no levels left, and `[fallback].page` names nobody who can be paged now. Tell
    its channels, and say why.
    """
    fallback = decision.catalog.fallback
    if not fallback.page:
        return
    told = _tell_fallback(escalation_id, decision, "it reaches no person")
    team = decision.escalation(escalation_id).team
    decision.log(
        FallbackReachedNoPerson(
            team=team, recipients=told.recipients, missed=told.missed, source=fallback.source
        )
    )


def _tell_fallback(escalation_id: int, decision: Decision, why: str) -> PagingResult:
    before, fallback = decision.escalation(escalation_id), decision.catalog.fallback
    escalation = decision.change(
        escalation_id, page_round=before.page_round + 1, passed=(), urgency=decision.urgency
    )
    letter = Letter(
        NotificationKind.PAGE,
        FallbackReached(escalation.policy.id, escalation.team, why),
        source=fallback.source,
        team=fallback.team,
        escalation=escalation,
    )
    return tell(fallback_targets(decision), letter, decision)


def fell_silent(before: Escalation, written_before: int, decision: Decision) -> bool:
    """Whether it was the fallback's turn in this escalation, there is somebody to page, and yet no
    page to a person was written. `written_before` is how many notifications there were before.
    """
    after = decision.escalation(before.id)
    if after.status is not EscalationStatus.EXHAUSTED or after.next_at == before.next_at:
        return False
    return not any(
        notification.escalation_id == before.id and notification.recipient.is_person
        for notification in decision.situation.notifications[written_before:]
    )


def page_fallback_somehow(escalation_id: int, decision: Decision, why: str) -> None:
    """`page_fallback`; if that raises or reaches no person, a page to every address that `alarm`
    knows.
    """
    catalog, before = decision.catalog, decision.situation
    problem = decision.attempt(lambda: page_fallback(escalation_id, decision, why))
    escalation = decision.escalation(escalation_id)
    if problem is None and _wrote_to_a_person(before, decision.situation):
        return
    if problem is not None:
        text = f"the fallback cannot be paged in the usual way ({words_of(problem)})"
        decision.note(text, team=escalation.team, source=catalog.fallback.source)
    escalation = decision.change(escalation_id, next_at=decision.now + max(catalog.fallback.every, SECOND))
    team = team_name_or_id(escalation.team, catalog)
    reason = f"in place of policy {escalation.policy.id} of {team}: {why}"
    recipients = page_plainly(decision, reason, escalation)
    decision.log(PagedByEveryAddress(team=escalation.team, recipients=recipients))


def _wrote_to_a_person(before: Situation, after: Situation) -> bool:
    written = after.notifications[len(before.notifications) :]
    return any(notification.recipient.is_person for notification in written)
