"""A problem as data: of the configuration, or of the nights ahead."""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.wording.problem import Problem
from escalate_cli.views import Data


def check_data(problems: Iterable[Problem], *, ok: bool) -> Data:
    """What `check` answers: whether the configuration may be used, and every problem."""
    return {"ok": ok, "problems": [problem_data(problem) for problem in problems]}


def problem_data(problem: Problem) -> Data:
    """A problem of the configuration as JSON carries it."""
    return {
        "file": problem.place.file,
        "line": problem.place.line or None,
        "column": problem.place.column or None,
        "level": problem.level.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint or None,
    }
