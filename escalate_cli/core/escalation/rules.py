"""Rules: conditions on a running incident and what follows when they come true, at once or after a
nudge to a human.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.conditions import judge, trouble_of, was_interrupted
from escalate_cli.core.escalation.scope import Wanted, policy_for, start
from escalate_cli.core.escalation.severity import change_severity, how_changed
from escalate_cli.core.events import (
    NobodyToAsk,
    NudgeAnswered,
    NudgeAsked,
    NudgeDropped,
    NudgeExpired,
    PagedByRule,
    RuleFired,
    RuleMissed,
)
from escalate_cli.core.events.reasons import Asked, ByRule, RuleReachedNobody, RuleTrue
from escalate_cli.core.incident.doing_without import note, words_of
from escalate_cli.core.incident.situation import (
    EscalationStatus,
    NotificationKind,
    Nudge,
    NudgeStatus,
    RuleState,
    Situation,
)
from escalate_cli.core.notification.alarm import page_plainly
from escalate_cli.core.notification.paging import Letter, cancel, tell
from escalate_cli.core.notification.stakeholders import inform, tell_channels
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Mode, OnExpiry, Rule

_ROUNDS = 8
"""a rule may raise the severity and so make another come true; more links than severities a chain
cannot have
"""


class Look(msgspec.Struct, frozen=True):
    """What looking at the rules came to, and when time alone calls for another look."""

    situation: Situation
    look_at: Instant | None


def look(situation: Situation, catalog: Catalog, now: Instant) -> Look:
    """Fire every rule whose condition has come true, let nudges expire, and say when to look again."""
    situation = _expire(situation, catalog, now)
    for _ in range(_ROUNDS):
        before = situation
        for rule in catalog.rules:
            situation = _consider_safely(rule, situation, catalog, now)
        events_over = (
            situation.incident.raised_at is None or situation.incident.raised_at == before.incident.raised_at
        )
        if events_over and situation.incident.severity == before.incident.severity:
            break
    situation = situation.changed(raised_at=None, scope_grew_at=None)
    return Look(situation, _next_look(situation, catalog, now))


def _state(rule: Rule, situation: Situation) -> RuleState:
    return next((one for one in situation.rules if one.rule == rule.name), RuleState(rule.name))


def _remember(situation: Situation, state: RuleState) -> Situation:
    others = tuple(rule for rule in situation.rules if rule.rule != state.rule)
    return replace(situation, rules=(*others, state))


def _consider_safely(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    try:
        return _consider(rule, situation, catalog, now)
    except Exception as problem:
        return _do_without(rule, problem, situation, catalog, now)


def _do_without(
    rule: Rule, problem: Exception, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """A rule that cannot be used stops no other; the fallback hears of it once, since it may have
    been about to page somebody.
    """
    text = f'rule "{rule.name}" cannot be used ({words_of(problem)})'
    situation = note(situation, now, text, source=rule.source)
    if _state(rule, situation).holds:
        return situation
    situation = _remember(situation, RuleState(rule.name, True, now, now))
    return page_plainly(situation, catalog, now, f"{text}: decide yourself whether to {proposal_of(rule)}")[0]


def _do(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """`act` for an answered or expired nudge: a person waits for that answer, and the nudge must end."""
    try:
        return act(rule, situation, catalog, now)
    except Exception as problem:
        text = f'rule "{rule.name}" cannot be used ({words_of(problem)})'
        situation = note(situation, now, text, source=rule.source)
        return page_plainly(situation, catalog, now, f"{text}: it was to {proposal_of(rule)}")[0]


def _consider(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    state = _state(rule, situation)
    verdict = judge(rule.when, situation, catalog, now)
    momentary = rule.when.raised or rule.when.scope_grew
    held = state.holds and not was_interrupted(rule.when, catalog, state.looked_at, now)
    if momentary and state.fired_at == now:
        return situation
    again = rule.every is not None and state.fired_at is not None and now >= state.fired_at + rule.every
    if verdict.holds and (not held or again):
        asked_already = rule.mode is Mode.NUDGE and any(
            nudge.rule == rule.name and nudge.status is NudgeStatus.OPEN for nudge in situation.nudges
        )
        situation = _remember(situation, RuleState(rule.name, not momentary, now, now))
        return situation if asked_already else fire(rule, situation, catalog, now)
    holds = verdict.holds and not momentary
    if (holds, now) == (state.holds, state.looked_at) or (not holds and not state.holds):
        return situation
    return _remember(situation, replace(state, holds=holds, looked_at=now))


def _next_look(situation: Situation, catalog: Catalog, now: Instant) -> Instant | None:
    soonest: list[Instant] = [
        nudge.expires_at
        for nudge in situation.nudges
        if nudge.status is NudgeStatus.OPEN and nudge.expires_at is not None
    ]
    for rule in catalog.rules:
        try:
            verdict = judge(rule.when, situation, catalog, now)
        except Exception:  # noqa: S112 - `_consider_safely` has said so
            continue
        if verdict.look_at is not None:
            soonest.append(verdict.look_at)
        state = _state(rule, situation)
        if verdict.holds and rule.every is not None and state.fired_at is not None:
            soonest.append(state.fired_at + rule.every)
    return min((at for at in soonest if at > now), default=None)


def fire(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """The rule has come true: do what it says, or ask first."""
    trouble = trouble_of(rule.when.hours, catalog, now)
    if trouble:
        situation = note(situation, now, trouble, source=rule.source)
    if rule.mode is Mode.AUTO:
        event = RuleFired(
            rule=rule.name, condition=rule.when.text, proposal=proposal_of(rule), source=rule.source
        )
        return act(rule, situation.log(now, event, catalog), catalog, now)
    return _ask(rule, situation, catalog, now)


def proposal_of(rule: Rule) -> str:
    """What the rule does, in words: "page person:cto; raise to critical"."""
    parts = []
    if rule.page:
        parts.append("page " + ", ".join(str(one) for one in rule.page))
    if rule.inform:
        parts.append("inform " + ", ".join(str(one) for one in rule.inform))
    if rule.involve:
        parts.append("involve " + ", ".join(rule.involve))
    if rule.raise_to:
        parts.append(f"raise to {rule.raise_to}")
    return "; ".join(parts) or "nothing"


def act(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Do what the rule says."""
    if (
        rule.raise_to
        and catalog.severity(rule.raise_to).rank > catalog.severity(situation.incident.severity).rank
    ):
        before, why = situation.incident.severity, f'rule "{rule.name}"'
        situation = change_severity(situation, rule.raise_to, catalog, now, because=why)
        note = f"Severity {how_changed(before, rule.raise_to, catalog)} ({why})."
        situation = tell_channels(note, situation, catalog, now, severity_before=before)
    for team in rule.involve:
        situation = _involve(team, rule, situation, catalog, now)
    if rule.page:
        situation = _page(rule, situation, catalog, now)
    note = f"{rule.name}: {rule.when.text}" if rule.when.text else rule.name
    return inform(rule.inform, note, ByRule(rule.name), situation, catalog, now, source=rule.source)


