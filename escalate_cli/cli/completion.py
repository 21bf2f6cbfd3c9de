"""What the shell may complete of a parameter. The table of all of them is made from these marks:
`python -m tests.completion_table`; `completing.py` answers the shell from it, without Typer.
"""

from __future__ import annotations

from collections.abc import Callable

_Mark = Callable[[], list[str]]


def known(*kinds: str) -> _Mark:
    """The mark of a parameter that takes these kinds of values: "services", "people", "incidents",
    "moments" … (`completing.py` has them).
    """

    def mark() -> list[str]:
        return []

    mark.__doc__ = " ".join(kinds)
    return mark


def in_turn(*kinds: str) -> _Mark:
    """The mark of a parameter that takes several words: the kinds of the first, of the second …, each as
    `known` has them, with blanks between several. What may stand second may stand first, too, where
    the first is left out.
    """
    return known("; ".join(kinds))


moments = known("moments")
