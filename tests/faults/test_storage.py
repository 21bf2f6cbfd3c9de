"""Scenarios 10 and 11: files that are not what they should be are named, left alone, and never
replaced by a silent new start.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3

import pytest

from tests.faults.harness import crew, installation
from tests.faults.people import BO, machine
from tests.faults.rounds import mostly_long, report
from tests.servers import HttpServer

LOADED_ALREADY = True


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """An installation with an open incident, whose database each test spoils a copy of."""
    with HttpServer() as web, installation(tmp_path_factory.mktemp("sound"), web, crew(2)) as place:
        place.declare_quietly()
        assert place("tick").code == 0
        yield place


def foreign(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")


def text(path):
    path.write_text("Dear diary, these are not the pages you are looking for.\n" * 40)


def truncated_to(size):
    def truncate(path):
        os.truncate(path, size)

    return truncate


def flipped(path):
    """Noise in the pages that hold the schema and the incidents."""
    data = bytearray(path.read_bytes())
    for at in random.Random(7).sample(range(100, len(data)), len(data) // 20):
        data[at] ^= 0xFF
    path.write_bytes(data)


def directory(path):
    path.unlink()
    path.mkdir()


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def dangling(path):
    path.unlink()
    path.symlink_to(path.with_name("nowhere") / "at-all")


def gone(path):
    """Only the file: its journal is still there, and says that there was a database."""
    path.unlink()


def its_directory_gone(path):
    shutil.rmtree(path.parent)


def replaced(how):
    def replace(path):
        path.unlink()
        how(path)

    return replace


SPOILS = {
    "another SQLite file": replaced(foreign),
    "a text file": text,
    "a directory": directory,
    "a FIFO": fifo,
    "a link to nowhere": dangling,
    "gone, with its journal still there": gone,
    "gone with its directory": its_directory_gone,
    "cut to nothing": truncated_to(0),
    "cut to a header": truncated_to(16),
    "cut to a page": truncated_to(4096),
    "cut to eight pages": truncated_to(8 * 4096),
    "flipped bits": flipped,
}


@pytest.mark.parametrize(
    "name", mostly_long(SPOILS, "another SQLite file", "gone, with its journal still there", "cut to nothing")
)
def test_a_database_that_is_not_one_is_named_and_left_alone(sound, tmp_path, name):
    db = tmp_path / "data" / "escalate.db"
    db.parent.mkdir()
    shutil.copy(sound.db, db)
    shutil.copy(f"{sound.db}-journal", f"{db}-journal")
    SPOILS[name](db)
    before = snapshot(tmp_path)
    for words in (
        (["tick"], ["list"], ["declare", "down", "-s", "x"])
        if name == "cut to nothing"
        else (["tick"], ["list"])
    ):
        ran = sound(*words, ESCALATE_DB=str(db))
        assert (ran.code, ran.out) == (7, ""), ran
        assert ran.err.startswith("escalate: error: "), ran.err
        assert str(db.parent) in ran.err.splitlines()[0], "the path is named"
        assert "\nhint: " in ran.err
        assert "Traceback" not in ran.err
    assert snapshot(tmp_path) == before, "what is there is left as it was"


def snapshot(place):
    found = {}
    for path in sorted(place.rglob("*")):
        if ".spool" not in str(path):  # where the emergency page notes that it went out
            found[str(path)] = path.read_bytes() if path.is_file() else None
    return found


@pytest.mark.parametrize("chance", [0, *(pytest.param(one, marks=pytest.mark.long) for one in range(1, 12))])
def test_flipped_bits_are_never_a_bug_nor_a_new_start(sound, tmp_path, chance):
    """Wherever a few bits flip, a command works, or says what is wrong with exit code 7; it neither
    crashes nor begins anew.
    """
    noise = random.Random(chance)
    data = sound.db.read_bytes()
    ended = set()
    report(rounds=4)
    for number in range(4):
        db = tmp_path / f"{number}.db"
        spoilt = bytearray(data)
        for _ in range(60):
            spoilt[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
        db.write_bytes(spoilt)
        ran = sound("tick", ESCALATE_DB=str(db))
        ended.add(ran.code)
        assert ran.code in (0, 6, 7), ran
        assert ran.code != 7 or str(db) in ran.err, ran


@pytest.mark.parametrize("what", ["the file", "the directory"])
def test_a_database_that_may_not_be_written_is_named(sound, web, what):
    """By somebody who is not root: root may write everything."""
    with machine(web) as here:
        here.share(0o700, owner=BO, group=BO)
        shutil.copy(sound.db, here.db)
        os.chown(here.db, BO, BO)
        here.db.chmod(0o400)
        if what == "the directory":
            here.shared.chmod(0o500)
        ran = here(BO, "tick")
        assert ran.code == 7, ran
        assert str(here.db) in ran.err


def test_a_read_only_file_system_is_named(sound, tmp_path):
    """As the kernel shows it to anybody, root included: through a mount of the program's own."""
    db = tmp_path / "data" / "escalate.db"
    db.parent.mkdir()
    shutil.copy(sound.db, db)
    mount = f'mount --bind "{db.parent}" "{db.parent}" && mount -o remount,ro,bind "{db.parent}"'
    if sound.process(["unshare", "-m", "sh", "-c", mount], {}).code:
        pytest.skip("mounting is not permitted here")

    def there(words):
        return sound.process(
            ["unshare", "-m", "sh", "-c", f"{mount} && exec {sound.place}/bin/escalate {words}"],
            {"ESCALATE_DB": str(db)},
        )

    ran = there("tick")
    assert ran.code == 7, ran
    assert str(db) in ran.err
    looked = there("list --json")
    assert looked.code == 0, looked
    assert len(looked.json) == 1


