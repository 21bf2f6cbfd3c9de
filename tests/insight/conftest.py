"""A year of 600 incidents with planted facts, made once a run; the real command on a copy of it."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.year import make_year
from tests.command import Escalate, surroundings
from tests.world import World

INCIDENTS = 600


@dataclass(frozen=True)
class Year:
    """Where it is, and what planted.json says. It is shared: read it, never change it;
    `escalate_in` copies it.
    """

    place: Path
    planted: dict[str, Any]

    @property
    def config(self) -> Path:
        return self.place / "config"

    @property
    def db(self) -> Path:
        return self.place / "escalate.db"

    def fact(self, kind: str) -> dict[str, Any]:
        """The planted fact of this kind."""
        return next(one for one in self.planted["facts"] if one["kind"] == kind)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, asked by plain SQL."""
        with closing(sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)) as connection:
            return connection.execute(statement, values).fetchall()

    def escalate_in(self, place: Path) -> Escalate:
        """The real command, as a real process, on a copy of the year in `place`."""
        shutil.copytree(self.config, place / "config")
        shutil.copyfile(self.db, place / "escalate.db")
        (place / "escalate.db").chmod(0o600)
        return Escalate(place, surroundings(place, columns=100))


@pytest.fixture(scope="session")
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Made by the first worker of pytest-xdist that asks; the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if hasattr(request.config, "workerinput") else base) / "year"
    shared.mkdir(exist_ok=True)
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed, or the worker dies
        place = shared / "made"
        if not (place / "planted.json").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            make_year(place, incidents=INCIDENTS)
    return Year(place, json.loads((place / "planted.json").read_text(encoding="utf-8")))


@pytest.fixture
def escalate(year: Year, tmp_path: Path) -> Escalate:
    """`escalate("list", "--all", "--json").json` on a copy of the year."""
    return year.escalate_in(tmp_path)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world to look back at, in which anything may be sent."""
    made = World(tmp_path)
    yield made
    made.store.close()
