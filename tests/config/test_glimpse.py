"""The database that a broken configuration names is found all the same: its incidents go on being paged."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.config.files.glimpse import glimpse_database
from escalate_cli.config.load import load


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[settings]\ndatabase = "x.db"\ntimezone = nonsense\n', "x.db"),
        ("[ settings ]  # here\n  database = '~/x.db' # there\n[broken\n", "~/x.db"),
        ('settings.database = "x.db"\n[broken\n', "x.db"),
        ('[settings]\n[metrics]\ndatabase = "x.db"\n', None),
        ('[settings]\n[[rules]]\ndatabase = "x.db"\n', None),
        ('# database = "x.db"\n[broken\n', None),
        ("[settings]\ndatabase = 5\n", None),
        ("[" + " " * 1_000_000 + "\n[settings]\ndatabase = 'x.db'", "x.db"),
    ],
)
def test_the_line_that_names_it_is_found_in_what_is_no_toml(
    tmp_path: Path, text: str, found: str | None
) -> None:
    (tmp_path / "a.toml").write_text("[people.ana]\n")
    (tmp_path / "b.toml").write_text(text)
    assert glimpse_database(tmp_path, {}) == found


def test_what_it_was_when_the_configuration_was_valid_is_remembered(tmp_path: Path) -> None:
    config, home = tmp_path / "config", {"HOME": str(tmp_path)}
    config.mkdir()
    file = config / "a.toml"
    named, other = '[settings]\ndatabase = "x.db"\n', '[settings]\ntimezone = "UTC"\n'
    somebody = '[people.ana]\nname = "Ana"\n'
    file.write_text(named + somebody)
    load(config, tmp_path / ".cache" / "escalate")
    file.write_bytes(b"")
    assert glimpse_database(config, home) == "x.db"
    file.write_text(other + somebody)
    load(config, tmp_path / ".cache" / "escalate")
    assert glimpse_database(config, home) is None
