"""`escalate backup` and `escalate restore`: what is there already is not lost, and what is damaged
is said to be.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import Escalate, Ran


@pytest.fixture
def place(escalate: Escalate) -> Escalate:
    """With an incident in the database."""
    escalate("declare", "Nobody can log in", "--service", "login")
    return escalate


def database(place: Escalate) -> Path:
    return place.place / "escalate.db"


def damage(path: Path, table: str = "timeline") -> None:
    """Noise where a table begins."""
    with closing(sqlite3.connect(path)) as there:
        page = there.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    with open(path, "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(os.urandom(4096))


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as there:
        return [title for (title,) in there.execute("SELECT title FROM incidents ORDER BY id")]


def is_refused(ran: Ran, code: int, message: str, hint: str) -> None:
    assert (ran.code, ran.out) == (code, "")
    first, second = ran.err.splitlines()
    assert first == f"escalate: error: {message}"
    assert second.startswith("hint: ")
    assert hint in second


def test_a_damaged_database_is_not_copied_over_a_good_copy(place):
    copy, live = place.place / "copy.db", database(place)
    assert place("backup", str(copy)).code == 0
    daily = Path(place("backup", "--json").json["file"])
    good = copy.read_bytes(), daily.read_bytes()
    damage(live)
    for words in (["backup", str(copy)], ["backup"]):
        is_refused(
            place(*words),
            7,
            f"the database {live} is damaged: it is not copied",
            "restore the last good backup",
        )
    assert (copy.read_bytes(), daily.read_bytes()) == good
    assert [
        one.name for one in (*copy.parent.iterdir(), *daily.parent.iterdir()) if "partial" in one.name
    ] == []


def test_the_day_s_copy_of_a_damaged_database_pushes_no_good_one_out(place):
    assert place("tick").code == 0
    live = database(place)
    daily = live.with_name("escalate.db.backups")
    for day in range(1, 8):
        (daily / f"2026-01-0{day}.db").write_bytes(b"older")
    kept = {one.name: one.read_bytes() for one in daily.iterdir()}
    with closing(sqlite3.connect(live)) as there, there:
        there.execute("UPDATE facts SET value = '1' WHERE name = 'last_backup_at'")
    damage(live)
    for _ in range(3):
        ran = place("tick")
        assert ran.code == 7
        assert f"the database {live} is damaged: it is not copied\nhint: restore" in ran.err
    assert {one.name: one.read_bytes() for one in daily.iterdir()} == kept


def test_a_backup_takes_the_place_of_an_older_backup_or_an_empty_file_only(place):
    empty, older, live = place.place / "empty", place.place / "older.db", database(place)
    empty.touch()
    for target in (older, older, empty):
        assert place("backup", str(target)).code == 0
        assert titles(target) == ["Nobody can log in"]
    (place.place / "diary.txt").write_text("Dear diary, " * 20)
    with closing(sqlite3.connect(place.place / "other.db")) as other, other:
        other.execute("CREATE TABLE theirs (a)")
    os.mkfifo(place.place / "pipe")
    os.link(live, place.place / "same.db")
    (place.place / "link.db").symlink_to(live)
    for name, hint in {
        "diary.txt": "name another file",
        "other.db": "name another file",
        "pipe": "name another file",
    }.items():
        target = place.place / name
        before = target.read_bytes() if name != "pipe" else b""
        is_refused(
            place("backup", str(target)), 2, f"{target} is there already, and is no backup of escalate", hint
        )
        assert name == "pipe" or target.read_bytes() == before
    for name in ("escalate.db", "same.db", "link.db"):
        target = place.place / name
        is_refused(place("backup", str(target)), 2, f"{target} is the database itself", "another file")
    assert titles(live) == ["Nobody can log in"]


def test_a_place_that_cannot_take_a_backup_is_named(place):
    nowhere, here = place.place / "not" / "there", place.place
    elsewhere = "in a directory that exists"
    is_refused(place("backup", str(nowhere / "b.db")), 2, f"there is no directory {nowhere}", elsewhere)
    is_refused(place("backup", str(here)), 2, f"{here} is a directory", elsewhere)
    within = database(place) / "b.db"
    is_refused(
        place("backup", str(within)), 2, f"no copy can be written to {within}: Not a directory", elsewhere
    )


def test_restores_within_a_second_keep_every_database_that_was_there(place):
    copies = []
    for number in range(4):
        copies.append(place.place / f"copy{number}.db")
        assert place("backup", str(copies[-1])).code == 0
        place("declare", f"number {number}", "--service", "login")
    before = titles(database(place))
    for copy in copies:
        assert place("restore", "--yes", str(copy)).code == 0
    kept = sorted(
        len(titles(one))
        for one in place.place.glob("escalate.db.replaced-*")
        if not one.name.endswith("-journal")
    )
    assert kept == [1, 2, 3, len(before)]


def cut_short(path: Path) -> None:
    """Changes half written into the file by a process that was killed: what undoes them is in the
    journal beside it.
    """
    text = f"""
