"""A file of past incidents, CSV or JSON, as rows of texts by column: where each stands, and what is
wrong with the file itself.

What the texts mean is `checking.py`'s business. CSV may be separated by commas, semicolons or
tabs: its head decides. JSON is a list of objects, an object with such a list under "incidents", or
an object a line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from escalate_cli.core.organisation.catalog import did_you_mean

COLUMNS = (
    "id",
    "title",
    "message",
    "severity",
    "first_severity",
    "severity_changed_at",
    "service",
    "first_service",
    "rerouted_at",
    "team",
    "declared_at",
    "declared_by",
    "first_paged_at",
    "paged",
    "gateway",
    "acknowledged_at",
    "acknowledged_by",
    "acknowledged_level",
    "resolved_at",
)
"""what a row may say, beside `label.NAME`"""

LABEL = "label."

_NEEDED = (("title", "message"), ("service",), ("declared_at",))
_LISTS = ("paged", "service", "first_service")
_SEPARATORS = ",;\t"


class Fault(msgspec.Struct, frozen=True):
    """Something in the file that cannot be taken as it is. `where` is "line 12" or "incident 3"; ""
    for the file as a whole.
    """

    where: str
    column: str | None
    message: str
    hint: str = ""


class HistoryRow(msgspec.Struct, frozen=True):
    """One incident of the file: its texts by column, without those that are empty."""

    where: str
    cells: Mapping[str, str]


@dataclass(slots=True)
class HistoryFile:
    """What was found in a file. `remarks` are no faults: columns that nobody knows."""

    rows: list[HistoryRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def fault(self, where: str, column: str | None, message: str, hint: str = "") -> None:
        """Note something that cannot be taken."""
        self.faults.append(Fault(where, column, message, hint))

    def remark_unknown(self, names: Iterable[str]) -> None:
        """Remark on each of these columns that is not known."""
        for name in dict.fromkeys(names):
            if name and not _is_known(name):
                meant = did_you_mean(name, COLUMNS)
                self.remarks.append(
                    f'the column "{name[:60]}" is not known and is left out'
                    + (f': did you mean "{meant}"?' if meant else "")
                )


def read_history(content: bytes) -> HistoryFile:
    """The rows of a file of either kind; its first character says which it is."""
    file = HistoryFile()
    text = _text(content, file)
    if text is None:
        return file
    if not text.strip():
        hint = "a CSV file begins with its columns: title,service,declared_at"
        file.fault("", None, "the file is empty", hint)
    elif text.lstrip()[0] in "[{":
        _read_json(text, file)
    else:
        _read_csv(text, file)
    return file


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


def _read_csv(text: str, file: HistoryFile) -> None:
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            where, line = f"line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _heads(cells, where, file)
                continue
            if len(cells) > len(names):
                message = f"it has {len(cells)} cells, but the head names {len(names)} columns"
                hint = f'a text with {_spoken(separator)} in it goes between quotes: "like{separator} this"'
                file.fault(where, None, message, hint)
                continue
            file.rows.append(HistoryRow(where, _cells(zip(names, cells, strict=False))))
    except csv.Error as error:
        hint = 'a text with quotes in it goes between quotes, each of its own doubled: "say ""hello"""'
        file.fault(f"line {max(reader.line_num, line)}", None, f"this is no CSV: {error}", hint)


def _separator(text: str) -> str:
    """The separator with which the head has the most columns that are known."""
    head = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    return max(
        _SEPARATORS,
        key=lambda separator: (
            sum(_is_known(_named(name)) for name in head.split(separator)),
            head.count(separator),
        ),
    )


def _spoken(separator: str) -> str:
    return {",": "a comma", ";": "a semicolon"}.get(separator, "a tab")


