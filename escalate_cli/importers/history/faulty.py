"""The refusal of a file of past incidents: every problem is told, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.errors import UsageProblem
from escalate_cli.importers.history.rows import Fault

_MOST_TOLD = 1000
"""lines that people get; JSON has them all"""


class FaultyHistory(UsageProblem):
    """The file cannot be taken as it is; every problem is told, in the order of the file."""

    code = "bad-history"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        many = "a problem" if len(faults) == 1 else f"{len(faults):,} problems"
        kept = any(fault.is_unknown for fault in faults)
        more = "; or take what the configuration does not know as it is: --keep-unknown" if kept else ""
        super().__init__(
            f"{file} has {many}; nothing was imported", f"put that right and import it again{more}"
        )
        faults = sorted(faults, key=_number)
        told = [_line(file, fault) for fault in faults[:_MOST_TOLD]]
        self.details = (
            *told,
            *([f"… and {len(faults) - len(told):,} more"] if len(faults) > len(told) else []),
        )
        problems = [
            {
                "where": fault.where or None,
                "column": fault.column,
                "message": fault.message,
                "hint": fault.hint or None,
            }
            for fault in faults
        ]
        self.more = {"problems": problems}


def _number(fault: Fault) -> int:
    return int("".join(filter(str.isdigit, fault.where)) or 0)


def _line(file: str, fault: Fault) -> str:
    """`history.csv:12: resolved_at: it is before declared_at; hint`, with as much of the place as
    there is.
    """
    number = fault.where.removeprefix("line ")
    place = f"{file}:{number}" if number.isdigit() else f"{file}: {fault.where}" if fault.where else file
    column = f"{fault.column}: " if fault.column else ""
    hint = f"; {fault.hint}" if fault.hint else ""
    return f"{place}: {column}{fault.message}{hint}"
