"""What version 0.1.0 left is told by this version in the same words: a year's sample, nights of
every kind, an imported past.

`left/` holds both databases as dumps, each with its configuration, and what the version before the
migration (commit 1e43073) said of them, made by this file:

    python -m tests.faults.test_what_was_left       # with the code of that version first on the path

Since then screens are laid out anew. They were compared word by word before this was recorded again: only
the head of `timeline` (how it stands), the sentence of a rule's action, and the JSON keys `tell` and `guess`
are new. Later again, line by line: the timeline and the documents do not say twice what a kind says, what is
only told is "told", names stand for ids, a report lists levels that nobody answered only; a notification has
a code, which is none. Later once more, line by line: a message that asks nothing is "news", one that tells of
the end is "news of the end", also beside what earlier versions wrote; an incident has `suggestion`.
A report has a line for every gateway that paged somebody, with its pages.
"""

from __future__ import annotations

import contextlib
import io
import json
import lzma
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.cli.run import run
from escalate_cli.clock import Clock
from escalate_cli.core.events import Unclassified
from escalate_cli.store.store import Store
from tests.faults.rounds import mostly_long

LEFT = Path(__file__).with_name("left")
THEN = 1_797_292_800_000_000
"""2026-12-15: after all of it"""
NAMES = ("nights", "year")
WIDTH = "160"
"""of the terminal: workers of the tests have one of their own"""


def unpack(name: str, place: Path) -> Mapping[str, str]:
    """The database and its configuration in `place`; the environment of a command that uses them."""
    (place / "config").mkdir(parents=True)
    for file, text in json.loads(lzma.decompress((LEFT / f"{name}-config.json.xz").read_bytes())).items():
        (place / "config" / file).write_text(text, encoding="utf-8")
    with contextlib.closing(sqlite3.connect(place / "escalate.db")) as database:
        database.executescript(lzma.decompress((LEFT / f"{name}.sql.xz").read_bytes()).decode())
    own = {
        "ESCALATE_CONFIG": place / "config",
        "ESCALATE_DB": place / "escalate.db",
        "XDG_CACHE_HOME": place,
        "XDG_STATE_HOME": place,
    }
    return {
        **os.environ,
        **{key: str(value) for key, value in own.items()},
        "COLUMNS": WIDTH,
        "NO_COLOR": "1",
    }


def asked(place: Path) -> Iterator[tuple[str, ...]]:
    """Every question that is compared."""
    yield from (("report", "--since", "2025-10-01", *more) for more in ((), ("--json",)))
    yield from (("lessons", "--since", "2025-10-01", *more) for more in ((), ("--json",)))
    with contextlib.closing(sqlite3.connect(place / "escalate.db")) as database:
        for (number,) in database.execute("SELECT id FROM incidents ORDER BY id").fetchall():
            yield from ((word, str(number)) for word in ("timeline", "export"))
            yield from ((word, str(number), "--json") for word in ("timeline", "explain", "replay", "export"))
            paged = (
                "SELECT DISTINCT substr(recipient, 8) FROM notifications WHERE incident_id = ? AND recipient"
                " LIKE 'person:%' ORDER BY 1"
            )
            yield from (
                ("explain", str(number), person)
                for (person,) in database.execute(paged, (number,)).fetchall()[:2]
            )


def answer(words: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """What a command says on stdout; of the timeline in JSON all but the data, which say more now."""
    stdout, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            run(words, environ)
        sys.stdout.flush()
        text = sys.stdout.buffer.getvalue().decode()  # type: ignore[attr-defined]
    finally:
        sys.stdout = stdout
    return json.dumps(without_data(json.loads(text)), indent=1) if "--json" in words else text


def without_data(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {
            name: without_data(value)
            for name, value in thing.items()
            if not (name == "data" and "kind" in thing)
        }
    return [without_data(one) for one in thing] if isinstance(thing, list) else thing


@pytest.fixture(scope="module", params=mostly_long(NAMES, "year"))
def left(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Mapping[str, str]]]:
    place = tmp_path_factory.mktemp("left")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "now", lambda self: THEN)
        patch.setenv("COLUMNS", WIDTH)
        yield request.param, place, unpack(request.param, place)


def test_timelines_reports_lessons_explanations_documents_and_replays_say_what_they_said(left) -> None:
    name, place, environ = left
    before = json.loads(lzma.decompress((LEFT / f"{name}-said.json.xz").read_bytes()))
    now = {" ".join(words): answer(words, environ) for words in asked(place)}
    assert now.keys() == before.keys()
    assert [words for words, text in now.items() if text != before[words]] == []


def test_every_entry_has_an_event_and_every_message_a_reason(left) -> None:
    _, place, _ = left
    store = Store(place / "escalate.db", Clock())
    numbers = [row["id"] for row in store.database.run("SELECT id FROM incidents")]
    entries = [entry for number in numbers for entry in store.situations.timeline(number)]
    assert len(entries) > 150
    assert [entry for entry in entries if isinstance(entry.event, Unclassified)] == []
    situations = [store.situations.load(number) for number in numbers]
    assert all(
        notification.reason.meant is not None
        for known in situations
        if known is not None
        for notification in known.notifications
    )
    store.close()


def test_the_copy_before_it_is_of_the_old_database(left) -> None:
    _, place, environ = left
    answer(("list", "--all", "--json"), environ)
    with contextlib.closing(sqlite3.connect(place / "escalate.db.before-002")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM timeline WHERE data LIKE '%\"event\"%'").fetchone() == (0,)


if __name__ == "__main__":
    Clock.now = lambda self: THEN  # type: ignore[method-assign]
    os.environ["COLUMNS"] = WIDTH
    for this in NAMES:
        with tempfile.TemporaryDirectory() as where:
            here = Path(where)
            surroundings = unpack(this, here)
            said = {" ".join(words): answer(words, surroundings) for words in asked(here)}
            with lzma.open(LEFT / f"{this}-said.json.xz", "wt", encoding="utf-8", preset=9) as out:
                json.dump(said, out)