def _heads(cells: Sequence[str], where: str, file: HistoryFile) -> list[str]:
    """The names of the columns; says which are missing, twice there or unknown."""
    names = [_named(cell) for cell in cells]
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        file.fault(where, name, "there are two columns of this name", "keep one of them")
    for choice in _NEEDED:
        if not any(name in names for name in choice):
            file.faults.append(_missing(choice, where, names))
    file.remark_unknown(names)
    return names


def _missing(choice: Sequence[str], where: str, names: Sequence[str]) -> Fault:
    meant = did_you_mean(choice[0], [name for name in names if not _is_known(name)])
    known = (
        f"needed are title (or message), service and declared_at; known are {', '.join(COLUMNS)} and"
        " label.NAME"
    )
    hint = f'is it the one called "{meant}"? Then rename that' if meant else known
    return Fault(where, None, f"there is no column {' or '.join(choice)}", hint)


def _named(text: str) -> str:
    """A column's name as it is written here: `Declared At` → `declared_at`. A label keeps its own name."""
    name = text.strip().strip('"').strip()
    if name.lower().startswith(LABEL):
        return LABEL + name[len(LABEL) :]
    return re.sub(r"[\s-]+", "_", name).lower()


def _is_known(name: str) -> bool:
    return name in COLUMNS or (name.startswith(LABEL) and len(name) > len(LABEL))


def _cells(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: text for name, text in pairs if _is_known(name) and text.strip()}


# ── JSON ──────────────────────────────────────────────────────────────────────────────


def _read_json(text: str, file: HistoryFile) -> None:
    unknown: list[str] = []
    for where, incident in _json_incidents(text, file):
        if isinstance(incident, dict):
            file.rows.append(HistoryRow(where, _object(incident, where, file, unknown)))
        else:
            hint = 'write {"title": …, "service": …, "declared_at": …}'
            file.fault(where, None, "this is not an object", hint)
    file.remark_unknown(unknown)


def _json_incidents(text: str, file: HistoryFile) -> list[tuple[str, object]]:
    """(where, value) of each incident; none where the file is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = _json_lines(text)
        if lines is None:
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            hint = 'write [{"title": …}, …], or one object a line'
            file.fault(where, None, f"this is no JSON: {message}", hint)
            return []
        return [(f"line {number}", value) for number, value in lines]
    incidents = value.get("incidents", [value]) if isinstance(value, dict) else value
    if not isinstance(incidents, list):
        file.fault("", None, '"incidents" is not a list', 'write {"incidents": [{"title": …}, …]}')
        return []
    return [(f"incident {number}", incident) for number, incident in enumerate(incidents, start=1)]


def _json_lines(text: str) -> list[tuple[int, object]] | None:
    """(line, value) of each line that is not empty; None when one of them is no JSON."""
    try:
        return [
            (number, json.loads(line))
            for number, line in enumerate(text.split("\n"), start=1)
            if line.strip()
        ]
    except (ValueError, RecursionError):
        return None


def _object(
    incident: Mapping[str, object], where: str, file: HistoryFile, unknown: list[str]
) -> dict[str, str]:
    """The cells of an object; the names that nobody knows are added to `unknown`."""
    pairs: list[tuple[str, str]] = []
    for key, value in incident.items():
        name = _whole(_named(key))
        if name == "labels" and isinstance(value, dict):
            labels = ((LABEL + _whole(label), text) for label, text in value.items())
            pairs += [(label, _plain(text, where, label, file)) for label, text in labels]
            continue
        if name == "services" and "service" not in incident:
            name = "service"
        if _is_known(name):
            pairs.append((name, _plain(value, where, name, file)))
        else:
            unknown.append(name)
    return _cells(pairs)


def _plain(value: object, where: str, name: str, file: HistoryFile) -> str:
    """A value as a cell of a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and name in _LISTS and all(isinstance(part, str) for part in value):
        return _whole(";".join(value))
    hint = 'write it like "…"; paged may be a list of texts'
    file.fault(where, name, "this is not a text or a number", hint)
    return ""


def _whole(text: str) -> str:
    """The text with what is no character written out: JSON can write half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
