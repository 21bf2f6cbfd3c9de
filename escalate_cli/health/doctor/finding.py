"""The words that the findings of `doctor` share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.wording.problem import ERROR, OK, Problem
from escalate_cli.errors import DamagedRow, DatabaseProblem

_NAMED = 8
"""how many ids a finding names"""


def well(code: str, message: str) -> Problem:
    """A finding that nothing is wrong."""
    return Problem(OK, code, message)


def listed(ids: Iterable[str]) -> str:
    """The first few ids, and how many more there are."""
    unique = list(dict.fromkeys(ids))
    return ", ".join(unique[:_NAMED]) + (f" and {len(unique) - _NAMED} more" if len(unique) > _NAMED else "")


def count_of(count: int, word: str) -> str:
    """ "1 incident", "2 incidents"."""
    return f"{count} {word}{'s' * (count != 1)}"


def all_of(count: int, word: str) -> str:
    """ "the one gateway", "all 3 gateways"."""
    return f"the one {word}" if count == 1 else f"all {count} {word}s"


def looked(what: str, look: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """The findings. What cannot even be looked at is a finding too, and does not stop the others."""
    try:
        return list(look())
    except DamagedRow as problem:
        return [
            Problem(ERROR, "not-looked-at", f"{what} could not be looked at: {problem.message}", problem.hint)
        ]
    except DatabaseProblem as problem:  # locked meanwhile
        return [Problem(ERROR, "database-unusable", problem.message, problem.hint)]
    except Exception as problem:
        text = f"{what} could not be looked at ({words_of(problem)})"
        return [
            Problem(
                ERROR,
                "not-looked-at",
                text,
                "page people by other means until it can, and please report it as a bug",
            )
        ]
