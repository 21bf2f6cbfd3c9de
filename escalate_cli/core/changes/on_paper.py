"""What could not be used for a declaration (policies, levels, texts), for each team and policy. It
is found by planning the declaration on paper.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import noted, words_of
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.messages.message import compose
from escalate_cli.core.organisation.catalog import Catalog, Service
from escalate_cli.core.organisation.zones import Unusable

_STEPS = 12
"""how often a policy is looked at on paper: once for each level, and for the fallback"""


def unusable_on_paper(catalog: Catalog, now: Instant) -> tuple[Unusable, ...]:
    """What could not be used for a declaration, for each team and policy, planned on paper up to
    the fallback: what cannot be run, and texts that cannot be made. What `unusable` finds is
    left out.
    """
    unusable_things: dict[str, Unusable] = {}
    services: dict[tuple[str, str | None], Service] = {}
    for service in catalog.services.values():
        services.setdefault((service.team, service.policy), service)
    for service in services.values():
        for text in _on_paper(service.id, catalog, now):
            unusable_things.setdefault(text, Unusable(text, service.source))
    if catalog.fallback.team:
        for text in _on_paper(None, catalog, now):
            unusable_things.setdefault(text, Unusable(text, catalog.fallback.source))
    known = [thing.trouble for thing in unusable(catalog, now)]
    return tuple(
        thing for thing in unusable_things.values() if not any(trouble in thing.text for trouble in known)
    )


def _on_paper(service: str | None, catalog: Catalog, now: Instant) -> Iterator[str]:
    name = catalog.services[service].name if service else "nothing that is known"
    gravest = catalog.severities[-1].id if catalog.severities else catalog.settings.default_severity
    declaration = Declaration(f"On paper: {name}", gravest, (service,) if service else ())
    try:
        planned = declare(declaration, catalog, now)
        for _ in range(_STEPS):
            yield from noted(planned.situation, everything=True)
            yield from _texts(planned.situation, catalog, now)
            if planned.next_due_at is None:
                return
            now = max(planned.next_due_at, now)
            planned = plan(_as_loaded(planned.situation), catalog, now)
    except Exception as problem:
        yield f"an incident of {name} cannot be planned ({words_of(problem)})"


def _as_loaded(situation: Situation) -> Situation:
    """The situation without its new entries and notifications, as if these were stored and sent long ago."""
    return Situation(
        situation.incident, situation.escalations, rules=situation.rules, nudges=situation.nudges
    )


def _texts(situation: Situation, catalog: Catalog, now: Instant) -> Iterator[str]:
    for notification in situation.notifications:
        for short in (False, True):
            try:
                compose(notification, situation, catalog, now, short=short)
            except Exception as problem:
                what = f"the {notification.kind.value} to {notification.recipient}"
                yield f"{what} cannot be written ({words_of(problem)}): a plain one is sent"
