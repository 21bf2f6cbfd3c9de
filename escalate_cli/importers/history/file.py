"""A file of past incidents, CSV or JSON, as rows of texts by column: where each stands, and what is
wrong with the file itself.

What a column means is the business of `columns.py`, what the texts mean that of `checking.py`. CSV may
be separated by commas, semicolons or tabs: its head decides.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from escalate_cli.importers.history.columns import (
    ONLY_WHEN_OVER,
    Columns,
    check_map,
    is_known,
    ours,
    plain,
    plain_words,
    understand,
)
from escalate_cli.importers.history.json_rows import read_json
from escalate_cli.importers.history.rows import Fault, HistoryFile, HistoryRow, RawRow
from escalate_cli.importers.history.times import day_comes_first

_SEPARATORS = ",;\t"
_SAYS_NOTHING = frozenset({"true", "false", "yes", "no", "n/a", "na", "none", "null", "-"})
"""in a column of another tool"""


def read_history(
    content: bytes, chosen: Mapping[str, str] | None = None, *, day_first: bool | None = None
) -> HistoryFile:
    """The rows of a file of either kind; its first character says which it is.

    `chosen` are columns of the file as ours (`columns.read_map`); `day_first` is how dates such as
    03/04/2026 are meant, None where the file is to tell.
    """
    file = HistoryFile()
    text = _text(content, file)
    if text is None:
        return file
    if not text.strip():
        hint = "a CSV file begins with its columns: title,service,declared_at"
        file.fault("", None, "the file is empty", hint)
    elif text.lstrip()[0] in "[{":
        _take_rows(file, read_json(text, file), chosen or {}, day_first)
    else:
        _take_rows(file, _read_csv(text, file, chosen or {}), chosen or {}, day_first)
    return file


def _take_rows(
    file: HistoryFile, raw: Sequence[RawRow], chosen: Mapping[str, str], day_first: bool | None
) -> None:
    """The rows by our columns."""
    columns = file.columns
    if columns is None:
        names = list(dict.fromkeys(name for _, pairs in raw for name, _ in pairs))
        check_map(chosen, names)
        columns = file.columns = understand(names, chosen)
        # in JSON each incident names its own: what is missing is told of each
        file.faults += [
            Fault("", None, fault.message, fault.hint) for fault in columns.faults if fault.is_doubt
        ]
        file.remark_unused(columns)
    elif columns.faults:  # told already; each row would only repeat it
        return
    heads = {ours: theirs for theirs, ours in reversed(columns.of_others().items())}
    rows = [(where, *_cells(dict(pairs), columns)) for where, pairs in raw]
    if day_first is None:
        times = (text for _, cells, _ in rows for name, text in cells.items() if name.endswith("_at"))
        day_first = day_comes_first(times)
    file.rows += [HistoryRow(where, cells, heads, units, day_first) for where, cells, units in rows]


def _cells(texts: Mapping[str, str], columns: Columns) -> tuple[dict[str, str], dict[str, int]]:
    """The texts of an incident by our columns, and what bare numbers among them count."""
    cells: dict[str, str] = {}
    units: dict[str, int] = {}
    status = next((text for name, text in texts.items() if plain(name) == "status"), "")
    is_over = status.strip().lower() in ("resolved", "closed", "done")
    for column, sources in columns.sources.items():
        for source in sources:
            text = texts.get(source.name, "")
            if not text.strip() or (plain(source.name) == ONLY_WHEN_OVER and not is_over):
                continue
            if (
                column == "acknowledged_by"
                and not source.is_ours
                and "acknowledged_at" not in columns.sources
            ):
                continue
            cells[column] = text
            if source.unit is not None:
                units[column] = source.unit
            break
    by = columns.sources.get("acknowledged_by", ())
    if "acknowledged_at" not in cells and not any(source.is_ours for source in by):
        cells.pop("acknowledged_by", None)  # nobody has said that they had it
    return cells, units


def _text(content: bytes, file: HistoryFile) -> str | None:
    hint = "save it as UTF-8 (spreadsheets call it “CSV UTF-8”)"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        file.fault("", None, "the file is UTF-16", hint)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        file.fault(f"line {line}", None, f"the byte 0x{content[error.start]:02x} is no UTF-8", hint)
        return None


# ── CSV ───────────────────────────────────────────────────────────────────────────────


def _read_csv(text: str, file: HistoryFile, chosen: Mapping[str, str]) -> list[RawRow]:
    separator = _separator(text)
    raw: list[RawRow] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            where, line = f"line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _heads(cells, where, file, chosen)
                continue
            if len(cells) > len(names):
                message = f"it has {len(cells)} cells, but the head names {len(names)} columns"
                hint = f'a text with {_spoken(separator)} in it goes between quotes: "like{separator} this"'
                file.fault(where, None, message, hint)
                continue
            raw.append((where, list(zip(names, cells, strict=False))))
    except csv.Error as error:
        hint = 'a text with quotes in it goes between quotes, each of its own doubled: "say ""hello"""'
        file.fault(f"line {max(reader.line_num, line)}", None, f"this is no CSV: {error}", hint)
    return raw


def _separator(text: str) -> str:
    """The separator with which the head has the most columns that are known."""
    head = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    return max(
        _SEPARATORS,
        key=lambda separator: (
            sum(is_known(name.strip('" ')) for name in head.split(separator)),
            head.count(separator),
        ),
    )


def _spoken(separator: str) -> str:
    return {",": "a comma", ";": "a semicolon"}.get(separator, "a tab")


def _heads(cells: Sequence[str], where: str, file: HistoryFile, chosen: Mapping[str, str]) -> list[str]:
    """The names of the columns, as they stand there; says which are missing, twice there or unknown."""
    names = [cell.strip().strip('"').strip() for cell in cells]
    spelled = [plain_words(ours(name) or name) for name in names]
    for name in dict.fromkeys(name for name in spelled if name and spelled.count(name) > 1):
        file.fault(where, name, "there are two columns of this name", "keep one of them")
    check_map(chosen, names)
    file.columns = understand(names, chosen)
    file.faults += [Fault(where, None, fault.message, fault.hint) for fault in file.columns.faults]
    file.remark_unused(file.columns)
    return names
