"""When it gets worse while somebody has it: a rise in urgency ends a snooze, and whoever has
acknowledged is told along their steps for the new urgency.
"""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.escalation.levels import page_again
from escalate_cli.core.events import NotToldOfRise, RestEnded, SeverityChanged, ToldOfRise
from escalate_cli.core.events.reasons import TookIt, UrgencyRose
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.paging import Letter, write_to
from escalate_cli.core.notification.targets import Addressee, contacts
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.events import sentence


def heed_rise(resting: Iterable[Escalation], decision: Decision) -> None:
    """What a rise in urgency means for escalations that somebody has. A snoozed one pages its
    current level again. For the others, each person who has acknowledged is told once, except
    whoever raised it.

    An acknowledgement holds no longer than a snooze when none of those who gave it can be told.
    """
    if decision.urgency is not Urgency.HIGH:
        return
    change = _latest_change(decision.situation)
    told: dict[str, bool] = {change.by: True} if change is not None and change.by else {}
    for low in [escalation for escalation in resting if escalation.urgency is Urgency.LOW]:
        escalation = decision.change(low.id, urgency=Urgency.HIGH)
        if escalation.snoozed_until is not None:
            _wake(escalation, decision, snoozed=True)
            continue
        takers = _takers(escalation)
        for person in takers:
            if person not in told:
                told[person] = _tell(person, decision)
        if not any(told[person] for person in takers):
            _wake(escalation, decision, snoozed=False)


def _takers(escalation: Escalation) -> tuple[str, ...]:
    by = (escalation.acknowledged_by,) if escalation.acknowledged_by else ()
    return tuple(dict.fromkeys((*escalation.acked_by, *by)))


def _tell(person: str, decision: Decision) -> bool:
    """Tell the person along all their steps for the new urgency. An acknowledgement calls off the
    later ones.
    """
    if person not in decision.catalog.people:
        decision.log(NotToldOfRise(person=person, reason="not in the configuration"))
        return False
    recipient = Recipient.person(person)
    note = _what_got_worse(decision.situation)
    if any(contact.after for contact in contacts(recipient, Urgency.HIGH, decision.catalog)):
        command = decision.catalog.to_type(f"escalate ack {decision.incident.id}")
        note += f" That you know it, says: {command}"
    letter = Letter(NotificationKind.INFORM, UrgencyRose(), note=note)
    if not write_to(Addressee(recipient, TookIt(worse=True)), letter, decision):
        decision.log(NotToldOfRise(person=person, reason="no address for high urgency"))
        return False
    decision.log(ToldOfRise(recipients=(recipient,)))
    return True


def _latest_change(situation: Situation) -> Entry | None:
    """The change of severity that is being planned now."""
    return next(
        (entry for entry in reversed(situation.entries) if isinstance(entry.event, SeverityChanged)), None
    )


def _what_got_worse(situation: Situation) -> str:
    change = _latest_change(situation)
    if change is None or not isinstance(change.event, SeverityChanged):
        return f"It got worse since you acknowledged it: it is {situation.incident.severity} now."
    before, after = change.event.before, change.event.after
    return f"It got worse since you acknowledged it: raised from {before} to {after}."


def _wake(escalation: Escalation, decision: Decision, *, snoozed: bool) -> None:
    """Page the current level again, with its full wait; the first one, where none has been paged yet."""
    person, source, now = escalation.acknowledged_by, escalation.policy.source, decision.now
    event = RestEnded(team=escalation.team, person=person, snoozed=snoozed, source=source)
    decision.log(event)
    decision.change(
        escalation.id,
        status=EscalationStatus.PAGING,
        snoozed_until=None,
        acked_by=(),
        next_at=now,
        because=f"{escalation.because}; {sentence(event, now, None, decision.catalog)}",
    )
    if 0 < escalation.level <= escalation.levels:
        wait = max(escalation.policy.levels[escalation.level - 1].wait, SECOND)
        decision.change(escalation.id, next_at=now + wait)
        page_again(escalation.id, decision)
