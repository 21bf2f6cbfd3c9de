"""What an incident waits for, in words: why nothing happens right now."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.conditions import opening_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NudgeStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog


class Reason(msgspec.Struct, frozen=True):
    """What an escalation, or the incident as a whole (team None), is waiting for, and until when."""

    team: str | None
    text: str
    until: Instant | None


def reasons(situation: Situation, catalog: Catalog) -> tuple[Reason, ...]:
    """Why nothing happens right now, for each escalation and each open nudge."""
    of_escalations = [
        _reason(escalation, catalog)
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    ]
    of_nudges = []
    for nudge in situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            # one that is not stored has no number that could be typed
            number = f"nudge {nudge.id}" if nudge.id > 0 else "a nudge"
            text = f'{number} "{nudge.rule}" waits for an answer'
            of_nudges.append(Reason(None, text, nudge.expires_at))
    nothing = Reason(None, "no escalation is running", None)
    return (*of_escalations, *of_nudges) or (nothing,)


def _reason(escalation: Escalation, catalog: Catalog) -> Reason:
    until = escalation.next_at
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        text = "acknowledged" + ("; without an update it pages again" if until is not None else "")
    elif escalation.muted:
        text = "quiet during a maintenance"
    elif escalation.status is EscalationStatus.EXHAUSTED:
        text = "out of levels; the fallback is paged again"
    elif escalation.held is not None:
        text = f"level {escalation.held} of {escalation.levels} is held until its hours begin"
        until = waits_until(escalation, catalog)
    elif escalation.level == 0:
        text = "level 1 is about to be paged"
    else:
        text = f"waiting for an acknowledgement of level {escalation.level} of {escalation.levels}"
    return Reason(escalation.team, text, until)


def waits_until(escalation: Escalation, catalog: Catalog) -> Instant | None:
    """When something is due again in the escalation: of a level that is held, when its hours begin."""
    until = escalation.next_at
    if until is None or escalation.held is None:
        return until
    return opening_of(escalation.policy.levels[escalation.held - 1].during, catalog, until)
