"""The heart: what has to happen for one incident at an instant, why, and when to look again.

Here it is decided for each escalation whether it rests, stays quiet or goes on; `core.levels` pages
the levels it goes on to. `plan` is called by the engine with the real clock and by foresight with a
virtual one; there is no second implementation of who is paged when. It reads no clock, does no I/O,
and answers with a reason also when there is nothing to do.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import SECOND, Instant, show_about
from escalate_cli.core.escalation import rules
from escalate_cli.core.escalation.conditions import opening_of
from escalate_cli.core.escalation.last_resort import fell_silent, page_fallback_somehow
from escalate_cli.core.escalation.levels import (
    NOTICEABLY_LATE,
    failed_everywhere,
    on_from_fallback,
    page_again,
    page_owed,
    walk_on,
)
from escalate_cli.core.escalation.maintenance import last_muted, muted_until, upcoming
from escalate_cli.core.escalation.worsening import heed_rise
from escalate_cli.core.events import (
    AcknowledgementForgotten,
    LevelFailed,
    MaintenanceBegan,
    MaintenanceOver,
    SnoozeOver,
)
from escalate_cli.core.incident.doing_without import note, part, words_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, IncidentStatus, Situation
from escalate_cli.core.notification.paging import cancel, hurry, urgency_of
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.wording.events import sentence


class Reason(msgspec.Struct, frozen=True):
    """What an escalation, or the incident as a whole (team None), is waiting for, and until when."""

    team: str | None
    text: str
    until: Instant | None


class Plan(msgspec.Struct, frozen=True):
    """The situation that follows, the reasons for where it stands, and when to look again (None:
    never, it is over).
    """

    situation: Situation
    reasons: tuple[Reason, ...]
    next_due_at: Instant | None


def plan(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
    """What has to happen at `now`: rules that have come true, failures that call for the next
    address or level, levels that are due.

    The same situation, catalog and instant give the same plan; planning again at the same instant
    changes nothing more.
    """
    if situation.incident.status is IncidentStatus.RESOLVED:
        return Plan(situation.changed(next_due_at=None), (Reason(None, "resolved", None),), None)
    situation, quiet_until = _quiet(situation, catalog, situation.incident.services, now)
    look_at = quiet_until
    if quiet_until is None:
        situation, look_at = _look(situation, catalog, now)
    situation = part(
        lambda before: hurry(before, catalog, now), "bringing later steps forward", situation, now
    )
    situation = part(
        lambda before: heed_rise(_resting(before, catalog, now), before, catalog, now),
        "telling who has it",
        situation,
        now,
    )
    for escalation in situation.escalations:
        situation = _advance_safely(situation.escalation(escalation.id), situation, catalog, now)
    situation = part(lambda before: settle(before, now), "settling where the incident stands", situation, now)
    looks = [one.next_at for one in situation.escalations if one.next_at is not None]
    if look_at is not None:
        looks.append(look_at)
    if situation.paging:
        looks += _next_maintenances(situation, catalog, now)
    next_due_at = min(looks, default=None)
    situation = situation.changed(next_due_at=next_due_at)
    try:
        told = reasons(situation, catalog, now)
    except Exception as problem:
        text = f"the reasons cannot be told ({words_of(problem)})"
        situation, told = note(situation, now, text), (Reason(None, text, None),)
    return Plan(situation, told, next_due_at)


def _look(situation: Situation, catalog: Catalog, now: Instant) -> tuple[Situation, Instant | None]:
    try:
        looked = rules.look(situation, catalog, now)
    except Exception as problem:
        return note(situation, now, f"the rules could not be looked at ({words_of(problem)})"), None
    return looked.situation, looked.look_at


def _quiet(
    situation: Situation, catalog: Catalog, services: tuple[str, ...], now: Instant
) -> tuple[Situation, Instant | None]:
    """`_quiet_until`; and the situation, which says where a maintenance could not be used."""
    try:
        return situation, muted_until(situation.maintenance, catalog, services, now)
    except Exception as problem:
        text = (
            f"the maintenances of {', '.join(services)} cannot be used ({words_of(problem)}): they keep"
            " nobody quiet"
        )
        return note(situation, now, text), None


def _quiet_until(
    situation: Situation, catalog: Catalog, services: tuple[str, ...], now: Instant
) -> Instant | None:
    """The end of the maintenance; one that cannot be used keeps nobody quiet."""
    try:
        return muted_until(situation.maintenance, catalog, services, now)
    except Exception:
        return None


def _advance_safely(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """A policy that cannot be run costs no other team anything. The fallback is paged in its place,
    again and again, as when its levels have run out; where the fallback cannot be paged by the
    usual way, by every address of its people.
    """
    try:
        advanced = _advance(escalation, situation, catalog, now)
        if not fell_silent(escalation, situation, advanced):
            return advanced
        situation, why = advanced, "the fallback could not be written to"
    except Exception as problem:
        text = (
            f"policy {escalation.policy.id} of {escalation.team} cannot be run ({words_of(problem)}): the"
            " fallback is paged"
        )
        if (
            escalation.status is EscalationStatus.EXHAUSTED
            and escalation.next_at is not None
            and escalation.next_at > now
        ):
            return note(
                situation,
                now,
                f"{text} when it is due again",
                team=escalation.team,
                source=escalation.policy.source,
            )
        situation, why = (
            note(situation, now, text, team=escalation.team, source=escalation.policy.source),
            "it cannot be run",
        )
    exhausted = replace(escalation, status=EscalationStatus.EXHAUSTED, held=None, muted=False)
    return page_fallback_somehow(exhausted, situation.with_escalation(exhausted), catalog, now, why)


def _resting(situation: Situation, catalog: Catalog, now: Instant) -> list[Escalation]:
    """The escalations that somebody has, and that neither a lapsed time-out nor a maintenance concerns."""
    return [
        escalation
        for escalation in situation.escalations
        if escalation.status is EscalationStatus.ACKNOWLEDGED
        and (escalation.next_at is None or escalation.next_at > now)
        and _quiet_until(situation, catalog, escalation.services, now) is None
    ]


def _next_maintenances(situation: Situation, catalog: Catalog, now: Instant) -> list[Instant]:
    """When the next planned maintenance of each service in scope begins: what would still go out
    then is held back.
    """
    if not situation.maintenance and not catalog.maintenance:
        return []
    services = dict.fromkeys(
        (
            *situation.incident.services,
            *(service for each in situation.escalations for service in each.services),
        )
    )
    try:
        begins = [upcoming(situation.maintenance, catalog, service, now) for service in services]
    except Exception:
        return []
    return [begin[0].start_at for begin in begins if begin]


def _advance(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    if escalation.status is EscalationStatus.STOPPED:
        return situation
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        if escalation.next_at is None or escalation.next_at > now:
            return situation
        situation = _forgotten(escalation, situation, catalog, now)
        escalation = situation.escalation(escalation.id)
    situation, quiet_until = _quiet(situation, catalog, escalation.services, now)
    if quiet_until is not None:
        return _keep_quiet(escalation, quiet_until, situation, catalog, now)
    waited = ""
    if escalation.muted:
        escalation, situation, waited = _unmute(escalation, situation, catalog, now)
    escalation, situation = _reconsider(escalation, situation, catalog, now)
    if escalation.next_at is None or escalation.next_at > now:
        return situation
    if escalation.status is EscalationStatus.EXHAUSTED:
        situation = page_owed(escalation, situation, catalog, now, late=0)
        return on_from_fallback(situation.escalation(escalation.id), situation, catalog, now)
    return walk_on(escalation, situation, catalog, now, why=waited)


def _keep_quiet(
    escalation: Escalation, until: Instant, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    if not escalation.muted:
        situation = cancel(
            situation,
            (
                notification
                for notification in situation.notifications
                if notification.escalation_id == escalation.id
            ),
        )
        event = MaintenanceBegan(team=escalation.team, services=escalation.services, until=until)
        situation = situation.log(now, event, catalog)
    restart = replace(escalation, muted=True, next_at=until, level=0, cycle=0, paged=(), owed=(), held=None)
    return situation.with_escalation(replace(restart, status=EscalationStatus.PAGING))


def _unmute(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> tuple[Escalation, Situation, str]:
    """The maintenance is over: its end is when the page came due, however long ago that was, and
    the page says how long it waited.
    """
    try:
        quiet = last_muted(situation.maintenance, catalog, escalation.services, now)
    except Exception:
        quiet = None
    ended_at = now if quiet is None else quiet[1]
    late = now - ended_at if now - ended_at >= NOTICEABLY_LATE else 0
    waited = (
        ""
        if quiet is None
        else show_about(max(ended_at - max(quiet[0], situation.incident.declared_at), SECOND))
    )
    escalation = replace(escalation, muted=False, next_at=ended_at)
    situation = situation.with_escalation(escalation).log(
        now, MaintenanceOver(team=escalation.team, late=late), catalog
    )
    return escalation, situation, f"it waited {waited} for the end of a maintenance" if waited else ""


def _forgotten(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    incident = situation.incident
    who, team, source = (
        escalation.acknowledged_by or incident.acknowledged_by,
        escalation.team,
        escalation.policy.source,
    )
    if escalation.snoozed_until is not None:
        return _again(escalation, SnoozeOver(team=team, person=who, source=source), situation, catalog, now)
    taken_at, last = escalation.acknowledged_at or incident.acknowledged_at or now, incident.message_since
    updated_at = last if last > taken_at else None
    event = AcknowledgementForgotten(
        team=team, person=who, taken_at=taken_at, updated_at=updated_at, source=source
    )
    return _again(escalation, event, situation, catalog, now)


def _again(
    escalation: Escalation,
    event: AcknowledgementForgotten | SnoozeOver,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
) -> Situation:
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
        because=f"{escalation.because}; {sentence(event, now, None, catalog)}",
    )
    return situation.with_escalation(fresh).log(now, event, catalog)


def _reconsider(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> tuple[Escalation, Situation]:
    """A rise in urgency pages the current level again, at once; a paging that failed everywhere
    costs no waiting.
    """
    urgency = urgency_of(situation, catalog)
    rose = escalation.urgency is Urgency.LOW and urgency is Urgency.HIGH
    if rose and escalation.status is EscalationStatus.PAGING and escalation.level > 0:
        situation = page_again(escalation, situation, catalog, now)
    elif rose and escalation.status is EscalationStatus.EXHAUSTED:
        situation = situation.with_escalation(replace(escalation, next_at=now, urgency=urgency))
    elif rose:
        situation = situation.with_escalation(replace(escalation, urgency=urgency))
    elif _failed_everywhere(escalation, situation) and (
        escalation.next_at is None or escalation.next_at > now
    ):
        situation = situation.log(now, LevelFailed(team=escalation.team, level=escalation.level), catalog)
        situation = situation.with_escalation(replace(escalation, next_at=now))
    return situation.escalation(escalation.id), situation


def _failed_everywhere(escalation: Escalation, situation: Situation) -> bool:
    if (
        escalation.status is not EscalationStatus.PAGING
        or escalation.level == 0
        or escalation.held is not None
    ):
        return False
    return failed_everywhere(escalation, situation)


def settle(situation: Situation, now: Instant) -> Situation:
    """Bring the incident's status in line with its escalations, and note since when nobody has it."""
    incident = situation.incident
    active = [
        escalation
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    ]
    taken = bool(active) and not situation.paging
    if not active and incident.acknowledged_at is not None:
        taken = incident.status is IncidentStatus.ACKNOWLEDGED
    status = IncidentStatus.ACKNOWLEDGED if taken else IncidentStatus.OPEN
    since = (
        None if taken else incident.unacknowledged_since if incident.unacknowledged_since is not None else now
    )
    return situation.changed(status=status, unacknowledged_since=since)


def reasons(situation: Situation, catalog: Catalog, now: Instant) -> tuple[Reason, ...]:
    """Why nothing happens right now, for each escalation and each open nudge."""
    found = [
        _reason(escalation, catalog)
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    ]
    for nudge in situation.nudges:
        if nudge.status.value == "open":
            # one that is not stored has no number that could be typed
            number = f"nudge {nudge.id}" if nudge.id > 0 else "a nudge"
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
        at = (
            None
            if at is None
            else opening_of(escalation.policy.levels[escalation.held - 1].during, catalog, at)
        )
    elif escalation.level == 0:
        text = "level 1 is about to be paged"
    else:
        text = f"waiting for an acknowledgement of level {escalation.level} of {escalation.levels}"
    return Reason(escalation.team, text, at)
