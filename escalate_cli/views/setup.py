"""Setting up as data: what `init` wrote, what is to be installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from escalate_cli.views import Data


def starter_data(place: Path, written: Iterable[Path], existing: Iterable[Path], database: Path) -> Data:
    """The files of a starter configuration: those written now, and those that were left as they are."""
    return {
        "directory": str(place),
        "written": [str(path) for path in written],
        "existing": [str(path) for path in existing],
        "database": str(database),
    }


def completion_data(shell: str, script: str) -> Data:
    """The completion script of a shell."""
    return {"shell": shell, "script": script}


def clock_data(crontab: str, units: Mapping[str, str]) -> Data:
    """What to install so that time passes: a crontab line, or systemd units by file name."""
    return {"crontab": crontab, "systemd": dict(units)}
