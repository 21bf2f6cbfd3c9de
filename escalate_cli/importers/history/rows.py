"""What is read of a file of past incidents: its rows, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import msgspec

from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.importers.history.columns import COLUMNS, Columns, is_known, plain_words

_ALIKE = 0.8
"""from here on a name may be another one with a slip in it"""


class Fault(msgspec.Struct, frozen=True):
    """Something in the file that cannot be taken as it is. `where` is "line 12" or "incident 3"; ""
    for the file as a whole. `is_unknown`: the configuration does not know it, and --keep-unknown takes it.

    It is no `Problem`: that stands in the configuration, at a column of a line, and is more or less grave.
    This is about a cell of somebody's table, which has a column by name, and any of them refuses the file.
    """

    where: str
    column: str | None
    message: str
    hint: str = ""
    is_unknown: bool = False


class HistoryRow(msgspec.Struct, frozen=True):
    """One incident of the file: its texts by column, without those that are empty."""

    where: str
    cells: Mapping[str, str]
    heads: Mapping[str, str] = {}
    """what a column is called in the file, where it is not called as here"""
    units: Mapping[str, int] = {}
    """microseconds of what a bare number in a column counts, where its head says it"""
    day_first: bool | None = None
    """whether 03/04 is the third of April; None: the file does not tell"""


RawRow = tuple[str, Sequence[tuple[str, str]]]
"""where an incident stands, and its texts by the names that the file gives them"""


@dataclass(slots=True)
class HistoryFile:
    """What was found in a file. `remarks` are no faults: columns that nobody knows."""

    rows: list[HistoryRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    columns: Columns | None = None

    def fault(self, where: str, column: str | None, message: str, hint: str = "") -> None:
        """Note something that cannot be taken."""
        self.faults.append(Fault(where, column, message, hint))

    def remark_unused(self, columns: Columns) -> None:
        """Remark on each column that is not used; on many in one line."""
        unlike = []
        names, missing = columns.unused, [name for name in COLUMNS if name not in columns.sources]
        for name in dict.fromkeys(map(plain_words, names)):
            meant = None if not name or is_known(name) else did_you_mean(name, missing)
            if meant and SequenceMatcher(None, name, meant).ratio() > _ALIKE:
                text = f'the column "{name[:60]}" is not known and is left out: did you mean "{meant}"?'
                self.remarks.append(text)
            elif name:
                unlike.append(name[:60])
        if len(unlike) > 2:
            self.remarks.append(f"columns that are not used: {', '.join(unlike)}")
        else:
            self.remarks += [f'the column "{name}" is not known and is left out' for name in unlike]
