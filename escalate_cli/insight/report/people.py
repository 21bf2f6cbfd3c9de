"""How often each person is paged, when, and in how many incidents.

Nights are 22:00–7:00, weekends Saturday and Sunday, both in the zone of the person who is paged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from escalate_cli.core.incident.record import Page, Record
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.report.figures import NIGHT_FROM, NIGHT_UNTIL, PersonFigures
from escalate_cli.insight.report.wall import Wall


def people_figures(records: Sequence[Record], catalog: Catalog) -> tuple[PersonFigures, ...]:
    """The figures of each person who was paged or acknowledged, the one paged most first."""
    paged: dict[str, list[Page]] = {}
    incidents: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    acknowledged: Counter[str] = Counter()
    for record in records:
        for page in record.summons:
            paged.setdefault(page.person, []).append(page)
        incidents.update({page.person for page in record.summons})
        messages.update(page.person for page in record.pages)
        acknowledged.update({answer.by for answer in record.answers if answer.by})
    walls: dict[str, Wall] = {}
    people = []
    for person in {*paged, *acknowledged}:
        zone = _zone_of(person, catalog)
        wall = walls.setdefault(zone, Wall(zone))
        times = [wall.read(page.at) for page in paged.get(person, ())]
        people.append(
            PersonFigures(
                person,
                pages=len(times),
                night=sum(is_night(hour) for _, _, hour in times),
                weekend=sum(weekday >= 5 for _, weekday, _ in times),
                off_hours=sum(is_night(hour) or weekday >= 5 for _, weekday, hour in times),
                incidents=incidents[person],
                acknowledged=acknowledged[person],
                messages=messages[person],
            )
        )
    return tuple(sorted(people, key=lambda figures: (-figures.pages, -figures.acknowledged, figures.person)))


def hours_figures(records: Sequence[Record], zone: str) -> tuple[tuple[int, ...], ...]:
    """How many pagings of people there were by weekday (Monday first) and hour, in this zone."""
    wall = Wall(zone)
    grid = [[0] * 24 for _ in range(7)]
    for record in records:
        for page in record.summons:
            _, weekday, hour = wall.read(page.at)
            grid[weekday][hour] += 1
    return tuple(map(tuple, grid))


def is_night(hour: int) -> bool:
    """Whether an hour of the day is at night."""
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def _zone_of(person: str, catalog: Catalog) -> str:
    """Where a person lives; the organisation's zone for one whom the configuration no longer has."""
    known = catalog.people.get(person)
    return known.timezone if known is not None else catalog.settings.timezone
