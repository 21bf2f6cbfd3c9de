"""It got worse while somebody had it: a rise in urgency ends a snooze, and whoever has acknowledged
hears of it the new way.
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.escalation.levels import page_again
from escalate_cli.core.events import NotToldOfRise, RestEnded, SeverityChanged, ToldOfRise
from escalate_cli.core.events.reasons import TookIt, UrgencyRose
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.notification.paging import Letter, urgency_of, write_to
from escalate_cli.core.notification.targets import Recipient, contacts
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.wording.events import sentence


def heed_rise(resting: list[Escalation], situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """What a rise in urgency means for these escalations, which somebody has: those snoozed page
    their current level again, of the others each one who has acknowledged is told, once. An
    acknowledgement by people of whom none can be told holds no longer than a snooze."""
    risen = [
        one
        for one in resting
        if one.urgency is Urgency.LOW and urgency_of(situation, catalog) is Urgency.HIGH
    ]
    told: dict[str, bool] = {}
    for escalation in risen:
        situation = situation.with_escalation(replace(escalation, urgency=Urgency.HIGH))
        escalation = situation.escalation(escalation.id)
        if escalation.snoozed_until is not None:
            situation = _page_again(escalation, situation, catalog, now, snoozed=True)
            continue
        for person in _takers(escalation):
            if person not in told:
                situation, told[person] = _tell(person, situation, catalog, now)
        if not any(told[person] for person in _takers(escalation)):
            situation = _page_again(escalation, situation, catalog, now, snoozed=False)
    return situation


def _takers(escalation: Escalation) -> tuple[str, ...]:
    by = (escalation.acknowledged_by,) if escalation.acknowledged_by else ()
    return tuple(dict.fromkeys((*escalation.acked_by, *by)))


def _tell(person: str, situation: Situation, catalog: Catalog, now: Instant) -> tuple[Situation, bool]:
    """Along all the person's steps for the new urgency; an acknowledgement calls off those that are
    still to come.
    """
    if person not in catalog.people:
        return _cannot_be_told(person, "not in the configuration", situation, catalog, now), False
    recipient = Recipient("person", person, TookIt(worse=True))
    note = _what_got_worse(situation)
    if any(contact.after for contact in contacts(recipient, Urgency.HIGH, catalog)):
        note += f" That you know it, says: escalate ack {situation.incident.id}"
    letter = Letter(NotificationKind.INFORM, UrgencyRose(), note=note)
    situation, wrote = write_to(recipient, letter, situation, catalog, now)
    if not wrote:
        return _cannot_be_told(person, "no address for high urgency", situation, catalog, now), False
    return situation.log(now, ToldOfRise(recipients=(recipient.address,)), catalog), True


def _cannot_be_told(person: str, why: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    return situation.log(now, NotToldOfRise(person=person, reason=why), catalog)


def _what_got_worse(situation: Situation) -> str:
    change = next(
        (entry.event for entry in reversed(situation.entries) if isinstance(entry.event, SeverityChanged)),
        None,
    )
    what = (
        f"raised from {change.before} to {change.after}"
        if change
        else f"it is {situation.incident.severity} now"
    )
    return f"It got worse since you acknowledged it: {what}."


def _page_again(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, *, snoozed: bool
) -> Situation:
    """Page the current level again, with its full wait; the first one, where none has been paged yet."""
    person, source = escalation.acknowledged_by, escalation.policy.source
    event = RestEnded(team=escalation.team, person=person, snoozed=snoozed, source=source)
    situation = situation.log(now, event, catalog)
    awake = replace(
        escalation,
        status=EscalationStatus.PAGING,
        snoozed_until=None,
        acked_by=(),
        next_at=now,
        because=f"{escalation.because}; {sentence(event, now, None, catalog)}",
    )
    if not 0 < awake.level <= awake.levels:
        return situation.with_escalation(awake)
    awake = replace(awake, next_at=now + max(awake.policy.levels[awake.level - 1].wait, SECOND))
    return page_again(awake, situation.with_escalation(awake), catalog, now)
