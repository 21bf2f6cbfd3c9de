"""What the records of many incidents come to: times, levels, gateways, people. Pure; `report` shows it.

A quantile is interpolated linearly between the two nearest values (as pandas, numpy and
`statistics.quantiles(…, method="inclusive")` do by default). Nights are 22:00–7:00, weekends
Saturday and Sunday, both in the zone of the person who is paged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.incident.record import Answer, Page, Record
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.report.figures import (
    NIGHT_FROM,
    NIGHT_UNTIL,
    NOT_PAGED,
    OTHERWISE,
    GatewayFigures,
    LevelFigures,
    PersonFigures,
    Report,
    RuleFigures,
    Spread,
    Times,
    Week,
)
from escalate_cli.insight.report.wall import Wall

Thing = TypeVar("Thing")


def select(
    records: Iterable[Record], catalog: Catalog, team: str | None = None, service: str | None = None
) -> tuple[Record, ...]:
    """The incidents that `service` was ever in scope of; of `team` its part of those that it had a
    part in.
    """
    found = [record for record in records if service is None or service in _services(record)]
    if team is None:
        return tuple(found)
    return tuple(one.seen_by(team) for one in found if team in teams_of(one, catalog))


def report(records: Sequence[Record], catalog: Catalog) -> Report:
    """The figures of these incidents."""
    answers = [answer for record in records for answer in record.answers]
    rises = [rise(record, catalog) for record in records]
    people, hours = _people(records, catalog)
    return Report(
        times=times(records),
        by_severity=tuple((severity, times(some)) for severity, some in _by_severity(records, catalog)),
        by_team=tuple(_by_team(records, catalog)),
        running=sum(record.status != "resolved" for record in records),
        never_paged=sum(not record.pages for record in records),
        never_acknowledged=sum(record.to_acknowledge is None for record in records),
        acks_by_level=_by_number(map(_level_of, answers)),
        acks_by_gateway=_most(answer.gateway or NOT_PAGED for answer in answers),
        acks_by_team=_most(answer.team for answer in answers if answer.team),
        reached=_by_number(map(highest, records)),
        levels=_levels(records),
        rerouted=tuple(
            (*pair, count)
            for pair, count in _most(pair for record in records for pair in sorted(moves(record, catalog)))
        ),
        teams_added=_most(team for record in records for team in added_teams(record, catalog)),
        raised=tuple((*pair, count) for pair, count in _most(pair for pair in rises if pair is not None)),
        nudges=_nudges(records),
        gateways=_gateways(records),
        people=people,
        weeks=_weeks(records, catalog),
        hours=hours,
    )


def spread(spans: Iterable[Span | None]) -> Spread:
    """The spread of the spans that there are."""
    # a clock that was set back makes negative ones
    known = sorted(span for span in spans if span is not None and span >= 0)
    return Spread(len(known), quantile(known, 0.5), quantile(known, 0.9))


def quantile(ordered: Sequence[Span], share: float) -> Span | None:
    """The value that this share of the `ordered` spans stays under, interpolated linearly; None of
    no spans.
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def times(records: Sequence[Record]) -> Times:
    """How soon these incidents were paged, acknowledged, resolved."""
    return Times(
        len(records),
        spread(record.to_page for record in records),
        spread(record.to_acknowledge for record in records),
        spread(record.to_resolve for record in records),
    )


def teams_of(record: Record, catalog: Catalog) -> tuple[str, ...]:
    """The teams that an incident was the business of: those paged, and those behind its services."""
    behind = (catalog.services[service].team for service in record.services if service in catalog.services)
    return tuple(dict.fromkeys((*record.teams, *behind)))


def moves(record: Record, catalog: Catalog) -> set[tuple[str, str]]:
    """(from team, to team): every service it was declared on left the scope for others; from the
    fallback team where there was none.
    """
    if record.rerouted is None:
        return set()
    before, after = (
        {catalog.services[one].team for one in side if one in catalog.services} for side in record.rerouted
    )
    if not record.rerouted[0] and catalog.fallback.team is not None:
        before = {catalog.fallback.team}
    return {(gone, come) for gone in before - after for come in after - before}


