"""`route`, `declare`, `simulate`, `explain` and the timeline say that a team is a guess."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

TITLE = "the database with the password and the card"


@pytest.fixture
def guessing(escalate, tmp_path):
    """The bank, which wants the two best candidates guessed: a copy, for the bank is everybody's."""
    given, config = Path(escalate.environ["ESCALATE_CONFIG"]), tmp_path / "guessing"
    if given.is_dir():
        shutil.copytree(given, config)
    else:
        config.mkdir()
        shutil.copy(given, config)
    file = next(path for path in config.glob("*.toml") if "[settings]" in path.read_text())
    file.write_text(file.read_text().replace("[settings]\n", '[settings]\nin_doubt = "both"\n', 1))
    return replace(escalate, environ={**escalate.environ, "ESCALATE_CONFIG": str(config)})


def test_a_guess_is_said_wherever_it_shows(guessing):
    routed = guessing("route", TITLE, "--json")
    assert (routed.code, routed.json["service"], len(routed.json["guess"])) == (1, None, 2)
    assert "a guess" in guessing.here("route", TITLE).out
    assert "a guess" in guessing("simulate", TITLE).err
    dry = guessing("declare", TITLE, "--dry-run", "--json")
    assert dry.json["guess"] == routed.json["guess"]
    declared = guessing("declare", TITLE, "--json")
    assert declared.json["services"] == routed.json["guess"]
    assert declared.json["routing"]["guess"] == routed.json["guess"]
    assert "a guess" in guessing.here("show", "1").out
    assert "a guess" in guessing.here("timeline", "1").out
    assert "a guess" in guessing.here("explain", "1").out


def test_a_team_that_is_guessed_is_the_one_expected(guessing):
    team = guessing("route", TITLE, "--json").json["team"]
    assert guessing("route", TITLE, "--expect", team).code == 0
