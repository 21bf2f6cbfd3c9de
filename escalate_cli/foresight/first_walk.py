"""Who would be paged, level by level, if nobody answered: a declaration run through
`core.escalation.plan` on a virtual clock.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.events import EntryKind, LevelFailed, LevelLeftOut, LevelOwed, LevelPaged, TeamReaching
from escalate_cli.core.incident.situation import EscalationStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.levels import why_skipped

_MOST_STEPS = 500
"""a policy that is repeated for ever is not followed to its end"""


class LevelWalked(msgspec.Struct, frozen=True):
    """One level of the first walk: when after the declaration (microseconds; None where it is left
    out), whom it reached, why not.
    """

    team: str
    level: int
    after: Span | None
    targets: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    skipped: str | None


class FirstWalk(msgspec.Struct, frozen=True):
    """The levels in the order they come; when they begin anew, and how often; when the fallback is
    paged (None: it never is), and whom it reaches."""

    levels: tuple[LevelWalked, ...]
    fallback_after: Span | None
    fallback: tuple[Recipient, ...]
    again_after: Span | None = None
    repeat: int = 0


def first_walk(declaration: Declaration, catalog: Catalog, at: Instant) -> FirstWalk:
    """The first walk through the policies that this declaration starts at `at`, followed by the
    fallback; nothing is sent or stored.
    """
    situations = list(_steps(declare(declaration, catalog, at).situation, catalog))
    entries = [entry for situation in situations for entry in situation.entries]
    levels: dict[tuple[str, int], LevelWalked] = {}
    for entry in entries:
        level = _level_of(entry, situations[-1], at)
        if level is not None:
            levels.setdefault((level.team, level.level), level)
    in_order = tuple(levels[place] for place in sorted(levels))
    repeat = max((escalation.policy.repeat for escalation in situations[0].escalations), default=0)
    return FirstWalk(in_order, *_fallback(entries, at), _again_after(situations, at), repeat)


def _steps(situation: Situation, catalog: Catalog) -> Iterator[Situation]:
    """The situation, and what it becomes each time that one of its escalations is due; until none
    pages any more.
    """
    begun = {escalation.id for escalation in situation.escalations}
    levels = sum(escalation.levels * (escalation.policy.repeat + 1) for escalation in situation.escalations)
    for _ in range(min(4 + 4 * levels, _MOST_STEPS)):
        yield situation
        due_at = [
            escalation.next_at
            for escalation in situation.escalations
            if escalation.status is EscalationStatus.PAGING
            and escalation.id in begun
            and escalation.next_at is not None
        ]
        if not due_at:
            return
        situation = plan(replace(situation, entries=()), catalog, min(due_at)).situation


def _again_after(situations: list[Situation], at: Instant) -> Span | None:
    """After how long the levels begin anew; None where they do not."""
    for situation in situations:
        if any(escalation.cycle for escalation in situation.escalations):
            return max((entry.at for entry in situation.entries), default=at) - at
    return None


def _fallback(entries: list[Entry], at: Instant) -> tuple[Span | None, tuple[Recipient, ...]]:
    """After how long the fallback is paged first, and whom it reaches."""
    for entry in entries:
        event = entry.event
        if isinstance(event, TeamReaching) and event.kind is EntryKind.EXHAUSTED and event.recipients:
            return entry.at - at, event.recipients
    return None, ()


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
