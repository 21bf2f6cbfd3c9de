"""Questions to whoever sits at the terminal. They go to stderr, so that answers stay clean."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from escalate_cli.cli.output import say


def interactive() -> bool:
    """Whether somebody can be asked: stdin and stderr are terminals (questions go to stderr,
    answers stay clean).
    """
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(question: str, choices: Sequence[str], numbers: Sequence[int] = ()) -> int | None:
    """Ask which of `choices` is meant; its index, or None for none of them. Only when `interactive()`.
    `numbers` are what to type for each; 1, 2, 3 … otherwise.
    """
    typeable = [str(number) for number in numbers or range(1, len(choices) + 1)]
    say(question)
    width = max(map(len, typeable))
    for number, choice in zip(typeable, choices, strict=True):
        say(f"  {number:>{width}}  {choice}")
    span = f"{typeable[0]}–{typeable[-1]}" if not numbers and len(typeable) > 1 else "The number"
    while True:
        sys.stderr.write(f"{span}, or Enter for none of these: ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip().removeprefix("#")
        if not typed:
            return None
        if typed in typeable:
            return typeable.index(typed)
