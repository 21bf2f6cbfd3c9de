"""The heart: what has to happen for one incident at an instant, why, and when to look again.

`plan` is called by the engine with the real clock and by foresight with a virtual one; there is no second implementation of who is
paged when. It reads no clock, does no I/O, and answers with a reason also when there is nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from escalate_cli.core import rules
from escalate_cli.core.catalog import Catalog, Urgency
from escalate_cli.core.conditions import judge, opening_of
from escalate_cli.core.duration import MINUTE, SECOND, Instant, Span, show_about, show_duration
from escalate_cli.core.model import (
    EntryKind,
    Escalation,
    EscalationStatus,
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.paging import Letter, Told, cancel, hurry, tell, urgency_of
from escalate_cli.core.targets import name_of
from escalate_cli.core.walk import Due, Position, due

NOTICEABLY_LATE: Span = 2 * MINUTE
"""a tick a minute is never later than this; what is later is said"""


@dataclass(frozen=True, slots=True)
class Reason:
    """What an escalation, or the incident as a whole (team None), is waiting for, and until when."""

    team: str | None
    text: str
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The situation that follows, the reasons for where it stands, and when to look again (None: never, it is over)."""

    situation: Situation
    reasons: tuple[Reason, ...]
    next_due_at: Instant | None


def plan(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
    """What has to happen at `now`: rules that have come true, failures that call for the next address or level, levels that are due.

    The same situation, catalog and instant give the same plan; planning again at the same instant changes nothing more.
    """
    if situation.incident.status is IncidentStatus.RESOLVED:
        return Plan(situation.changed(next_due_at=None), (Reason(None, "resolved", None),), None)
    quiet_until = muted_until(situation, situation.incident.services, now)
    look_at = quiet_until
    if quiet_until is None:
        looked = rules.look(situation, catalog, now)
        situation, look_at = looked.situation, looked.look_at
    situation = hurry(situation, now)
    for escalation in situation.escalations:
        situation = _advance(situation.escalation(escalation.id), situation, catalog, now)
    situation = settle(situation, now)
    upcoming = [one.next_at for one in situation.escalations if one.next_at is not None]
    if look_at is not None:
        upcoming.append(look_at)
    next_due_at = min(upcoming, default=None)
    situation = situation.changed(next_due_at=next_due_at)
    return Plan(situation, reasons(situation, catalog, now), next_due_at)


def muted_until(situation: Situation, services: tuple[str, ...], now: Instant) -> Instant | None:
    """The end of the maintenance that covers all of these services at `now`; None when one of them is not covered.

    Of several maintenances of a service the one recorded last counts, so that a later one can shorten an earlier one.
    """
    ends = []
    for service in services:
        latest = next((one for one in situation.maintenance if one.service == service and one.start_at <= now), None)
        if latest is None or latest.until_at <= now:
            return None
        ends.append(latest.until_at)
    return min(ends, default=None)


def settle(situation: Situation, now: Instant) -> Situation:
    """Bring the incident's status in line with its escalations, and note since when nobody has it."""
    incident = situation.incident
    active = [one for one in situation.escalations if one.status is not EscalationStatus.STOPPED]
    taken = bool(active) and not situation.paging
    if not active and incident.acknowledged_at is not None:
        taken = incident.status is IncidentStatus.ACKNOWLEDGED
    status = IncidentStatus.ACKNOWLEDGED if taken else IncidentStatus.OPEN
    since = None if taken else incident.unacknowledged_since if incident.unacknowledged_since is not None else now
    return situation.changed(status=status, unacknowledged_since=since)


def _advance(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    if escalation.status is EscalationStatus.STOPPED:
        return situation
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        if escalation.next_at is None or escalation.next_at > now:
            return situation
        situation = _forgotten(escalation, situation, catalog, now)
        escalation = situation.escalation(escalation.id)
    quiet_until = muted_until(situation, escalation.services, now)
    if quiet_until is not None:
        return _keep_quiet(escalation, quiet_until, situation, now)
    if escalation.muted:
        escalation = replace(escalation, muted=False, next_at=now)
        situation = situation.with_escalation(escalation).log(
            now, EntryKind.MAINTENANCE, f"maintenance over: {escalation.team} is paged now", team=escalation.team
        )
    escalation, situation = _reconsider(escalation, situation, catalog, now)
    if escalation.next_at is None or escalation.next_at > now:
        return situation
    if escalation.status is EscalationStatus.EXHAUSTED:
        situation = _page_owed(escalation, situation, catalog, now, late=0)
        return _page_fallback(situation.escalation(escalation.id), situation, catalog, now, "still no acknowledgement")
    return _walk_on(escalation, situation, catalog, now)


def _keep_quiet(escalation: Escalation, until: Instant, situation: Situation, now: Instant) -> Situation:
    if not escalation.muted:
        situation = cancel(situation, (one for one in situation.notifications if one.escalation_id == escalation.id))
        text = f"maintenance of {', '.join(escalation.services)}: {escalation.team} is not paged until it ends"
        situation = situation.log(now, EntryKind.MAINTENANCE, text, team=escalation.team, until=until)
    restart = replace(escalation, muted=True, next_at=until, level=0, cycle=0, paged=(), owed=(), held=None)
    return situation.with_escalation(replace(restart, status=EscalationStatus.PAGING))


def _forgotten(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    incident = situation.incident
    who = escalation.acknowledged_by or incident.acknowledged_by or "somebody"
    name = catalog.people[who].name if who in catalog.people else who
    if escalation.snoozed_until is not None:
        text = f"the snooze by {name} is over: paging {escalation.team} again from level 1"
        return _again(escalation, text, situation, now)
    taken_at = escalation.acknowledged_at or incident.acknowledged_at or now
    text = (
        f"acknowledged by {name} {show_about(now - taken_at)} ago and no update since: paging {escalation.team} again from level 1"
    )
    return _again(escalation, text, situation, now)


def _again(escalation: Escalation, text: str, situation: Situation, now: Instant) -> Situation:
    fresh = replace(
        escalation,
        status=EscalationStatus.PAGING,
        level=0,
        cycle=0,
        paged=(),
        owed=(),
        acked_by=(),
        snoozed_until=None,
        next_at=now,
        because=f"{escalation.because}; {text}",
    )
    return situation.with_escalation(fresh).log(
        now, EntryKind.ESCALATION, text, team=escalation.team, source=escalation.policy.source
    )


def _reconsider(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> tuple[Escalation, Situation]:
    """A rise in urgency pages the current level again, at once; a paging that failed everywhere costs no waiting."""
    urgency = urgency_of(situation, catalog)
    rose = escalation.urgency is Urgency.LOW and urgency is Urgency.HIGH
    if rose and escalation.status is EscalationStatus.PAGING and escalation.level > 0:
        situation = _page_again(escalation, situation, catalog, now)
    elif rose and escalation.status is EscalationStatus.EXHAUSTED:
        situation = situation.with_escalation(replace(escalation, next_at=now, urgency=urgency))
    elif rose:
        situation = situation.with_escalation(replace(escalation, urgency=urgency))
    elif _failed_everywhere(escalation, situation) and (escalation.next_at is None or escalation.next_at > now):
        text = f"level {escalation.level} of {escalation.team} reached nobody: every address failed for good; next level at once"
        situation = situation.log(now, EntryKind.SKIPPED, text, team=escalation.team, level=escalation.level)
        situation = situation.with_escalation(replace(escalation, next_at=now))
    return situation.escalation(escalation.id), situation


def _failed_everywhere(escalation: Escalation, situation: Situation) -> bool:
    if escalation.status is not EscalationStatus.PAGING or escalation.level == 0 or escalation.held is not None:
        return False
    here = [
        one
        for one in situation.notifications
        if one.escalation_id == escalation.id and one.page_round == escalation.page_round and one.kind is NotificationKind.PAGE
    ]
    people = [one for one in here if one.recipient.startswith("person:")]
    return bool(here) and all(one.status is NotificationStatus.FAILED for one in people or here)


def _reached_anyone(escalation: Escalation, situation: Situation) -> bool:
    """Whether any address of the walks so far may have been reached; if not, walking again at once would reach nobody either."""
    return any(
        one.escalation_id == escalation.id and one.kind is NotificationKind.PAGE and one.status is not NotificationStatus.FAILED
        for one in situation.notifications
    )


def _page_again(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    situation = cancel(
        situation,
        (one for one in situation.notifications if one.escalation_id == escalation.id and one.page_round == escalation.page_round),
    )
    why = f"again: the urgency rose to {urgency_of(situation, catalog).value}"
    told = _page_level(escalation, escalation.level, situation, catalog, now, why=why)
    after = told.situation.escalation(escalation.id)
    return told.situation.with_escalation(replace(after, next_at=escalation.next_at if told.human else now))


def _walk_on(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Page what is due, level after level while a level reaches nobody, until somebody is reached or the policy has run out."""
    first_due_at = escalation.next_at or now
    for _ in range((escalation.levels + 1) * (escalation.policy.repeat + 2)):
        found = due(escalation, situation, catalog, now)
        situation, escalation = _note_passed(found, escalation, situation, now)
        late = now - first_due_at if found.passed or now - first_due_at >= NOTICEABLY_LATE else 0
        situation = _page_owed(escalation, situation, catalog, now, late=late, but=found.position)
        escalation = situation.escalation(escalation.id)
        if found.position is None or (found.position.cycle > escalation.cycle and not _reached_anyone(escalation, situation)):
            return _exhaust(escalation, situation, catalog, now)
        if found.begin_at > now:
            return _hold(escalation, found.position, found.begin_at, situation, now)
        escalation = replace(escalation, level=found.position.level, cycle=found.position.cycle, held=None)
        told = _page_level(escalation, found.position.level, situation, catalog, now, late=late)
        situation = told.situation
        wait = max(escalation.policy.levels[found.position.level - 1].wait, SECOND)
        escalation = replace(situation.escalation(escalation.id), next_at=now + wait if told.human else now, acked_by=())
        situation = situation.with_escalation(escalation)
        if told.human:
            return situation
        first_due_at = now
    return _nobody_at_all(escalation, situation, catalog, now)


def _note_passed(found: Due, escalation: Escalation, situation: Situation, now: Instant) -> tuple[Situation, Escalation]:
    for skipped in found.skipped:
        text = f"level {skipped.level} of {escalation.team} left out: {skipped.reason}"
        already = any(entry.at == now and entry.text == text for entry in situation.entries)
        if not already:
            situation = situation.log(
                now, EntryKind.SKIPPED, text, team=escalation.team, level=skipped.level, source=skipped.source
            )
    missed = [one for one in found.passed if one not in escalation.paged and one not in escalation.owed]
    escalation = replace(escalation, owed=(*escalation.owed, *missed))
    return situation.with_escalation(escalation), escalation


def _page_owed(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, *, late: Span, but: Position | None = None
) -> Situation:
    """Page the earliest level that a gap passed over, if its hours allow; the others stay owed."""
    owed = [one for one in escalation.owed if but is None or one != but.level]
    escalation = replace(escalation, owed=tuple(owed))
    situation = situation.with_escalation(escalation)
    for number in owed:
        level = escalation.policy.levels[number - 1]
        if opening_of(level.during, catalog, now) != now:
            continue
        remaining = tuple(one for one in escalation.owed if one != number)
        escalation = replace(escalation, owed=remaining)
        situation = situation.with_escalation(escalation)
        if not judge(level.when, situation, catalog, now, team=escalation.team).holds:
            continue
        why = f"owed since a gap of {show_about(late)}" if late else "owed since a gap"
        told = _page_level(escalation, number, situation, catalog, now, why=why, late=late)
        situation = told.situation
        escalation = situation.escalation(escalation.id)
        if told.human:
            break
    return situation


def _page_level(
    escalation: Escalation, number: int, situation: Situation, catalog: Catalog, now: Instant, *, why: str = "", late: Span = 0
) -> Told:
    level = escalation.policy.levels[number - 1]
    escalation = replace(
        escalation,
        page_round=escalation.page_round + 1,
        paged=tuple(dict.fromkeys((*escalation.paged, number))),
        urgency=urgency_of(situation, catalog),
    )
    situation = situation.with_escalation(escalation)
    where = f"level {number} of {escalation.levels} of policy {escalation.policy.id}"
    if escalation.cycle:
        where += f", round {escalation.cycle + 1}"
    letter = Letter(
        NotificationKind.PAGE,
        f"{where} ({why})" if why else where,
        source=level.source,
        escalation=escalation,
        level=number,
        late=late,
    )
    told = tell(level.notify, letter, situation, catalog, now, escalation.team)
    names = ", ".join(name_of(one, catalog) for one in told.recipients)
    text = f"{where}: paged {names}" if told.recipients else f"{where} reaches nobody"
    if why:
        text += f" ({why})"
    if late:
        text += f"; {show_about(late)} late: no tick ran since it came due"
    if told.missed:
        text += f"; not reached: {'; '.join(told.missed)}"
    if not told.human:
        text += "; next level at once"
    kind = EntryKind.LEVEL if told.recipients else EntryKind.SKIPPED
    logged = told.situation.log(
        now,
        kind,
        text,
        team=escalation.team,
        policy=escalation.policy.id,
        level=number,
        cycle=escalation.cycle,
        recipients=list(told.recipients),
        missed=list(told.missed),
        late_seconds=late // SECOND,
        source=level.source,
    )
    return replace(told, situation=logged)


def _hold(escalation: Escalation, position: Position, until: Instant, situation: Situation, now: Instant) -> Situation:
    level = escalation.policy.levels[position.level - 1]
    if escalation.held != position.level:
        text = f"level {position.level} of {escalation.team} held until the hours {level.during} begin"
        situation = situation.log(
            now, EntryKind.LEVEL, text, team=escalation.team, level=position.level, until=until, source=level.source
        )
    return situation.with_escalation(replace(escalation, held=position.level, next_at=until))


def _exhaust(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    if not catalog.fallback.page:
        return _nobody_at_all(escalation, situation, catalog, now)
    text = f"policy {escalation.policy.id} of {escalation.team} has run out of levels: the fallback is paged"
    situation = situation.log(now, EntryKind.EXHAUSTED, text, team=escalation.team, source=escalation.policy.source)
    exhausted = replace(escalation, status=EscalationStatus.EXHAUSTED, held=None)
    return _page_fallback(exhausted, situation.with_escalation(exhausted), catalog, now, "nobody acknowledged")


def _page_fallback(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, why: str) -> Situation:
    fallback = catalog.fallback
    escalation = replace(escalation, page_round=escalation.page_round + 1, urgency=urgency_of(situation, catalog))
    situation = situation.with_escalation(escalation)
    reason = f"fallback after policy {escalation.policy.id} of {escalation.team}: {why}"
    letter = Letter(NotificationKind.PAGE, reason, source=fallback.source, escalation=escalation)
    told = tell(fallback.page, letter, situation, catalog, now, fallback.team)
    names = ", ".join(name_of(one, catalog) for one in told.recipients)
    text = f"fallback paged: {names}" if names else f"the fallback reaches nobody: {'; '.join(told.missed) or 'it names nobody'}"
    text += f"; again every {show_duration(fallback.every)} until someone acknowledges"
    situation = told.situation.log(
        now,
        EntryKind.EXHAUSTED if names else EntryKind.SKIPPED,
        text,
        team=escalation.team,
        recipients=list(told.recipients),
        source=fallback.source,
    )
    escalation = situation.escalation(escalation.id)
    return situation.with_escalation(replace(escalation, next_at=now + max(fallback.every, SECOND)))


def _nobody_at_all(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """No level reaches anybody and there is no fallback: say so, and try from the start again later."""
    if catalog.fallback.page and escalation.status is EscalationStatus.PAGING:
        return _exhaust(escalation, situation, catalog, now)
    text = f"no level of policy {escalation.policy.id} reaches anybody, and [fallback] names nobody to page: trying again later"
    situation = situation.log(now, EntryKind.SKIPPED, text, team=escalation.team, source=escalation.policy.source)
    again = replace(escalation, level=0, cycle=0, held=None, next_at=now + catalog.fallback.every)
    return situation.with_escalation(again)


def reasons(situation: Situation, catalog: Catalog, now: Instant) -> tuple[Reason, ...]:
    """Why nothing happens right now, for each escalation and each open nudge."""
    found = [_reason(one, catalog) for one in situation.escalations if one.status is not EscalationStatus.STOPPED]
    for nudge in situation.nudges:
        if nudge.status.value == "open":
            number = f"nudge {nudge.id}" if nudge.id > 0 else "a nudge"  # one that is not stored has no number that could be typed
            found.append(Reason(None, f'{number} "{nudge.rule}" waits for an answer', nudge.expires_at))
    if not found:
        found.append(Reason(None, "no escalation is running", None))
    return tuple(found)


def _reason(escalation: Escalation, catalog: Catalog) -> Reason:
    at = escalation.next_at
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        text = "acknowledged" + ("; without an update it pages again" if at is not None else "")
    elif escalation.muted:
        text = "quiet during a maintenance"
    elif escalation.status is EscalationStatus.EXHAUSTED:
        text = "out of levels; the fallback is paged again"
    elif escalation.held is not None:
        text = f"level {escalation.held} of {escalation.levels} is held until its hours begin"
    elif escalation.level == 0:
        text = "level 1 is about to be paged"
    else:
        text = f"waiting for an acknowledgement of level {escalation.level} of {escalation.levels}"
    return Reason(escalation.team, text, at)
