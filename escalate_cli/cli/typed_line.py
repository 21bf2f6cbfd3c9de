"""A command line as a user types it, run within this process."""

from __future__ import annotations

import shlex

from escalate_cli.cli.output import Answer
from escalate_cli.cli.parser import parse_line
from escalate_cli.context import Context
from escalate_cli.errors import UsageProblem


def run_line(command: str, context: Context) -> Answer:
    """Run a command line as a user would type it, on `context`; its `Answer`. So what is shown is
    what is run.
    """
    call = parse_line(shlex.split(command)[1:], {})
    if isinstance(call, int):
        raise UsageProblem(f"this command answers nothing: {command}")
    return call.function(context, **call.values)
