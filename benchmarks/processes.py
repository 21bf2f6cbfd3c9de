"""Running commands as people do, and what they cost: CPU of the whole process with its children, or
time until something arrives.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Command = Sequence[str]

LONGEST_RUN = 1800.0
"""seconds after which a run is ended: nothing here may go on for ever"""


def installed(name: str) -> list[str] | None:
    """The command of this name: next to this Python, else on the path."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    return [found] if found else None


def escalate() -> list[str]:
    """The command that is measured."""
    return installed("escalate") or [sys.executable, "-m", "escalate_cli"]


@dataclass(frozen=True)
class Surroundings:
    """A home of its own, so that nothing of the user's is read or written. `more` is added to the
    environment.
    """

    place: Path
    more: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """Bytecode is written and used, as after any `pip install`; a development shell may have
        switched that off.
        """
        kept = {
            name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "SYSTEMROOT") if name in os.environ
        }
        own = {
            "HOME": str(self.place),
            "XDG_CACHE_HOME": str(self.place / "cache"),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
        }
        return kept | own | dict(self.more)

    def start(self, command: Command) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self.environ(),
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )


class Failed(Exception):
    """A command that is measured did not do what it should."""


@dataclass(frozen=True)
class Cost:
    """What a run took, in seconds: CPU (user and system, of the process and all it started) and wall time."""

    cpu: float
    wall: float


def cost(surroundings: Surroundings, command: Command, expected: tuple[int, ...] = (0,)) -> Cost:
    """Run `command` to its end."""
    began = time.perf_counter()
    process = surroundings.start(command)
    said = _said(process)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise Failed(
            f"{' '.join(map(str, command[:4]))}… ended with {process.returncode}:"
            f" {said.decode('utf-8', 'replace')[:500]}"
        )
    return Cost(used.ru_utime + used.ru_stime, wall)


def _said(process: subprocess.Popen[bytes]) -> bytes:
    """What it says on stderr until it closes it, which is when it ends; kills what goes on too long."""
    import threading

    assert process.stderr is not None
    end = threading.Timer(LONGEST_RUN, process.kill)
    end.start()
    try:
        with process.stderr:
            return process.stderr.read()
    finally:
        end.cancel()


def interleaved(runs: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each measure `runs` times, in turns, so that a busy moment of the machine hits them alike.
    One more round first, which does not count: it fills caches (bytecode, compiled configuration,
    the kernel's) for everyone.
    """
    series: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(runs + 1):
        for name, measure in measures.items():
            value = measure()
            if turn:
                series[name].append(value)
    return series


def least(series: Sequence[float]) -> float:
    """For CPU: whatever disturbs only adds."""
    return min(series)


def middle(series: Sequence[float]) -> float:
    """For waiting: what one meets."""
    return statistics.median(series)
