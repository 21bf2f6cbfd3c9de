"""A schedule that cannot be used ends no command that looks: it goes on, and says whose schedule it
is and why (promise 20).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from escalate_cli.cli.run import run
from escalate_cli.cli.screens.demo import Screen
from escalate_cli.context import Options
from tests.faults.injection import raising
from tests.world import World, instant

Command = Callable[..., tuple[int, str, str]]
BROKEN = "identity-primary"
SAYS = (
    f"schedule {BROKEN} cannot be used (ZoneInfoNotFoundError: 'no time zone found'): it reaches nobody of"
    " Identity"
)


@pytest.fixture
def broken() -> Iterator[None]:
    """The schedule of Identity raises, whoever is asked for."""
    with ExitStack() as stack:
        for asked in ("on_call", "shifts"):
            name = f"escalate_cli.core.calendar.rota.{asked}"
            stack.enter_context(raising(name, lambda: ZoneInfoNotFoundError("no time zone found"), (BROKEN,)))
        yield


@pytest.fixture
def command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """A command of an installation in which Log in is broken: its exit code, stdout and stderr."""
    world = World(tmp_path)
    world.clock.at = instant("2026-11-23T10:00:00")
    world.declare("Log in is broken", "login")
    world.store.close()
    environ = {
        **os.environ,
        "ESCALATE_DB": str(tmp_path / "escalate.db"),
        "XDG_CACHE_HOME": str(tmp_path),
        "COLUMNS": "200",
    }

    def here(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(["--config", str(tmp_path / "config"), *arguments], environ)
        ran = capfd.readouterr()
        return code, ran.out, ran.err

    return here


COMMANDS = (
    (0, "list"), (0, "show", "1"), (0, "timeline", "1"), (1, "oncall", "identity"), (0, "oncall"),
    (0, "oncall", "--until", "+2w"), (0, "route", "log in"), (0, "explain", "1"), (0, "explain", "1", "ana"),
    (0, "explain", "1", "bo"), (0, "explain", "1", "cara"), (0, "simulate", "--service", "login"),
    (0, "service", "show", "login"), (0, "team", "show", "identity"), (0, "team", "list"),
    (0, "person", "show", "ana"), (0, "person", "list"), (0, "policy", "show", "standard"), (0, "report"),
    (0, "lessons"), (0, "export", "1"), (0, "replay", "1"), (0, "tick", "--dry-run"),
    (0, "declare", "x", "--service", "login", "--dry-run"),
)  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: " ".join(one[1:]))
def test_4_20_a_command_goes_on_and_names_the_team_and_what_cannot_be_used(
    command: Command, broken: None, arguments: tuple[int, str]
) -> None:
    code, *words = arguments
    ran = command(*map(str, words))
    assert (ran[0], SAYS in ran[2]) == (code, True), ran


def test_4_20_check_looks_at_everything_else_and_ends_with_1(command: Command, broken: None) -> None:
    code, out, _ = command("check", "--json")
    assert code == 1
    problems = json.loads(out)["problems"]
    unusable = next(
        problem for problem in problems if problem["code"] == "unusable" and SAYS in problem["message"]
    )
    assert (unusable["file"], unusable["level"]) == ("escalate.toml", "error")
    assert not any("payments-primary" in problem["message"] for problem in problems)
    assert command("check", "--heatmap")[0] == 1


def test_4_20_diff_looks_at_everything_else(command: Command, broken: None, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    text = (tmp_path / "config" / "escalate.toml").read_text()
    text = text.replace('members = ["cara"]\nstart', 'members = ["dan"]\nstart').replace('"09:00"', '"08:00"')
    (before / "escalate.toml").write_text(text)
    code, out, err = command("diff", str(before), "--json")
    assert (code, SAYS in err) == (1, True), err
    assert {load["service"] for load in json.loads(out)["changes"]} == {"payments"}
    assert command("diff", str(before), str(before))[0] == 0


def test_4_20_the_screen_of_the_demo_shows_nobody_for_it(
    broken: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path)

    class Place:
        context = world.context
        path = tmp_path

    with Screen(Place(), Options(color=False), live=False) as screen:  # type: ignore[arg-type]
        screen.open()
    assert "Card payments" in capfd.readouterr().out
    world.store.close()


def test_4_20_an_override_of_a_schedule_that_cannot_be_used_is_written_as_ever(
    command: Command, broken: None, tmp_path: Path
) -> None:
    code, out, err = command("override", "identity", "bo", "--until", "+2h")
    assert (code, SAYS in err) == (0, True), err
    assert "Bo is on call in identity-primary" in out
    assert 'person = "bo"' in (tmp_path / "config" / "escalate.toml").read_text()
