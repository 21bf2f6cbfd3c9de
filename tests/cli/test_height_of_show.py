"""`show` fits a terminal of 24 lines: lines are counted as they are drawn, wrapped ones too."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from escalate_cli.cli.screens.incident import draw_brief, draw_incident
from tests.world import World

TITLE = "Nobody in Spain can sign in"
REASON = "Ask whoever leads the team, as the customers in Spain have been without it for so long"
RULES = f"""
[[rules]]
name = "{REASON}"
when = {{ open_for = "1m" }}
page = ["person:eve", "person:cto"]
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, more=RULES)
    made.declare(TITLE, "login", message="Everybody gets error 500", by="cara")
    made.advance("6m")
    made.update(message="it is the new release", by="ana")
    made.page("person:dan", "channel:status", message="have a look")
    made.sent()
    return made


def drawn(world: World, width: int, height: int, *, brief: bool = False) -> list[str]:
    from rich.console import Console

    screen = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    situation, now = world.look(), world.clock.now()
    if brief:
        draw_brief(screen, situation, world.catalog, now)
    else:
        entries = world.store.situations.timeline(1)
        draw_incident(screen, situation, world.catalog, now, entries=entries)
    shown: str = screen.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in shown.splitlines()]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 24), (80, 30), (120, 40), (44, 40)])
def test_the_whole_of_it_and_the_prompt_fit(world, width, height):
    lines = drawn(world, width, height)
    assert len(lines) < height, "\n".join(lines)
    assert lines[0].endswith(TITLE)
    assert lines[-1] == "  escalate resolve 1"
    assert sum("Status" in line for line in lines) == 1, "the latest are there"


def test_where_there_is_room_everybody_is_there(world):
    lines = drawn(world, 100, 60)
    assert "Told" in lines
    assert any("level 1, on call for Identity" in line for line in lines)


def test_those_left_out_are_counted(world):
    few, all_of_them = drawn(world, 80, 24), drawn(world, 80, 60)
    [told] = [line for line in few if line.startswith("Told")]
    left_out = int(told.removeprefix("Told").split()[0])
    assert told == f"Told  {left_out} earlier: escalate timeline 1"

    def rows(lines: list[str]) -> int:
        return sum(line[2:3] == ":" and " sent " in f"{line} " for line in lines)

    assert rows(few) + left_out == rows(all_of_them)


def test_what_an_act_answers_fits_too(world):
    world.resolve(by="ana")
    assert len(drawn(world, 80, 24, brief=True)) < 24