def added_teams(record: Record, catalog: Catalog) -> tuple[str, ...]:
    """Teams that somebody brought in after the declaration with a service of theirs, beside those
    that were there, and that stayed.
    """
    if not record.scopes or record.rerouted is not None:
        return ()
    known = {
        catalog.services[service].team for service in record.first_services if service in catalog.services
    }
    added: dict[str, None] = {}
    for scope in record.scopes:
        there = known | {team for at, team, _ in record.joined if at < scope.at}
        for name in scope.added:
            if (
                name in record.services
                and name in catalog.services
                and catalog.services[name].team not in there
            ):
                added[catalog.services[name].team] = None
    return tuple(added)


def _level_of(answer: Answer) -> str:
    if answer.level is not None:
        return str(answer.level)
    return NOT_PAGED if answer.gateway is None else OTHERWISE


def rise(record: Record, catalog: Catalog, *, by_people: bool = False) -> tuple[str, str] | None:
    """(first severity, the gravest it had later; with `by_people`, that people gave it); None where
    it was never graver than declared.
    """
    if not record.raised:
        return None
    ranks = {severity.id: severity.rank for severity in catalog.severities}
    first = record.first_severity
    later = (one.after for one in record.raised if one.by is not None or not by_people)
    gravest = max(later, key=lambda one: ranks.get(one, -1), default=first)
    return (first, gravest) if ranks.get(gravest, -1) > ranks.get(first, len(ranks)) else None


def highest(record: Record) -> str:
    """The highest level that was paged, "fallback" where a policy ran out, "none" where nobody was."""
    if record.exhausted:
        return "fallback"
    return str(max((paging.level for paging in record.pagings), default="none"))


def is_night(hour: int) -> bool:
    """Whether an hour of the day is at night."""
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def _services(record: Record) -> set[str]:
    return {
        *record.services,
        *record.first_services,
        *(name for scope in record.scopes for name in (*scope.added, *scope.dropped)),
    }


def zone_of(person: str, catalog: Catalog) -> str:
    """Where a person lives; the organisation's zone for one whom the configuration no longer has."""
    known = catalog.people.get(person)
    return known.timezone if known is not None else catalog.settings.timezone


def _by_severity(records: Sequence[Record], catalog: Catalog) -> list[tuple[str, list[Record]]]:
    """Incidents by their last severity, the gravest first; severities that the configuration no
    longer has at the end.
    """
    found: dict[str, list[Record]] = {severity.id: [] for severity in reversed(catalog.severities)}
    for record in records:
        found.setdefault(record.severity, []).append(record)
    return [(severity, some) for severity, some in found.items() if some]


def _by_team(records: Sequence[Record], catalog: Catalog) -> list[tuple[str, Times]]:
    """Each team's part of its incidents, counted from when it was brought in; the team with most of
    them first.
    """
    found: dict[str, list[tuple[Span | None, Span | None, Span | None]]] = {}
    for record in records:
        for team in (record.view,) if record.view else teams_of(record, catalog):
            begun = record.joined_at(team)
            page = next((page.at - begun for page in record.pages if page.team == team), None)
            ack = min(
                (ack.at - begun for ack in record.acks if ack.team == team and not ack.partly), default=None
            )
            found.setdefault(team, []).append(
                (page, ack, None if record.resolved_at is None else record.resolved_at - begun)
            )
    made = []
    for team, some in found.items():
        pages, acks, ends = zip(*some, strict=True)
        made.append((team, Times(len(some), spread(pages), spread(acks), spread(ends))))
    return sorted(made, key=lambda pair: (-pair[1].incidents, pair[0]))


def _levels(records: Sequence[Record]) -> tuple[LevelFigures, ...]:
    outcomes: dict[tuple[str, int], Counter[bool | None]] = {}
    took: dict[tuple[str, int], list[Span]] = {}
    for record in records:
        for paging, outcome in record.outcomes:
            outcomes.setdefault((paging.team, paging.level), Counter())[outcome] += 1
        for answer in record.answers:
            if answer.team is not None and answer.level is not None and answer.after is not None:
                took.setdefault((answer.team, answer.level), []).append(answer.after)
    return tuple(
        LevelFigures(
            team, level, count.total(), count[True], count[False], spread(took.get((team, level), ()))
        )
        for (team, level), count in sorted(outcomes.items())
    )


