"""What nothing refers to, what is over, and what no words lead to: configuration that does no harm
today and misleads tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escalate_cli.core.calendar.duration import WEEK, Instant
from escalate_cli.core.calendar.hours import local_to_instant, zone_or_utc
from escalate_cli.core.escalation.scope import policy_for
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.routing.router import Router
from escalate_cli.foresight.findings import WARNING, CheckFinding, first_few

_OLD = 4 * WEEK
"""an override that ended this long ago is not part of anybody's plans any more"""


def loose_ends(catalog: Catalog, now: Instant) -> Iterator[CheckFinding]:
    """Every loose end, kind by kind."""
    yield from _unused(catalog)
    yield from _left(catalog)
    yield from _over(catalog, now)
    yield from _over_maintenance(catalog, now)
    yield from _unspoken(catalog)


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


def _unused(catalog: Catalog) -> Iterator[CheckFinding]:
    targets = list(targets_of(catalog))
    named = {kind: {target.name for target in targets if target.kind is kind} for kind in TargetKind}
    rotations = [rotation for schedule in catalog.schedules.values() for rotation in schedule.rotations]
    overrides = [override for schedule in catalog.schedules.values() for override in schedule.overrides]
    teams = catalog.teams.values()
    conditions = [rule.when for rule in catalog.rules]
    conditions += [level.when for policy in catalog.policies.values() for level in policy.levels]
    during = {level.during for policy in catalog.policies.values() for level in policy.levels}
    contacts = [person.contact for person in catalog.people.values()] + [
        channel.contact for channel in catalog.channels.values()
    ]
    used: dict[str, tuple[Mapping[str, Any], set[str | None], str]] = {
        "policy": (
            catalog.policies,
            {name for name, users in policy_users(catalog).items() if users},
            "no service leads to it, nor does a team that an incident gets to",
        ),
        "person": (
            catalog.people,
            named[TargetKind.PERSON]
            | {person for team in teams for person in (*team.members, team.lead)}
            | {member for rotation in rotations for member in rotation.members}
            | {override.person for override in overrides},
            "in no team, no schedule and no policy: nothing ever reaches them",
        ),
        "schedule": (
            catalog.schedules,
            named[TargetKind.SCHEDULE] | {team.on_call for team in teams},
            "no team has it and no target names it",
        ),
        "hours": (
            catalog.hours,
            during
            | {(when.hours or "").removeprefix("!") for when in conditions}
            | {rotation.hours for rotation in rotations},
            "no level, condition or rotation names them",
        ),
        "channel": (
            catalog.channels,
            named[TargetKind.CHANNEL] | {team.channel for team in teams},
            "no team has it and no target names it",
        ),
        "gateway": (
            catalog.gateways,
            {gateway for contact in contacts for gateway in contact},
            "nobody has an address for it",
        ),
    }
    for kind, (section, names, why) in used.items():
        for name, definition in section.items():
            if name not in names:
                message = f'{kind} "{name}" is used by nothing: {why}'
                yield CheckFinding(
                    WARNING, f"unused-{kind}", definition.source, message, "use it, or remove it"
                )


def _left(catalog: Catalog) -> Iterator[CheckFinding]:
    """People on a team's rota who belong to no team at all: they may have left, and are on call still.

    Nothing is said where the team names no members: then the rota is the list.
    """
    belongs = {person for team in catalog.teams.values() for person in (*team.members, team.lead)}
    teams = {team.on_call: team for team in catalog.teams.values() if team.on_call and team.members}
    for schedule in catalog.schedules.values():
        team = teams.get(schedule.id)
        for rotation in schedule.rotations if team is not None else ():
            for person in dict.fromkeys(rotation.members):
                if person not in belongs and team is not None:
                    message = (
                        f'"{person}" takes turns on call for {team.id}, but is in no team: have they left?'
                    )
                    hint = f"take them out of the rotation, or add them to the members of [teams.{team.id}]"
                    yield CheckFinding(WARNING, "member-left", rotation.source, message, hint)


def _over(catalog: Catalog, now: Instant) -> Iterator[CheckFinding]:
    for schedule in catalog.schedules.values():
        tz = zone_or_utc(schedule.timezone)
        old = [
            override for override in schedule.overrides if local_to_instant(override.until, tz) < now - _OLD
        ]
        if old:
            last = max(old, key=lambda override: override.until)
            many = f"{len(old)} overrides" if len(old) > 1 else "an override"
            message = (
                f'{many} of schedule "{schedule.id}" ended weeks ago, the last one on {last.until:%Y-%m-%d}'
            )
            yield CheckFinding(
                WARNING, "override-past", old[0].source, message, "remove what is over; git remembers it"
            )


def _over_maintenance(catalog: Catalog, now: Instant) -> Iterator[CheckFinding]:
    for planned in catalog.maintenance:
        if not planned.unit and local_to_instant(planned.start, planned.timezone) + planned.span < now - _OLD:
            services = first_few(list(planned.services))
            message = (
                f"the maintenance of {services} that began on {planned.start:%Y-%m-%d} is over for weeks"
            )
            yield CheckFinding(
                WARNING, "maintenance-past", planned.source, message, "remove what is over; git remembers it"
            )


def _unspoken(catalog: Catalog) -> Iterator[CheckFinding]:
    """Services that the router does not find by any of the words that they are given, only by their id."""
    router = Router(catalog.services.values())
    for service in catalog.services.values():
        others: dict[str, None] = {}
        for words in (service.name, *service.keywords):
            routing = router.route(words)
            if routing.service == service.id:
                break
            others.update(
                dict.fromkeys(
                    candidate.service for candidate in routing.candidates if candidate.service != service.id
                )
            )
        else:
            instead = (
                f"they fit {first_few(list(others))} as well or better" if others else "they are too general"
            )
            message = (
                f'no words lead to service "{service.id}" but its id, neither its name nor a keyword:'
                f" {instead}"
            )
            hint = "give it a keyword that people use for it and for nothing else"
            yield CheckFinding(WARNING, "service-unreachable-by-words", service.source, message, hint)
