"""Configuration that is harmless today and may mislead tomorrow: what nothing refers to, people who
have left, what is over, and services that no words lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.calendar.duration import WEEK, Instant
from escalate_cli.core.calendar.hours import local_to_instant, zone_or_utc
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Router
from escalate_cli.core.wording.problem import WARNING, Problem
from escalate_cli.foresight.findings import first_few, foreseen
from escalate_cli.foresight.unused import unused

_OLD = 4 * WEEK
"""an override that ended this long ago is in nobody's plans any more"""


def loose_ends(catalog: Catalog, now: Instant) -> Iterator[Problem]:
    """Every loose end, kind by kind."""
    yield from unused(catalog)
    yield from _left(catalog)
    yield from _over(catalog, now)
    yield from _over_maintenance(catalog, now)
    yield from _unspoken(catalog)


def _left(catalog: Catalog) -> Iterator[Problem]:
    """People on a team's rota who belong to no team at all: they may have left and still be on
    call. A team without members is left alone: there the rota is the list.
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
                    yield foreseen(WARNING, "member-left", rotation.source, message, hint)


def _over(catalog: Catalog, now: Instant) -> Iterator[Problem]:
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
            yield foreseen(
                WARNING, "override-past", old[0].source, message, "remove what is over; git remembers it"
            )


def _over_maintenance(catalog: Catalog, now: Instant) -> Iterator[Problem]:
    for planned in catalog.maintenance:
        if not planned.unit and local_to_instant(planned.start, planned.timezone) + planned.span < now - _OLD:
            services = first_few(list(planned.services))
            message = (
                f"the maintenance of {services} that began on {planned.start:%Y-%m-%d} is over for weeks"
            )
            yield foreseen(
                WARNING, "maintenance-past", planned.source, message, "remove what is over; git remembers it"
            )


def _unspoken(catalog: Catalog) -> Iterator[Problem]:
    """Services that the router does not find by any of the words that they are given, only by their id."""
    router = Router(catalog.services.values(), meanings)
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
            yield foreseen(WARNING, "service-unreachable-by-words", service.source, message, hint)
