"""The pictures of README and the guide, made from the real thing: the board of `watch`, the page of `report`,
a mail on a phone.

    python -m tests.pictures [DIRECTORY]        # escalate_cli/guide/pictures

The board is the screen of `watch` over a made organisation, at a made moment, so that the same code makes the
same picture. The other two need a Chromium; without one they are left as they are, and it is said.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.year import make_year
from escalate_cli.cli.screens.board import Board
from escalate_cli.core.messages.message import compose
from escalate_cli.delivery.mail.page import page_of
from tests.command import Escalate, surroundings
from tests.insight.browser import Browser, installed
from tests.organisations import BANK
from tests.world import World

PICTURES = Path(__file__).parents[1] / "escalate_cli" / "guide" / "pictures"
WIDTH, HEIGHT = 100, 22
"""of the terminal, in letters"""
REPORT_WIDTH, REPORT_HEIGHT = 1000, 742
PHONE = 390
INCIDENTS = 600
GROUND, INK = (0x17, 0x1B, 0x21), (0xE9, 0xED, 0xF3)
COLOURS = [
    (0x0F, 0x12, 0x16), (0xC4, 0x24, 0x2A), (0x5F, 0xD0, 0x8F), (0xF0, 0xA5, 0x4A), (0x7A, 0xA8, 0xFF),
    (0xC7, 0x92, 0xEA), (0x6C, 0xC7, 0xD9), (0xFF, 0xFF, 0xFF), (0x4B, 0x60, 0x78),
]  # fmt: skip
"""of the terminal, from black to white and bright black: the product's own colours, in the dark"""

ORGANISATION = (
    BANK.but('name = "Ana"', 'name = "Ana Ruiz"')
    .but('name = "Bo"', 'name = "Bo Lindqvist"')
    .but('name = "Cara"', 'name = "Cara Nolan"')
    .but('name = "Dan"', 'name = "Dan Mbeki"')
    .but('name = "Eve"', 'name = "Eve Tanaka"')
    .but('contact = { slack = "identity" }', 'contact = { slack = "identity-room" }')
)
LINKS = '[services.login.links]\nrunbook = "https://wiki.example.com/runbooks/log-in"\n'
NUDGE = """
[[rules]]
name = "Cards that drag on"
when = { service = "payments", open_for = "30m" }
raise_to = "critical"
mode = "nudge"
ask = ["lead"]
expires = "30m"
"""


def main(directory: Path = PICTURES, incidents: int = INCIDENTS) -> list[str]:
    """Make every picture that can be made here, and return their names."""
    directory.mkdir(parents=True, exist_ok=True)
    made = []
    with tempfile.TemporaryDirectory() as place, story(Path(place)) as world:
        (directory / "board.svg").write_text(board(world), encoding="utf-8")
        made.append("board.svg")
        page = mail(world)
    if installed() is None:
        print("no Chromium here: report.png and mail.png are left as they are", file=sys.stderr)
        return made
    with tempfile.TemporaryDirectory() as place:
        browser = Browser(Path(place))
        try:
            _photograph(
                browser, report(Path(place), incidents), directory / "report.png", REPORT_WIDTH, REPORT_HEIGHT
            )
            (Path(place) / "mail.html").write_text(page, encoding="utf-8")
            _photograph(browser, Path(place) / "mail.html", directory / "mail.png", PHONE, None)
        finally:
            browser.close()
    return [*made, "report.png", "mail.png"]


@contextmanager
def story(place: Path) -> Iterator[World]:
    """A morning: what is answered, what nobody has yet, and a question that waits."""
    world = World(place, organisation=ORGANISATION, more=LINKS + NUDGE)
    world.declare("Search suggestions are a day old", "login", severity="minor", by="eve")
    world.advance("3m")
    world.ack("bo", 1)
    world.declare("Card payments slow at checkout", "payments", severity="major", by="cara")
    world.advance("2m")
    world.ack("cara", 2)
    world.advance("33m")
    world.update(2, message="The provider knows; next word at eleven", by="cara")
    world.advance("1m")
    world.declare(
        "Nobody can sign in, in any country", "login", severity="critical",
        message="Since the 10:35 release, web and app.", by="eve",
    )  # fmt: skip
    world.advance("3m", every="20s")
    try:
        yield world
    finally:
        world.store.close()


def board(world: World) -> str:
    """The board of `watch`, as an SVG that loads nothing."""
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    terminal = {
        "COLUMNS": str(WIDTH),
        "LINES": str(HEIGHT),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    paper = _Paper()
    with patch.dict(os.environ, terminal):
        os.environ.pop("NO_COLOR", None)
        shown: Any = paper
        with Board(world.context, shown) as drawn:
            drawn.tell(world.tick())
    console = Console(
        width=WIDTH, record=True, file=StringIO(), color_system="truecolor", force_terminal=True
    )
    for line in re.sub(r"\x1b\[[?0-9;]*[A-HJ-Zhl]", "", paper.picture).replace("\r", "").split("\n"):
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    theme = TerminalTheme(GROUND, INK, COLOURS[:8], [COLOURS[8], *COLOURS[1:8]])
    drawing = console.export_svg(title="escalate watch", unique_id="board", theme=theme)
    return re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)


class _Paper:
    """Takes what would be written to a terminal; `picture` is the whole screen as it was last drawn."""

    picture = ""

    def put(self, data: bytes) -> None:
        pass

    def show(self, picture: bytes) -> None:
        self.picture = picture.decode()


def mail(world: World) -> str:
    """The page of the mail that a page of this story is."""
    incident = world.look(3)
    card = compose(incident.notifications[0], incident, world.catalog, world.clock.at, short=False).card
    assert card is not None
    return page_of(card)


def report(place: Path, incidents: int) -> Path:
    """The page of `report` over a year of a bank, as the real command writes it."""
    year = place / "year"
    year.mkdir()
    make_year(year, incidents=incidents)
    escalate = Escalate(year, surroundings(year, columns=100))
    page = place / "report.html"
    ran = escalate("report", "--since", "365d", "--html", str(page))
    assert ran.code == 0, ran.err
    return page


def _photograph(browser: Browser, page: Path, picture: Path, width: int, height: int | None) -> None:
    """A picture of the page in the light, as high as it is, or as `height`."""
    browser.open(page, width, height=height or 900)
    high = height or int(browser.run("document.querySelector('table').getBoundingClientRect().bottom + 12"))
    browser.shape(width, height=high)
    browser.picture(picture, whole=False)


if __name__ == "__main__":
    for name in main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES):
        print(name)
