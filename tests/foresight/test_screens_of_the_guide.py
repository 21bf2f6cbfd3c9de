"""The screens in README.md and the guide are what the commands above them show, on the configuration of examples/tour."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import PAGES, page
from tests.sources import ROOT

SCREENS = re.findall(
    r"^```console\n\$ escalate --config examples/tour (simulate .*)\n((?s:.*?))^```$",
    "".join(page(name) for name in PAGES),
    re.M,
)


def test_there_is_one() -> None:
    assert SCREENS


@pytest.mark.parametrize(("typed", "screen"), SCREENS, ids=[typed for typed, _ in SCREENS])
def test_a_screen_of_the_guide_is_real(typed: str, screen: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "escalate_cli",
        "--config",
        str(ROOT / "examples" / "tour"),
        *shlex.split(typed),
    ]
    environ = {**os.environ, "HOME": str(tmp_path), "COLUMNS": "100"}
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", env=environ, timeout=60, check=False)
    assert (ran.stdout, ran.stderr) == (screen, "")
