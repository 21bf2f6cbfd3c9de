"""One thing that `doctor` looked at, and the words that findings share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

_NAMED = 8
"""how many ids a finding names"""


class Weight(str, Enum):
    """How much a finding matters."""

    ERROR = "error"
    """somebody may not be paged, or the tool cannot be used; `doctor` exits with a failure"""
    WARNING = "warning"
    """worth a look; nobody is left unpaged by it today"""
    OK = "ok"
    """looked at and found to be well"""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. `code` is a stable word; `hint` is what to do, "" where there
    is nothing to do.
    """

    weight: Weight
    code: str
    message: str
    hint: str = ""


def well(code: str, message: str) -> Finding:
    """A finding that nothing is wrong."""
    return Finding(Weight.OK, code, message)


def listed(ids: Iterable[str]) -> str:
    """The first few ids, and how many more there are."""
    unique = list(dict.fromkeys(ids))
    return ", ".join(unique[:_NAMED]) + (f" and {len(unique) - _NAMED} more" if len(unique) > _NAMED else "")


def counted(count: int, word: str) -> str:
    """ "1 incident", "2 incidents"."""
    return f"{count} {word}{'s' * (count != 1)}"


def all_of(count: int, word: str) -> str:
    """ "the one gateway", "all 3 gateways"."""
    return f"the one {word}" if count == 1 else f"all {count} {word}s"
