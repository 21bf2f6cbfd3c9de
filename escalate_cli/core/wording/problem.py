"""A problem: something that is wrong, where, and what to do instead."""

from __future__ import annotations

from enum import Enum

import msgspec


class ProblemLevel(str, Enum):
    """How much a problem matters."""

    ERROR = "error"
    """somebody may not be paged, or the tool cannot be used"""
    WARNING = "warning"
    """worth a look; nobody is left unpaged by it today"""
    OK = "ok"
    """looked at and found to be well: only `doctor` says so"""


ERROR, WARNING, OK = ProblemLevel


class Place(msgspec.Struct, frozen=True):
    """Where something stands in the configuration. `file` is relative to its directory; `line` and
    `column` count from 1, 0 where there is none. `text` is the source line with everything masked
    that may be a secret.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    text: str = ""

    @classmethod
    def of(cls, source: str) -> Place:
        """The place of a "file:line"; without a line, of the file."""
        file, _, line = source.rpartition(":")
        return cls(file, int(line), 1) if file and line.isdigit() else cls(source)

    @property
    def position(self) -> tuple[str, int, int]:
        """In the order of the files."""
        return self.file, self.line, self.column

    def __str__(self) -> str:
        """`FILE:LINE:COL`, or as much of it as there is."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. `code` is a stable word; `hint` is what to do, "" where there is
    nothing to do.
    """

    level: ProblemLevel
    code: str
    message: str
    hint: str = ""
    place: Place = Place()
