"""Who would be paged, level by level, if nobody answered: a declaration run through
`core.escalation.plan` on a virtual clock.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.events import EntryKind, LevelFailed, LevelLeftOut, LevelOwed, LevelPaged, TeamReaching
from escalate_cli.core.incident.situation import Entry, EscalationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import why_skipped

_MOST_STEPS = 500
"""a policy that repeats its levels for ever and a day is not followed to its end"""


class LevelWalked(msgspec.Struct, frozen=True):
    """One level of the first walk: when after the declaration (microseconds; None where it is left
    out), whom it reached, why not.
    """

    team: str
    level: int
    after: Span | None
    targets: tuple[str, ...]
    recipients: tuple[str, ...]
    skipped: str | None


class FirstWalk(msgspec.Struct, frozen=True):
    """The levels in the order they come; when they begin anew, and how often; when the fallback is
    paged (None: it never is), and whom it reaches."""

    levels: tuple[LevelWalked, ...]
    fallback_after: Span | None
    fallback: tuple[str, ...]
    again_after: Span | None = None
    repeat: int = 0


def first_walk(declaration: Declaration, catalog: Catalog, at: Instant) -> FirstWalk:
    """The first walk through the policies that this declaration starts at `at`, followed by the
    fallback; nothing is sent or stored.
    """
    situation = declare(declaration, catalog, at).situation
    seen: dict[tuple[str, int], LevelWalked] = {}
    begun = {escalation.id for escalation in situation.escalations}
    repeat = max((escalation.policy.repeat for escalation in situation.escalations), default=0)
    steps = (
        4
        + sum(2 * escalation.levels * (escalation.policy.repeat + 1) for escalation in situation.escalations)
        * 2
    )
    fallback: tuple[Span, tuple[str, ...]] | None = None
    again: Span | None = None
    for _ in range(min(steps, _MOST_STEPS)):
        for entry in situation.entries:
            walked = _level_of(entry, situation, at)
            if walked is not None:
                seen.setdefault((walked.team, walked.level), walked)
            event = entry.event
            if (
                isinstance(event, TeamReaching)
                and event.kind is EntryKind.EXHAUSTED
                and event.recipients
                and fallback is None
            ):
                fallback = (entry.at - at, event.recipients)
        if again is None and any(escalation.cycle for escalation in situation.escalations):
            again = max((entry.at for entry in situation.entries), default=at) - at
        paging = [
            escalation
            for escalation in situation.escalations
            if escalation.status is EscalationStatus.PAGING and escalation.id in begun
        ]
        due = min(
            (escalation.next_at for escalation in paging if escalation.next_at is not None), default=None
        )
        if due is None:
            break
        situation = plan(replace(situation, entries=()), catalog, due).situation
    levels = tuple(sorted(seen.values(), key=lambda walked: (walked.team, walked.level)))
    return FirstWalk(
        levels, fallback[0] if fallback else None, fallback[1] if fallback else (), again, repeat
    )


def _level_of(entry: Entry, situation: Situation, at: Instant) -> LevelWalked | None:
    event = entry.event
    if not isinstance(event, LevelPaged | LevelLeftOut | LevelOwed | LevelFailed):
        return None
    escalation = next(
        (escalation for escalation in situation.escalations if escalation.team == event.team), None
    )
    if escalation is None:
        return None
    level = escalation.policy.levels[event.level - 1]
    reached = event.recipients if isinstance(event, LevelPaged) else ()
    return LevelWalked(
        team=event.team,
        level=event.level,
        after=entry.at - at if reached else None,
        targets=tuple(str(target) for target in level.notify),
        recipients=reached,
        skipped=None if reached else why_skipped(event),
    )