import os, signal, sqlite3
c = sqlite3.connect({str(path)!r}, isolation_level=None)
c.execute("PRAGMA cache_size=2")
c.execute("BEGIN IMMEDIATE")
c.execute("UPDATE incidents SET title = 'half written', message = hex(randomblob(9000))")
c.execute("CREATE TABLE half AS SELECT randomblob(9000)")
os.kill(os.getpid(), signal.SIGKILL)"""
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == -signal.SIGKILL
    assert Path(f"{path}-journal").read_bytes()[:8] == b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"


def sound(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as there:
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return titles(path)


@pytest.mark.parametrize("gone", [True, False])
@pytest.mark.long
def test_a_journal_that_was_left_behind_is_not_played_into_what_is_restored(place, gone):
    live, copy = database(place), place.place / "copy.db"
    for number in range(5):
        place("declare", f"number {number}", "--service", "login", "--message", "x" * 3000)
    assert place("backup", str(copy)).code == 0
    declared = titles(copy)
    place("declare", "later", "--service", "login")
    cut_short(live)
    journal = Path(f"{live}-journal").read_bytes()
    if gone:
        live.rename(place.place / "broken.db")
    kept = Path(place("restore", "--yes", str(copy), "--json").json["kept"])
    assert sound(live) == declared
    if gone:
        assert kept.read_bytes() == journal
        assert place("restore", "--yes", str(copy)).code == 0
        assert sound(live) == declared
    else:  # and back again: with the journal beside it, nothing half written comes along
        assert place("restore", "--yes", str(kept)).code == 0
        assert sound(live) == [*declared, "later"]
    assert place("tick").code in (0, 6)
    assert not [one.name for one in place.place.iterdir() if "restoring" in one.name]


def test_a_copy_of_a_newer_version_is_not_put_back(place):
    live, copy = database(place), place.place / "newer.db"
    assert place("backup", str(copy)).code == 0
    with closing(sqlite3.connect(copy)) as there, there:
        there.execute("PRAGMA user_version = 99")
    before = {one: one.read_bytes() for one in place.place.glob("*.db*") if one.is_file()}
    message = (
        f"the backup {copy} was written by a newer version of escalate (schema 99; this one knows"
        f" {schema_version(live)})"
    )
    is_refused(
        place("restore", "--yes", str(copy)),
        7,
        message,
        "nothing was changed; upgrade escalate, or choose an older copy",
    )
    assert {one: one.read_bytes() for one in place.place.glob("*.db*") if one.is_file()} == before


def test_what_a_link_leads_to_is_restored_and_the_link_stays(place):
    live, copy, elsewhere = database(place), place.place / "copy.db", place.place / "elsewhere"
    assert place("backup", str(copy)).code == 0
    place("declare", "later", "--service", "login")
    elsewhere.mkdir()
    for one in (live, Path(f"{live}-journal")):
        one.rename(elsewhere / one.name)
    live.symlink_to(elsewhere / live.name)
    kept = Path(place("restore", "--yes", str(copy), "--json").json["kept"])
    assert live.is_symlink()
    assert sound(elsewhere / live.name) == ["Nobody can log in"]
    assert (kept.parent, sound(kept)) == (elsewhere, ["Nobody can log in", "later"])


def schema_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as there:
        return int(there.execute("PRAGMA user_version").fetchone()[0])


def test_doctor_says_what_is_damaged_on_one_line(place):
    damage(database(place))
    found = {one["code"]: one for one in place("doctor", "--json").json["findings"]}
    message = found["database-damaged"]["message"]
    assert message.startswith(f"the database {database(place)} is damaged: ")
    assert "\n" not in message
    assert "***" not in message
    assert "\\n" not in place("doctor").out


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("UPDATE incidents SET declared_at = 9223372036854775807", ["export", "1"]),
        (
            "UPDATE escalations SET next_at = -9223372036854775808",
            ["update", "1", "--message", "It is the disk"],
        ),
    ],
)
def test_a_time_beyond_all_bounds_is_a_damaged_record_and_no_bug(place, spoil, words):
    with closing(sqlite3.connect(database(place))) as there, there:
        there.execute(spoil)
    where = f"the database {database(place)} is damaged: "
    is_refused(
        place(*words),
        7,
        f"{where}a record of the database holds a time that is beyond all bounds",
        "restore the last good backup",
    )


def test_4_26_a_restore_where_the_database_is_gone_says_what_is_not_known_and_what_is_open_in_the_copy(place):
    copy = place.place / "copy.db"
    assert place("backup", str(copy)).code == 0
    place("declare", "two", "-s", "login")
    for path in (database(place), Path(f"{database(place)}-journal")):
        path.unlink(missing_ok=True)
    ran = place("restore", str(copy), "--yes")
    assert ran.code == 0, ran.err
    told = ran.out + ran.err
    assert "Every incident is in the copy" not in told
    assert "What #2 was cannot be said: the database that had it is gone." in told
    assert "Open or acknowledged in the copy, and paged from there on:\n  #1  open  Nobody can log in" in told
    assert place("declare", "three", "-s", "login", "--json").json["id"] == 3
