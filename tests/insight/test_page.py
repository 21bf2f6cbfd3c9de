"""The page of the report: whole, without scripts, every number in a table, whatever the names are."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import DAY, SECOND
from escalate_cli.core.wording.text import LIVE, printable
from escalate_cli.insight.report.figures import Spread, WeekFigures
from escalate_cli.views.numbers import span
from tests.insight import reports
from tests.insight.pages import REPORTS, drawn, picture

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Read(HTMLParser):
    """What a page says: its tags in order, its attributes, its words, and its tables by their labels."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._table: list[list[str]] = []
        self.feed(html)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        if named.get("class") == "scroll":
            self._table = self.tables.setdefault(named["aria-label"] or "", [])
        elif tag == "tr":
            self._table.append([])
        elif tag in ("td", "th"):
            self._table[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open[-1:]:
            self.words.append(data)
        if self.open and self._table and ("td" in self.open or "th" in self.open):
            self._table[-1][-1] += data


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_whole_loads_nothing_and_runs_nothing(name: str) -> None:
    html = drawn(name)
    read = Read(html)
    assert read.wrong == []
    tags = {tag for tag, _, _ in read.attributes} | set(re.findall(r"<([a-z0-9]+)", html))
    assert (
        tags
        & {
            "script",
            "img",
            "iframe",
            "link",
            "object",
            "embed",
            "form",
            "base",
            "image",
            "use",
            "foreignobject",
            "a",
        }
        == set()
    )
    assert [
        attribute
        for attribute in read.attributes
        if attribute[1].startswith("on") or attribute[1] in ("src", "href", "xlink:href", "action")
    ] == []
    assert re.search(r"url\(|@import|https?:", html) is None
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in read.attributes
    assert re.search(r"\b(nan|inf|None)\b", html) is None


def test_hostile_names_are_words_and_nothing_else() -> None:
    html = drawn("hostile names")
    read = Read(html)
    assert LIVE.sub("", html.replace("\n", "")) == html.replace("\n", "")
    shown = printable(reports.HOSTILE)
    assert sum(shown in words for words in read.words) > 20
    assert {value for tag, key, value in read.attributes if key == "class" and "onerror" in value} == set()
    assert html.count("</style>") == 1
    html.encode()


def test_no_incident_says_so_and_one_incident_draws_no_line() -> None:
    assert "No incidents in this time." in " ".join(Read(drawn("no incident")).words)
    one = drawn("one incident")
    assert "week by week" not in one
    assert "1 page: 100% at night" in one
    assert "1 incident" in " ".join("".join(Read(one).words).split())


def test_every_number_is_in_a_table() -> None:
    year, catalog = reports.year(), reports.catalog()
    tables = {label: rows[1:] for label, rows in Read(drawn("a year of a bank")).tables.items()}

    def row(*cells: Any) -> list[str]:
        return [f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells]

    assert tables["Pages per person"] == [
        row(
            catalog.person_name(person.person),
            person.pages,
            person.night,
            person.weekend,
            person.off_hours,
            person.incidents,
            person.acknowledged,
        )
        for person in year.people
    ]
    weeks = [
        (f"{week.start.day} {week.start:%b %Y}", week.incidents, week.acknowledge) for week in year.weeks
    ]
    assert tables["Time to acknowledge, week by week"] == [
        row(week, incidents, took.count, span(took.median), span(took.p90)) for week, incidents, took in weeks
    ]
    assert [table[1:] for table in tables["Pages by weekday and hour"]] == [
        row(*hours, sum(hours)) for hours in year.hours
    ]
    assert [table[:5] for table in tables["Levels and their answers"]] == [
        row(catalog.team_name(level.team), level.level, level.paged, level.answered, level.unanswered)
        for level in year.levels
    ]
    assert tables["Nudges"] == [
        row(nudge.rule, nudge.accepted, nudge.declined, nudge.expired, nudge.open) for nudge in year.nudges
    ]
    assert tables["Delivery"] == [
        row(gateway.gateway, gateway.tried, gateway.sent, gateway.failed, gateway.retried)
        for gateway in year.gateways
    ]
    assert [table[:2] for table in tables["Teams: times"]] == [
        row(catalog.team_name(team), one.incidents) for team, one in year.by_team
    ]


def test_lists_that_grow_with_the_organisation_show_the_top_and_keep_the_rest() -> None:
    html = drawn("a year of a bank")
    for summary in ("78 more people, ", "8 more teams", "2 more rows", "3 more causes"):
        assert f"<summary>{summary}" in html
    bars = re.findall(r'<span class="track" aria-hidden="true">(.*?)</span>', html)
    assert len(bars) > 200
    assert all(sum(map(float, re.findall(r"width:([\d.]+)%", bar))) < 100.1 for bar in bars)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.none() | st.integers(0, 30 * DAY), st.integers(1, 50)),
        min_size=2,
        max_size=420,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_weeks_can_be_drawn(drawn_weeks: list[tuple[int, int | None, int]]) -> None:
    weeks = [_week(place, count + 1, took, more) for place, (count, took, more) in enumerate(drawn_weeks)]
    chart = picture(weeks, "what it shows")
    assert Read(f"<p>{chart}</p>").wrong == []
    heights = [float(y) for y in re.findall(r' (?:c?y[12]?|y)="(-?[\d.]+)"', chart)]
    assert all(-5 <= height <= 290 for height in heights)
    assert all(-5 <= float(x) <= 101 for x in re.findall(r'(?:x|cx|x1)="(-?[\d.]+)%"', chart))
    assert chart.count("<title>") == len(weeks)
    assert 1 <= len(re.findall(r'dx="2" y="\d+"(?: class="alternate")?>', chart)) <= 40


def test_a_line_stops_where_there_is_no_data_and_one_slow_week_does_not_flatten_the_others() -> None:
    minute = 60 * SECOND
    took = (4, 5, 4, None, 5, None, 6, 5, 900, 4)
    weeks = [_week(place, 1, None if one is None else one * minute, 1) for place, one in enumerate(took)]
    chart = picture(weeks, "")
    line = re.search(r'class="line" d="([^"]+)"', chart)
    assert line is not None
    assert [part.count("L") for part in line[1].split("M")[1:]] == [2, 0, 3]
    assert chart.count('class="mark"') == 1
    assert "15h" not in re.sub("<title>.*?</title>", "", chart)


def _week(place: int, incidents: int, took: int | None, more: int) -> WeekFigures:
    spread = Spread(0, None, None) if took is None else Spread(1, took, took * more)
    return WeekFigures(date(2019, 12, 30) + timedelta(days=7 * place), incidents, spread)
