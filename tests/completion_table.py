"""Writes what the shells complete, from the signatures of the commands.

python -m tests.completion_table
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from typer.models import ArgumentInfo, OptionInfo

from escalate_cli.cli.global_options import global_options
from escalate_cli.cli.index import COMMANDS
from tests.sources import PACKAGE

TABLE = PACKAGE / "cli" / "completion_table.txt"

BY_NAME = {
    "incident": "incidents",
    "nudge": "nudges",
    "answer": "answers",
    "shell": "shells",
    "by": "people",
    "lead": "people",
    "status": "statuses",
    "severity": "severities",
    "at": "moments",
    "start": "moments",
    "duration": "durations",
    "span": "durations",
    "interval": "durations",
    "team": "teams",
    "service": "services",
}
"""the kind of a parameter that has no mark, by its name"""


def table() -> str:
    """A line a command: its name, the kinds of its arguments, its options; between them tabs."""
    lines = [_line("", global_options)]
    for name, (module, function, _, _) in COMMANDS.items():
        lines.append(_line(name, getattr(import_module(f"escalate_cli.cli.commands.{module}"), function)))
    return "\n".join(lines) + "\n"


def _line(name: str, function: Any) -> str:
    arguments, options, repeats = [], [], ""
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        for info in getattr(parameter.annotation, "__metadata__", ()):
            kind = _kind(parameter.name, info, name)
            if isinstance(info, ArgumentInfo):
                arguments += (kind or "-").split("; ")
                repeats = "*" if "list[str]" in str(parameter.annotation) and ";" not in kind else ""
            elif isinstance(info, OptionInfo):
                first = [str(info.default)] if str(info.default).startswith("-") else []
                spellings = "|".join([*first, *(info.param_decls or ())])
                flag = "bool" in str(parameter.annotation)
                line = " ".join((info.help or "").split())
                options.append(f"{spellings}{'' if flag else '=' + kind} {line}")
    return "\t".join([name, " ".join(arguments) + repeats, *options])


def _kind(parameter: str, info: Any, command: str) -> str:
    if info.autocompletion is not None:
        return "; ".join(",".join(turn.split()) for turn in (info.autocompletion.__doc__ or "").split(";"))
    if parameter == "incident" and command in ("export", "explain", "replay", "reopen", "timeline", "show"):
        return "latest"
    if parameter == "key" and command in ("declare", "run"):
        return ""
    if parameter == "key":
        return "keys"
    if parameter == "until" and info.metavar == "T":
        return "moments"
    return BY_NAME.get(parameter, "")


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"wrote {TABLE}")
