"""The page that `report --html` writes: how a time went, in one file, for a screen, a phone or paper.

What to look at first comes first: the times, then the weeks, the nights, the people; then levels, changes, nudges, delivery, teams.
Pieces about which there is nothing to say are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from escalate_cli.cli import report_cards, report_charts
from escalate_cli.cli.html_page import Bar, bars, card, details, document, legend, number, share, table, text
from escalate_cli.cli.report_charts import DAYS, day_of
from escalate_cli.cli.report_screen import name_of_team, span
from escalate_cli.core.catalog import Catalog
from escalate_cli.insight.figures import NIGHT_FROM, NIGHT_UNTIL, PersonFigures, Report, Spread, Times

_PEOPLE = 20
"""people whose bars are in view; the rest is behind a click"""


def page(report: Report, catalog: Catalog, heading: str, covered: str) -> str:
    """The whole report as one HTML file that loads nothing, runs nothing, and is readable at 390 pixels, in the dark, and printed."""
    top = f"<header><h1>{text(heading)}</h1><p>{text(covered)}</p></header>"
    if not report.times.incidents:
        nothing = '<p class="nothing">No incidents in this time.</p>'
        return document(heading, f"{top}\n<main>{nothing}</main>", _CSS)
    teams = [(name_of_team(team, catalog), one) for team, one in report.by_team]
    shown = (
        _weeks(report),
        _hours(report, catalog),
        _people(report, catalog),
        report_cards.reached(report),
        report_cards.by_level(report),
        report_cards.by_gateway(report),
        report_cards.by_team(report, catalog),
        report_cards.levels(report, catalog),
        report_cards.changes(report, catalog),
        report_cards.gateways(report),
        report_cards.nudges(report),
        report_cards.times_by("Severity", "Severities", report.by_severity, "The gravest first, by the last severity of each incident."),
        report_cards.times_by("Team", "Teams", teams, "An incident counts for each team in it, from when that was brought in.", wide=True),
    )
    cards = "\n".join(_paired(one for one in shown if one))
    body = f'{top}\n<main>{_summary(report)}\n{_three(report.times)}\n<div class="cards">\n{cards}\n</div></main>'
    return document(heading, body, report_charts.CSS + report_cards.CSS + _CSS)


def _paired(cards: Iterable[str]) -> Iterable[str]:
    """Cards that follow one another and are not wide share two columns."""
    for wide, some in groupby(cards, key=lambda one: one.startswith('<section class="card wide"')):
        shown = "\n".join(some)
        yield shown if wide else f'<div class="pair">{shown}</div>'


# ── the times ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _summary(report: Report) -> str:
    count = report.times.incidents
    said = [f"<b>{number(count)}</b> incident{'' if count == 1 else 's'}"]
    if report.running:
        said.append(f"<b>{number(report.running)}</b> still running")
    if report.never_acknowledged:
        said.append(f"<b>{number(report.never_acknowledged)}</b> never acknowledged")
    if report.never_paged:
        said.append(f"<b>{number(report.never_paged)}</b> in which nobody was paged")
    return f'<p class="summary">{" · ".join(said)}</p>'


def _three(times: Times) -> str:
    tiles = (("First page", "page"), ("Acknowledged", "acknowledge"), ("Resolved", "resolve"))
    return '<div class="tiles">' + "".join(_tile(title, getattr(times, which), times.incidents) for title, which in tiles) + "</div>"


def _tile(title: str, spread: Spread, incidents: int) -> str:
    """One figure to remember: the median, large; beside it what nine of ten stay under, and of how many."""
    if not spread.count:
        return f'<section class="tile"><h2>{title}</h2><p class="big">–</p><p>in no incident</p></section>'
    big = re.sub(r"([a-z]+)", r"<small>\1</small>", text(span(spread.median)))
    if spread.count == 1:
        said = "after the declaration, in one incident"
    else:
        of = "" if spread.count == incidents else f"{number(spread.count)} of "
        said = f"median; nine of ten within <b>{text(span(spread.p90))}</b><br>in {of}{number(incidents)} incidents"
    return f'<section class="tile"><h2>{title}</h2><p class="big">{big}</p><p>{said}</p></section>'


def _weeks(report: Report) -> str:
    known = [one for one in report.weeks if one.acknowledge.median is not None]
    if len(known) < 2:
        return ""
    middle = sorted(known, key=lambda one: one.acknowledge.median or 0)
    usual, slowest = middle[len(middle) // 2], middle[-1]
    said = (
        f"In a usual week it took {span(usual.acknowledge.median)}; in the slowest, of {day_of(slowest.start)}, "
        f"{span(slowest.acknowledge.median)} ({number(slowest.incidents)} incident{'' if slowest.incidents == 1 else 's'})."
    )
    whole = f"Time to acknowledge in {len(report.weeks)} weeks from {day_of(report.weeks[0].start)}. {said}"
    entries = [("main", "median"), ("band", "up to nine of ten"), ("other", "incidents a week")]
    if report_charts.beyond_scale(report.weeks):
        entries.append(("mark", "beyond the scale"))
    rows = [
        (day_of(one.start), one.incidents, one.acknowledge.count, span(one.acknowledge.median), span(one.acknowledge.p90))
        for one in report.weeks
    ]
    columns = ("Week of", "Incidents", "Acknowledged", "Median", "Nine of ten")
    return card(
        "Time to acknowledge, week by week",
        report_charts.weeks_chart(report.weeks, span, whole),
        legend(*entries),
        details("The numbers", table(columns, rows, "Time to acknowledge, week by week")),
        said=said,
        wide=True,
    )


# ── when, and who ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _hours(report: Report, catalog: Catalog) -> str:
    pages = sum(map(sum, report.hours))
    if not pages:
        return ""
    most, day, hour = max(((count, -day, -hour) for day, row in enumerate(report.hours) for hour, count in enumerate(row)))
    night = sum(count for row in report.hours for hour, count in enumerate(row) if hour >= NIGHT_FROM or hour < NIGHT_UNTIL)
    weekend = sum(map(sum, report.hours[5:]))
    said = (
        f"{number(pages)} page{'' if pages == 1 else 's'}: {share(night, pages)} at night (22–7), {share(weekend, pages)} on weekends. "
        f"Most in an hour: {number(most)}, on {DAYS[-day]} {-hour}:00–{1 - hour}:00."
    )
    limits = report_charts.shade_limits(report.hours)
    least = [1, *(limit + 1 for limit in limits)]
    shades = [("h0", "none")] + [
        (f"h{report_charts.shade(limit, limits)}", number(limit) if low == limit else f"{number(low)}–{number(limit)}")
        for low, limit in zip(least, limits, strict=False)
    ]
    rows = [(DAYS[day], *row, sum(row)) for day, row in enumerate(report.hours)]
    columns = ("", *map(str, range(24)), "All")
    return card(
        "Pages by weekday and hour",
        report_charts.heat_map(report.hours, f"Pages to people by weekday and hour. {said}"),
        legend(*shades),
        details("The numbers", table(columns, rows, "Pages by weekday and hour")),
        said=f"{said} Hours in {catalog.settings.timezone}.",
        wide=True,
    )


def _people(report: Report, catalog: Catalog) -> str:
    paged = [one for one in report.people if one.pages]
    if not paged:
        return ""
    names = _names(paged, catalog)
    total, told, half = sum(one.pages for one in paged), 0, 0
    while told * 2 < total:
        told, half = told + paged[half].pages, half + 1
    said = "Night is 22–7 where the person lives."
    if len(paged) > 4:
        said = f"Half of all pages went to {half} of {len(paged)} people. {said}"
    most = paged[0].pages
    drawn = [_person(one, names[one.person]) for one in paged]
    columns = ("Person", "Pages", "At night", "On weekends", "Either", "Incidents", "Acknowledged")
    rows = [
        (names.get(one.person) or catalog.name_of(f"person:{one.person}"), one.pages, one.night, one.weekend, one.off_hours, one.incidents,
         one.acknowledged)
        for one in report.people
    ]  # fmt: skip
    return card(
        "Pages per person",
        legend(("night", "at night"), ("weekend", "on a weekend by day"), ("day", "on a working day")),
        bars(drawn[:_PEOPLE], most),
        report_cards.more(drawn[_PEOPLE:], "people", most, f"{number(sum(one.pages for one in paged[_PEOPLE:]))} pages"),
        details("The numbers", table(columns, rows, "Pages per person")),
        said=said,
        wide=True,
    )


def _names(people: Iterable[PersonFigures], catalog: Catalog) -> dict[str, str]:
    """The name of each; with the id behind it where two have the same."""
    names = {one.person: catalog.name_of(f"person:{one.person}") for one in people}
    known = list(names.values())
    return {person: f"{shown} ({person})" if known.count(shown) > 1 else shown for person, shown in names.items()}


def _person(one: PersonFigures, shown: str) -> Bar:
    by_day = one.off_hours - one.night
    pieces = (
        ("night", one.night, f"{number(one.night)} at night"),
        ("weekend", by_day, f"{number(by_day)} on a weekend by day"),
        ("day", one.pages - one.off_hours, f"{number(one.pages - one.off_hours)} on a working day"),
    )
    return Bar(shown, pieces, number(one.pages), f"{share(one.night, one.pages)} at night" if one.night else "")


_CSS = """
.summary { margin: .8rem 0 0; font-size: 1rem; } .summary b { color: var(--ink); }
.nothing { margin-top: 2.5rem; font-size: 1.15rem; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; margin-top: 1rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--main); border-radius: 10px;
  padding: .9rem 1.1rem; break-inside: avoid; }
.tile h2 { font-size: .9rem; color: var(--dim); font-weight: 600; } .tile p { font-size: .85rem; } .tile b { color: var(--ink); }
.tile .big { font-size: 2.5rem; line-height: 1.15; font-weight: 650; color: var(--ink); letter-spacing: -.02em; }
.tile .big small { font-size: 1.2rem; font-weight: 500; margin: 0 .25rem 0 .05rem; color: var(--dim); }
@media (max-width: 45rem) { .tiles { grid-template-columns: minmax(0, 1fr); gap: .6rem; } .tile { display: grid; padding: .7rem .8rem;
  grid-template-columns: 1fr auto; align-items: baseline; } .tile .big { font-size: 2rem; grid-row: 1; grid-column: 2; }
  .tile p:last-child { grid-column: 1 / -1; } }
"""
