"""An override taken back: its table is removed, or ends earlier. All other text stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from escalate_cli.config.edit.changing import change_file
from escalate_cli.config.files.sources import Content
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.calendar.rota import Override
from escalate_cli.errors import Unknown

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
    if at is None and ("schedules", schedule, "overrides", index) in file.positions.headers:
        return mark + _without_table(file, schedule, index).encode()
    import tomlkit

    document = tomlkit.parse(file.text)
    overrides = document["schedules"][schedule]["overrides"]
    if at is None:
        del overrides[index]
    else:
        overrides[index]["until"] = at.replace(microsecond=0)
    return mark + tomlkit.dumps(document).encode()


def _without_table(file: ParsedFile, schedule: str, index: int) -> str:
    """Without `[[schedules.X.overrides]]` and its lines. (tomlkit would remove the comments behind it, too,
    which are of what follows.)
    """
    text, positions = file.text, file.positions
    table = ("schedules", schedule, "overrides", index)
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
    return before + behind
