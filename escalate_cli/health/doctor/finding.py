"""The words that the findings of `doctor` share."""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.wording.problem import OK, Problem

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
