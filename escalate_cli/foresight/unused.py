"""What nothing refers to: policies, people, schedules, hours, channels and gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.escalation.scope import policy_for
from escalate_cli.core.organisation.catalog import Catalog, Channel, Gateway, Person
from escalate_cli.core.organisation.policy import Policy, Target, TargetKind
from escalate_cli.core.wording.problem import WARNING, Problem
from escalate_cli.foresight.findings import foreseen


class _Section(NamedTuple):
    """What is defined under one heading, the ids that are referred to, and what it means not to be."""

    kind: str
    definitions: Mapping[str, Policy | Person | Schedule | Hours | Channel | Gateway]
    used: set[str | None]
    why: str


def unused(catalog: Catalog) -> Iterator[Problem]:
    """A finding for everything that nothing refers to."""
    for section in _sections(catalog):
        for name, definition in section.definitions.items():
            if name not in section.used:
                message = f'{section.kind} "{name}" is used by nothing: {section.why}'
                code, hint = f"unused-{section.kind}", "use it, or remove it"
                yield foreseen(WARNING, code, definition.source, message, hint)


def targets_of(catalog: Catalog) -> Iterator[Target]:
    """Every target that is written anywhere."""
    for policy in catalog.policies.values():
        for level in policy.levels:
            yield from level.notify
    for rule in catalog.rules:
        yield from (*rule.page, *rule.inform, *rule.ask)
    for severity in catalog.severities:
        yield from severity.inform
    yield from catalog.fallback.page


def policy_users(catalog: Catalog) -> dict[str, dict[str, None]]:
    """The teams that run each policy: for a service, as the fallback, or because a rule involves them."""
    users: dict[str, dict[str, None]] = {name: {} for name in catalog.policies}
    runs = [(service.team, service.policy) for service in catalog.services.values()]
    runs += [(team, None) for rule in catalog.rules for team in rule.involve]
    if catalog.fallback.team:
        runs.append((catalog.fallback.team, None))
    for team, named in runs:
        users.setdefault(policy_for(team, named, catalog).id, {})[team] = None
    return users


def _sections(catalog: Catalog) -> Iterator[_Section]:
    policies = {policy for policy, users in policy_users(catalog).items() if users}
    why = "no service leads to it, nor does a team that an incident gets to"
    yield _Section("policy", catalog.policies, {*policies}, why)
    why = "in no team, no schedule and no policy: nothing ever reaches them"
    yield _Section("person", catalog.people, _used_people(catalog), why)
    why = "no team has it and no target names it"
    yield _Section("schedule", catalog.schedules, _used_schedules(catalog), why)
    why = "no level, condition or rotation names them"
    yield _Section("hours", catalog.hours, _used_hours(catalog), why)
    why = "no team has it and no target names it"
    yield _Section("channel", catalog.channels, _used_channels(catalog), why)
    yield _Section("gateway", catalog.gateways, _used_gateways(catalog), "nobody has an address for it")


def _named(kind: TargetKind, catalog: Catalog) -> set[str | None]:
    return {target.name for target in targets_of(catalog) if target.kind is kind}


def _used_people(catalog: Catalog) -> set[str | None]:
    people = _named(TargetKind.PERSON, catalog)
    for team in catalog.teams.values():
        people |= {*team.members, team.lead}
    for schedule in catalog.schedules.values():
        people |= {member for rotation in schedule.rotations for member in rotation.members}
        people |= {override.person for override in schedule.overrides}
    return people


def _used_schedules(catalog: Catalog) -> set[str | None]:
    return _named(TargetKind.SCHEDULE, catalog) | {team.on_call for team in catalog.teams.values()}


def _used_hours(catalog: Catalog) -> set[str | None]:
    levels = [level for policy in catalog.policies.values() for level in policy.levels]
    conditions = [rule.when for rule in catalog.rules] + [level.when for level in levels]
    hours = {level.during for level in levels}
    hours |= {(condition.hours or "").removeprefix("!") for condition in conditions}
    return hours | {
        rotation.hours for schedule in catalog.schedules.values() for rotation in schedule.rotations
    }


def _used_channels(catalog: Catalog) -> set[str | None]:
    return _named(TargetKind.CHANNEL, catalog) | {team.channel for team in catalog.teams.values()}


def _used_gateways(catalog: Catalog) -> set[str | None]:
    contacts = [person.contact for person in catalog.people.values()]
    contacts += [channel.contact for channel in catalog.channels.values()]
    return {gateway for contact in contacts for gateway in contact}
