"""Questions to whoever sits at the terminal. They go to stderr, so that answers stay clean."""

from __future__ import annotations

import os
import select
import sys
import textwrap
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
    _say_wrapped(question)
    width = max(map(len, typeable))
    for number, choice in zip(typeable, choices, strict=True):
        _say_wrapped(f"  {number:>{width}}  {choice}", " " * (width + 4))
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


def _say_wrapped(text: str, indent: str = "") -> None:
    """Talk on a terminal, whose words stay whole."""
    columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
    for line in textwrap.wrap(text, max(columns - 1, 20), subsequent_indent=indent):
        say(line)


def _prompt(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _answer_within(seconds: float) -> bool:
    try:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], seconds)
    except KeyboardInterrupt:
        _prompt("\n")
        raise
    return bool(readable)


def _typed_line() -> str:
    """One line; "" at the end of what is typed. A terminal hands over a line at a time, so nothing that
    `select` would not see stays in a buffer of Python's."""
    try:
        typed = os.read(sys.stdin.fileno(), 4096)
    except KeyboardInterrupt:
        _prompt("\n")  # what follows does not stand beside the question
        raise
    if not typed:
        _prompt("\n")
    return typed.decode(errors="replace")
