"""The script that makes the pictures of README and the guide runs, and what it makes is what it says."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import pictures
from tests.insight.browser import installed

SVG = "{http://www.w3.org/2000/svg}"


def test_the_board_is_the_screen_of_watch_in_a_file_that_loads_nothing(tmp_path: Path) -> None:
    with pictures.story(tmp_path) as world:
        drawn = pictures.board(world)
    words = " ".join("".join(text.itertext()) for text in ElementTree.fromstring(drawn).iter(f"{SVG}text"))
    words = words.replace("\xa0", " ")
    for shown in (
        "escalate watch",
        "Nobody can sign in, in any country",
        "Card payments",
        "Bo Lindqvist",
        "#3",
    ):
        assert shown in words
    assert re.findall(r"(?:url\(|href=|import )[\"']?https?:", drawn) == []


def words_of(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_board_in_the_guide_is_of_this_version(tmp_path: Path) -> None:
    """Else: python -m tests.pictures"""
    with pictures.story(tmp_path) as world:
        drawn = pictures.board(world)
    assert words_of((pictures.PICTURES / "board.svg").read_text(encoding="utf-8")) == words_of(drawn)


def test_it_is_the_same_picture_each_time(tmp_path: Path) -> None:
    drawn = []
    for place in (tmp_path / "once", tmp_path / "again"):
        place.mkdir()
        with pictures.story(place) as world:
            drawn.append((pictures.board(world), pictures.mail(world)))
    assert drawn[0] == drawn[1]


@pytest.mark.long
@pytest.mark.skipif(installed() is None, reason="there is no browser here")
def test_every_picture_is_made(tmp_path: Path) -> None:
    assert pictures.main(tmp_path, incidents=400) == ["board.svg", "report.png", "mail.png"]
    for name, width in (("report.png", 1000), ("mail.png", 390)):
        content = (tmp_path / name).read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", content[16:20]) == (width,)
        assert len(content) < 200_000, "small"


def test_without_a_browser_the_board_is_made_and_it_says_what_is_not(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.pictures", str(tmp_path)],
        capture_output=True, text=True, timeout=120, env={"PATH": ""}, cwd=Path(__file__).parents[1],
        check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["board.svg"]
    assert "no Chromium here" in ran.stderr
    assert (tmp_path / "board.svg").exists()
