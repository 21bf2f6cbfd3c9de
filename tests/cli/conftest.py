"""The real command, as a real process, in surroundings of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.organisations import BY_HAND


@dataclass(frozen=True)
class Ran:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stdout says, as one JSON document."""
        return json.loads(self.out)


@dataclass
class Escalate:
    """Runs `escalate` with its own configuration, database and home."""

    place: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.place / "config"

    def __call__(self, *arguments: str, **more: str) -> Ran:
        return self.process([sys.executable, "-m", "escalate_cli", *arguments], more)

    def script(self, text: str, **more: str) -> Ran:
        """A shell script in which `escalate` is this escalate."""
        return self.process(["bash", "-c", text], more)

    def python(self, text: str) -> Ran:
        return self.process([sys.executable, "-c", text], {})

    def process(self, command: list[str], more: dict[str, str]) -> Ran:
        done = subprocess.run(
            command,
            capture_output=True,
            env={**self.environ, **more},
            cwd=self.place,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def escalate(tmp_path: Path) -> Escalate:
    """`escalate("service", "list", "--json").json`"""
    (tmp_path / "config").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "config" / "catalog.toml").write_text(BY_HAND, encoding="utf-8")
    program = tmp_path / "bin" / "escalate"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m escalate_cli "$@"\n')
    program.chmod(0o755)
    environ = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "ESCALATE_CONFIG": str(tmp_path / "config"),
        "ESCALATE_DB": str(tmp_path / "escalate.db"),
        "COLUMNS": "80",
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
    }
    return Escalate(tmp_path, environ)
