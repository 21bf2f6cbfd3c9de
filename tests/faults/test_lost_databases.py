"""A database that was there is never begun anew in silence: lost mounts, switched links, restores
that are killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import Escalate, Ran
from tests.delivery.processes import until
from tests.faults.harness import crew, installation
from tests.faults.test_watching import impatient_crew
from tests.servers import Answer, HttpServer

KILLED_AT = """
import os, re, signal, sys
step, number, without_links, words = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "no", sys.argv[4:]
directory, counted = os.getcwd(), 0
def count(event, given):
    global counted
    changes = ("os.link", "os.rename", "os.remove", "os.truncate", "sqlite3.connect")
    if event in changes or event == "open" and (".restoring" in str(given[0]) or given[0] == directory):
        told = " ".join(map(str, (event, *given[:2]))).replace(directory + "/", "")\
.replace(directory, "DIRECTORY")
        counted += re.match(step, told) is not None
        if counted == number:
            os.kill(os.getpid(), signal.SIGKILL)
if without_links:
    def link(*given, **more):
        raise PermissionError(1, "Operation not permitted")
    os.link = link
from escalate_cli.__main__ import main
sys.addaudithook(count)
sys.argv = ["escalate", *words]
main()
"""

EVERY_STEP = ""
NEW_NAME = r"os.rename escalate.db.restoring-\d+ escalate.db$"
NAMES_OUTLIVE_A_POWER_CUT = r"open DIRECTORY "
STEPS = {
    "yes": (
        r"os.remove escalate.db-journal ",  # first: there is none beside a database that was put back
        r"os.link escalate.db escalate.db.replaced-\d+$",
        NEW_NAME,
        NAMES_OUTLIVE_A_POWER_CUT,
    ),
    "no": (r"os.rename escalate.db escalate.db.replaced-\d+$", NEW_NAME, NAMES_OUTLIVE_A_POWER_CUT),
}
"""before which the renames of a restore are cut short, by whether a file may have two names"""


def there(path: Path) -> list[str]:
    """The titles of a database that nobody needs to repair."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [title for (title,) in database.execute("SELECT title FROM incidents ORDER BY id")]


def restore_killed_before(place: Escalate, step: str, number: int, copy: Path, links: str) -> bool:
    """Restore, killed before what `step` matches for the `number`th time; whether it was."""
    ran = place.process(
        [sys.executable, "-c", KILLED_AT, step, str(number), links, "restore", "--yes", str(copy)], {}
    )
    assert ran.code in (0, -signal.SIGKILL), ran
    return ran.code != 0


def a_restore_killed_leaves_the_old_or_the_new_or_says_so(
    place: Escalate, step: str, number: int, links: str
) -> tuple[bool, bool]:
    """Whether it was killed before it had ended, and whether there was no database then."""
    db, copy = place.place / "escalate.db", place.place / "copy.db"
    killed = restore_killed_before(place, step, number, copy, links)
    gone = not db.exists()
    ran = place("list", "--all", "--json")
    if gone:
        assert (ran.code, killed, links) == (7, True, "no"), ran
        assert f"the database {db} is gone: a restore was cut short" in ran.err
        assert "run `escalate restore FILE` again" in ran.err
        assert not db.exists()
    else:
        assert ran.code == 0, ran
        assert [incident["title"] for incident in ran.json] in (["the first"], ["the second", "the first"])
        assert "warning: the database" not in ran.err
    assert place("restore", "--yes", str(copy)).code == 0
    assert there(db) == ["the first"]
    assert any(
        there(aside) == ["the first", "the second"] for aside in db.parent.glob("escalate.db.replaced-*[0-9]")
    )
    assert not list(db.parent.glob("*.restoring*"))
    return killed, gone


def begun(place: Escalate) -> Escalate:
    assert place("declare", "the first", "--service", "login").code in (0, 6)
    assert place("backup", str(place.place / "copy.db")).code == 0
    assert place("declare", "the second", "--service", "login").code in (0, 6)
    return place


def anew(place: Escalate) -> None:
    """As before the restore."""
    db = place.place / "escalate.db"
    original = next(one for one in db.parent.glob("escalate.db.replaced-*[0-9]") if len(there(one)) == 2)
    os.replace(original, db)
    for left in db.parent.glob("escalate.db.replaced-*"):
        left.unlink()


