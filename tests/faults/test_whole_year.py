"""A year of 5,000 incidents that version 0.1.0 made is told after the migration as it was before it: all
that was stored is still there, and every answer is what it was, but for tests/faults/rewordings.py.
"""

from __future__ import annotations

import json
import lzma
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from escalate_cli.core.events import AcknowledgementForgotten, Declared, LaterStepsHurried, Routed
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import sentence
from tests.faults.columns import unpack
from tests.faults.questions import OF_EACH, TODAY, TOGETHER, Asked, digest, questions
from tests.faults.rewordings import ADDITIONS, BESIDE, KINDS, REWORDINGS, Rewriting, StoredEntry

LEFT = Path(__file__).with_name("left")
MANY = 5000
pytestmark = pytest.mark.long


class Year(NamedTuple):
    """The database as 0.1.0 left it; the migrated one, and what answers from it."""

    old: Path
    new: Path
    asked: Asked
    rewriting: Rewriting


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    place = tmp_path_factory.mktemp("year")
    (place / "config").mkdir()
    for file, text in json.loads(lzma.decompress((LEFT / "year-config.json.xz").read_bytes())).items():
        (place / "config" / file).write_text(text, encoding="utf-8")
    old, new = place / "old.db", place / "escalate.db"
    unpack((LEFT / "whole-year.xz").read_bytes(), old)
    shutil.copy(old, new)
    asked = Asked(place, TODAY)
    catalog = asked.context.catalog
    ids = {thing.name: thing.id for things in (catalog.people, catalog.services) for thing in things.values()}
    assert asked.context.store.database.run("PRAGMA user_version")[0][0] > 1
    yield Year(old, new, asked, Rewriting(ids))
    asked.context.close()
    shutil.rmtree(place)  # pytest would keep it for a while


def test_what_was_stored_is_stored_still(year: Year) -> None:
    """Every column that there was, and of each entry every fact, in the event that it became."""
    with closing(sqlite3.connect(year.old)) as old, closing(sqlite3.connect(year.new)) as new:
        tables = [name for (name,) in old.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            columns = [
                row[1]
                for row in old.execute(f"PRAGMA table_info({table})")
                if (table, row[1]) != ("timeline", "data")
            ]
            asked = f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid"
            for before, after in zip(old.execute(asked), new.execute(asked), strict=True):
                assert after == before, table
        facts = "SELECT id, kind, data FROM timeline ORDER BY id"
        for (number, kind, before), (_, _, after) in zip(old.execute(facts), new.execute(facts), strict=True):
            event = json.loads(after)
            assert event["event"] != "unclassified", (number, kind, before)
            kept = {name: event.get(name) for name in json.loads(before)}
            assert kept == json.loads(before), (number, after)


def test_what_happened_says_each_sentence_again(year: Year) -> None:
    """So nothing of a sentence is lost in its event: in today's words it is the stored one, which may have
    ids for names.
    """
    catalog = year.asked.context.catalog
    teams = {team.id: replace(team, name=team.id) for team in catalog.teams.values()}
    services = {service.id: replace(service, name=service.id) for service in catalog.services.values()}
    catalogs = (catalog, replace(catalog, teams=teams), replace(catalog, services=services), Catalog())
    used: Counter[tuple[type, str]] = Counter()
    for number in range(1, MANY + 1):
        for entry in year.asked.context.store.situations.timeline(number):
            again = (
                sentence(entry.event, entry.at, entry.by, named, formerly=formerly)
                for named in catalogs
                for formerly in (False, True)
            )
            if entry.text not in again:
                known = [
                    row
                    for row in SAID_OTHERWISE
                    if isinstance(entry.event, row[0]) and re.fullmatch(row[1], entry.text)
                ]
                assert known, (number, entry)
                used.update((kind, pattern) for kind, pattern, _ in known)
    assert [row for row in SAID_OTHERWISE if not used[row[:2]]] == []


SAID_OTHERWISE: tuple[tuple[type, str, str], ...] = (
    (Declared, "declared: .*", "the reporter's message is said, too"),
    (
        Routed,
        r"no service fits the title for sure .*: the fallback team Cloud Platform gets it",
        "only a name",
    ),
    (AcknowledgementForgotten, "acknowledged by .* ago and no update since: .*", "only a name"),
    (LaterStepsHurried, "the addresses tried first .*: person:[a-z-]+ by email at once", "a name for an id"),
)
"""sentences that are another today, and why: of what has only a name in them nobody knows the id"""


@pytest.mark.parametrize("command", [*TOGETHER, *OF_EACH])
def test_what_is_said_is_what_was_said(year: Year, command: str) -> None:
    before = json.loads(lzma.decompress((LEFT / "whole-year-before.json.xz").read_bytes()))[command]
    stored: dict[int, list[StoredEntry]] = {}
    with closing(sqlite3.connect(year.old)) as old:
        for number, kind, text, data in old.execute(
            "SELECT incident_id, kind, text, data FROM timeline ORDER BY id"
        ):
            stored.setdefault(number, []).append((kind, text, json.loads(data)))
    assert len(stored) == MANY
    differing, place = [], 0
    for question in questions(year.new, command):
        said = year.asked.answer(question)
        if command in TOGETHER:
            assert year.rewriting.back(command, said) == before
            continue
        try:
            then = digest(year.rewriting.back(command, said, stored[int(question[1])]))
        except AssertionError as difference:
            then = str(difference)
        if then != before[place : place + 8]:
            differing.append((" ".join(question), then))
        place += 8
    assert differing == [], f"{len(differing)} answers; how to see what was said: tests/faults/questions.py"
    assert command in TOGETHER or place == len(before)
    tables = [entry for entry in (*ADDITIONS, *REWORDINGS) if entry.command == command]
    tables += (*BESIDE, *(then for then, _ in KINDS)) if command == "export" else ()
    assert [entry for entry in tables if not year.rewriting.used[entry]] == [], "no answer needs it"
