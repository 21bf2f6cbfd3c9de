"""The page of the report in a real browser: readable at every width, in light and dark, on paper."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.insight import browser
from tests.insight.pages import REPORTS, drawn

TOUR = Path(__file__).parents[2] / "examples" / "tour"


WORDS = """
(() => {
  const rgb = text => { const n = text.match(/[\\d.]+/g).map(Number);
    return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
  const light = ([r, g, b]) => {
    const f = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const paper = element => { for (let one = element; one; one = one.parentElement) {
    const found = rgb(getComputedStyle(one).backgroundColor); if (found[3] > 0) return found; }
    return [255, 255, 255, 1]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || element.closest('title, style') || !element.checkVisibility()) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), style = getComputedStyle(element),
      svg = element.ownerSVGElement;
    const [a, b] = [light(rgb(svg ? style.fill : style.color)),
      light(paper(svg ? svg.parentElement : element))].sort((x, y) => y - x);
    found.push({words: node.data.trim().slice(0, 40), size: parseFloat(style.fontSize),
      contrast: (a + 0.05) / (b + 0.05),
      left: box.left, right: box.right, top: box.top, bottom: box.bottom,
      svg: svg ? svg.classList.value : null,
      scrolls: !!element.closest('.scroll')});
  }
  return found;
})()
"""
PICTURES = """
[...document.querySelectorAll('svg[role=img]')].map(one => { const box = one.getBoundingClientRect(); return {
  kind: one.classList.value, label: one.getAttribute('aria-label'), width: box.width, height: box.height,
  left: box.left, right: box.right,
  shapes: [...one.querySelectorAll('rect, circle, path.line')].filter(it => {
    const b = it.getBoundingClientRect();
    return b.width + b.height > 0; }).length }; })
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
CUT = (
    "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one"
    " => one.ariaLabel)"
)


@pytest.mark.long
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
