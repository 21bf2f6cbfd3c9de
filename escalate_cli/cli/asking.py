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


def choose(question: str, choices: Sequence[str]) -> int | None:
    """Ask which of `choices` is meant; its index, or None for none of them. Only when `interactive()`."""
    say(question)
    for number, choice in enumerate(choices, start=1):
        say(f"  {number}  {choice}")
    while True:
        sys.stderr.write(f"1–{len(choices)}, or Enter for none of these: ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
        if not typed:
            return None
        if typed.isdigit() and 1 <= int(typed) <= len(choices):
            return int(typed) - 1
