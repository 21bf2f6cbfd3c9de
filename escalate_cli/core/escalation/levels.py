"""Paging the levels of an escalation, one after another, and the fallback when the last of them was
not acknowledged.

Which level comes next, `core.walk` says; whom it means and by which addresses, `core.targets` and
`core.paging`.
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span, show_about
from escalate_cli.core.escalation.conditions import judge, opening_of, trouble_of
from escalate_cli.core.escalation.position import Due, Position, due
from escalate_cli.core.events import (
    Exhausted,
    FallbackPaged,
    FallbackReachedNoPerson,
    LevelHeld,
    LevelLeftOut,
    LevelOwed,
    LevelPaged,
    LevelsWalkedAgain,
    NobodyToPage,
)
from escalate_cli.core.events.reasons import FallbackReached, LevelReached
from escalate_cli.core.incident.doing_without import note
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.alarm import fallback_targets
from escalate_cli.core.notification.paging import Letter, Told, cancel, fallback_reaches, tell, urgency_of
from escalate_cli.core.notification.targets import contacts, resolve
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Level, TargetKind

NOTICEABLY_LATE: Span = 2 * MINUTE
"""a tick a minute is never later than this; what is later is said"""


def walk_on(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, *, why: str = ""
) -> Situation:
    """Page what is due, level after level while a level reaches nobody, until somebody is reached
    or the policy has run out.

    `why` is said in the pages, where it is more than that the level is due.
    """
    first_due_at = escalation.next_at or now
    began_now = escalation.level == 0  # whether the whole round under way has been walked at this instant
    held = escalation.held is not None  # whether it was decided before to walk on to the level that comes now
    for _ in range((escalation.levels + 1) * (escalation.policy.repeat + 2)):
        found = due(escalation, situation, catalog, now)
        situation, escalation = _note_passed(found, escalation, situation, catalog, now)
        late = now - first_due_at if found.passed or now - first_due_at >= NOTICEABLY_LATE else 0
        situation = page_owed(escalation, situation, catalog, now, late=late, but=found.position)
        escalation = situation.escalation(escalation.id)
        if found.position is None:
            return _run_out(escalation, situation, catalog, now)
        if found.position.cycle > escalation.cycle:
            again = (
                held
                or bool(found.passed)
                or (not began_now and _is_worth_another(escalation, situation, catalog, now))
            )
            if not again:
                return _run_out(escalation, situation, catalog, now)
            if found.position.cycle > escalation.policy.repeat and not held:
                situation = _without_fallback(escalation, situation, catalog, now)
                escalation = situation.escalation(escalation.id)
            began_now = not found.passed
        held = False
        if found.begin_at > now:
            if found.position.cycle > escalation.policy.repeat and fallback_reaches(situation, catalog, now):
                return _run_out(escalation, situation, catalog, now)
            return _hold(escalation, found.position, found.begin_at, situation, catalog, now)
        escalation = replace(escalation, level=found.position.level, cycle=found.position.cycle, held=None)
        told = _page_level(escalation, found.position.level, situation, catalog, now, why=why, late=late)
        situation = told.situation
        wait = max(escalation.policy.levels[found.position.level - 1].wait, SECOND)
        escalation = replace(
            situation.escalation(escalation.id), next_at=now + wait if told.human else now, acked_by=()
        )
        situation = situation.with_escalation(escalation)
        if told.human:
            return situation
        first_due_at = now
    return _run_out(escalation, situation, catalog, now)


def _note_passed(
    found: Due, escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> tuple[Situation, Escalation]:
    for skipped in found.skipped:
        event = LevelLeftOut(
            team=escalation.team, level=skipped.level, reason=skipped.reason, source=skipped.source
        )
        if not any(entry.at == now and entry.event == event for entry in situation.entries):
            situation = situation.log(now, event, catalog)
    missed = [one for one in found.passed if one not in escalation.paged and one not in escalation.owed]
    for number in missed:
        level = escalation.policy.levels[number - 1]
        if opening_of(level.during, catalog, now) != now:
            owed = LevelOwed(
                team=escalation.team, level=number, hours=level.during or "", source=level.source
            )
            situation = situation.log(now, owed, catalog)
    escalation = replace(escalation, owed=(*escalation.owed, *missed))
    return situation.with_escalation(escalation), escalation


def _reached_anyone(escalation: Escalation, situation: Situation) -> bool:
    """Whether anybody that a level of the walks so far is for may have been reached; if not, to
    walk again at once reaches nobody either.

    A channel counts where a level is for channels only: beside people whom the level does not
    reach, it would only be told again.
    """
    return any(
        notification.escalation_id == escalation.id
        and notification.kind is NotificationKind.PAGE
        and notification.status is not NotificationStatus.FAILED
        and (notification.recipient.startswith("person:") or _is_for_channels(escalation, notification.level))
        for notification in situation.notifications
    )


def _is_worth_another(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> bool:
    """Whether to walk the levels again at `now` can do more than the round that has just ended.

    It can when somebody was reached, and so waited for; when a level would be held; and when a
    level means somebody now who has not been tried in vain: a round in which levels were held may
    have taken days, and somebody else is on call at its end.
    """
    if _reached_anyone(escalation, situation):
        return True
    failed = {
        notification.recipient
        for notification in situation.notifications
        if notification.escalation_id == escalation.id and notification.status is NotificationStatus.FAILED
    }
    urgency = urgency_of(situation, catalog)
    for number, level in enumerate(escalation.policy.levels, start=1):
        opens_at = opening_of(level.during, catalog, now)
        if opens_at is None or not judge(level.when, situation, catalog, now, team=escalation.team).holds:
            continue
        meant = [
            recipient
            for target in level.notify
            for recipient in resolve(target, escalation.team, situation, catalog, now).recipients
        ]
        counts = ("person", "channel") if _is_for_channels(escalation, number) else ("person",)
        reached = (one for one in meant if one.kind in counts and contacts(one, urgency, catalog))
        if opens_at > now or any(one.address not in failed for one in reached):
            return True
    return False


def _is_for_channels(escalation: Escalation, number: int | None) -> bool:
    if number is None or number > escalation.levels:
        return False
    return all(target.kind is TargetKind.CHANNEL for target in escalation.policy.levels[number - 1].notify)


def _hold(
    escalation: Escalation,
    position: Position,
    until: Instant,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
) -> Situation:
    """Wait for the hours of this level; where the policy has run out and the fallback reached
    nobody, look at it meanwhile.
    """
    level = escalation.policy.levels[position.level - 1]
    situation = _note_hours(level, escalation, situation, catalog, now)
    if escalation.held != position.level:
        hours = level.during or ""
        event = LevelHeld(
            team=escalation.team, level=position.level, hours=hours, until=until, source=level.source
        )
        situation = situation.log(now, event, catalog)
    if position.cycle > escalation.policy.repeat and catalog.fallback.page:
        until = min(until, now + max(catalog.fallback.every, SECOND))
    return situation.with_escalation(replace(escalation, held=position.level, next_at=until))


def _note_hours(
    level: Level, escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    for name in dict.fromkeys((level.during, level.when.hours)):
        trouble = trouble_of(name, catalog, now)
        if trouble:
            situation = note(situation, now, trouble, team=escalation.team, source=level.source)
    return situation


def page_owed(
    escalation: Escalation,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    *,
    late: Span,
    but: Position | None = None,
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


def page_again(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Page the current level again, since the urgency has risen: other addresses may count now. The
    waiting is not begun anew.
    """
    situation = cancel(
        situation,
        (
            notification
            for notification in situation.notifications
            if notification.escalation_id == escalation.id
            and notification.page_round == escalation.page_round
        ),
    )
    why = f"again: the urgency rose to {urgency_of(situation, catalog).value}"
    told = _page_level(escalation, escalation.level, situation, catalog, now, why=why)
    after = told.situation.escalation(escalation.id)
    return told.situation.with_escalation(replace(after, next_at=escalation.next_at if told.human else now))


