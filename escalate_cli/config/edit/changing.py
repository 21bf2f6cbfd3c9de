"""A change of one configuration file, checked before it is written: no other command ever sees a
configuration that an edit has broken.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from escalate_cli import files
from escalate_cli.config.files.sources import Content, find_sources, read
from escalate_cli.config.load import compile_contents
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.errors import ConfigurationProblem

_Change = Callable[[Sequence[Content]], tuple[int, bytes]]
"""from what the files hold to the number of the one that changes, and what it holds then"""


def change_file(path: Path, change: _Change) -> Path:
    """Change one file of the configuration at `path`; the file.

    Raises `InvalidConfiguration` with what would be wrong with the result, and leaves everything as it was.
    """
    with _alone(path):
        sources = find_sources(path)
        contents = [read(source) for source in sources]
        number, data = change(contents)
        changed = [*contents[:number], replace(contents[number], data=data), *contents[number + 1 :]]
        fresh = _errors(changed) - _errors(contents)
        if fresh:
            raise InvalidConfiguration(tuple(_complete(changed, fresh)))
        target = Path(os.path.realpath(sources[number].path))  # a link stays a link
        _write(target, data)
        return Path(sources[number].path)


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
