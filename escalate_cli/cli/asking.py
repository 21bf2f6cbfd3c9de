"""Questions to whoever sits at the terminal. They go to stderr, so that answers stay clean."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.cli.output import say


class Meanwhile(msgspec.Struct, frozen=True):
    """What is done, once, when a question has waited `seconds` for its answer. It goes on waiting."""

    seconds: float
    do: Callable[[], object]


def interactive() -> bool:
    """Whether somebody can be asked: stdin and stderr are terminals (questions go to stderr,
    answers stay clean).
    """
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(
    question: str, choices: Sequence[str], numbers: Sequence[int] = (), meanwhile: Meanwhile | None = None
) -> int | None:
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
        _prompt(f"{span}, or Enter for none of these: ")
        if meanwhile is not None and not _answer_within(meanwhile.seconds):
            _prompt("\n")
            meanwhile.do()
            meanwhile = None
            continue
        typed = _typed_line().strip().removeprefix("#")
        if not typed:
            return None
        if typed in typeable:
            return typeable.index(typed)


def _prompt(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _answer_within(seconds: float) -> bool:
    readable, _, _ = select.select([sys.stdin.fileno()], [], [], seconds)
    return bool(readable)


def _typed_line() -> str:
    """One line; "" at the end of what is typed. A terminal hands over a line at a time, so nothing that
    `select` would not see stays in a buffer of Python's."""
    return os.read(sys.stdin.fileno(), 4096).decode(errors="replace")
