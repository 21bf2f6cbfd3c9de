"""What is wrong with a configuration, where, and what to write instead; shown so that it harms no
terminal and reveals no secret.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import ConfigurationProblem


class InvalidConfiguration(ConfigurationProblem):
    """The configuration has errors. `problems` holds them all, warnings too; `message` is the first
    error in one line. `sound` is a catalog of what is right, to look for more problems in; for nothing
    else.
    """

    code = "invalid-configuration"
    where = "the configuration"
    """what to call it, if it is not the configuration in use"""
    remedy = ""
    """what to do about it then"""

    def __init__(self, problems: Sequence[Problem], sound: Catalog | None = None) -> None:
        self.problems, self.sound = tuple(problems), sound
        errors = [problem for problem in self.problems if problem.level == ERROR]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        first = errors[0]
        super().__init__(printable(f"{first.place}: {first.message}{more}"), printable(first.hint))


def render(problem: Problem) -> str:
    """The problem as people read it: place and message, the source line, a caret, a hint. No
    newline at the end.
    """
    place = problem.place
    lines = [printable(f"{place}: {problem.level.value}[{problem.code}]: {problem.message}")]
    if place.text.strip():
        lines.append("    " + printable(place.text.replace("\t", " ")))
        if 0 < place.column <= len(place.text) + 1:
            lines.append(
                "    " + " " * _width(printable(place.text[: place.column - 1].replace("\t", " "))) + "^"
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
