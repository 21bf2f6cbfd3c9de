"""What a process does once before it forks itself for each command (`tests.preloaded`), so that no command
need: whatever Python and its libraries make of types, functions and templates when they first meet them.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from escalate_cli.cli.run import run
from escalate_cli.delivery.mail.page import page_template
from escalate_cli.delivery.plugins import find_plugin_modules
from tests.organisations import ONE_TEAM

_ONCE = (
    "declare --title-of-nothing",
    "declare Down",
    "update 1 -m Down",
    "ack 1 --by ana",
    "show 1",
    "list",
    "list --json",
    "tick",
    "check",
    "resolve 1 --by ana",
    "report",
    "report --html report.html",
    "doctor",
)
"""commands that are carried out in a place of their own; nobody is there to be paged"""


def meet_everything() -> None:
    """Carry out a few commands, and keep nothing but what has been met."""
    page_template()
    for schema in ("json", "mailto", "mailtos"):
        find_plugin_modules(schema)
    with tempfile.TemporaryDirectory() as place, open(os.devnull, "w") as nothing:
        (Path(place) / "escalate.toml").write_text(ONE_TEAM.replace("PORT", "9"))
        environ = {"HOME": place, "ESCALATE_CONFIG": place, "ESCALATE_DB": f"{place}/escalate.db"}
        with (
            contextlib.chdir(place),
            contextlib.redirect_stdout(nothing),
            contextlib.redirect_stderr(nothing),
        ):
            for line in _ONCE:
                run(line.split(), environ)
