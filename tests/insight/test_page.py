"""The page of `report --html`: its words and numbers without a browser, and everything that only a
browser can tell in a real one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import DAY, SECOND
from escalate_cli.core.wording.text import LIVE, printable
from escalate_cli.insight.report.figures import Report, Spread, WeekFigures
from escalate_cli.views.html.pages import environment
from escalate_cli.views.html.report import report_page
from escalate_cli.views.html.weeks_chart import weeks_chart
from escalate_cli.views.numbers import span
from tests.insight import browser, reports

REPORTS: dict[str, Callable[[], Report]] = {
    "a year of a bank": reports.year,
    "one incident": reports.one_incident,
    "no incident": reports.nothing,
    "hostile names": reports.hostile,
}
TOUR = Path(__file__).parents[2] / "examples" / "tour"
VOID = {"meta", "link", "br", "hr", "img", "input"}


def drawn(name: str) -> str:
    return report_page(
        REPORTS[name](),
        reports.catalog(),
        "Incidents of the last 365 days",
        "24 Nov 2025 – 22 Nov 2026, times in Europe/London",
    )


def picture(weeks: list[WeekFigures], said: str) -> str:
    return str(environment().get_template("charts.html").module.weeks(weeks_chart(weeks, said)))


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


# ── without a browser ─────────────────────────────────────────────────────────────────


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


# ── in a browser ──────────────────────────────────────────────────────────────────────

WORDS = """
(() => {
  const rgb = text => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
  const light = ([r, g, b]) => { const f = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const paper = element => { for (let one = element; one; one = one.parentElement) {
    const found = rgb(getComputedStyle(one).backgroundColor); if (found[3] > 0) return found; } return [255, 255, 255, 1]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || element.closest('title, style') || !element.checkVisibility()) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), style = getComputedStyle(element), svg = element.ownerSVGElement;
    const [a, b] = [light(rgb(svg ? style.fill : style.color)), light(paper(svg ? svg.parentElement : element))].sort((x, y) => y - x);
    found.push({words: node.data.trim().slice(0, 40), size: parseFloat(style.fontSize), contrast: (a + 0.05) / (b + 0.05),
      left: box.left, right: box.right, top: box.top, bottom: box.bottom, svg: svg ? svg.classList.value : null,
      scrolls: !!element.closest('.scroll')});
  }
  return found;
})()
"""
PICTURES = """
[...document.querySelectorAll('svg[role=img]')].map(one => { const box = one.getBoundingClientRect(); return {
  kind: one.classList.value, label: one.getAttribute('aria-label'), width: box.width, height: box.height, left: box.left, right: box.right,
  shapes: [...one.querySelectorAll('rect, circle, path.line')].filter(it => { const b = it.getBoundingClientRect();
    return b.width + b.height > 0; }).length }; })
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
CUT = (
    "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one"
    " => one.ariaLabel)"
)


@pytest.mark.skipif(
    browser.installed() is None, reason=f"no browser: none of {', '.join(browser.NAMES)} is installed"
)
def test_in_a_real_browser(tmp_path: Path) -> None:
    """Everything is looked at before anything fails, so that one run tells all that is wrong."""
    week = tmp_path / "week.html"
    subprocess.run(
        [sys.executable, "-m", "escalate_cli", "check", "--config", TOUR, "--html", week],
        capture_output=True,
        check=False,
    )
    one, wrong = browser.Browser(tmp_path), []
    try:
        for name in REPORTS:
            file = tmp_path / f"{name}.html"
            file.write_text(drawn(name), encoding="utf-8")
            for width, dark in (
                (1200, False),
                (390, True),
                *(((1200, True), (390, False), (700, False)) if "year" in name else ()),
            ):
                one.open(file, width, dark=dark)
                where = f"{name}, {width} px, {'dark' if dark else 'light'}: "
                wrong += [
                    where + problem
                    for problem in (*_quiet(one, file), *_pictures(one, name, width), *_words(one, width))
                ]
            one.run(OPEN_ALL)
            wrong += [
                f"{name}, everything open: {problem}" for problem in (*_words(one, 700), *_words_at(one, 390))
            ]
            wrong += [f"{name}, printed: {problem}" for problem in _printed(one)]
        for width, dark in ((1200, True), (390, False)):
            one.open(week, width, dark=dark)
            one.run(OPEN_ALL)
            wrong += [
                f"the week that check draws, {width} px: {problem}"
                for problem in (*_quiet(one, week), *_words(one, width))
            ]
    finally:
        one.close()
    assert wrong == []


