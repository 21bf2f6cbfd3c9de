"""The real command with the configuration that somebody wrote by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Escalate, surroundings
from tests.organisations import BY_HAND


@pytest.fixture
def escalate(tmp_path: Path) -> Escalate:
    """`escalate("service", "list", "--json").json`"""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "catalog.toml").write_text(BY_HAND, encoding="utf-8")
    return Escalate(tmp_path, surroundings(tmp_path))
