"""What is wrong with a configuration, where, and what to write instead; shown so that no terminal
and no secret is harmed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import msgspec

from escalate_cli.core.wording.text import printable
from escalate_cli.errors import ConfigurationProblem

ERROR = "error"
WARNING = "warning"


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. `file` is relative to the configuration directory; `line` and
    `column` count from 1, 0 where there is none.

    `level` is "error" or "warning", `code` a stable word, `text` the source line with everything
    masked that may be a secret.
    """

    file: str
    line: int
    column: int
    level: str
    code: str
    message: str
    hint: str = ""
    text: str = ""


class InvalidConfiguration(ConfigurationProblem):
    """The configuration has errors. `problems` holds them all, warnings too; `message` is the first
    error in one line.
    """

    code = "invalid-configuration"
    where = "the configuration"
    remedy = "put that right, then run `escalate check`"
    """what to call it and what to do, where it is not the one in use"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.level == ERROR]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        first = errors[0]
        super().__init__(printable(f"{place(first)}: {first.message}{more}"), printable(first.hint))


def place(problem: Problem) -> str:
    """`FILE:LINE:COL`, or as much of it as there is."""
    return f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file


def render(problem: Problem) -> str:
    """The problem as people read it: place and message, the source line, a caret, a hint. No
    newline at the end.
    """
    lines = [printable(f"{place(problem)}: {problem.level}[{problem.code}]: {problem.message}")]
    if problem.text.strip():
        lines.append("    " + printable(problem.text.replace("\t", " ")))
        if 0 < problem.column <= len(problem.text) + 1:
            lines.append(
                "    " + " " * _width(printable(problem.text[: problem.column - 1].replace("\t", " "))) + "^"
            )
    if problem.hint:
        lines.append("hint: " + printable(problem.hint))
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
