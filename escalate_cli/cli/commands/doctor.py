"""What is wrong with this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.views.doctor import diagnosis_data

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

from escalate_cli.cli.screens import style
from escalate_cli.core.wording.problem import ERROR, OK, WARNING


def doctor(context: Context) -> Answer:
    """What is wrong with this installation: configuration, database, ticks, incidents, people,
    secrets, gateways. Changes nothing.

    Exit code: 0 nothing is an error, 1 something is, 3 there is no configuration to page by, 7 the
    database cannot be used.
    """
    from escalate_cli.health.doctor.diagnosis import diagnose

    diagnosis = diagnose(context)

    def screen(console: Console) -> None:
        from rich.text import Text

        for finding in diagnosis.findings:
            well = finding.level is OK
            mark = style.piece(
                f"{finding.level.value:<8} ", "dim" if well else style.STYLES[finding.level.value]
            )
            _draw_indented(console, mark, style.piece(finding.message, "dim" if well else ""))
            if finding.hint:
                _draw_indented(console, Text(" " * 9), style.piece(finding.hint, "cyan"))
        counts = [
            (sum(finding.level is level for finding in diagnosis.findings), level.value)
            for level in (ERROR, WARNING)
        ]
        counted = ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count)
        console.print()
        console.print(style.piece(counted or "Nothing is wrong.", "bold" if counted else "bold green"))

    return Answer(diagnosis_data(diagnosis), screen, diagnosis.exit_code)


def _draw_indented(console: Console, mark: Text, text: Text) -> None:
    from rich.table import Table

    line = Table.grid(padding=0)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(mark, text)
    console.print(line)
