"""Where the walk through a policy stands: which level comes next, and which one is due after a gap.
Pure arithmetic; it pages nobody.

Late ticks: after a gap the walk is followed on paper through the levels whose time has passed. The
level whose wait is not over yet is due now. The levels before it that were never paged are owed.
The earliest of them is paged together with each level that comes due, until none is left.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.escalation.conditions import judge, opening_of
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Escalation
from escalate_cli.core.notification.paging import fallback_reaches

_FAR = 10_000
"""how many levels to follow on paper. Only an endless policy after a gap of weeks has more, and
then any level is as good as another
"""


class Position(msgspec.Struct, frozen=True):
    """A level (from 1) in a walk (`cycle`, from 0)."""

    level: int
    cycle: int


class SkippedLevel(msgspec.Struct, frozen=True):
    """A level that the walk skips, and why."""

    level: int
    reason: str
    source: str


class Due(msgspec.Struct, frozen=True):
    """Where an escalation stands at an instant.

    `position` is the level to page; None when the policy has no levels left. `begin_at` is when it
    came due; it lies in the future when the level waits for its hours. `passed` are the levels that
    the gap went over, `skipped` those whose condition does not hold.
    """

    position: Position | None
    begin_at: Instant
    passed: tuple[int, ...] = ()
    skipped: tuple[SkippedLevel, ...] = ()


def following(escalation: Escalation, position: Position) -> Position | None:
    """The position after `position`; None after the last level of the last walk."""
    if position.level < escalation.levels:
        return Position(position.level + 1, position.cycle)
    if position.cycle < escalation.policy.repeat:
        return Position(1, position.cycle + 1)
    return None


def due(escalation: Escalation, decision: Decision) -> Due:
    """Follow the walk from where it stands up to now; `escalation.next_at` is when its next level
    is due. Where the fallback reaches nobody now, or there is none, the levels never run out:
    they are walked again.
    """
    now, catalog = decision.now, decision.catalog
    begin_at = escalation.next_at if escalation.next_at is not None else now
    position = Position(escalation.level, escalation.cycle)
    passed: dict[int, None] = {}
    skipped: dict[int, SkippedLevel] = {}
    fruitless = 0
    for _ in range(_FAR):
        further = following(escalation, position)
        if further is None:
            if fruitless >= escalation.levels or fallback_reaches(decision):
                return Due(None, begin_at, tuple(passed), tuple(skipped.values()))
            further = Position(1, position.cycle + 1)
        position = further
        level = escalation.policy.levels[position.level - 1]
        verdict = judge(level.when, decision, team=escalation.team)
        opens_at = opening_of(level.during, catalog, begin_at)
        if not verdict.holds or opens_at is None:
            reason = verdict.reason if not verdict.holds else f"the hours {level.during} never open again"
            skipped.setdefault(position.level, SkippedLevel(position.level, reason, level.source))
            fruitless += 1
            continue
        fruitless = 0
        over_at = opens_at + max(level.wait, SECOND)
        if over_at > now:
            if opens_at <= now:
                opens_at = max(opens_at, opening_of(level.during, catalog, now) or opens_at)
            return Due(position, opens_at, tuple(passed), tuple(skipped.values()))
        passed[position.level] = None
        begin_at = over_at
    return Due(position, now, tuple(passed), tuple(skipped.values()))
