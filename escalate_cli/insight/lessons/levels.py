"""Levels that nobody answers; and all other proposals about levels (those about waits are in
waits.py).
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import show_duration
from escalate_cli.insight.lessons.amending import Amendment, key
from escalate_cli.insight.lessons.chance import usual
from escalate_cli.insight.lessons.level_answers import (
    LevelAnswers,
    LevelOfPolicy,
    LevelOfTeam,
    by_policy,
    level_answers,
)
from escalate_cli.insight.lessons.proposal import LEAST, Backing, Past, Proposal
from escalate_cli.insight.lessons.waits import too_long, too_short

_NOBODY = 0.95
"""share of pages without an answer; the one in twenty that is answered does not make the wait worth
while
"""


def level_lessons(past: Past) -> list[Proposal]:
    """Every proposal about a level; a level is judged against all the others."""
    answers = level_answers(past)
    unanswered = _unanswered(past, answers)
    gone = {(proposal.policy, proposal.level) for proposal in unanswered}
    alive = {place: level for place, level in by_policy(answers).items() if place not in gone}
    return [*unanswered, *too_short(past, alive), *too_long(past, alive)]


def _unanswered(past: Past, answers: dict[LevelOfTeam, LevelAnswers]) -> list[Proposal]:
    """Levels that are paged and practically never answered: by any team that uses the policy, or by
    one of them.
    """
    proposals = []
    for (policy, number), teams in _dead(answers).items():
        users = _users(past, policy) | {
            team for name, level, team in answers if (name, level) == (policy, number)
        }
        whole = users <= set(teams)
        for group in [teams] if whole else [[team] for team in teams]:
            of_teams = [answers[policy, number, team] for team in group]
            records = [record for level in of_teams for record in level.unanswered]
            backing = Backing.by(records, sum(level.pagings for level in of_teams))
            changes = (
                _without_level(past, policy, number) if whole else _own_policy(past, policy, number, group[0])
            )
            proposals.append(replace(_nobody(past, (policy, number), group, backing), changes=changes))
    return proposals


def _dead(answers: dict[LevelOfTeam, LevelAnswers]) -> dict[LevelOfPolicy, list[str]]:
    """The levels that nobody answers, each with the teams that do not."""
    looks = sum(len(level.unanswered) >= LEAST for level in answers.values())
    dead: dict[LevelOfPolicy, list[str]] = {}
    for place, level in answers.items():
        others = [other for elsewhere, other in answers.items() if elsewhere != place]
        unanswered = sum(len(other.unanswered) for other in others)
        rate = usual(unanswered, sum(other.pagings for other in others), 0.3)
        if Backing.by(level.unanswered, level.pagings).stands_out(_NOBODY, rate, looks):
            policy, number, team = place
            dead.setdefault((policy, number), []).append(team)
    return dead


def _users(past: Past, policy: str) -> set[str]:
    """The teams whose incidents may run through the policy."""
    owners = {team.id for team in past.catalog.teams.values() if team.policy == policy}
    return owners | {service.team for service in past.catalog.services.values() if service.policy == policy}


def _nobody(past: Past, place: LevelOfPolicy, teams: list[str], backing: Backing) -> Proposal:
    policy, number = place
    steps = past.catalog.policies[policy].levels
    whose = ", ".join(past.team(team) for team in teams)
    following = "the fallback" if number == len(steps) else f"level {number + 1}"
    wait = show_duration(steps[number - 1].wait)
    often = "every time" if backing.count == backing.of else f"{backing.count} times"
    return Proposal(
        code="unanswered-level",
        title=(
            f"Nobody answers level {number} of {policy} ({whose}):"
            f" page {following} at once, or put somebody on it who answers"
        ),
        evidence=f"paged {backing.of} times, {often} unanswered; {following} waits {wait} for it",
        backing=backing,
        team=teams[0] if len(teams) == 1 else None,
        policy=policy,
        level=number,
    )


def _without_level(past: Past, policy: str, number: int) -> tuple[Amendment, ...]:
    """Remove the level. If it is the only one, page those of the fallback with it instead."""
    place = ("policies", policy, "levels", number - 1)
    if len(past.catalog.policies[policy].levels) > 1:
        return (past.texts.removing(place),)
    return (past.texts.setting((*place, "notify"), _with_fallback(past, policy)),)


def _with_fallback(past: Past, policy: str) -> list[str]:
    """Whom the only level of the policy notifies, and those of the fallback."""
    notify = [str(target) for target in past.catalog.policies[policy].levels[0].notify]
    return [*notify, *(str(target) for target in past.catalog.fallback.page if str(target) not in notify)]


def _own_policy(past: Past, policy: str, number: int, team: str) -> tuple[Amendment, ...]:
    """A policy of its own for a team that shares one with others, without the level."""
    table = past.texts.table(("policies", policy))
    written: dict[str, object] = {name: value for name, value in table.items() if name != "levels"}
    levels: list[dict[str, object]] = table.get("levels", [])
    steps = [step for at, step in enumerate(levels, start=1) if at != number] or [
        {**step, "notify": _with_fallback(past, policy)} for step in levels
    ]
    name = f"{team}-{policy}"
    while name in past.catalog.policies:
        name += "-2"
    blocks = [(f"[policies.{key(name)}]", written)]
    blocks += [(f"[[policies.{key(name)}.levels]]", step) for step in steps]
    uses = []
    if past.catalog.teams[team].policy == policy:
        uses.append(past.texts.setting(("teams", team, "policy"), name))
    uses += [
        past.texts.setting(("services", service.id, "policy"), name)
        for service in past.catalog.services.values()
        if service.team == team and service.policy == policy
    ]
    if not uses:
        return ()
    return (past.texts.adding(("policies", name), blocks, {**written, "levels": steps}), *uses)
