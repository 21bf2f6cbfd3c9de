"""Indexes that do not say what their tables say, as a torn copy leaves them: nothing is late in
silence, and no loop goes on for ever.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.disks import fill, small_disk
from tests.faults.harness import CLOCK, Installation, crew, installation
from tests.faults.rounds import mostly_long
from tests.servers import HttpServer


@contextmanager
def frozen(db: Path, index: str) -> Iterator[None]:
    """What the block changes does not come into this index."""
    with closing(sqlite3.connect(db, isolation_level=None)) as there:
        (right,) = there.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (index,)).fetchone()
    _say(db, index, f"{right.partition(' WHERE ')[0]} WHERE 0")
    yield
    _say(db, index, right)


def _say(db: Path, index: str, sql: str) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as there:
        there.execute("PRAGMA writable_schema=ON")
        there.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, index))
        (version,) = there.execute("PRAGMA schema_version").fetchone()
        there.execute(f"PRAGMA schema_version={version + 1}")


def is_damaged(db: Path) -> bool:
    """By the whole check; the quick one takes it for sound."""
    with closing(sqlite3.connect(db)) as there:
        assert there.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return there.execute("PRAGMA integrity_check").fetchone() != ("ok",)


@pytest.fixture
def place(tmp_path) -> Iterator[Installation]:
    with HttpServer() as web, installation(tmp_path, web, crew(2, ("a",))) as place:
        yield place


@pytest.mark.parametrize("index", mostly_long(["notifications_due", "incidents_due"], "notifications_due"))
def test_4_1_what_a_damaged_index_hides_is_found_by_another_way_and_sent(place, index):
    place.declare_quietly("nothing of it")
    place.settle()
    with frozen(place.db, index):
        place.declare_quietly("hidden")
        with place.sql() as db:  # three minutes ago: a tick should have dealt with it
            db.execute("UPDATE incidents SET next_due_at = ? WHERE id = 2", (CLOCK.now() - 180_000_000,))
            db.execute(
                "UPDATE notifications SET due_at = ? WHERE incident_id = 2", (CLOCK.now() - 180_000_000,)
            )
    assert is_damaged(place.db)
    assert "an index of the database" in " ".join(place("doctor").out.split())
    ran = place("tick")
    assert "it has been rebuilt from its table; a copy from before is" in ran.err
    assert not is_damaged(place.db)
    assert {one.path for one in place.web.arrived if "hidden" in one.json["title"]} == {"/a/p0", "/a/p1"}
    assert "index" not in place("tick").err


DUE = {
    "notifications_due": (
        "UPDATE notifications SET status = 'pending', due_at = 1",
        "UPDATE notifications SET status = 'sent'",
    ),
    "notifications_leased": (
        "UPDATE notifications SET status = 'sending', lease_until = 1",
        "UPDATE notifications SET status = 'sent'",
    ),
    "incidents_due": ("UPDATE incidents SET next_due_at = 1", "UPDATE incidents SET next_due_at = NULL"),
}
"""by index: what makes everything due, and nothing"""


def multiply(place: Installation, table: str) -> None:
    """Until there is more than two batches of it."""
    with place.sql() as db:
        columns = ", ".join(
            row["name"]
            for row in db.execute(f"PRAGMA table_info({table})")
            if row["name"] not in ("id", "key")
        )
        while db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] < 500:
            db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")


@pytest.mark.parametrize("index", mostly_long(DUE, "notifications_due"))
def test_a_damaged_index_that_shows_what_is_not_due_makes_no_loop_and_hides_nothing(place, index):
    """More of it than a batch: what is really due comes after."""
    place.declare_quietly()
    place.settle()
    assert place("resolve", "1").code == 0
    due, done = DUE[index]
    multiply(place, due.split()[1])
    with place.sql() as db:
        db.execute(
            "INSERT INTO attempts (notification_id, number, began_at) SELECT id, attempts, 1 FROM"
            " notifications"
        )
        db.execute(due)
    with frozen(place.db, index), place.sql() as db:
        db.execute(done)
    assert is_damaged(place.db)
    place.declare_quietly("another")
    ran = place("tick")
    assert ran.code in (0, 6), ran
    assert "it has been rebuilt from its table" in ran.err
    assert not is_damaged(place.db)
    place.settle()
    assert {one.path for one in place.web.arrived if "another" in one.json["title"]} == {"/a/p0", "/a/p1"}


OFFERED = {
    "incidents_due": "UPDATE incidents SET next_due_at = next_due_at - 300000000",
    "notifications_due": "UPDATE notifications SET due_at = due_at - 300000000",
    "notifications_of": "UPDATE notifications SET incident_id = 2 WHERE incident_id = 1",
}
"""by index: what moves a row away from where the index has it, so that SQLite refuses to change that row"""


@pytest.mark.parametrize("index", mostly_long(OFFERED, "notifications_due"))
@pytest.mark.parametrize("word", mostly_long(["tick", "ack", "update", "resolve", "declare"], "tick", "ack"))
def test_4_18_a_row_that_its_index_has_elsewhere_is_dealt_with_once_the_index_is_rebuilt(place, index, word):
    place.declare_quietly("of it", key="k")
    place.declare_quietly("and another")
    with frozen(place.db, index), place.sql() as db:
        db.execute(OFFERED[index])
    assert is_damaged(place.db)
    words = {
        "update": ("1", "-m", "news"),
        "declare": ("of it", "-s", "x", "--key", "k", "-m", "news"),
        "tick": (),
    }.get(word, ("1",))
    ran = place(word, *words)
    assert ran.code in (0, 6), ran  # 6: a pass had a trouble
    assert "it has been rebuilt from its table" in " ".join(ran.err.split()) or is_damaged(place.db)
    place("tick")
    assert not is_damaged(place.db)
    place.settle()
    paged = {one.path for one in place.web.arrived if "another" in one.json["title"]}
    assert paged == {"/a/p0", "/a/p1"}


def test_copies_are_sound_and_a_damaged_index_is_rebuilt_once_there_is_one(place):
    place.declare_quietly()
    with frozen(place.db, "notifications_of"):
        place.declare_quietly("hidden")
    copy = place.place / "copy.db"
    ran = place("backup", str(copy))
    assert (ran.code, is_damaged(copy), is_damaged(place.db)) == (0, False, False)
    assert "an index of the database" in ran.err
    assert "it has been rebuilt from its table" in ran.err


def test_the_daily_copy_finds_a_damaged_index_that_nothing_has_stumbled_over(place):
    place.declare_quietly()
    with frozen(place.db, "notifications_of"):
        place.declare_quietly("hidden")
    ran = place("tick")
    assert "it has been rebuilt from its table" in ran.err
    assert not is_damaged(place.db)
    assert [is_damaged(one) for one in place.db.with_name("escalate.db.backups").iterdir()] == [False]


def test_what_the_daily_copy_finds_hidden_is_sent_by_the_same_tick(place):
    place.declare_quietly()
    with frozen(place.db, "notifications_due"):
        place.declare_quietly("hidden")
    ran = place("tick")
    copies = place.db.with_name("escalate.db.backups")
    assert f"it has been rebuilt from its table; a copy from before is {copies}" in ran.err
    assert {one.path for one in place.web.arrived if "hidden" in one.json["title"]} == {"/a/p0", "/a/p1"}


@pytest.mark.long
def test_4_1_what_a_damaged_index_hides_is_sent_also_where_a_full_disk_has_no_room_for_a_copy(tmp_path):
    with (
        HttpServer() as web,
        small_disk(tmp_path / "disk", "3m") as disk,
        installation(tmp_path / "place", web, crew(2, ("a",))) as place,
    ):
        place.environ["ESCALATE_DB"] = str(disk / "escalate.db")
        place.declare_quietly("nothing of it")
        place.settle()
        journal = place.db.with_name("escalate.db-journal")
        reserve = journal.stat().st_size
        with frozen(place.db, "notifications_due"):
            place.declare_quietly("hidden")
            with place.sql() as db:
                due = CLOCK.now() - 180_000_000
                db.execute("UPDATE notifications SET due_at = ? WHERE incident_id = 2", (due,))
        with journal.open("ab") as file:  # as a tick leaves it
            file.write(b"\0" * max(0, reserve - journal.stat().st_size))
        fill(disk)
        ran = place("tick")
        assert "it has been rebuilt from its table; there was no room for a copy" in ran.err, ran
        assert {one.path for one in web.arrived if "hidden" in one.json["title"]} == {"/a/p0", "/a/p1"}
        assert not is_damaged(place.db)


def test_4_1_a_limit_of_file_sizes_is_no_room_for_a_copy_too(place, tmp_path):
    """As a quota: what an index hides is rebuilt without a copy."""
    place.declare_quietly()
    text = f"""