def _nudges(records: Sequence[Record]) -> tuple[RuleFigures, ...]:
    found: dict[str, Counter[str]] = {}
    for one in records:
        for nudge in one.nudges:
            found.setdefault(nudge.rule, Counter())[nudge.status] += 1
    made = [
        RuleFigures(rule, some["accepted"], some["declined"], some["expired"], some["open"])
        for rule, some in found.items()
    ]
    return tuple(
        sorted(made, key=lambda one: (-(one.accepted + one.declined + one.expired + one.open), one.rule))
    )


def _gateways(records: Sequence[Record]) -> tuple[GatewayFigures, ...]:
    tried: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    retried: Counter[str] = Counter()
    causes: dict[str, list[str]] = {}
    for record in records:
        for one in record.deliveries:
            tried[one.gateway] += one.tried
            sent[one.gateway] += one.sent
            retried[one.gateway] += one.retried
        for failure in record.failures:
            causes.setdefault(failure.gateway, []).append(failure.error or "no cause recorded")
    made = [
        GatewayFigures(
            gateway,
            count,
            sent[gateway],
            len(causes.get(gateway, ())),
            retried[gateway],
            _most(causes.get(gateway, ())),
        )
        for gateway, count in tried.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.tried, one.gateway)))


def _people(
    records: Sequence[Record], catalog: Catalog
) -> tuple[tuple[PersonFigures, ...], tuple[tuple[int, ...], ...]]:
    """The figures of each person, and all pagings by weekday and hour in the organisation's zone."""
    home = catalog.settings.timezone
    walls: dict[str, Wall] = {home: Wall(home)}
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
    made = []
    grid = [[0] * 24 for _ in range(7)]
    for person in {*paged, *acknowledged}:
        zone = zone_of(person, catalog)
        wall = walls.setdefault(zone, Wall(zone))
        read = [wall.read(page.at) for page in paged.get(person, ())]
        for _, weekday, hour in (
            read if zone == home else [walls[home].read(page.at) for page in paged.get(person, ())]
        ):
            grid[weekday][hour] += 1
        night = sum(is_night(hour) for _, _, hour in read)
        weekend = sum(weekday >= 5 for _, weekday, _ in read)
        either = sum(is_night(hour) or weekday >= 5 for _, weekday, hour in read)
        counts = (
            len(read),
            night,
            weekend,
            either,
            incidents[person],
            acknowledged[person],
            messages[person],
        )
        made.append(PersonFigures(person, *counts))
    return tuple(sorted(made, key=lambda one: (-one.pages, -one.acknowledged, one.person))), tuple(
        map(tuple, grid)
    )


def _weeks(records: Sequence[Record], catalog: Catalog) -> tuple[Week, ...]:
    """Every week from the first incident's to the last one's, empty ones too."""
    found: dict[date, list[Record]] = {}
    for one in records:
        found.setdefault(_monday(one.declared_at, catalog), []).append(one)
    if not found:
        return ()
    week, last, weeks = min(found), max(found), []
    while week <= last:
        some = found.get(week, [])
        weeks.append(Week(week, len(some), spread(one.to_acknowledge for one in some)))
        week += timedelta(days=7)
    return tuple(weeks)


def _monday(at: Instant, catalog: Catalog) -> date:
    local = instant_to_local(at, catalog.settings.timezone).date()
    return local - timedelta(days=local.weekday())


def _most(things: Iterable[Thing]) -> tuple[tuple[Thing, int], ...]:
    """Each thing and how often it is there, the most frequent first."""
    return tuple(sorted(Counter(things).items(), key=lambda pair: (-pair[1], str(pair[0]))))


def _by_number(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each name and how often it is there: numbers in order, then words."""
    return tuple(
        sorted(
            Counter(names).items(), key=lambda pair: (int(pair[0]) if pair[0].isdigit() else 10**9, pair[0])
        )
    )
