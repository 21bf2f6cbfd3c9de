"""Time zones that the configuration uses and this machine does not have (any more)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from escalate_cli.core.calendar.hours import zone_trouble
from escalate_cli.core.organisation.catalog import Catalog

_NAMED = 4
"""how many users of a zone are named"""


class Unusable(msgspec.Struct, frozen=True):
    """One thing that cannot be used: a sentence, and the `file:line` of it ("" if there is none).
    `trouble` is what is wrong, without whom it concerns: the same text stands in every note
    about it. `zone` is the time zone that this machine does not have, "" of anything else.
    """

    text: str
    source: str = ""
    trouble: str = ""
    zone: str = ""


def unusable_zones(catalog: Catalog) -> tuple[Unusable, ...]:
    """The zones for which UTC is used instead, each with those who use it."""
    return tuple(_unusable(catalog))


def _unusable(catalog: Catalog) -> Iterator[Unusable]:
    users: dict[str, list[tuple[str, str]]] = {catalog.settings.timezone: [("[settings]", "")]}
    for kind, things in (
        ("schedule", catalog.schedules),
        ("hours", catalog.hours),
        ("person", catalog.people),
    ):
        for thing in things.values():
            users.setdefault(thing.timezone, []).append((f"{kind} {thing.id}", thing.source))
    for name, uses in users.items():
        trouble = zone_trouble(name)
        if trouble:
            more = f" and {len(uses) - _NAMED} more" if len(uses) > _NAMED else ""
            teams = [
                team.name
                for team in catalog.teams.values()
                if team.on_call and (f"schedule {team.on_call}") in (who for who, _ in uses)
            ]
            whose = f"; on call for {', '.join(teams)}" if teams else ""
            text = f"{trouble} ({', '.join(who for who, _ in uses[:_NAMED])}{more}{whose})"
            yield Unusable(text, next((at for _, at in uses if at), ""), trouble, name)
