"""What `report` says of incidents that still run, and of levels that did their work."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from escalate_cli.cli.screens.report import draw_report
from escalate_cli.insight.report.figures import Report
from escalate_cli.insight.report.statistics import report
from escalate_cli.views.report import report_data
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def _report(world: World) -> Report:
    return report(world.store.history.records()[0], world.catalog)


def lines(world: World) -> list[str]:
    from rich.console import Console

    screen = Console(file=io.StringIO(), width=120, color_system=None)
    draw_report(screen, _report(world), world.catalog, "Report", "all")
    shown: str = screen.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in shown.splitlines()]


def test_what_is_open_for_a_moment_is_not_never_acknowledged(world):
    world.declare("down", "login")
    world.advance("90s")
    told = lines(world)
    assert "1 incident, 1 still running, 1 not acknowledged yet." in told
    assert not any(line.startswith("Levels nobody answered") for line in told)
    assert report_data(_report(world))["never_acknowledged"] == 1, "as it always was"
    assert report_data(_report(world))["not_yet_acknowledged"] == 1


def test_what_ended_without_is(world):
    world.declare("down", "login")
    world.resolve()
    world.declare("down again", "login")
    assert "2 incidents, 1 still running, 1 not acknowledged yet, 1 never acknowledged." in lines(world)


def test_what_stayed_at_level_1_did_not_go_up(world):
    world.declare("down", "login")
    world.ack("ana")
    world.declare("down again", "payments")
    world.advance("6m")
    world.ack("dan", 2)
    told = lines(world)
    assert any(line.startswith("stayed at level 1 ") for line in told)
    assert any(line.startswith("went up to level 2 ") for line in told)
    assert not any("up to level 1" in line for line in told)


def test_a_level_that_was_always_answered_is_not_among_those_that_were_not(world):
    world.declare("down", "login")
    world.ack("ana")
    world.declare("down again", "payments")
    world.advance("6m")
    world.ack("dan", 2)
    told = lines(world)
    at = told.index("Levels nobody answered, the worst first")
    rows = told[at + 3 : told.index("", at + 3)]
    assert [row.split()[0] for row in rows] == ["Payments"]
