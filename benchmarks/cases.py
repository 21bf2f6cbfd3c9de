"""What is declared when in a made year: the planted facts, and the usual among them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from benchmarks.planted import fact
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.calendar.hours import local_to_instant
from escalate_cli.core.organisation.catalog import Catalog

ZONE = "Europe/London"
HOURS = (3, 2, 2, 2, 2, 3, 5, 8, 12, 15, 15, 14, 13, 14, 14, 13, 12, 10, 9, 8, 7, 6, 5, 4)
"""how often something is declared in each hour of the day"""
NEARLY = 8
"""one in so many of a planted kind is an exception"""


@dataclass(frozen=True)
class Case:
    """An incident to come. `planted` is the kind of fact that it is part of; `turn` counts the
    cases of that kind, from 0.
    """

    number: int
    at: Instant
    planted: str | None
    turn: int
    service: str


def how_many(incidents: int) -> dict[str, int]:
    """So many incidents of each planted kind that has incidents of its own; enough of each to learn
    from, in a small year too.
    """
    return {
        "keyword": max(12, incidents * 7 // 1000),
        "severity-raised": max(14, incidents * 12 // 1000),
        "no-runbook": max(14, incidents * 12 // 1000),
        "person-at-night": min(364, max(40, incidents * 7 // 100)),
    }


def cases(catalog: Catalog, incidents: int, until: date, seed: int) -> list[Case]:
    """Everything that will be declared in the 365 days before `until`, in order."""
    dice = random.Random(f"{seed} calendar")
    counts = how_many(incidents)
    found: list[tuple[Instant, str | None, str]] = []
    nights = sorted(until - timedelta(days=1 + one) for one in range(counts["person-at-night"]))
    found += [
        (_at_night(night, dice), "person-at-night", fact("person-at-night")["service"]) for night in nights
    ]
    for kind, service in (
        ("keyword", "from_service"),
        ("severity-raised", "service"),
        ("no-runbook", "service"),
    ):
        found += [(_some_time(until, dice), kind, fact(kind)[service]) for _ in range(counts[kind])]
    services, weights = usual(catalog)
    drawn = dice.choices(services, weights, k=incidents - len(found))
    found += [(_some_time(until, dice), None, service) for service in drawn]
    found.sort(key=lambda one: one[0])
    turns: Counter[str | None] = Counter()
    made = []
    for number, (at, planted, service) in enumerate(found, 1):
        made.append(Case(number, at, planted, turns[planted], service))
        turns[planted] += 1
    return made


def usual(catalog: Catalog) -> tuple[list[str], list[float]]:
    """The services that break now and then, each team as often as it has people on call: so they
    are paged alike.
    """
    own = {fact("person-at-night")["service"], fact("severity-raised")["service"]}
    services = [service for service in catalog.services.values() if service.id not in own]
    of_team = Counter(service.team for service in services)
    return [service.id for service in services], [
        _on_call(service.team, catalog) / of_team[service.team] for service in services
    ]


def _on_call(team: str, catalog: Catalog) -> int:
    schedule = catalog.schedules[catalog.teams[team].on_call or ""]
    return len({person for rotation in schedule.rotations for person in rotation.members})


def _some_time(until: date, dice: random.Random) -> Instant:
    while True:
        day = until - timedelta(days=dice.randint(1, 365))
        if day.weekday() < 5 or dice.random() < 0.5:
            break
    hour = dice.choices(range(24), HOURS)[0]
    return _instant(day, hour, dice.randrange(3600), dice)


def _at_night(day: date, dice: random.Random) -> Instant:
    return _instant(day, 1, dice.randrange(2 * 3600), dice)


def _instant(day: date, hour: int, seconds: int, dice: random.Random) -> Instant:
    naive = datetime.combine(day, time(hour)) + timedelta(seconds=seconds)
    return local_to_instant(naive, ZONE) + dice.randrange(SECOND)
