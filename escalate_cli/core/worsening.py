"""It got worse while somebody had it: a rise in urgency ends a snooze, and whoever has acknowledged hears of it the new way."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.catalog import Catalog, Urgency
from escalate_cli.core.duration import SECOND, Instant
from escalate_cli.core.levels import page_again
from escalate_cli.core.model import EntryKind, Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.paging import Letter, urgency_of, write_to
from escalate_cli.core.targets import Recipient, contacts, name_of


def heed_rise(resting: list[Escalation], situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """What a rise in urgency means for these escalations, which somebody has: those snoozed page their current level again, of the others
    each one who has acknowledged is told, once. An acknowledgement by people of whom none can be told holds no longer than a snooze."""
    risen = [one for one in resting if one.urgency is Urgency.LOW and urgency_of(situation, catalog) is Urgency.HIGH]
    told: dict[str, bool] = {}
    for escalation in risen:
        situation = situation.with_escalation(replace(escalation, urgency=Urgency.HIGH))
        escalation = situation.escalation(escalation.id)
        if escalation.snoozed_until is not None:
            text = f"the urgency rose: the snooze by {_taker(escalation, catalog)} ends"
            situation = _page_again(escalation, text, situation, catalog, now)
            continue
        for person in _takers(escalation):
            if person not in told:
                situation, told[person] = _tell(person, situation, catalog, now)
        if not any(told[person] for person in _takers(escalation)):
            text = f"the urgency rose, and {_taker(escalation, catalog)}, who has it, cannot be told"
            situation = _page_again(escalation, text, situation, catalog, now)
    return situation


def _takers(escalation: Escalation) -> tuple[str, ...]:
    by = (escalation.acknowledged_by,) if escalation.acknowledged_by else ()
    return tuple(dict.fromkeys((*escalation.acked_by, *by)))


def _taker(escalation: Escalation, catalog: Catalog) -> str:
    return name_of(f"person:{escalation.acknowledged_by}", catalog) if escalation.acknowledged_by else "somebody"


def _tell(person: str, situation: Situation, catalog: Catalog, now: Instant) -> tuple[Situation, bool]:
    """Along all the person's steps for the new urgency; an acknowledgement calls off those that are still to come."""
    name = name_of(f"person:{person}", catalog)
    if person not in catalog.people:
        return _cannot_be_told(name, "not in the configuration", situation, now), False
    recipient = Recipient("person", person, "you have acknowledged it")
    note = _what_got_worse(situation)
    if any(one.after for one in contacts(recipient, Urgency.HIGH, catalog)):
        note += f" That you know it, says: escalate ack {situation.incident.id}"
    letter = Letter(NotificationKind.INFORM, "the urgency rose", note=note)
    situation, wrote = write_to(recipient, letter, situation, catalog, now)
    if not wrote:
        return _cannot_be_told(name, "no address for high urgency", situation, now), False
    text = f"told {name}, who has acknowledged it: the urgency rose to high"
    return situation.log(now, EntryKind.PAGED, text, recipients=[recipient.address], missed=[]), True


def _cannot_be_told(name: str, why: str, situation: Situation, now: Instant) -> Situation:
    return situation.log(now, EntryKind.SKIPPED, f"{name}, who has acknowledged it, cannot be told that the urgency rose: {why}")


def _what_got_worse(situation: Situation) -> str:
    change = next((one.data for one in reversed(situation.entries) if one.data.get("change") == "severity"), None)
    what = f"raised from {change['before']} to {change['after']}" if change else f"it is {situation.incident.severity} now"
    return f"It got worse since you acknowledged it: {what}."


def _page_again(escalation: Escalation, why: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Page the current level again, with its full wait; the first one, where none has been paged yet."""
    text = f"{why}: paging {escalation.team} again"
    situation = situation.log(now, EntryKind.ESCALATION, text, team=escalation.team, source=escalation.policy.source)
    awake = replace(
        escalation,
        status=EscalationStatus.PAGING,
        snoozed_until=None,
        acked_by=(),
        next_at=now,
        because=f"{escalation.because}; {text}",
    )
    if not 0 < awake.level <= awake.levels:
        return situation.with_escalation(awake)
    awake = replace(awake, next_at=now + max(awake.policy.levels[awake.level - 1].wait, SECOND))
    return page_again(awake, situation.with_escalation(awake), catalog, now)
