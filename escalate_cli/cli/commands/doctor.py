"""What is wrong with this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.views.doctor import diagnosis_data

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.cli.screens import style
from escalate_cli.core.wording.problem import ERROR, OK, WARNING


def doctor(context: Context) -> Answer:
    """What is wrong with this installation: configuration, database, ticks, incidents, people,
    secrets, gateways. Changes nothing.

    Exit code: 0 nothing is an error, 1 something is, 3 there is no configuration to page by, 7 the
    database cannot be used.
    """
    from escalate_cli.health.doctor.diagnosis import diagnose

    found = diagnose(context)

    def screen(console: Console) -> None:
        from rich.text import Text

        for one in found.findings:
            well = one.level is OK
            mark = style.piece(f"{one.level.value:<8} ", "dim" if well else style.STYLES[one.level.value])
            _draw_indented(console, mark, style.piece(one.message, "dim" if well else ""))
            if one.hint:
                _draw_indented(console, Text(" " * 9), style.piece(one.hint, "cyan"))
        counts = [
            (sum(finding.level is level for finding in found.findings), level.value)
            for level in (ERROR, WARNING)
        ]
        said = ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count)
        console.print()
        console.print(style.piece(said or "Nothing is wrong.", "bold" if said else "bold green"))

    return Answer(diagnosis_data(found), screen, found.exit_code)


def _draw_indented(console: Console, mark: Any, text: Any) -> None:
    from rich.table import Table

    line = Table.grid(padding=0)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(mark, text)
    console.print(line)
