"""Keeping escalations in step with the scope. Each service in scope leads to a (team, policy), and
each distinct pair to one escalation.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.events import EscalationStarted, EscalationStopped
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Escalation, EscalationStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Level, Policy, Target, TargetKind


class Involvement(msgspec.Struct, frozen=True):
    """An escalation that the scope asks for: the team, its policy, the services behind it and the reason."""

    team: str
    policy: Policy
    services: tuple[str, ...]
    because: str
    broken: str = ""
    """what could not be used, as a sentence. The policy is then one without levels, which pages the
    fallback
    """


NO_LEVELS = Policy("fallback", ())
"""a policy without levels: `[fallback].page` is paged at once"""


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


def involvements(services: tuple[str, ...], catalog: Catalog) -> tuple[Involvement, ...]:
    """The escalations that these services ask for; the fallback team's when no service leads to a
    team. Without a fallback team there is still one escalation: it has no levels, and pages
    `[fallback].page` at once.
    """
    asked_for: dict[tuple[str, str], Involvement] = {}
    for service_id in services:
        service = catalog.services.get(service_id)
        if service is None:
            continue
        policy, broken = _policy_or_none(service.team, service.policy, catalog)
        before = asked_for.get((service.team, policy.id))
        together = (*before.services, service_id) if before else (service_id,)
        because, unnamed = _belonging(together, service.team, catalog)
        broken = "; ".join(text for text in (broken, unnamed) if text)
        asked_for[service.team, policy.id] = Involvement(service.team, policy, together, because, broken)
    if not asked_for and catalog.fallback.team:
        team = catalog.fallback.team
        policy, broken = _policy_or_none(team, None, catalog)
        because = f"no service is known yet: {catalog.team_name(team)} is the fallback"
        asked_for[team, policy.id] = Involvement(team, policy, (), because, broken)
    elif not asked_for:
        because = "no service is known yet, and there is no fallback team"
        asked_for["fallback", "fallback"] = Involvement("fallback", NO_LEVELS, (), because)
    return tuple(asked_for.values())


def _belonging(services: tuple[str, ...], team: str, catalog: Catalog) -> tuple[str, str]:
    """Why these services lead to this team; and, as a sentence, what could not be used to say so."""
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


def align(decision: Decision, by: str | None = None) -> None:
    """Start the escalations that the scope asks for and that do not run yet. Stop those it no
    longer asks for. What a rule brought in stays.
    """
    asked = {
        (involvement.team, involvement.policy.id): involvement
        for involvement in involvements(decision.incident.services, decision.catalog)
    }
    for escalation in decision.situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        involvement = asked.pop((escalation.team, escalation.policy.id), None)
        if involvement is not None:
            decision.change(escalation.id, services=involvement.services, because=involvement.because)
        elif escalation.involved_by is None:
            stop(escalation.id, "no service in scope leads to it any more", decision, by)
    for involvement in asked.values():
        _start_safely(involvement, decision)


def _start_safely(involvement: Involvement, decision: Decision) -> None:
    """Start one escalation; if that fails, one that pages the fallback. The other teams'
    escalations start all the same.
    """
    if involvement.broken:
        decision.note(involvement.broken, team=involvement.team)
    problem = decision.attempt(lambda: start(involvement, decision))
    if problem is not None:
        team = decision.catalog.team_name(involvement.team)
        what = f"the escalation to {team} could not be started ({words_of(problem)})"
        decision.note(f"{what}: the fallback is paged", team=involvement.team)
        instead = Escalation(
            id=decision.situation.fresh_id(),
            team=involvement.team,
            policy=NO_LEVELS,
            next_at=decision.now,
            because=involvement.because,
            services=involvement.services,
        )
        decision.put_escalation(instead)


def start(involvement: Involvement, decision: Decision, *, involved_by: str | None = None) -> None:
    """Start one escalation, due at once; its policy is fixed from here on."""
    escalation = Escalation(
        id=decision.situation.fresh_id(),
        team=involvement.team,
        policy=involvement.policy,
        next_at=decision.now,
        because=involvement.because,
        services=involvement.services,
        urgency=decision.urgency,
        involved_by=involved_by,
    )
    decision.put_escalation(escalation)
    decision.log(
        EscalationStarted(
            team=involvement.team,
            policy=involvement.policy.id,
            services=involvement.services,
            because=involvement.because,
            source=involvement.policy.source,
        )
    )


def stop(escalation_id: int, reason: str, decision: Decision, by: str | None = None) -> None:
    """Stop one escalation for good and cancel what it has not sent yet."""
    escalation = decision.change(escalation_id, status=EscalationStatus.STOPPED, next_at=None, held=None)
    decision.cancel(decision.pages_of(escalation))
    decision.log(EscalationStopped(team=escalation.team, reason=reason), by)
