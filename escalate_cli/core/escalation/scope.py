"""Escalations in step with the scope: each service in scope leads to (team, policy), each distinct
pair to one escalation.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.events import EscalationStarted, EscalationStopped
from escalate_cli.core.incident.doing_without import note, words_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.notification.paging import cancel, urgency_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Level, Policy, Target, TargetKind


class Wanted(msgspec.Struct, frozen=True):
    """An escalation that the scope asks for: the team, its policy, the services behind it and the reason."""

    team: str
    policy: Policy
    services: tuple[str, ...]
    because: str
    broken: str = ""
    """what could not be used, as a sentence: then the policy is one without levels, which pages the
    fallback
    """


NO_LEVELS = Policy("fallback", ())
"""runs out of levels at once: `[fallback].page` is paged"""


def policy_for(team: str, policy_id: str | None, catalog: Catalog) -> Policy:
    """The policy with this id, else the team's, else one that pages whoever is on call, the lead
    and the members in turn.
    """
    named = policy_id or (catalog.teams[team].policy if team in catalog.teams else None)
    if named in catalog.policies:
        return catalog.policies[named or ""]
    levels = tuple(
        Level((Target(kind),), 5 * MINUTE)
        for kind in (TargetKind.ON_CALL, TargetKind.LEAD, TargetKind.MEMBERS)
    )
    return Policy(named or "built-in", levels)


def wanted(services: tuple[str, ...], catalog: Catalog) -> tuple[Wanted, ...]:
    """The escalations that these services ask for; the fallback team's when none of them leads to a team.

    Without a fallback team there is still one, with no level of its own: it pages `[fallback].page` at once.
    """
    found: dict[tuple[str, str], Wanted] = {}
    for service_id in services:
        service = catalog.services.get(service_id)
        if service is None:
            continue
        policy, broken = _policy_or_none(service.team, service.policy, catalog)
        before = found.get((service.team, policy.id))
        together = (*before.services, service_id) if before else (service_id,)
        because, unnamed = _belonging(together, service.team, catalog)
        broken = "; ".join(text for text in (broken, unnamed) if text)
        found[service.team, policy.id] = Wanted(service.team, policy, together, because, broken)
    if not found and catalog.fallback.team:
        team = catalog.fallback.team
        policy, broken = _policy_or_none(team, None, catalog)
        because = f"no service is known yet: {catalog.team_name(team)} is the fallback"
        found[team, policy.id] = Wanted(team, policy, (), because, broken)
    elif not found:
        because = "no service is known yet, and there is no fallback team"
        found["fallback", "fallback"] = Wanted("fallback", NO_LEVELS, (), because)
    return tuple(found.values())


def _belonging(services: tuple[str, ...], team: str, catalog: Catalog) -> tuple[str, str]:
    """Why these services lead to this team; and what could not be used for saying it, as a sentence."""
    try:
        names = ", ".join(catalog.services[service].name for service in services)
        return f"{names} belongs to {catalog.team_name(team)}", ""
    except Exception as problem:
        return (
            f"{', '.join(services)} belongs to {team}",
            f"the name of {team} cannot be used ({words_of(problem)})",
        )


def _policy_or_none(team: str, policy_id: str | None, catalog: Catalog) -> tuple[Policy, str]:
    try:
        return policy_for(team, policy_id, catalog), ""
    except Exception as problem:
        return NO_LEVELS, f"the policy of {team} cannot be used ({words_of(problem)}): the fallback is paged"


def align(situation: Situation, catalog: Catalog, now: Instant, by: str | None = None) -> Situation:
    """Start the escalations that the scope asks for and has not, stop those it no longer asks for;
    what a rule brought in stays.
    """
    asked = wanted(situation.incident.services, catalog)
    pairs = {(one.team, one.policy.id): one for one in asked}
    for escalation in situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        ask = pairs.pop((escalation.team, escalation.policy.id), None)
        if ask is not None:
            situation = situation.with_escalation(
                replace(escalation, services=ask.services, because=ask.because)
            )
        elif escalation.involved_by is None:
            situation = stop(
                situation, escalation, "no service in scope leads to it any more", catalog, now, by
            )
    for ask in pairs.values():
        situation = _start_safely(situation, ask, catalog, now)
    return situation


def _start_safely(situation: Situation, ask: Wanted, catalog: Catalog, now: Instant) -> Situation:
    """Start one escalation; where that cannot be done, one that pages the fallback. The other
    teams' are started all the same.
    """
    if ask.broken:
        situation = note(situation, now, ask.broken, team=ask.team)
    try:
        return start(situation, ask, catalog, now)
    except Exception as problem:
        text = (
            f"the escalation to {ask.team} could not be started ({words_of(problem)}): the fallback is paged"
        )
        instead = Escalation(
            id=situation.fresh_id(),
            team=ask.team,
            policy=NO_LEVELS,
            next_at=now,
            because=ask.because,
            services=ask.services,
        )
        return note(situation, now, text, team=ask.team).with_escalation(instead)


def start(
    situation: Situation, ask: Wanted, catalog: Catalog, now: Instant, *, involved_by: str | None = None
) -> Situation:
    """Start one escalation, due at once; its policy is fixed from here on."""
    escalation = Escalation(
        id=situation.fresh_id(),
        team=ask.team,
        policy=ask.policy,
        next_at=now,
        because=ask.because,
        services=ask.services,
        urgency=urgency_of(situation, catalog),
        involved_by=involved_by,
    )
    event = EscalationStarted(
        team=ask.team,
        policy=ask.policy.id,
        services=ask.services,
        because=ask.because,
        source=ask.policy.source,
    )
    return situation.with_escalation(escalation).log(now, event, catalog)


def stop(
    situation: Situation,
    escalation: Escalation,
    reason: str,
    catalog: Catalog,
    now: Instant,
    by: str | None = None,
) -> Situation:
    """Stop one escalation for good and cancel what it has not sent yet."""
    situation = situation.with_escalation(
        replace(escalation, status=EscalationStatus.STOPPED, next_at=None, held=None)
    )
    situation = cancel(
        situation,
        (
            notification
            for notification in situation.notifications
            if notification.escalation_id == escalation.id and notification.kind is NotificationKind.PAGE
        ),
    )
    return situation.log(now, EscalationStopped(team=escalation.team, reason=reason), catalog, by)
