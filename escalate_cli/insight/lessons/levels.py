"""Levels that nobody answers, and waits that do not suit the people who are waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Span, show_about, show_duration
from escalate_cli.core.incident.record import Record
from escalate_cli.insight.lessons.amending import Amendment, key
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, handy, numbers
from escalate_cli.insight.report.statistics import quantile

_NOBODY = 0.95
"""unanswered so often: the one who did answer in twenty does not make it worth the wait"""


@dataclass
class _Seen:
    """What became of the pagings of one level: in which incidents, and how long those who answered took."""

    answered: list[Record] = field(default_factory=list)
    unanswered: list[Record] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    late: list[Record] = field(default_factory=list)
    """answered after the wait was over and the next level had been paged"""
    answers: int = 0


Key = tuple[str, int, str]
"""policy, number of the level, team"""


def levels(past: Past) -> list[Proposal]:
    """Every proposal about a level; a level is judged against all the others."""
    seen = _look(past)
    dead = _unanswered(past, seen)
    gone = {(one.policy, one.level) for one in dead}
    alive = {which: one for which, one in _by_policy(seen).items() if which not in gone}
    return [*dead, *_too_short(past, alive), *_too_long(past, alive)]


def _look(past: Past) -> dict[Key, _Seen]:
    seen: dict[Key, _Seen] = {}
    for record in past.records:
        for paging, outcome in record.outcomes:
            policy = paging.policy or record.policy_of(paging.team, paging.at)
            if (
                outcome is None
                or paging.team not in past.catalog.teams
                or past.level(record, policy, paging.level) is None
            ):
                continue
            one = seen.setdefault((str(policy), paging.level, paging.team), _Seen())
            (one.answered if outcome else one.unanswered).append(record)
        for answer in record.answers:
            if answer.team not in past.catalog.teams or answer.level is None or answer.after is None:
                continue
            policy = record.policy_of(str(answer.team), answer.at)
            level = past.level(record, policy, answer.level)
            if level is None or answer.after < 0:
                continue
            one = seen.setdefault((str(policy), answer.level, str(answer.team)), _Seen())
            one.answers += 1
            one.spans.append(answer.after)
            if answer.after > level.wait and (answer.current or 0) > answer.level:
                one.late.append(record)
    return seen


def _by_policy(seen: dict[Key, _Seen]) -> dict[tuple[str, int], _Seen]:
    merged: dict[tuple[str, int], _Seen] = {}
    for (policy, level, _), one in seen.items():
        into = merged.setdefault((policy, level), _Seen())
        into.answered += one.answered
        into.unanswered += one.unanswered
        into.spans += one.spans
        into.late += one.late
        into.answers += one.answers
    return merged


def _unanswered(past: Past, seen: dict[Key, _Seen]) -> list[Proposal]:
    """Levels that are paged and practically never answered: by any team that uses the policy, or by
    one of them.
    """
    looks = sum(len(one.unanswered) >= LEAST for one in seen.values())
    dead: dict[tuple[str, int], list[str]] = {}
    for (policy, level, team), one in seen.items():
        n = len(one.answered) + len(one.unanswered)
        others = [other for key, other in seen.items() if key != (policy, level, team)]
        rate = usual(
            sum(len(other.unanswered) for other in others),
            sum(len(o.answered) + len(o.unanswered) for o in others),
            0.3,
        )
        enough = len(set(numbers(one.unanswered))) >= LEAST and len(one.unanswered) >= _NOBODY * n
        if enough and stands_out(len(one.unanswered), n, rate, looks):
            dead.setdefault((policy, level), []).append(team)
    made = []
    for (policy, level), teams in dead.items():
        users = _users(past, policy) | {key[2] for key in seen if key[:2] == (policy, level)}
        whole = users <= set(teams)
        for some in [teams] if whole else [[team] for team in teams]:
            records = [record for team in some for record in seen[policy, level, team].unanswered]
            n = sum(
                len(seen[policy, level, team].answered) + len(seen[policy, level, team].unanswered)
                for team in some
            )
            made.append(_nobody(past, policy, level, some, records, n, whole=whole))
    return made


def _users(past: Past, policy: str) -> set[str]:
    """The teams whose incidents may run through the policy."""
    found = {team.id for team in past.catalog.teams.values() if team.policy == policy}
    return found | {service.team for service in past.catalog.services.values() if service.policy == policy}


def _nobody(
    past: Past, policy: str, number: int, teams: list[str], records: list[Record], n: int, *, whole: bool
) -> Proposal:
    level = past.catalog.policies[policy].levels[number - 1]
    last = number == len(past.catalog.policies[policy].levels)
    whose = ", ".join(past.team(team) for team in teams)
    what = "the fallback" if last else f"level {number + 1}"
    wait = show_duration(level.wait)
    changes = _without_level(past, policy, number) if whole else _own_policy(past, policy, number, teams[0])
    return Proposal(
        code="unanswered-level",
        title=(
            f"Nobody answers level {number} of {policy} ({whose}): page {what} at once, or put somebody on it"
            " who answers"
        ),
        evidence=f"paged {n} times, {_times(len(records), n)} unanswered; {what} waits {wait} for it",
        incidents=numbers(records),
        count=len(records),
        of=n,
        changes=changes,
        team=teams[0] if len(teams) == 1 else None,
        policy=policy,
        level=number,
    )


def _times(k: int, n: int) -> str:
    return "every time" if k == n else f"{k} times"


def _without_level(past: Past, policy: str, number: int) -> tuple[Amendment, ...]:
    """The level goes; where it is the only one, those of the fallback are paged with it instead."""
    place = ("policies", policy, "levels", number - 1)
    if len(past.catalog.policies[policy].levels) > 1:
        return (past.texts.removing(place),)
    return (past.texts.setting((*place, "notify"), _with_fallback(past, policy)),)


def _with_fallback(past: Past, policy: str) -> list[str]:
    """Whom the only level of the policy notifies, and those of the fallback."""
    notify = [str(one) for one in past.catalog.policies[policy].levels[0].notify]
    return [*notify, *(str(one) for one in past.catalog.fallback.page if str(one) not in notify)]


def _own_policy(past: Past, policy: str, number: int, team: str) -> tuple[Amendment, ...]:
    """A policy of its own for a team that shares one with others, without the level."""
    written: dict[str, Any] = dict(past.texts.value(("policies", policy)) or {})
    every = written.pop("levels", [])
    steps = [one for at, one in enumerate(every) if at != number - 1] or [
        {**one, "notify": _with_fallback(past, policy)} for one in every
    ]
    name = f"{team}-{policy}"
    while name in past.catalog.policies:
        name += "-2"
    blocks = [
        (f"[policies.{key(name)}]", written),
        *((f"[[policies.{key(name)}.levels]]", step) for step in steps),
    ]
    made = [past.texts.adding(("policies", name), blocks, {**written, "levels": steps})]
    if past.catalog.teams[team].policy == policy:
        made.append(past.texts.setting(("teams", team, "policy"), name))
    made += [
        past.texts.setting(("services", service.id, "policy"), name)
        for service in past.catalog.services.values()
        if service.team == team and service.policy == policy
    ]
    return tuple(made) if len(made) > 1 else ()


def _too_short(past: Past, seen: dict[tuple[str, int], _Seen]) -> list[Proposal]:
    """Levels whose people answer, but mostly after the next level has been woken."""
    made = []
    looks = sum(len(one.late) >= LEAST for one in seen.values())
    for (policy, number), one in seen.items():
        others = [other for key, other in seen.items() if key != (policy, number)]
        rate = usual(sum(len(other.late) for other in others), sum(other.answers for other in others), 0.15)
        level = past.catalog.policies[policy].levels[number - 1]
        enough = len(set(numbers(one.late))) >= LEAST and len(one.late) >= one.answers / 2
        if not enough or not stands_out(len(one.late), one.answers, rate, looks):
            continue
        ordered = sorted(one.spans)
        better = min(handy(quantile(ordered, 0.8) or 0), level.wait * 4)
        evidence = (
            f"{len(one.late)} of the {one.answers} who acknowledged at this level did so after its wait of"
            f" {show_duration(level.wait)}, when the next level had been woken for nothing; half took at most"
            f" {show_about(quantile(ordered, 0.5) or 0)}, eight of ten"
            f" {show_about(quantile(ordered, 0.8) or 0)}"
        )
        made.append(_wait(past, "short-wait", policy, number, better, one.late, one.answers, evidence))
    return made


def _too_long(past: Past, seen: dict[tuple[str, int], _Seen]) -> list[Proposal]:
    """Levels that wait far longer than anybody who answers needs, and so waste time when nobody does."""
    made = []
    shares = {
        key: [span / past.catalog.policies[key[0]].levels[key[1] - 1].wait for span in one.spans]
        for key, one in seen.items()
    }
    looks = sum(len(one.unanswered) >= LEAST for one in seen.values())
    for (policy, number), one in seen.items():
        level = past.catalog.policies[policy].levels[number - 1]
        ordered = sorted(one.spans)
        slow = quantile(ordered, 0.95)
        if slow is None or len(set(numbers(one.unanswered))) < LEAST or len(ordered) < 2 * LEAST:
            continue
        better = handy(max(slow * 3 // 2, slow + 30 * SECOND))
        others = [share for key, some in shares.items() if key != (policy, number) for share in some]
        rate = usual(sum(share <= slow / level.wait for share in others), len(others), 0.5)
        quick = sum(span <= slow for span in ordered)
        if (
            level.wait - better < 5 * MINUTE
            or better > level.wait / 2
            or not stands_out(quick, len(ordered), rate, looks)
        ):
            continue
        evidence = (
            f"of {len(ordered)} who acknowledged at this level, 19 of 20 did so within {show_about(slow)}; it"
            f" waits {show_duration(level.wait)}, and {len(one.unanswered)} times that was time lost: nobody"
            " answered"
        )
        pagings = len(one.answered) + len(one.unanswered)
        made.append(_wait(past, "long-wait", policy, number, better, one.unanswered, pagings, evidence))
    return made


def _wait(
    past: Past,
    code: str,
    policy: str,
    number: int,
    better: Span,
    records: list[Record],
    of: int,
    evidence: str,
) -> Proposal:
    """Another wait for a level. `records` holds each time that speaks for it, out of `of`."""
    compared = "shorter" if code == "short-wait" else "longer"
    return Proposal(
        code=code,
        title=(
            f"The wait of level {number} of {policy} is {compared} than its people need:"
            f" {show_duration(better)} would do"
        ),
        evidence=evidence,
        incidents=numbers(records),
        count=len(records),
        of=of,
        changes=(
            past.texts.setting(("policies", policy, "levels", number - 1, "wait"), show_duration(better)),
        ),
        policy=policy,
        level=number,
    )
