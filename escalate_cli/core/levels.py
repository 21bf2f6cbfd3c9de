"""Paging the levels of an escalation, one after another, and the fallback when the last of them was not acknowledged.

Which level comes next, `core.walk` says; whom it means and by which addresses, `core.targets` and `core.paging`.
"""

from __future__ import annotations

from dataclasses import replace

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.conditions import judge, opening_of
from escalate_cli.core.duration import MINUTE, SECOND, Instant, Span, show_about, show_duration
from escalate_cli.core.model import EntryKind, Escalation, EscalationStatus, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.paging import Letter, Told, cancel, tell, urgency_of
from escalate_cli.core.policy import TargetKind
from escalate_cli.core.targets import name_of
from escalate_cli.core.walk import Due, Position, due

NOTICEABLY_LATE: Span = 2 * MINUTE
"""a tick a minute is never later than this; what is later is said"""


def walk_on(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Page what is due, level after level while a level reaches nobody, until somebody is reached or the policy has run out."""
    first_due_at = escalation.next_at or now
    turned = False
    for _ in range((escalation.levels + 1) * (escalation.policy.repeat + 2)):
        found = due(escalation, situation, catalog, now)
        situation, escalation = _note_passed(found, escalation, situation, catalog, now)
        late = now - first_due_at if found.passed or now - first_due_at >= NOTICEABLY_LATE else 0
        situation = page_owed(escalation, situation, catalog, now, late=late, but=found.position)
        escalation = situation.escalation(escalation.id)
        again = found.position is not None and found.position.cycle > escalation.cycle
        if found.position is None or (again and (turned or not _reached_anyone(escalation, situation))):
            return _exhaust(escalation, situation, catalog, now)
        turned = turned or again
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


def _note_passed(
    found: Due, escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant
) -> tuple[Situation, Escalation]:
    for skipped in found.skipped:
        text = f"level {skipped.level} of {escalation.team} left out: {skipped.reason}"
        already = any(entry.at == now and entry.text == text for entry in situation.entries)
        if not already:
            situation = situation.log(
                now, EntryKind.SKIPPED, text, team=escalation.team, level=skipped.level, source=skipped.source
            )
    missed = [one for one in found.passed if one not in escalation.paged and one not in escalation.owed]
    for number in missed:
        level = escalation.policy.levels[number - 1]
        if opening_of(level.during, catalog, now) != now:
            text = (
                f"level {number} of {escalation.team} is owed: its hours {level.during} passed in a gap without any tick;"
                " it is paged with what comes due when they have begun again"
            )
            situation = situation.log(now, EntryKind.SKIPPED, text, team=escalation.team, level=number, source=level.source)
    escalation = replace(escalation, owed=(*escalation.owed, *missed))
    return situation.with_escalation(escalation), escalation


def _reached_anyone(escalation: Escalation, situation: Situation) -> bool:
    """Whether anybody that a level of the walks so far is for may have been reached; if not, to walk again at once reaches nobody either.

    A channel counts where a level is for channels only: beside people whom the level does not reach, it would only be told again.
    """
    return any(
        one.escalation_id == escalation.id
        and one.kind is NotificationKind.PAGE
        and one.status is not NotificationStatus.FAILED
        and (one.recipient.startswith("person:") or _is_for_channels(escalation, one.level))
        for one in situation.notifications
    )


def _is_for_channels(escalation: Escalation, number: int | None) -> bool:
    if number is None or number > escalation.levels:
        return False
    return all(target.kind is TargetKind.CHANNEL for target in escalation.policy.levels[number - 1].notify)


def _hold(escalation: Escalation, position: Position, until: Instant, situation: Situation, now: Instant) -> Situation:
    level = escalation.policy.levels[position.level - 1]
    if escalation.held != position.level:
        text = f"level {position.level} of {escalation.team} held until the hours {level.during} begin"
        situation = situation.log(
            now, EntryKind.LEVEL, text, team=escalation.team, level=position.level, until=until, source=level.source
        )
    return situation.with_escalation(replace(escalation, held=position.level, next_at=until))


def page_owed(
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


def page_again(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Page the current level again, since the urgency has risen: other addresses may count now. The waiting is not begun anew."""
    situation = cancel(
        situation,
        (one for one in situation.notifications if one.escalation_id == escalation.id and one.page_round == escalation.page_round),
    )
    why = f"again: the urgency rose to {urgency_of(situation, catalog).value}"
    told = _page_level(escalation, escalation.level, situation, catalog, now, why=why)
    after = told.situation.escalation(escalation.id)
    return told.situation.with_escalation(replace(after, next_at=escalation.next_at if told.human else now))


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


def _exhaust(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    if not catalog.fallback.page:
        return _nobody_at_all(escalation, situation, catalog, now)
    text = f"policy {escalation.policy.id} of {escalation.team} has run out of levels: the fallback is paged"
    situation = situation.log(now, EntryKind.EXHAUSTED, text, team=escalation.team, source=escalation.policy.source)
    exhausted = replace(escalation, status=EscalationStatus.EXHAUSTED, held=None)
    return page_fallback(exhausted, situation.with_escalation(exhausted), catalog, now, "nobody acknowledged")


def page_fallback(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant, why: str) -> Situation:
    """Page whom `[fallback]` names, and look again after its interval: it is paged until someone acknowledges."""
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
