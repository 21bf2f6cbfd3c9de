"""The page that `report --html` writes: how a time went, in one file, for a screen, a phone or paper.

What to look at first comes first: the times, then the weeks, the nights, the people; then levels, changes,
nudges, delivery, teams. Pieces about which there is nothing to say are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.report.figures import NIGHT_FROM, NIGHT_UNTIL, PersonFigures, Report, Spread
from escalate_cli.views.html import report_cards
from escalate_cli.views.html.cards import Bar, Card, Piece, Table, to_scale
from escalate_cli.views.html.heat_map import heat_map, shade, shade_limits
from escalate_cli.views.html.pages import fill_template
from escalate_cli.views.html.weeks_chart import beyond_scale, weeks_chart
from escalate_cli.views.numbers import DAY_NAMES, counted, day_of, number, share, span, span_parts

_PEOPLE = 20
"""people whose bars are in view; the rest is behind a click"""


class Tile(msgspec.Struct, frozen=True):
    """One figure to remember: the median in figures and units; beside it what nine of ten stay under, and of
    how many."""

    title: str
    median: Sequence[tuple[str, str]]
    p90: str
    counted: int
    incidents: int


def report_page(report: Report, catalog: Catalog, heading: str, covered: str) -> str:
    """The whole report as one HTML file that loads nothing, runs nothing, and is readable at 390 pixels, in
    the dark, and printed."""
    cards = _cards(report, catalog) if report.times.incidents else ()
    columns = [(wide, list(neighbours)) for wide, neighbours in groupby(cards, key=lambda card: card.wide)]
    return fill_template(
        "report.html", title=heading, covered=covered, report=report, tiles=_tiles(report), columns=columns
    )


def _tiles(report: Report) -> list[Tile]:
    times = report.times
    spreads = (("First page", times.page), ("Acknowledged", times.acknowledge), ("Resolved", times.resolve))
    return [_tile(title, spread, times.incidents) for title, spread in spreads]


def _tile(title: str, spread: Spread, incidents: int) -> Tile:
    return Tile(title, span_parts(spread.median), span(spread.p90), spread.count, incidents)


def _cards(report: Report, catalog: Catalog) -> Iterable[Card]:
    teams = [(catalog.team_name(team), times) for team, times in report.by_team]
    shown = (
        _weeks(report),
        _hours(report, catalog),
        _people(report, catalog),
        report_cards.reached_card(report),
        report_cards.level_card(report),
        report_cards.gateway_card(report),
        report_cards.way_card(report),
        report_cards.team_card(report, catalog),
        report_cards.levels_card(report, catalog),
        report_cards.changes_card(report, catalog),
        report_cards.gateways_card(report),
        report_cards.nudges_card(report),
        report_cards.times_by(
            "Severity",
            "Severities",
            report.by_severity,
            "The gravest first, by the last severity of each incident.",
        ),
        report_cards.times_by(
            "Team",
            "Teams",
            teams,
            "An incident counts for each team in it, from when that was brought in.",
            wide=True,
        ),
    )
    return (card for card in shown if card is not None)


# ── over the weeks ────────────────────────────────────────────────────────────────────


def _weeks(report: Report) -> Card | None:
    known = [week for week in report.weeks if week.acknowledge.median is not None]
    if len(known) < 2:
        return None
    middle = sorted(known, key=lambda week: week.acknowledge.median or 0)
    usual, slowest = middle[len(middle) // 2], middle[-1]
    sentence = (
        f"In a usual week it took {span(usual.acknowledge.median)}; "
        f"in the slowest, of {day_of(slowest.start)}, {span(slowest.acknowledge.median)} "
        f"({counted(slowest.incidents, 'incident')})."
    )
    whole = (
        f"Time to acknowledge in {len(report.weeks)} weeks from {day_of(report.weeks[0].start)}. {sentence}"
    )
    beyond = (("mark", "beyond the scale"),) if beyond_scale(report.weeks) else ()
    return Card(
        title="Time to acknowledge, week by week",
        sentence=sentence,
        wide=True,
        weeks=weeks_chart(report.weeks, whole),
        legend=(("main", "median"), ("band", "up to nine of ten"), ("other", "incidents a week"), *beyond),
        table=_table_of_weeks(report),
    )


def _table_of_weeks(report: Report) -> Table:
    rows = [
        (
            day_of(week.start),
            week.incidents,
            week.acknowledge.count,
            span(week.acknowledge.median),
            span(week.acknowledge.p90),
        )
        for week in report.weeks
    ]
    columns = ("Week of", "Incidents", "Acknowledged", "Median", "Nine of ten")
    return Table("Time to acknowledge, week by week", columns, rows, "The numbers")


# ── when, and who ─────────────────────────────────────────────────────────────────────


def _hours(report: Report, catalog: Catalog) -> Card | None:
    if not sum(map(sum, report.hours)):
        return None
    sentence = _when_pages_came(report.hours)
    rows: list[Sequence[str | int]] = [
        (DAY_NAMES[day], *row, sum(row)) for day, row in enumerate(report.hours)
    ]
    return Card(
        title="Pages by weekday and hour",
        sentence=f"{sentence} Hours in {catalog.settings.timezone}.",
        wide=True,
        heat_map=heat_map(report.hours, f"Pages to people by weekday and hour. {sentence}"),
        legend=_shades(report.hours),
        table=Table("Pages by weekday and hour", ("", *map(str, range(24)), "All"), rows, "The numbers"),
    )


def _when_pages_came(hours: Sequence[Sequence[int]]) -> str:
    pages, weekend = sum(map(sum, hours)), sum(map(sum, hours[5:]))
    night = sum(
        count for row in hours for hour, count in enumerate(row) if hour >= NIGHT_FROM or hour < NIGHT_UNTIL
    )
    most, day, hour = max(
        (count, -day, -hour) for day, row in enumerate(hours) for hour, count in enumerate(row)
    )
    return (
        f"{counted(pages, 'page')}: {share(night, pages)} at night (22–7), "
        f"{share(weekend, pages)} on weekends. "
        f"Most in an hour: {number(most)}, on {DAY_NAMES[-day]} {-hour}:00–{1 - hour}:00."
    )


def _shades(hours: Sequence[Sequence[int]]) -> tuple[tuple[str, str], ...]:
    """What the shades mean: how many pages each stands for."""
    limits = shade_limits(hours)
    least = (1, *(limit + 1 for limit in limits))
    return ("h0", "none"), *(
        (f"h{shade(limit, limits)}", number(limit) if low == limit else f"{number(low)}–{number(limit)}")
        for low, limit in zip(least, limits, strict=False)
    )


def _people(report: Report, catalog: Catalog) -> Card | None:
    paged = [person for person in report.people if person.pages]
    if not paged:
        return None
    half = _people_with_half_of_all_pages(paged)
    sentence = "Night is 22–7 where the person lives."
    if len(paged) > 4:
        sentence = f"Half of all pages went to {half} of {len(paged)} people. {sentence}"
    names = _names(paged, catalog)
    drawn = [_person(person, names[person.person]) for person in paged]
    others = sum(person.pages for person in paged[_PEOPLE:])
    return Card(
        title="Pages per person",
        sentence=sentence,
        wide=True,
        legend=(("night", "at night"), ("weekend", "on a weekend by day"), ("day", "on a working day")),
        bars=to_scale(drawn, "people", top=_PEOPLE, remark=f"{number(others)} pages"),
        table=_table_of_people(report, names, catalog),
    )


def _people_with_half_of_all_pages(paged: Sequence[PersonFigures]) -> int:
    total, passed = sum(person.pages for person in paged), 0
    for place, person in enumerate(paged):
        if passed * 2 >= total:
            return place
        passed += person.pages
    return len(paged)


def _names(people: Iterable[PersonFigures], catalog: Catalog) -> dict[str, str]:
    """The name of each; with the id behind it where two have the same."""
    names = {person.person: catalog.person_name(person.person) for person in people}
    known = list(names.values())
    return {person: f"{name} ({person})" if known.count(name) > 1 else name for person, name in names.items()}


def _person(person: PersonFigures, name: str) -> Bar:
    weekend, working_day = person.off_hours - person.night, person.pages - person.off_hours
    pieces = (
        Piece("night", person.night, f"{number(person.night)} at night"),
        Piece("weekend", weekend, f"{number(weekend)} on a weekend by day"),
        Piece("day", working_day, f"{number(working_day)} on a working day"),
    )
    return Bar(
        name,
        pieces,
        number(person.pages),
        f"{share(person.night, person.pages)} at night" if person.night else "",
    )


def _table_of_people(report: Report, names: dict[str, str], catalog: Catalog) -> Table:
    columns = ("Person", "Pages", "At night", "On weekends", "Either", "Incidents", "Acknowledged")
    rows = [
        (
            names.get(person.person) or catalog.person_name(person.person),
            *(person.pages, person.night, person.weekend, person.off_hours),
            *(person.incidents, person.acknowledged),
        )
        for person in report.people
    ]
    return Table("Pages per person", columns, rows, "The numbers")
