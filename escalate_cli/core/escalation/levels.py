"""Paging the levels of an escalation, one after another, until somebody is reached or no level is
left.

`position` says which level comes next. `core.notification.targets` and `paging` say whom it means,
and by which addresses. `fallback` is what follows the last level.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span, show_about
from escalate_cli.core.escalation.conditions import hours_trouble, judge, opening_of
from escalate_cli.core.escalation.fallback import run_out, say_whom_fallback_lacks
from escalate_cli.core.escalation.position import Due, Position, due
from escalate_cli.core.events import LevelHeld, LevelLeftOut, LevelOwed, LevelPaged, LevelsWalkedAgain
from escalate_cli.core.events.reasons import LevelReached
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    NotificationKind,
    NotificationStatus,
)
from escalate_cli.core.notification.paging import Letter, PagingResult, fallback_reaches, tell
from escalate_cli.core.notification.targets import contacts, whom
from escalate_cli.core.organisation.policy import Level, TargetKind

NOTICEABLY_LATE: Span = 2 * MINUTE
"""with one tick a minute a page is never later than this; beyond it, the page says that it is late"""


def walk_on(escalation_id: int, decision: Decision, *, why: str = "") -> None:
    """Page what is due, level after level, until somebody is reached or the policy has no levels
    left. `why` stands in the pages when there is more to say than that the level is due.
    """
    now, escalation = decision.now, decision.escalation(escalation_id)
    first_due_at = escalation.next_at or now
    began_now = escalation.level == 0  # whether this whole round has been walked at this instant
    held = escalation.held is not None  # whether it was decided already to go on to the next level
    for _ in range((escalation.levels + 1) * (escalation.policy.repeat + 2)):
        coming = due(decision.escalation(escalation_id), decision)
        _note_passed(coming, escalation_id, decision)
        late = now - first_due_at if coming.passed or now - first_due_at >= NOTICEABLY_LATE else 0
        page_owed(escalation_id, decision, late=late, but=coming.position, waited=why)
        escalation, position = decision.escalation(escalation_id), coming.position
        if position is None:
            return run_out(escalation_id, decision)
        beyond = position.cycle > escalation.policy.repeat
        if position.cycle > escalation.cycle:
            again = held or bool(coming.passed)
            if not again and (began_now or not _is_worth_another(escalation, decision)):
                return run_out(escalation_id, decision)
            if beyond and not held:
                say_whom_fallback_lacks(escalation_id, decision)
            began_now = not coming.passed
        held = False
        if coming.begin_at > now:
            if beyond and fallback_reaches(decision):
                return run_out(escalation_id, decision)
            return _hold(escalation_id, position, coming.begin_at, decision)
        decision.change(escalation_id, level=position.level, cycle=position.cycle, held=None)
        told = _page_level(decision, escalation_id, position.level, why=why, late=late)
        wait = max(escalation.policy.levels[position.level - 1].wait, SECOND)
        decision.change(escalation_id, next_at=now + wait if told.human else now, acked_by=())
        if told.human:
            return None
        first_due_at = now
    return run_out(escalation_id, decision)


def walk_again(escalation_id: int, decision: Decision) -> None:
    """The fallback reaches nobody now, or its last page failed everywhere: walk the levels again."""
    escalation = decision.escalation(escalation_id)
    policy = escalation.policy
    decision.log(LevelsWalkedAgain(team=escalation.team, policy=policy.id, source=policy.source))
    decision.change(escalation_id, status=EscalationStatus.PAGING, level=0, cycle=0, next_at=decision.now)
    walk_on(escalation_id, decision)


def _note_passed(coming: Due, escalation_id: int, decision: Decision) -> None:
    escalation, now = decision.escalation(escalation_id), decision.now
    team = escalation.team
    for skipped in coming.skipped:
        event = LevelLeftOut(team=team, level=skipped.level, reason=skipped.reason, source=skipped.source)
        if not any(entry.at == now and entry.event == event for entry in decision.situation.entries):
            decision.log(event)
    missed = [
        number for number in coming.passed if number not in escalation.paged and number not in escalation.owed
    ]
    for number in missed:
        level = escalation.policy.levels[number - 1]
        if opening_of(level.during, decision.catalog, now) != now:
            decision.log(LevelOwed(team=team, level=number, hours=level.during or "", source=level.source))
    decision.change(escalation_id, owed=(*escalation.owed, *missed))


def _is_worth_another(escalation: Escalation, decision: Decision) -> bool:
    """Whether walking the levels again now can reach more people than the round that has just
    ended.

    It can when somebody was reached in that round, so that there was a wait; when a level would now
    be held; or when a level means somebody who has not been tried in vain. A round with held levels
    may take days, and at its end somebody else may be on call.
    """
    if _reached_anyone(escalation, decision):
        return True
    failed = {
        notification.recipient
        for notification in decision.situation.notifications
        if notification.escalation_id == escalation.id and notification.status is NotificationStatus.FAILED
    }
    for number, level in enumerate(escalation.policy.levels, start=1):
        opens_at = opening_of(level.during, decision.catalog, decision.now)
        if opens_at is None or not judge(level.when, decision, team=escalation.team).holds:
            continue
        reached = _reached_by(number, escalation, decision)
        if opens_at > decision.now or any(recipient not in failed for recipient in reached):
            return True
    return False


def _reached_anyone(escalation: Escalation, decision: Decision) -> bool:
    """Whether any of the walks so far may have reached somebody whom a level is for. If not,
    walking again at once reaches nobody either.

    A channel counts only where a level is for channels alone. Where the level is for people and
    does not reach them, it would only tell the channel again.
    """
    return any(
        page.status is not NotificationStatus.FAILED
        and (page.recipient.is_person or _is_for_channels(escalation, page.level))
        for page in decision.pages_of(escalation)
    )


def _reached_by(number: int, escalation: Escalation, decision: Decision) -> list[str]:
    """Those whom a level is for now and who have an address for the urgency."""
    channels_count = _is_for_channels(escalation, number)
    meant = [
        addressee.recipient
        for target in escalation.policy.levels[number - 1].notify
        for addressee in whom(target, escalation.team, decision).addressees
    ]
    return [
        recipient
        for recipient in meant
        if (channels_count or recipient.is_person) and contacts(recipient, decision.urgency, decision.catalog)
    ]


def _is_for_channels(escalation: Escalation, number: int | None) -> bool:
    if number is None or number > escalation.levels:
        return False
    return all(target.kind is TargetKind.CHANNEL for target in escalation.policy.levels[number - 1].notify)


def _hold(escalation_id: int, position: Position, until: Instant, decision: Decision) -> None:
    """Wait for the hours of this level. If the policy has no levels left and the fallback reached
    nobody, look at the fallback meanwhile.
    """
    escalation, fallback = decision.escalation(escalation_id), decision.catalog.fallback
    level = escalation.policy.levels[position.level - 1]
    _note_hours(level, escalation.team, decision)
    if escalation.held != position.level:
        hours = level.during or ""
        decision.log(
            LevelHeld(
                team=escalation.team, level=position.level, hours=hours, until=until, source=level.source
            )
        )
    if position.cycle > escalation.policy.repeat and fallback.page:
        until = min(until, decision.now + max(fallback.every, SECOND))
    decision.change(escalation_id, held=position.level, next_at=until)


def _note_hours(level: Level, team: str, decision: Decision) -> None:
    for name in dict.fromkeys((level.during, level.when.hours)):
        trouble = hours_trouble(name, decision.catalog, decision.now)
        if trouble:
            decision.note(trouble, team=team, source=level.source)


def page_owed(
    escalation_id: int, decision: Decision, *, late: Span, but: Position | None = None, waited: str = ""
) -> None:
    """Page the earliest level that was passed over in a gap, if its hours allow; the others are
    still owed. `waited` says why it was not due before the gap, for instance because of a
    maintenance.
    """
    escalation = decision.escalation(escalation_id)
    owed = tuple(number for number in escalation.owed if but is None or number != but.level)
    escalation = decision.change(escalation_id, owed=owed)
    for number in owed:
        level = escalation.policy.levels[number - 1]
        if opening_of(level.during, decision.catalog, decision.now) != decision.now:
            continue
        still_owed = decision.escalation(escalation_id).owed
        decision.change(escalation_id, owed=tuple(other for other in still_owed if other != number))
        if not judge(level.when, decision, team=escalation.team).holds:
            continue
        gap = f"owed since a gap of {show_about(late)}" if late else "owed since a gap"
        why = f"{waited}, and is {gap}" if waited else gap
        if _page_level(decision, escalation_id, number, why=why, late=late).human:
            return


def page_again(escalation_id: int, decision: Decision) -> None:
    """Page the current level again because the urgency has risen: other addresses may count now.
    The level's wait does not start again.
    """
    escalation = decision.escalation(escalation_id)
    decision.cancel(
        notification
        for notification in decision.situation.notifications
        if notification.escalation_id == escalation_id and notification.page_round == escalation.page_round
    )
    why = f"again: the urgency rose to {decision.urgency.value}"
    told = _page_level(decision, escalation_id, escalation.level, why=why)
    decision.change(escalation_id, next_at=escalation.next_at if told.human else decision.now)


def _page_level(
    decision: Decision, escalation_id: int, number: int, *, why: str = "", late: Span = 0
) -> PagingResult:
    escalation = decision.escalation(escalation_id)
    level, policy = escalation.policy.levels[number - 1], escalation.policy.id
    _note_hours(level, escalation.team, decision)
    escalation = decision.change(
        escalation_id, page_round=escalation.page_round + 1, passed=(), urgency=decision.urgency
    )
    letter = Letter(
        NotificationKind.PAGE,
        LevelReached(number, escalation.levels, policy, escalation.cycle, why),
        source=level.source,
        team=escalation.team,
        escalation=escalation,
        level=number,
        late=late,
    )
    told = tell(level.notify, letter, decision)
    if told.recipients:  # a level that reached nobody is still owed to whoever can be reached later
        decision.change(escalation_id, paged=tuple(dict.fromkeys((*escalation.paged, number))))
    decision.log(
        LevelPaged(
            team=escalation.team,
            policy=policy,
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
    )
    return told


def failed_everywhere(escalation: Escalation, decision: Decision) -> bool:
    """Whether the last page of this escalation has failed for good at every address. A channel's
    address counts only where the page was for no person.
    """
    pages = [page for page in decision.pages_of(escalation) if page.page_round == escalation.page_round]
    people = [
        page for page in pages if page.recipient.is_person and page.recipient.id not in escalation.passed
    ]
    return bool(pages) and all(page.status is NotificationStatus.FAILED for page in people or pages)
