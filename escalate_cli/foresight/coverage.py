"""Who is reached first, and after how long, for every service, severity and moment of the coming
weeks: exactly, not by samples.

Each answer is a declaration that is run through `core.escalation.plan` on a virtual clock until the
first person is paged, if nobody acknowledges. How long the answer stays true follows from what core
looked at, and when. Some instants move along with the declaration, such as a level five minutes
later: they may move up to the next handoff or change of hours that they depend on. Others stand
still, such as a level held until Monday: those that move may overtake them. Between two such
moments the same people are reached, after the same time or at the same instant.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.escalation.scope import policy_for
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.notification.targets import contacts
from escalate_cli.core.organisation.catalog import Catalog, Service, Severity
from escalate_cli.core.organisation.policy import Policy, When
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight.breakpoints import Calendar, Questions
from escalate_cli.foresight.stretches import Lookout, Stretch, merged


class Row(msgspec.Struct, frozen=True):
    """The stretches, without holes and in order, that these services share at these severities:
    same team, policy and conditions.
    """

    team: str
    policy: str
    services: tuple[str, ...]
    severities: tuple[str, ...]
    stretches: tuple[Stretch, ...]


class Coverage(msgspec.Struct, frozen=True):
    """The whole answer from `start` until `until`; `looked` counts the declarations that were run to find it.

    `unknown` are the services that could not be looked at, and why: they have no row.
    """

    start: Instant
    until: Instant
    rows: tuple[Row, ...]
    looked: int
    unknown: tuple[tuple[str, str], ...] = ()


def cover(
    catalog: Catalog, start: Instant, until: Instant, progress: Callable[[int, int], None] | None = None
) -> Coverage:
    """Cover every service and severity from `start` until `until`. `progress` is told how many rows
    of how many are done.
    """
    questions, calendar = Questions(catalog), Calendar(catalog, start)
    rows = []
    unknown: list[tuple[str, str]] = []
    looked = 0
    kinds = _kinds(catalog)
    for number, (team, policy, services, severities) in enumerate(kinds):
        declaration = Declaration("-", severities[0], services[:1])
        lookout = Lookout(declaration, questions, calendar)
        try:
            if _is_nobody_s(severities[0], catalog):
                stretches: tuple[Stretch, ...] = (Stretch(start, until, (), None),)
            else:
                stretches = tuple(merged(lookout.stretches(start, until)))
            rows.append(Row(team, policy, services, severities, stretches))
        except Exception as problem:  # the other teams are looked at as ever
            unknown.append((f"{', '.join(services)} ({team})", words_of(problem)))
        looked += lookout.looked
        if progress is not None:
            progress(number + 1, len(kinds))
    return Coverage(start, until, tuple(rows), looked, tuple(unknown))


def _is_nobody_s(severity: str, catalog: Catalog) -> bool:
    """Whether nobody at all has an address for what is as urgent as this, or can become so: then there is
    nothing to look for.
    """
    urgencies = {catalog.severity(severity).urgency}
    if any(rule.raise_to for rule in catalog.rules):
        urgencies |= {each.urgency for each in catalog.severities}
    people = [Recipient.person(person) for person in catalog.people]
    return not any(contacts(person, urgency, catalog) for person in people for urgency in urgencies)


def _kinds(catalog: Catalog) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Services and severities that no condition can tell apart, grouped: team, policy, services,
    severities.
    """
    services: dict[tuple[object, ...], list[Service]] = {}
    for service in catalog.services.values():
        policy = policy_for(service.team, service.policy, catalog)
        named = tuple(
            service.id in (when.services or ())
            for when in _conditions(policy, catalog)
            if when.services is not None
        )
        services.setdefault((service.team, policy.id, named), []).append(service)
    kinds = []
    for alike in services.values():
        team, policy = alike[0].team, policy_for(alike[0].team, alike[0].policy, catalog)
        severities: dict[tuple[object, ...], list[str]] = {}
        for severity in catalog.severities:
            severities.setdefault(_looks(severity, policy, catalog), []).append(severity.id)
        ids = tuple(service.id for service in alike)
        kinds += [(team, policy.id, ids, tuple(alike_severities)) for alike_severities in severities.values()]
    return kinds


def _conditions(policy: Policy, catalog: Catalog) -> list[When]:
    """The conditions that an incident under this policy may meet. A rule may bring in teams, and so
    any policy.
    """
    policies = catalog.policies.values() if any(rule.involve for rule in catalog.rules) else (policy,)
    return [level.when for possible in policies for level in possible.levels] + [
        rule.when for rule in catalog.rules
    ]


def _looks(severity: Severity, policy: Policy, catalog: Catalog) -> tuple[object, ...]:
    """What conditions and people see of a severity."""
    if any(rule.raise_to for rule in catalog.rules):
        return (severity.id,)
    conditions = _conditions(policy, catalog)
    return severity.urgency, tuple(
        severity.id in when.severities for when in conditions if when.severities is not None
    )