@pytest.mark.parametrize("links", ["yes", "no"])
@pytest.mark.long
def test_a_restore_killed_between_its_renames_is_said_or_leaves_no_trace(
    escalate: Escalate, links: str
) -> None:
    place, missing = begun(escalate), []
    for step in STEPS[links]:
        killed, gone = a_restore_killed_leaves_the_old_or_the_new_or_says_so(place, step, 1, links)
        assert killed, f"there is no such step: {step}"
        missing += [step] if gone else []
        anew(place)
    assert missing == ([] if links == "yes" else [NEW_NAME]), "only where a file has one name"


@pytest.mark.long
@pytest.mark.parametrize("links", ["yes", "no"])
def test_a_restore_killed_at_every_step_is_said_or_leaves_no_trace(escalate: Escalate, links: str) -> None:
    place, number, missing = begun(escalate), 1, 0
    while True:
        killed, gone = a_restore_killed_leaves_the_old_or_the_new_or_says_so(place, EVERY_STEP, number, links)
        if not killed:
            break
        missing += gone
        anew(place)
        number += 1
    assert number > 10
    assert (missing > 0) is (links == "no")


LOST_AT = """
import os, sys
number, disk, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
counted = 0
def count(event, given):
    global counted
    if event.startswith(("os.", "sqlite3.")) or event == "open":
        if event == "sqlite3.connect" or disk in str(given[0]):
            counted += 1
            if counted == number:
                os.rename(disk, disk + "-elsewhere")
                os.mkdir(disk)
from escalate_cli.__main__ import main
real, looked = os.stat, [0]
def stat(path, *given, **more):
    if disk in str(path):
        count("os.stat", (path,))
    return real(path, *given, **more)
os.stat = stat
sys.addaudithook(count)
sys.argv = ["escalate", *words]
main()
"""


@pytest.mark.parametrize(
    "number",
    [5, *(pytest.param(one, marks=pytest.mark.long) for one in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12))],
)
def test_a_directory_lost_while_a_database_is_opened_is_a_problem_of_the_database(tmp_path, number):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        disk = tmp_path / "disk"
        disk.mkdir()
        place.environ["ESCALATE_DB"] = str(disk / "escalate.db")
        place.declare_quietly("the first")
        for words in (("list",), ("declare", "another", "-s", "x")):
            ran = place.process([sys.executable, "-c", LOST_AT, str(number), str(disk), *words], {})
            assert ran.code in (0, 6, 7), ran
            assert "bug" not in ran.err, ran
            if (tmp_path / "disk-elsewhere").exists():
                shutil.rmtree(disk)
                (tmp_path / "disk-elsewhere").rename(disk)
        assert place("tick").code in (0, 6)
        assert {one["title"] for one in place("list", "--json").json} == {"the first", "another"}


def words_of(ran: Ran) -> str:
    """Everything that was printed, however it was wrapped."""
    return " ".join((ran.out + ran.err).split())


def is_said_to_be_lost(place: Escalate, *words: str) -> None:
    ran = place(*words)
    assert ran.code == 7, ran
    assert "is gone: it was in another directory of this name" in words_of(ran)
    assert "mount its disk" in words_of(ran)


def the_mount_is_lost(place: Escalate) -> None:
    (place.place / "disk").rename(place.place / "elsewhere")
    (place.place / "disk").mkdir()


def the_link_is_switched(place: Escalate) -> None:
    (place.place / "disk").rename(place.place / "elsewhere")
    (place.place / "another").mkdir()
    (place.place / "disk").symlink_to("another")


@pytest.mark.parametrize("lose", [the_mount_is_lost, the_link_is_switched])
@pytest.mark.long
def test_a_database_whose_directory_was_exchanged_is_not_begun_anew(escalate: Escalate, lose) -> None:
    """A disk that is not mounted leaves an empty directory. What is declared meanwhile is kept
    where it is found once the disk is back.
    """
    (escalate.place / "disk").mkdir()
    escalate.environ["ESCALATE_DB"] = str(escalate.place / "disk" / "escalate.db")
    escalate("declare", "the first", "--service", "login")
    lose(escalate)
    for words in (("list",), ("tick",), ("doctor",), ("declare", "meanwhile", "--service", "login")):
        is_said_to_be_lost(escalate, *words)
    assert not list((escalate.place / "disk").iterdir())
    disk = escalate.place / "disk"
    disk.unlink() if disk.is_symlink() else disk.rmdir()
    (escalate.place / "elsewhere").rename(disk)
    escalate("tick")
    assert [one["title"] for one in escalate("list", "--json").json] == ["meanwhile", "the first"]