def test_a_newer_database_is_read_where_possible_and_never_written(sound, tmp_path):
    db = tmp_path / "escalate.db"
    shutil.copy(sound.db, db)
    with sqlite3.connect(db) as later:
        later.execute("PRAGMA user_version=999")
        later.execute("ALTER TABLE incidents ADD COLUMN mood TEXT")
    before = db.read_bytes()
    for words in (["tick"], ["ack", "1", "--by", "p0"], ["declare", "more", "-s", "x"]):
        ran = sound(*words, ESCALATE_DB=str(db))
        assert ran.code == 7, ran
        assert "written by a newer version of escalate" in ran.err
        assert "upgrade escalate" in ran.err
    listed = sound("list", "--json", ESCALATE_DB=str(db))
    assert (listed.code, [one["title"] for one in listed.json]) == (0, ["The X is down"])
    assert db.read_bytes() == before


# ── a record that cannot be read ──────────────────────────────────────────────────────

DAMAGES = {
    "a notification": "UPDATE notifications SET urgency = 'hihg' WHERE incident_id = 2",
    "its kind": "UPDATE notifications SET kind = 'pbge' WHERE incident_id = 2",
    "a claimed notification": (
        "UPDATE notifications SET status = 'sending', attempts = 1, claim = 'x', lease_until = 1, urgency ="
        " 'hihg' WHERE incident_id = 2; INSERT INTO attempts (notification_id, number, began_at) SELECT id,"
        " 1, 1 FROM notifications WHERE incident_id = 2"
    ),
    "an escalation": "UPDATE escalations SET policy = substr(policy, 2) WHERE incident_id = 2",
    "an incident": "UPDATE incidents SET labels = '{' WHERE id = 2",
    "a text": "UPDATE incidents SET title = CAST(x'636cff' AS TEXT) WHERE id = 2",
}


@pytest.mark.parametrize("what", DAMAGES)
@pytest.mark.long
def test_a_record_that_cannot_be_read_stops_nobody_else_s_page_and_the_fallback_hears_of_it(
    tmp_path, web, what
):
    with installation(tmp_path, web, crew(1, ("a",), wait="1s")) as place:
        for title in ("first", "second", "third"):
            place.declare_quietly(title)
        with place.sql() as db:
            for statement in DAMAGES[what].split("; "):
                db.execute(statement)
            db.execute("UPDATE incidents SET next_due_at = 1")
        ran = place("tick")
        assert ran.code == 7, ran
        assert f"the database {place.db} is damaged: " in ran.err
        told = [one.json["title"] for one in web.arrived]
        assert {"[high] #1 first", "[high] #3 third", "[escalate] it cannot use its database"} <= set(told)
        assert ("[high] #2 cl\N{REPLACEMENT CHARACTER}" in told) == (what == "a text")
        listed = place("list", "--json")
        assert {1, 3} <= {one["id"] for one in listed.json}
        if what != "a text":
            assert what == "a claimed notification" or (listed.code, str(place.db) in listed.err) == (7, True)
            ran = place("show", "2")
            assert (ran.code, str(place.db) in ran.err) == (7, True)
            found = {one["code"]: one["message"] for one in place("doctor", "--json").json["findings"]}
            assert found["unreadable"].startswith("incident 2: ")
        assert place("ack", "1", "3", "--all").code == 0


def test_an_incident_that_the_program_fails_at_stops_no_other_and_the_fallback_hears_of_it(tmp_path, web):
    with installation(tmp_path, web, crew(1, ("a",), wait="1s")) as place:
        for title in ("first", "second"):
            place.declare_quietly(title)
        with place.sql() as db:
            db.execute("UPDATE escalations SET owed = '[99]', next_at = 1 WHERE incident_id = 1")
            db.execute("UPDATE incidents SET next_due_at = 1")
        ran = place("tick")
        assert ran.code == 6
        assert "incident 1: policy all-hands of Crew cannot be run (IndexError" in ran.err
        told = {one.json["title"]: one.json["message"] for one in web.arrived}
        assert "cannot be run" in told["[high] #1 first"], "in place of its policy the fallback is paged"
        assert "[high] #2 second" in told


def test_the_auditor_stumbles_over_no_incident_that_cannot_be_dealt_with(tmp_path, web):
    """Each of the three was forgotten: of two the fallback is paged, of one that cannot be read it
    hears directly.
    """
    with installation(tmp_path, web, crew(1, ("a",))) as place:
        for title in ("first", "second", "third"):
            place.declare_quietly(title)
        assert place("tick").code == 0
        place.forget()
        with place.sql() as db:
            db.execute("UPDATE escalations SET next_at = 1, owed = '[99]' WHERE incident_id = 1")
            db.execute("UPDATE escalations SET policy = '' WHERE incident_id = 2")
            db.execute("UPDATE escalations SET next_at = NULL")
            db.execute("UPDATE incidents SET next_due_at = NULL")
            db.execute("UPDATE escalations SET next_at = 1 WHERE incident_id = 1")
        ran = place("tick")
        assert ran.code == 7
        assert (
            "incident 3: it is open, nobody has acknowledged it, and nothing is due; the fallback is paged"
            in ran.err
        )
        told = [message.json["title"] for message in place.messages]
        assert sorted(told) == ["[escalate] it cannot use its database", "[high] #1 first", "[high] #3 third"]
