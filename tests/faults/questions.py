"""What is asked of a database that version 0.1.0 left, by the code before the migration and by today's: the
same questions, of the functions behind the commands, with one store.

`left/whole-year.xz` is the year that 0.1.0 made (commit ec6429d), `left/whole-year-before.json.xz` what the
version before the migration (commit 1e43073) said of it: `report` and `lessons` whole, of the rest a digest
an answer. They are made by

    python -m benchmarks.year PLACE      # with the code of ec6429d; then `columns.pack(PLACE/escalate.db)`
    PYTHONPATH=CODE-OF-1e43073 python tests/faults/questions.py PLACE > whole-year-before.json.xz

and with `PLACE export 17` the latter prints one answer. So this file imports `escalate_cli` by name only.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import lzma
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

THEN = 1_797_292_800_000_000
"""2026-12-15: after all of it"""
SINCE = "2025-10-01"
WIDTH = 160
"""columns of a screen"""
_ONE_IN = 10
"""of so many incidents one is explained for somebody who was told"""
_ONE_ABSENT_IN = 500
"""and one for somebody who may not have been: to find what stopped it takes long"""
_ONE_REPLAYED_IN = 5
"""and of so many one is replayed"""

TOGETHER = ("report", "lessons")
OF_EACH = ("timeline", "explain", "replay", "export")
BEFORE = {
    "timeline": "looking:timeline",
    "explain": "foresight:explain",
    "replay": "foresight:replay",
    "export": "documents:export",
    "report": "learning:report",
    "lessons": "learning:lessons",
}
"""the module and the function behind each command, below `escalate_cli.cli`, at commit 1e43073"""
TODAY = {
    "timeline": "commands.timeline:timeline",
    "explain": "commands.explain:explain",
    "replay": "commands.replay:replay",
    "export": "commands.documents:export",
    "report": "commands.report:report",
    "lessons": "commands.lessons:lessons",
}

Question = tuple[str, ...]
Said = dict[str, Any]
"""`json`, without what entries of timelines carry as data, `notes`, and of some `text`"""


def questions(database: Path, command: str) -> Iterator[Question]:
    """Every question for a command; `explain` for everybody, and now and then for somebody who was told
    and for somebody who may not have been.
    """
    if command in TOGETHER:
        yield (command,)
        return
    with closing(sqlite3.connect(database)) as connection:
        told: dict[int, list[str]] = {}
        for number, person in connection.execute(_TOLD):
            told.setdefault(number, []).append(person)
        everybody = sorted({person for people in told.values() for person in people})
        for (number,) in connection.execute("SELECT id FROM incidents ORDER BY id").fetchall():
            if command != "replay" or number % _ONE_REPLAYED_IN == 0:
                yield command, str(number)
            if command == "explain" and number % _ONE_IN == 0:
                absent = [everybody[number % len(everybody)]] if number % _ONE_ABSENT_IN == 0 else []
                people = [*told.get(number, [])[:1], *absent]
                yield from ((command, str(number), person) for person in dict.fromkeys(people))


_TOLD = """
    SELECT incident_id, substr(recipient, 8) FROM notifications WHERE recipient LIKE 'person:%'
    GROUP BY incident_id, recipient ORDER BY min(id)
"""


class Asked:
    """The functions behind the commands."""

    def __init__(self, place: Path, functions: Mapping[str, str]) -> None:
        clock_type = import_module("escalate_cli.clock").Clock
        context, options = (
            getattr(import_module("escalate_cli.context"), name) for name in ("Context", "Options")
        )
        environ = {
            "XDG_CACHE_HOME": str(place),
            "XDG_STATE_HOME": str(place),
            "USER": "nobody",
            "LOGNAME": "nobody",
        }
        clock = type("Stopped", (clock_type,), {"now": lambda self: THEN})()
        self.context = context(options(config=place / "config", db=place / "escalate.db"), environ, clock)
        self._functions = {}
        for name, behind in functions.items():
            module, _, function = behind.partition(":")
            self._functions[name] = getattr(import_module(f"escalate_cli.cli.{module}"), function)

    def answer(self, question: Question) -> Said:
        """What it says."""
        name, *words = question
        answer = self._functions[name](self.context, *words, **({"since": SINCE} if name in TOGETHER else {}))
        gc.enable()  # who looks back at many has no use for it; who goes on asking has
        said = {"json": without_data(answer.data), "notes": list(answer.notes)}
        if name in (*TOGETHER, "export"):
            said["text"] = answer.screen if isinstance(answer.screen, str) else _drawn(answer.screen)
        return json.loads(json.dumps(said))  # type: ignore[no-any-return]


def digest(said: Said) -> str:
    """Of an answer, eight letters."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def without_data(answer: Any) -> Any:
    """JSON without what entries of timelines carry as data: that is compared on its own."""
    if isinstance(answer, dict):
        is_entry = answer.keys() >= {"kind", "text", "by"}
        return {
            name: without_data(value) for name, value in answer.items() if not (is_entry and name == "data")
        }
    return [without_data(part) for part in answer] if isinstance(answer, list) else answer


def _drawn(screen: Any) -> str:
    from rich.console import Console

    sheet = io.StringIO()
    screen(Console(file=sheet, width=WIDTH, color_system=None, markup=False, emoji=False, highlight=False))
    return "\n".join(line.rstrip() for line in sheet.getvalue().splitlines())


def main(place: Path, *question: str) -> None:
    """Every answer, kept; or one of them."""
    asked = Asked(place, BEFORE)
    if question:
        print(json.dumps(asked.answer(question), indent=1, sort_keys=True, ensure_ascii=False))
        return
    said: dict[str, Any] = {name: asked.answer((name,)) for name in TOGETHER}
    for command in OF_EACH:
        answers = (asked.answer(question) for question in questions(place / "escalate.db", command))
        said[command] = "".join(map(digest, answers))
    sys.stdout.buffer.write(lzma.compress(json.dumps(said).encode(), preset=9))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