import resource, signal
from pathlib import Path
from escalate_cli.clock import Clock
from escalate_cli.store.sqlite.copying import NoRoomForCopy, copy
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    copy(Path({str(place.db)!r}), Path({str(tmp_path / "copy.db")!r}), Clock(), 1.0)
except NoRoomForCopy:
    print("no room")
"""
    assert place.process([sys.executable, "-c", text], {}).out == "no room\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("planted", ["a link", "a directory"])
def test_10_no_copy_is_written_where_somebody_else_planted_its_place(place, tmp_path, planted):
    """Where everybody may write; the page goes out as ever."""
    copies, elsewhere = place.db.with_name("escalate.db.backups"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.db.parent.chmod(0o1777)
    if planted == "a link":
        copies.symlink_to(elsewhere)
    else:
        copies.mkdir()
    os.chown(copies, 65001, 65001, follow_symlinks=False)
    place.declare_quietly()
    ran = place("tick")
    assert f"no copy can be kept in {copies}: somebody else has put it there" in ran.err
    assert [*elsewhere.iterdir(), *copies.iterdir()] == []
    assert {one.path for one in place.web.arrived} == {"/a/p0", "/a/p1"}


def test_a_copy_with_a_damaged_index_is_put_back_with_a_sound_one(place):
    place.declare_quietly()
    copy = place.place / "copy.db"
    assert place("backup", str(copy)).code == 0
    with frozen(copy, "incidents_running"), closing(sqlite3.connect(copy, isolation_level=None)) as there:
        there.execute("UPDATE incidents SET status = 'resolved'")
    ran = place("restore", "--yes", str(copy))
    assert ran.code == 0
    assert f"an index of {copy} was damaged" in ran.err
    assert not is_damaged(place.db)
    assert is_damaged(copy)
    assert place("list", "--json").json == []
