"""The real command, as a real process, in surroundings of its own.

`escalate("list")` is forked from a process that has loaded the code (`tests.preloaded`). In most long tests,
in a shell script and wherever a process is begun to be watched or killed, Python starts from nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.preloaded import OF_PYTHON, Preloaded

FRESH = False
"""whether commands are started from nothing; tests.conftest sets it for long tests"""
PRELOADED = Preloaded()


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
        environ = {**self.environ, **more}
        if not FRESH and PRELOADED.can(environ):
            code, out, err = PRELOADED.run(arguments, environ, self.place, 60)
            return Ran(code, out.decode(), err.decode())
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


def surroundings(place: Path, *, columns: int = 80) -> dict[str, str]:
    """An environment in which `escalate` is this escalate, with its home, configuration and database in
    `place`.
    """
    (place / "home").mkdir(parents=True)
    (place / "bin").mkdir()
    program = place / "bin" / "escalate"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m escalate_cli "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(place / "home"),
        "ESCALATE_CONFIG": str(place / "config"),
        "ESCALATE_DB": str(place / "escalate.db"),
        "COLUMNS": str(columns),
        **OF_PYTHON,
    }
