"""Setting up as data: what `init` wrote, what is to be installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from escalate_cli.setup.shells import InstalledCompletion
from escalate_cli.views import Data


def starter_data(place: Path, written: Iterable[Path], existing: Iterable[Path], database: Path) -> Data:
    """The files of a starter configuration: those written now, and those that were left as they are."""
    return {
        "directory": str(place),
        "written": [str(path) for path in written],
        "existing": [str(path) for path in existing],
        "database": str(database),
    }


def completion_data(shell: str, script: str, installed: InstalledCompletion | None = None) -> Data:
    """The completion script of a shell; and where it is, once it is installed."""
    data: Data = {"shell": shell, "script": script}
    if installed is not None:
        data["file"] = str(installed.script)
        data["start_up_file"] = str(installed.start_up) if installed.start_up else None
        data["changed"] = [str(path) for path in installed.changed]
    return data


def clock_data(crontab: str, units: Mapping[str, str]) -> Data:
    """What to install so that time passes: a crontab line, or systemd units by file name."""
    return {"crontab": crontab, "systemd": dict(units)}