def test_a_database_removed_from_its_directory_is_begun_anew_and_that_is_said(escalate: Escalate) -> None:
    """Whoever removes its files means it; whoever did not must hear of it. Numbers go on where they were."""
    escalate("declare", "the first", "--service", "login")
    assert escalate("tick").code in (0, 6)
    for name in ("escalate.db", "escalate.db-journal"):
        (escalate.place / name).unlink()
    copy = next((escalate.place / "escalate.db.backups").iterdir())
    doctor = words_of(escalate("doctor", COLUMNS="1000"))
    assert "is gone with every incident in it, though it was there before" in doctor
    assert str(copy) in doctor
    ran = escalate("declare", "another", "--service", "login", "--json")
    assert "warning: the database" in ran.err
    assert (
        f"`escalate restore {copy}` puts the latest copy back. A new one has been begun"
        in ran.err.replace("\n", " ")
    )
    assert ran.json["id"] == 2
    assert "warning: the database" not in escalate("list").err


@pytest.mark.parametrize("lose", ["mount", "files"])
@pytest.mark.long
def test_a_running_watch_begins_no_new_database_in_the_place_of_the_one_that_it_had_open(tmp_path, lose):
    with HttpServer() as web, installation(tmp_path, web, impatient_crew()) as place:
        disk, aside = tmp_path / "disk", tmp_path / "aside"
        disk.mkdir()
        place.environ["ESCALATE_DB"] = str(disk / "escalate.db")
        place.declare_quietly()
        watch = place.begin("watch", "--interval", "1s")
        web.wait_for(2)
        if lose == "mount":
            disk.rename(aside)
            disk.mkdir()
        else:
            aside.mkdir()
            for one in disk.iterdir():
                one.rename(aside / one.name)
        alarm = web.wait_for(2 + 3)[2:]  # each is of another pass
        assert all("cannot use its database" in one.json["message"] for one in alarm)
        assert not list(disk.glob("*.db"))
        shutil.rmtree(disk)
        disk.mkdir()
        for one in aside.iterdir():
            one.rename(disk / one.name)
        place.declare_quietly("another")
        until(lambda: sum("#2 " in one.json["title"] for one in web.arrived) == 2)
        watch.terminate()
        ran = place.end(watch)
        assert ran.code == 0
        assert "it was there when this process began" in ran.err
        assert ran.err.count("this is over") == 1
        assert ran.err.index("this is over") > ran.err.index("it was there when this process began")


def test_whoever_has_no_home_still_hears_of_what_is_left_of_a_database(tmp_path):
    """Without a state directory there is no mark; the numbers noted beside the database tell of it."""
    with HttpServer() as web, installation(tmp_path, web, crew(1)) as place:
        nowhere = {name: value for name, value in place.environ.items() if name != "HOME"}
        place.environ.clear()
        place.environ.update(nowhere)
        assert place("declare", "the first", "-s", "x").code == 0
        assert place("tick").code == 0
        for name in (place.db.name, place.db.name + "-journal"):
            place.db.with_name(name).unlink()
        assert "though it was there before" in place("list").err


@pytest.mark.long
def test_a_watch_whose_database_another_command_begins_anew_names_what_is_lost_with_it(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, impatient_crew()) as place:
        place.declare_quietly("the first")
        watching = place.begin("watch", "--interval", "1s")
        until(lambda: web.arrived)
        for path in tmp_path.glob("escalate.db*"):
            if path.is_file():
                path.unlink()
        place("list")
        until(lambda: place.db.exists())
        place.declare_quietly("the second")
        until(lambda: any("the second" in message.json["title"] for message in web.arrived))
        watching.terminate()
        ended = words_of(place.end(watching))
    assert "another database is there now" in ended
    assert "it does not have #1 the first, which ran in the one before" in ended


@pytest.mark.long
def test_a_watch_that_is_ended_after_its_directory_was_lost_says_so_and_not_that_something_is_closed(
    tmp_path,
):
    with HttpServer(Answer(after=1.0)) as web, installation(tmp_path, web, crew(2, ("a",))) as place:
        disk = tmp_path / "disk"
        disk.mkdir()
        place.environ["ESCALATE_DB"] = str(disk / "escalate.db")
        place.declare_quietly("the first")
        watching = place.begin("watch", "--interval", "1s")
        until(lambda: web.arrived)
        disk.rename(tmp_path / "elsewhere")
        disk.mkdir()
        until(lambda: any("[escalate]" in message.json["title"] for message in web.arrived))
        watching.terminate()
        ended = words_of(place.end(watching))
    assert "closed database" not in ended
    assert "is gone" in ended
