"""An override taken back: its table is removed, or ends earlier. All other text stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from escalate_cli.config.edit.changing import change_file
from escalate_cli.config.files.sources import Content
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.calendar.rota import Override
from escalate_cli.errors import Unknown

_VALUE = re.compile(r"[^#\r\n]*[^#\s]")
_MARK = b"\xef\xbb\xbf"


def end_override(path: Path, schedule: str, override: Override, at: datetime | None) -> Path:
    """Have this override of a schedule end at `at`, a naive local time of the schedule; None: remove
    it. The file that it stood in.

    `Unknown` where it stands in no file any more; `InvalidConfiguration` as for anything appended.
    """

    def change(contents: Sequence[Content]) -> tuple[int, bytes]:
        for number, content in enumerate(contents):
            index = _index(ParsedFile(content), schedule, override)
            if index is not None:
                return number, _changed(content.data, schedule, index, at)
        raise Unknown(
            f"this override of {schedule} is in no file any more",
            "see `escalate oncall`",
            code="no-such-override",
        )

    return change_file(path, change)


def _index(file: ParsedFile, schedule: str, override: Override) -> int | None:
    """Which of the schedule's overrides in this file it is."""
    table = file.data.get("schedules", {}).get(schedule, {})
    overrides = table.get("overrides", []) if isinstance(table, dict) else []
    wanted = (override.person, override.start, override.until)
    for index, entry in enumerate(overrides):
        if (entry.get("person"), entry.get("from"), entry.get("until")) == wanted:
            return index
    return None


def _changed(data: bytes, schedule: str, index: int, at: datetime | None) -> bytes:
    mark = _MARK if data.startswith(_MARK) else b""
    file = ParsedFile(Content("", data))
    text, positions = file.text, file.positions
    table = ("schedules", schedule, "overrides", index)
    if at is not None:
        begin = positions.values[*table, "until"]
        if table in positions.headers:
            end = begin + len(_value_at(text, begin))
        else:
            end = begin + len(re.match(r"[^,}\r\n]*[^,}\s]", text[begin:])[0])  # type: ignore[index]
        return mark + (text[:begin] + f"{at:%Y-%m-%dT%H:%M:%S}" + text[end:]).encode()
    if table not in positions.headers:
        return mark + _without_inline(text, schedule, index).encode()
    first = text.rfind("\n", 0, positions.headers[table]) + 1
    last_value = max(
        offset for path, offset in positions.values.items() if path[:4] == table and len(path) > 4
    )
    last = text.find("\n", last_value) + 1 or len(text)
    before, behind = text[:first], text[last:]
    newline = "\r\n" if "\r\n" in text else "\n"
    if not behind.strip():
        before = before.rstrip("\r\n") + newline
    elif before.endswith(newline * 2) and behind.startswith(newline):
        behind = behind.removeprefix(newline)  # the gap before it is enough
    return mark + (before + behind).encode()


def _value_at(text: str, begin: int) -> str:
    match = _VALUE.match(text, begin)
    return match[0] if match else ""


def _without_inline(text: str, schedule: str, index: int) -> str:
    """Of a list on one line, `overrides = [ { … }, { … } ]`."""
    import tomlkit

    document = tomlkit.parse(text)
    del document["schedules"][schedule]["overrides"][index]
    return tomlkit.dumps(document)
