"""When a policy cannot be run: the fallback by the usual way, else by every address that is known."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.escalation.levels import page_fallback
from escalate_cli.core.events import PagedByEveryAddress
from escalate_cli.core.incident.doing_without import note, words_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, Situation
from escalate_cli.core.notification.alarm import page_plainly
from escalate_cli.core.organisation.catalog import Catalog


def fell_silent(escalation: Escalation, before: Situation, after: Situation) -> bool:
    """Whether the fallback's turn has come for this escalation and no page to any person was
    written, though there is somebody to page.
    """
    exhausted = after.escalation(escalation.id)
    if exhausted.status is not EscalationStatus.EXHAUSTED or exhausted.next_at == escalation.next_at:
        return False
    written = after.notifications[len(before.notifications) :]
    return not any(
        one.escalation_id == escalation.id and one.recipient.startswith("person:") for one in written
    )


def page_fallback_somehow(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, why: str
) -> Situation:
    """`page_fallback`; where that raises or reaches no person, a page to every address that
    `core.alarm` knows.
    """
    try:
        paged = page_fallback(escalation, situation, catalog, now, why)
        if any(
            notification.recipient.startswith("person:")
            for notification in paged.notifications[len(situation.notifications) :]
        ):
            return paged
    except Exception as problem:
        text = f"the fallback cannot be paged in the usual way ({words_of(problem)})"
        paged = note(situation, now, text, team=escalation.team, source=catalog.fallback.source)
    due_again = replace(paged.escalation(escalation.id), next_at=now + max(catalog.fallback.every, SECOND))
    reason = f"in place of policy {escalation.policy.id} of {escalation.team}: {why}"
    paged, told = page_plainly(paged.with_escalation(due_again), catalog, now, reason, due_again)
    return paged.log(now, PagedByEveryAddress(team=escalation.team, recipients=told), catalog)