def _page(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    letter = Letter(NotificationKind.PAGE, RuleTrue(rule.name, rule.when.text), source=rule.source)
    told = tell(rule.page, letter, situation, catalog, now)
    situation = told.situation
    if told.recipients:
        paged = PagedByRule(recipients=told.recipients, rule=rule.name, source=rule.source)
        situation = situation.log(now, paged, catalog)
    if told.missed:
        situation = situation.log(
            now, RuleMissed(rule=rule.name, missed=told.missed, source=rule.source), catalog
        )
    if not told.recipients and catalog.fallback.page:
        letter = Letter(NotificationKind.PAGE, RuleReachedNobody(rule.name), source=catalog.fallback.source)
        situation = tell(catalog.fallback.page, letter, situation, catalog, now).situation
    return situation


def _involve(team: str, rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    policy = policy_for(team, None, catalog)
    if any(
        escalation.team == team and escalation.status is not EscalationStatus.STOPPED
        for escalation in situation.escalations
    ):
        return situation
    ask = Wanted(team, policy, (), f'rule "{rule.name}" involves it')
    return start(situation, ask, catalog, now, involved_by=rule.name)


def _ask(rule: Rule, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    expires_at = now + rule.expires if rule.expires is not None else None
    nudge = Nudge(
        situation.fresh_id(),
        rule.name,
        rule,
        proposal_of(rule),
        (),
        now,
        expires_at=expires_at,
        source=rule.source,
    )
    letter = Letter(
        NotificationKind.NUDGE, Asked(rule.name, rule.when.text), source=rule.source, nudge_id=nudge.id
    )
    situation = situation.with_nudge(nudge)
    told = tell(rule.ask, letter, situation, catalog, now)
    if not told.recipients:
        nobody = NobodyToAsk(rule=rule.name, missed=told.missed, source=rule.source)
        situation = told.situation.log(now, nobody, catalog)
        told = tell(catalog.fallback.page, letter, situation, catalog, now)
    situation = told.situation.with_nudge(replace(nudge, asked=told.recipients))
    event = NudgeAsked(
        rule=rule.name,
        condition=rule.when.text,
        proposal=nudge.action,
        asked=told.recipients,
        expires=rule.expires,
        done_anyway=rule.on_expiry is OnExpiry.PAGE,
        source=rule.source,
    )
    return situation.log(now, event, catalog)


def answer(
    nudge: Nudge, accepted: bool, by: str | None, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """Answer an open nudge: a yes does what was proposed, a no does nothing; either way nobody is
    asked again for it.
    """
    status = NudgeStatus.ACCEPTED if accepted else NudgeStatus.DECLINED
    situation = _settle(nudge, status, situation, now, by)
    event = NudgeAnswered(rule=nudge.rule, status=status.value, proposal=nudge.action, source=nudge.source)
    situation = situation.log(now, event, catalog, by)
    return _do(nudge.proposal, situation, catalog, now) if accepted else situation


def _expire(situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    for nudge in situation.nudges:
        if nudge.status is not NudgeStatus.OPEN or nudge.expires_at is None or nudge.expires_at > now:
            continue
        acts = nudge.proposal.on_expiry is OnExpiry.PAGE
        situation = _settle(nudge, NudgeStatus.EXPIRED, situation, now, None)
        event = NudgeExpired(rule=nudge.rule, acts=acts, proposal=nudge.action, source=nudge.source)
        situation = situation.log(now, event, catalog)
        if acts:
            situation = _do(nudge.proposal, situation, catalog, now)
    return situation


def drop_open(situation: Situation, reason: str, now: Instant) -> Situation:
    """End every open nudge without its action, as when the incident is over."""
    for nudge in situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            situation = _settle(nudge, NudgeStatus.EXPIRED, situation, now, None)
            situation = situation.log(now, NudgeDropped(rule=nudge.rule, reason=reason), None)
    return situation


def _settle(
    nudge: Nudge, status: NudgeStatus, situation: Situation, now: Instant, by: str | None
) -> Situation:
    situation = situation.with_nudge(replace(nudge, status=status, answered_by=by, answered_at=now))
    return cancel(
        situation,
        (notification for notification in situation.notifications if notification.nudge_id == nudge.id),
    )
