"""What comes next in an escalation if nobody acknowledges: which level, whom it reaches, and when."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.conditions import judge
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, Situation
from escalate_cli.core.notification.targets import whom
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target


class Outlook(msgspec.Struct, frozen=True):
    """What comes next if nobody acknowledges: "level 2 (Bo Chen)", and when."""

    at: Instant
    text: str
    people: tuple[str, ...]


def next_of(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Outlook | None:
    """The next level of a paging escalation that applies as things stand, with the names of those
    it reaches at its time.
    """
    at = escalation.next_at
    if at is None or escalation.status not in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED):
        return None
    levels = escalation.policy.levels
    walk = list(range(escalation.level, len(levels)))
    if escalation.cycle < escalation.policy.repeat:
        walk += range(len(levels))
    if escalation.status is EscalationStatus.EXHAUSTED:
        walk = []
    then = Decision(situation, catalog, at)
    for index in walk:
        level = levels[index]
        if not judge(level.when, then, team=escalation.team).holds:
            continue
        people = _names(level.notify, escalation.team, then)
        if people:
            return Outlook(at, f"level {index + 1} of {len(levels)} ({', '.join(people)})", people)
    people = _names(catalog.fallback.page, None, then)
    return Outlook(at, f"the fallback ({', '.join(people)})", people) if people else None


def _names(targets: Iterable[Target], team: str | None, decision: Decision) -> tuple[str, ...]:
    names = (
        decision.catalog.name_of(addressee.recipient)
        for target in targets
        for addressee in whom(target, team, decision).addressees
    )
    return tuple(dict.fromkeys(names))