def _page_level(
    escalation: Escalation,
    number: int,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    *,
    why: str = "",
    late: Span = 0,
) -> Told:
    level = escalation.policy.levels[number - 1]
    situation = _note_hours(level, escalation, situation, catalog, now)
    escalation = replace(
        escalation,
        page_round=escalation.page_round + 1,
        paged=tuple(dict.fromkeys((*escalation.paged, number))),
        urgency=urgency_of(situation, catalog),
    )
    situation = situation.with_escalation(escalation)
    letter = Letter(
        NotificationKind.PAGE,
        LevelReached(number, escalation.levels, escalation.policy.id, escalation.cycle, why),
        source=level.source,
        escalation=escalation,
        level=number,
        late=late,
    )
    told = tell(level.notify, letter, situation, catalog, now, escalation.team)
    event = LevelPaged(
        team=escalation.team,
        policy=escalation.policy.id,
        level=number,
        levels=escalation.levels,
        cycle=escalation.cycle,
        recipients=told.recipients,
        missed=told.missed,
        late_seconds=late // SECOND,
        source=level.source,
        why=why,
        human=told.human,
    )
    return replace(told, situation=told.situation.log(now, event, catalog))


def _run_out(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """No level is left, or none reaches anybody: the fallback is paged. Where it reaches nobody
    either, say so, and try from the start again later."""
    if fallback_reaches(situation, catalog, now):
        event = Exhausted(team=escalation.team, policy=escalation.policy.id, source=escalation.policy.source)
        situation = situation.log(now, event, catalog)
        exhausted = replace(escalation, status=EscalationStatus.EXHAUSTED, held=None)
        return page_fallback(
            exhausted, situation.with_escalation(exhausted), catalog, now, "nobody acknowledged"
        )
    policy, has_fallback = escalation.policy, bool(catalog.fallback.page)
    nobody = NobodyToPage(
        team=escalation.team, policy=policy.id, has_fallback=has_fallback, source=policy.source
    )
    situation = situation.log(now, nobody, catalog)
    situation = _without_fallback(escalation, situation, catalog, now)
    again = replace(
        situation.escalation(escalation.id),
        level=0,
        cycle=0,
        held=None,
        next_at=now + max(catalog.fallback.every, SECOND),
    )
    return situation.with_escalation(again)


def on_from_fallback(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """Page the fallback again, since nobody acknowledged; where it reaches nobody now, or its last
    page failed everywhere, the levels are walked again."""
    if fallback_reaches(situation, catalog, now) and not failed_everywhere(escalation, situation):
        return page_fallback(escalation, situation, catalog, now, "still no acknowledgement")
    event = LevelsWalkedAgain(
        team=escalation.team, policy=escalation.policy.id, source=escalation.policy.source
    )
    situation = situation.log(now, event, catalog)
    again = replace(escalation, status=EscalationStatus.PAGING, level=0, cycle=0, next_at=now)
    return walk_on(again, situation.with_escalation(again), catalog, now)


def failed_everywhere(escalation: Escalation, situation: Situation) -> bool:
    """Whether the last paging of this escalation has failed for good at every address; a channel's
    counts where it was for no person.
    """
    pages = [
        notification
        for notification in situation.notifications
        if notification.escalation_id == escalation.id
        and notification.page_round == escalation.page_round
        and notification.kind is NotificationKind.PAGE
    ]
    people = [page for page in pages if page.recipient.startswith("person:")]
    return bool(pages) and all(person.status is NotificationStatus.FAILED for person in people or pages)


def page_fallback(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, why: str
) -> Situation:
    """Page whom `[fallback]` names, and look again after its interval: it is paged until someone
    acknowledges.
    """
    every = catalog.fallback.every
    told = _tell_fallback(escalation, why, situation, catalog, now)
    event = FallbackPaged(
        team=escalation.team, recipients=told.recipients, every=every, source=catalog.fallback.source
    )
    situation = told.situation.log(now, event, catalog)
    return situation.with_escalation(
        replace(situation.escalation(escalation.id), next_at=now + max(every, SECOND))
    )


def _without_fallback(
    escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """The policy has run out, and `[fallback].page` names nobody who can be paged now: its channels
    are told, and it is said why.
    """
    if not catalog.fallback.page:
        return situation
    told = _tell_fallback(escalation, "it reaches no person", situation, catalog, now)
    source = catalog.fallback.source
    event = FallbackReachedNoPerson(
        team=escalation.team, recipients=told.recipients, missed=told.missed, source=source
    )
    return told.situation.log(now, event, catalog)


def _tell_fallback(
    escalation: Escalation, why: str, situation: Situation, catalog: Catalog, now: Instant
) -> Told:
    escalation = replace(
        escalation, page_round=escalation.page_round + 1, urgency=urgency_of(situation, catalog)
    )
    reason = FallbackReached(escalation.policy.id, escalation.team, why)
    letter = Letter(NotificationKind.PAGE, reason, source=catalog.fallback.source, escalation=escalation)
    situation = situation.with_escalation(escalation)
    return tell(
        fallback_targets(situation, catalog, now), letter, situation, catalog, now, catalog.fallback.team
    )
