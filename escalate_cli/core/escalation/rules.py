"""Rules: conditions on a running incident and what follows when they come true, at once or after a
nudge to a human.
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.conditions import hours_trouble, judge, was_interrupted
from escalate_cli.core.escalation.scope import Involvement, policy_for, start
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
from escalate_cli.core.events.reasons import ByRule, RuleAsks, RuleReachedNobody, RuleTrue
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import (
    EscalationStatus,
    NotificationKind,
    Nudge,
    NudgeStatus,
    RuleState,
    Situation,
)
from escalate_cli.core.notification.alarm import page_plainly
from escalate_cli.core.notification.paging import Letter, tell
from escalate_cli.core.notification.stakeholders import inform, tell_channels
from escalate_cli.core.organisation.policy import Mode, OnExpiry, Rule, When
from escalate_cli.core.organisation.source import Source
from escalate_cli.core.wording.rules import action_in_words, capital, condition_in_words

_ROUNDS = 8
"""a rule may raise the severity and so make another come true; more links than severities a chain
cannot have
"""


def fire_rules(decision: Decision) -> Instant | None:
    """Fire every rule whose condition has come true, let nudges expire; when to look again, if time
    alone calls for it.
    """
    _expire(decision)
    for _ in range(_ROUNDS):
        before = decision.incident
        for rule in decision.catalog.rules:
            _consider_safely(rule, decision)
        after = decision.incident
        events_over = after.raised_at is None or after.raised_at == before.raised_at
        if events_over and after.severity == before.severity:
            break
    decision.change_incident(raised_at=None, scope_grew_at=None)
    return _next_look(decision)


def _state(rule: Rule, situation: Situation) -> RuleState:
    return next((state for state in situation.rules if state.rule == rule.name), RuleState(rule.name))


def _remember(state: RuleState, decision: Decision) -> None:
    others = tuple(other for other in decision.situation.rules if other.rule != state.rule)
    decision.situation = replace(decision.situation, rules=(*others, state))


def _consider_safely(rule: Rule, decision: Decision) -> None:
    """A rule that cannot be used stops no other; the fallback hears of it once, since it may have
    been about to page somebody.
    """
    problem = decision.attempt(lambda: _consider(rule, decision))
    if problem is None:
        return
    text = f'rule "{rule.name}" cannot be used ({words_of(problem)})'
    decision.note(text, source=rule.source)
    if not _state(rule, decision.situation).holds:
        _remember(RuleState(rule.name, True, decision.now, decision.now), decision)
        page_plainly(
            decision, f"{text}: decide yourself whether to {action_in_words(rule.action, decision.catalog)}"
        )


def _do(rule: Rule, decision: Decision) -> None:
    """`act` for an answered or expired nudge: a person waits for that answer, and the nudge must end."""
    problem = decision.attempt(lambda: act(rule, decision))
    if problem is not None:
        text = f'rule "{rule.name}" cannot be used ({words_of(problem)})'
        decision.note(text, source=rule.source)
        page_plainly(decision, f"{text}: it was to {action_in_words(rule.action, decision.catalog)}")


def _consider(rule: Rule, decision: Decision) -> None:
    now, situation = decision.now, decision.situation
    state = _state(rule, situation)
    verdict = judge(rule.when, decision)
    momentary = rule.when.raised or rule.when.scope_grew
    held = state.holds and not was_interrupted(rule.when, decision.catalog, state.looked_at, now)
    if momentary and state.fired_at == now:
        return
    again = rule.every is not None and state.fired_at is not None and now >= state.fired_at + rule.every
    if verdict.holds and (not held or again):
        _remember(RuleState(rule.name, not momentary, now, now), decision)
        if not (rule.mode is Mode.NUDGE and _is_asked_already(rule, situation)):
            fire(rule, decision)
        return
    holds = verdict.holds and not momentary
    if (holds, now) != (state.holds, state.looked_at) and (holds or state.holds):
        _remember(replace(state, holds=holds, looked_at=now), decision)


def _is_asked_already(rule: Rule, situation: Situation) -> bool:
    return any(nudge.rule == rule.name and nudge.status is NudgeStatus.OPEN for nudge in situation.nudges)


def _next_look(decision: Decision) -> Instant | None:
    situation, now = decision.situation, decision.now
    soonest: list[Instant] = [
        nudge.expires_at
        for nudge in situation.nudges
        if nudge.status is NudgeStatus.OPEN and nudge.expires_at is not None
    ]
    for rule in decision.catalog.rules:
        try:
            verdict = judge(rule.when, decision)
        except Exception:  # noqa: S112 - `_consider_safely` has said so
            continue
        if verdict.look_at is not None:
            soonest.append(verdict.look_at)
        state = _state(rule, situation)
        if verdict.holds and rule.every is not None and state.fired_at is not None:
            soonest.append(state.fired_at + rule.every)
    return min((instant for instant in soonest if instant > now), default=None)


def fire(rule: Rule, decision: Decision) -> None:
    """The rule has come true: do what it says, or ask first."""
    trouble = hours_trouble(rule.when.hours, decision.catalog, decision.now)
    if trouble:
        decision.note(trouble, source=rule.source)
    if rule.mode is not Mode.AUTO:
        return _ask(rule, decision)
    decision.log(
        RuleFired(
            rule=rule.name,
            condition=rule.when.text,
            proposal=proposal_of(rule),
            source=rule.source,
            when=rule.when,
            action=rule.action,
        )
    )
    return act(rule, decision)


def proposal_of(rule: Rule) -> str:
    """What the rule does, in the words of the configuration: "page person:cto; raise to critical"."""
    parts = []
    if rule.page:
        parts.append("page " + ", ".join(map(str, rule.page)))
    if rule.inform:
        parts.append("inform " + ", ".join(map(str, rule.inform)))
    if rule.involve:
        parts.append("involve " + ", ".join(rule.involve))
    if rule.raise_to:
        parts.append(f"raise to {rule.raise_to}")
    if rule.resolve:
        parts.append("resolve")
    return "; ".join(parts) or "nothing"


def act(rule: Rule, decision: Decision) -> None:
    """Do what the rule says."""
    catalog, before = decision.catalog, decision.incident.severity
    if rule.raise_to and catalog.severity(rule.raise_to).rank > catalog.severity(before).rank:
        why = f'rule "{rule.name}"'
        change_severity(rule.raise_to, decision, because=why)
        news = f"Severity {how_changed(before, rule.raise_to, catalog)} ({why})."
        tell_channels(news, decision, severity_before=before)
    for team in rule.involve:
        _involve(team, rule, decision)
    if rule.page:
        _page(rule, decision)
    news = f"{capital(condition_in_words(rule.when, catalog))}." if rule.when != When() else rule.name
    inform(rule.inform, news, ByRule(rule.name, rule.when), decision, source=rule.source)


def _page(rule: Rule, decision: Decision) -> None:
    letter = Letter(NotificationKind.PAGE, RuleTrue(rule.name, rule.when.text, rule.when), source=rule.source)
    told = tell(rule.page, letter, decision)
    if told.recipients:
        decision.log(PagedByRule(recipients=told.recipients, rule=rule.name, source=rule.source))
    if told.missed:
        decision.log(RuleMissed(rule=rule.name, missed=told.missed, source=rule.source))
    fallback = decision.catalog.fallback
    if not told.recipients and fallback.page:
        letter = Letter(NotificationKind.PAGE, RuleReachedNobody(rule.name), source=fallback.source)
        tell(fallback.page, letter, decision)


def _involve(team: str, rule: Rule, decision: Decision) -> None:
    policy = policy_for(team, None, decision.catalog)
    is_involved = any(
        escalation.team == team and escalation.status is not EscalationStatus.STOPPED
        for escalation in decision.situation.escalations
    )
    if not is_involved:
        involvement = Involvement(team, policy, (), f'rule "{rule.name}" involves it')
        start(involvement, decision, involved_by=rule.name)


def _ask(rule: Rule, decision: Decision) -> None:
    nudge = Nudge(
        decision.situation.fresh_id(),
        rule.name,
        rule,
        proposal_of(rule),
        (),
        decision.now,
        expires_at=decision.now + rule.expires if rule.expires is not None else None,
        source=rule.source,
    )
    decision.put_nudge(nudge)
    question = RuleAsks(rule.name, rule.when.text, rule.when)
    letter = Letter(NotificationKind.NUDGE, question, source=rule.source, nudge_id=nudge.id)
    told = tell(rule.ask, letter, decision)
    if not told.recipients:
        decision.log(NobodyToAsk(rule=rule.name, missed=told.missed, source=rule.source))
        told = tell(decision.catalog.fallback.page, letter, decision)
    decision.put_nudge(replace(nudge, asked=told.recipients))
    decision.log(
        NudgeAsked(
            rule=rule.name,
            condition=rule.when.text,
            proposal=nudge.action,
            asked=told.recipients,
            expires=rule.expires,
            done_anyway=rule.on_expiry is OnExpiry.PAGE,
            source=rule.source,
            when=rule.when,
            action=rule.action,
        )
    )


def ask_whether_over(source: Source, decision: Decision) -> None:
    """Ask whoever leads whether the incident is over, as the source of its alerts says; nobody is asked
    twice.
    """
    rule = Rule(source.id, When(over_at=source.id, text="over"), resolve=True, source=source.source)
    if not _is_asked_already(rule, decision.situation):
        _ask(rule, decision)


def no_longer_over(source: Source, decision: Decision) -> None:
    """It fires again: the question whether it is over has no point any more."""
    for nudge in decision.situation.nudges:
        if nudge.status is NudgeStatus.OPEN and nudge.proposal.resolve and nudge.rule == source.id:
            _settle(nudge, NudgeStatus.EXPIRED, decision)
            decision.log(NudgeDropped(rule=nudge.rule, reason="it fires again"))


def answer(nudge: Nudge, accepted: bool, by: str | None, decision: Decision) -> None:
    """Answer an open nudge: a yes does what was proposed, a no does nothing; either way nobody is
    asked again for it.
    """
    status = NudgeStatus.ACCEPTED if accepted else NudgeStatus.DECLINED
    _settle(nudge, status, decision, by)
    event = NudgeAnswered(
        rule=nudge.rule,
        status=status.value,
        proposal=nudge.action,
        source=nudge.source,
        action=nudge.proposal.action,
    )
    decision.log(event, by)
    if accepted:
        _do(nudge.proposal, decision)


def _expire(decision: Decision) -> None:
    for nudge in decision.situation.nudges:
        if (
            nudge.status is not NudgeStatus.OPEN
            or nudge.expires_at is None
            or nudge.expires_at > decision.now
        ):
            continue
        acts = nudge.proposal.on_expiry is OnExpiry.PAGE
        _settle(nudge, NudgeStatus.EXPIRED, decision)
        decision.log(
            NudgeExpired(
                rule=nudge.rule,
                acts=acts,
                proposal=nudge.action,
                source=nudge.source,
                action=nudge.proposal.action,
            )
        )
        if acts:
            _do(nudge.proposal, decision)


def drop_open(reason: str, decision: Decision) -> None:
    """End every open nudge without its action, as when the incident is over."""
    for nudge in decision.situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            _settle(nudge, NudgeStatus.EXPIRED, decision)
            decision.log(NudgeDropped(rule=nudge.rule, reason=reason))


def _settle(nudge: Nudge, status: NudgeStatus, decision: Decision, by: str | None = None) -> None:
    decision.put_nudge(replace(nudge, status=status, answered_by=by, answered_at=decision.now))
    decision.cancel(
        notification for notification in decision.situation.notifications if notification.nudge_id == nudge.id
    )
