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


moments = known("moments")
