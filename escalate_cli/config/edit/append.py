"""Tables added to the configuration from the command line: appended to the file where their like
stand, so that comments survive.

The result is checked before anything is written, so no other command ever sees a configuration that
an edit has broken.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from escalate_cli import files
from escalate_cli.config.files.sources import Content, find_sources, read
from escalate_cli.config.load import compile_contents
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.errors import ConfigurationProblem, Unknown, UsageProblem


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
    with _alone(path):
        sources = find_sources(path)
        contents = [read(source) for source in sources]
        number = _home(contents, beside)
        before = contents[number]
        after = replace(before, data=_with(before.data, table))
        changed = [*contents[:number], after, *contents[number + 1 :]]
        fresh = _errors(changed) - _errors(contents)
        if fresh:
            raise InvalidConfiguration(tuple(_complete(changed, fresh)))
        target = Path(os.path.realpath(sources[number].path))  # a link stays a link
        _write(target, after.data)
        return Path(sources[number].path)


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


def _errors(contents: Sequence[Content]) -> Counter[tuple[str, str, str]]:
    """The errors of these files, known by what they say and not by their lines, which move."""
    return Counter(
        (problem.place.file, problem.code, problem.message)
        for problem in _problems(contents)
        if problem.level == ERROR
    )


def _problems(contents: Sequence[Content]) -> tuple[Problem, ...]:
    try:
        return compile_contents(contents).problems
    except InvalidConfiguration as invalid:
        return invalid.problems


def _complete(contents: Sequence[Content], wanted: Counter[tuple[str, str, str]]) -> Iterator[Problem]:
    return (
        problem
        for problem in _problems(contents)
        if (problem.place.file, problem.code, problem.message) in wanted and problem.level == ERROR
    )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One edit at a time, or one of two would be lost."""
    try:
        descriptor = os.open(path if path.is_dir() else path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as problem:
        find_sources(path)  # says what is missing
        raise ConfigurationProblem(
            f"{path} cannot be changed: {problem.strerror}", "check who may read and write there"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(target: Path, data: bytes) -> None:
    """Replace the file in one step, its mode kept."""
    try:
        files.replace(target, data, mode=stat.S_IMODE(target.stat().st_mode), lasting=True)
    except OSError as problem:
        raise ConfigurationProblem(
            f"{target} cannot be changed: {problem.strerror}", "check who may write there"
        ) from None
