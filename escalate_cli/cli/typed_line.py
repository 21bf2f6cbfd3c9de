"""A command line as a user types it, run within this process."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path

from escalate_cli.cli.output import Answer
from escalate_cli.cli.parser import parse_line
from escalate_cli.context import Context
from escalate_cli.errors import UsageProblem


def run_line(command: str, context: Context, directory: Path) -> Answer:
    """Run a command line as a user would type it in `directory`, on `context`; its `Answer`. So what is
    shown is what is run. `< FILE` at its end is what is piped into it.
    """
    line, _, piped = command.partition(" < ")
    call = parse_line(shlex.split(line)[1:], {})
    if isinstance(call, int):
        raise UsageProblem(f"this command answers nothing: {command}")
    with _stdin((directory / piped).read_bytes() if piped else None):
        return call.function(context, **call.values)


@contextmanager
def _stdin(content: bytes | None) -> Iterator[None]:
    if content is None:
        yield
        return
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(content))
    try:
        yield
    finally:
        sys.stdin = before