def _quiet(one: browser.Browser, file: Path) -> list[str]:
    """Nothing is asked for but the file, and nothing is complained about."""
    asked = [
        event["params"]["request"]["url"]
        for event in one.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    loud = (
        "Log.entryAdded",
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
        "Page.javascriptDialogOpening",
    )
    said = [str(event["params"]) for event in one.events if event["method"] in loud]
    return said + ([] if asked == [file.as_uri()] else [f"asked for {asked}"])


def _pictures(one: browser.Browser, name: str, width: int) -> list[str]:
    """Each picture is there, as wide as the page lets it be, with shapes in it and words for those
    who do not see it.
    """
    found = {picture["kind"]: picture for picture in one.run(PICTURES)}
    wanted = {"no incident": set(), "one incident": {"plot heat"}}.get(name, {"plot heat", "plot weeks"})
    wrong = [] if set(found) == wanted else [f"pictures: {set(found)}"]
    for kind, picture in found.items():
        large = picture["width"] > min(width, 1000) * 0.65 and picture["height"] > 200
        if not (large and 0 <= picture["left"] < picture["right"] <= width):
            wrong.append(f"{kind} is at {picture}")
        if (
            picture["shapes"] < (10 if kind == "plot weeks" and name == "a year of a bank" else 3)
            or len(picture["label"]) < 40
        ):
            wrong.append(f"{kind} shows little: {picture}")
    return wrong


def _words(one: browser.Browser, width: int) -> list[str]:
    """Words are large enough, stand out from the paper, stay on the page, and in a picture do not
    cover one another.
    """
    wrong = []
    if (wide := one.run("document.scrollingElement.scrollWidth")) > width:
        wrong.append(f"the page is {wide} px wide")
    found = one.run(WORDS)
    if len(found) < 3:
        wrong.append(f"there are {len(found)} words")
    for word in found:
        if word["size"] < 11:
            wrong.append(f"{word['words']!r} is {word['size']} px")
        if word["contrast"] < 4.5:
            wrong.append(f"{word['words']!r} has a contrast of {word['contrast']:.2f}")
        if not word["scrolls"] and not (word["left"] > -0.5 and word["right"] < width + 0.5):
            wrong.append(f"{word['words']!r} is cut: {word['left']:.0f} to {word['right']:.0f}")
    labels = [word for word in found if word["svg"]]
    for place, a in enumerate(labels):
        for b in labels[place + 1 :]:
            apart = (
                a["right"] <= b["left"]
                or b["right"] <= a["left"]
                or a["bottom"] - 3 <= b["top"]
                or b["bottom"] - 3 <= a["top"]
            )
            if not apart:
                wrong.append(f"{a['words']!r} covers {b['words']!r}")
    return wrong


def _words_at(one: browser.Browser, width: int) -> list[str]:
    one.shape(width)
    return _words(one, width)


def _printed(one: browser.Browser) -> list[str]:
    """Paper is white also for those who read in the dark, nothing on it is cut, and a PDF comes out."""
    one.shape(690)  # what A4 leaves between its margins
    one.run("document.querySelectorAll('details').forEach(one => { one.open = false; })")
    one.call(
        "Emulation.setEmulatedMedia",
        media="print",
        features=[{"name": "prefers-color-scheme", "value": "dark"}],
    )
    paper = one.run("getComputedStyle(document.body).backgroundColor")
    wrong = [] if paper == "rgb(255, 255, 255)" else [f"the paper is {paper}"]
    wrong += [f"{label} is cut" for label in one.run(CUT)]
    wrong += [f"{word['words']!r} is pale on paper" for word in one.run(WORDS) if word["contrast"] < 4.5]
    if one.run("[...document.querySelectorAll('details.numbers')].some(it => it.checkVisibility())"):
        wrong.append("closed numbers take room on paper")
    one.call("Emulation.setEmulatedMedia", media="", features=[])
    pdf = one.printed()
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    return wrong if pdf.startswith(b"%PDF") and 1 <= pages <= 12 else [*wrong, f"a PDF of {pages} pages"]
