"""Tables added to the configuration from the command line: appended to the file where their like
stand, so that comments survive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from escalate_cli.config.edit.changing import change_file
from escalate_cli.config.files.sources import Content
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.errors import Unknown, UsageProblem


def append_service(
    path: Path,
    *,
    id: str,
    name: str,
    team: str,
    keywords: Sequence[str] = (),
    description: str = "",
    kind: str = "",
    policy: str | None = None,
    depends_on: Sequence[str] = (),
) -> Path:
    """Add a service to the configuration at `path`; the file that it was added to.

    Raises `InvalidConfiguration` with what would be wrong with the result, and leaves everything as it was.
    """
    keys = {
        "name": name,
        "description": description,
        "kind": kind,
        "team": team,
        "policy": policy,
        "keywords": list(keywords),
        "depends_on": list(depends_on),
    }
    service = {key: value for key, value in keys.items() if value}
    return _append(path, ("services",), {"services": {id: service}})


def append_override(path: Path, schedule: str, person: str, start: datetime, until: datetime) -> Path:
    """Add an override to a schedule, in naive local times of the schedule; the file that it was added to.

    Raises `Unknown` when no file defines the schedule, `InvalidConfiguration` as `append_service` does.
    """
    import tomlkit

    first, last = (tomlkit.value(str(moment.replace(microsecond=0))) for moment in (start, until))
    override = {"person": person, "from": first, "until": last}
    return _append(path, ("schedules", schedule), {"schedules": {schedule: {"overrides": [override]}}})


def _append(path: Path, beside: tuple[str, ...], table: Mapping[str, object]) -> Path:
    """Add `table`, with all that it stands in, to the file that holds `beside`."""

    def change(contents: Sequence[Content]) -> tuple[int, bytes]:
        number = _home(contents, beside)
        return number, _with(contents[number].data, table)

    return change_file(path, change)


def _home(contents: Sequence[Content], beside: tuple[str, ...]) -> int:
    """The file that holds the table `beside`, or most of it; for a section that nobody has begun,
    catalog.toml or the first.
    """
    sizes = []
    for content in contents:
        table: object = ParsedFile(content).data
        for name in beside:
            table = table.get(name) if isinstance(table, dict) else None
        sizes.append(len(table) if isinstance(table, dict) else 0)
    if any(sizes):
        return sizes.index(max(sizes))
    if len(beside) > 1:
        raise Unknown(f'there is no {beside[0].removesuffix("s")} "{beside[1]}"', "see `escalate oncall`")
    return next((number for number, content in enumerate(contents) if content.name == "catalog.toml"), 0)


def _with(data: bytes, table: Mapping[str, object]) -> bytes:
    """The file with a table added at its end, in the file's own line endings; the rest stays as it is."""
    import tomlkit

    newline = "\r\n" if b"\r\n" in data else "\n"
    gap = newline if data.endswith(b"\n") else newline * 2
    try:
        return data + ((gap if data.strip() else "") + tomlkit.dumps(table).replace("\n", newline)).encode()
    except UnicodeEncodeError:
        raise UsageProblem(
            "the configuration is UTF-8, and what is to be added is not", "type it again in UTF-8"
        ) from None
