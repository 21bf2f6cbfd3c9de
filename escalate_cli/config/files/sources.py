"""The files of a configuration: finding them, reading them without ever hanging, and telling
whether they have changed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec

from escalate_cli import files
from escalate_cli.core.wording.problem import ERROR, WARNING, Place, Problem, ProblemLevel
from escalate_cli.errors import ConfigurationProblem

LARGEST_FILE = 5 * 1024 * 1024


class SourceFile(msgspec.Struct, frozen=True):
    """One file that exists. `name` is its name in the directory, printable; `stamp` changes when
    the file does.
    """

    name: str
    path: str
    stamp: tuple[int, int, int, int]
    regular: bool


class Content(msgspec.Struct, frozen=True):
    """What a file holds; `problem` says why it holds nothing."""

    name: str
    data: bytes
    problem: Problem | None = None


def find_sources(path: Path) -> tuple[SourceFile, ...]:
    """The configuration's files, sorted by name; `path` is a directory or one file. Hidden files
    are left out, since editors keep their locks there. Raises `ConfigurationProblem` when there
    is nothing to read.
    """
    hint = "`escalate init` writes a starter; --config or $ESCALATE_CONFIG names another place"
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            return (_source(path.name, str(path)),)
        names = sorted(
            name for name in os.listdir(path) if name.endswith(".toml") and not name.startswith(".")
        )
        sources = tuple(_source(name, os.path.join(path, name)) for name in names)
    except PermissionError:
        raise ConfigurationProblem(
            f"the configuration at {_printable(str(path))} may not be read by you: Permission denied",
            "whoever owns it lets you read it: chmod a+rX, or to the group; --config names another place",
            code="no-configuration",
        ) from None
    except (OSError, ValueError) as problem:
        why = (problem.strerror if isinstance(problem, OSError) else None) or "not a path"
        raise ConfigurationProblem(
            f"there is no configuration at {_printable(str(path))}: {why}", hint, code="no-configuration"
        ) from None
    if not sources:
        raise ConfigurationProblem(
            f"there is no *.toml file in {_printable(str(path))}", hint, code="no-configuration"
        )
    return sources


def read(source: SourceFile) -> Content:
    """The bytes of a file. Only regular files are opened, and without waiting: a FIFO would stop
    every command.
    """
    if not source.regular:
        return _failed(
            source,
            WARNING,
            "not-a-file",
            "is not a regular file and is left out",
            "remove it, or rename it to not end in .toml",
        )
    try:
        with files.open_regular(source.path) as stream:
            data = stream.read(LARGEST_FILE + 1)
    except files.NotRegular:
        return _failed(source, WARNING, "not-a-file", "is not a regular file and is left out", "")
    except OSError as problem:
        return _failed(
            source,
            ERROR,
            "unreadable",
            f"cannot be read: {problem.strerror}",
            "check that the file exists and who may read it",
        )
    if len(data) > LARGEST_FILE:
        return _failed(
            source,
            ERROR,
            "too-large",
            f"is larger than {LARGEST_FILE // 1024 // 1024} MB",
            "is this a configuration file?",
        )
    return Content(source.name, data)


def _source(name: str, path: str) -> SourceFile:
    try:
        status = os.stat(path)
    except OSError:  # a link that leads nowhere: reading reports it
        return SourceFile(_printable(name), path, (0, 0, 0, 0), True)
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    return SourceFile(_printable(name), path, stamp, stat.S_ISREG(status.st_mode))


def _failed(source: SourceFile, level: ProblemLevel, code: str, message: str, hint: str) -> Content:
    return Content(source.name, b"", Problem(level, code, f"the file {message}", hint, Place(source.name)))


def _printable(name: str) -> str:
    """A file name that can be encoded: bytes that are not text become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
