"""A command line as a user types it, run within this process."""

from __future__ import annotations

import shlex
from typing import Any

from escalate_cli.cli import parser as app
from escalate_cli.context import Context
from escalate_cli.errors import UsageProblem


def run_line(command: str, context: Context) -> Any:
    """Run a command line as a user would type it, on `context`; its `Answer`. So what is shown is
    what is run.
    """
    request = app.parse(shlex.split(command)[1:], {})
    if isinstance(request, int):
        raise UsageProblem(f"this command answers nothing: {command}")
    return request.function(context, **request.values)
