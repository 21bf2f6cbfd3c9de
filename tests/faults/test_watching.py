"""A watch that is stopped, paused, or has its database taken away in the middle of its work; and
first commands that are killed.
"""

from __future__ import annotations

import shutil
import signal

import pytest

from tests.delivery.processes import until
from tests.faults.harness import CLOCK, crew, installation
from tests.faults.rounds import report, seeded
from tests.servers import Answer, HttpServer


def test_a_watch_paused_for_longer_than_its_leases_comes_back_to_no_harm(tmp_path):
    """As a laptop that sleeps in the middle of a send: meanwhile a tick takes over; the watch's
    late outcomes change nothing.
    """
    with (
        HttpServer(Answer(trick="hold")) as web,
        installation(tmp_path, web, crew(2, timeout="50s")) as place,
    ):
        place.declare_quietly()
        watch = place.begin("watch", "--interval", "1s")
        web.wait_for(4)
        watch.send_signal(signal.SIGSTOP)
        web.answer_with(Answer())
        place.let_leases_end()
        assert place("tick").code in (0, 6)
        assert place.statuses() == {"sent": 4}
        web.release()
        watch.send_signal(signal.SIGCONT)
        place.declare_quietly("another")
        until(lambda: place.statuses() == {"sent": 8})
        watch.terminate()
        ran = place.end(watch)
        assert ran.code == 0
        assert "Traceback" not in ran.err
        account = place.account()
        account.must_be_sound(repeats=4)


def as_text(db):
    db.write_text("not a database " * 400)


def as_nothing(db):
    """Only gone."""


def impatient_crew():
    """Somebody whom the fallback pages once a second while the database cannot be used."""
    return crew(1, timeout="50s").replace('page = ["person:p0"]', 'page = ["person:p0"]\nevery = "1s"')


@pytest.mark.long
@pytest.mark.parametrize("instead", [as_text, as_nothing])
def test_a_watch_whose_database_is_taken_away_while_it_sends_says_so_and_goes_on_when_it_is_back(
    tmp_path, instead
):
    with HttpServer(Answer(trick="hold")) as web, installation(tmp_path, web, impatient_crew()) as place:
        place.declare_quietly()
        watch = place.begin("watch", "--interval", "1s")
        web.wait_for(2)
        aside = place.db.with_name("aside.db")
        place.db.rename(aside)
        instead(place.db)
        web.answer_with(Answer())
        web.release()
        alarm = web.wait_for(2 + 3)[2:]  # each is of another pass
        assert all("cannot use its database" in one.json["message"] for one in alarm)
        assert watch.poll() is None
        place.db.unlink(missing_ok=True)
        aside.rename(place.db)
        place.declare_quietly("another")
        until(
            lambda: (
                place.rows("SELECT count(*) FROM notifications WHERE incident_id = 2 AND status = 'sent'")
                == [(2,)]
            )
        )
        until(lambda: place.statuses() == {"sent": 4})
        watch.terminate()
        ran = place.end(watch)
        assert ran.code == 0, ran
        assert "Traceback" not in ran.err
        first = [one.json["title"] for one in web.arrived if "#1 " in one.json["title"]]
        assert len([one for one in first if "repeat" not in one]) == 2
        assert len(first) <= 4


def kill_first_commands(tmp_path, rounds: int) -> int:
    """Kill the command that makes a new database, within the moments in which it makes it; the next
    one must find a way. How many were killed before they had ended."""
    chance, killed = seeded("first commands"), 0
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        for number in range(rounds):
            db = tmp_path / f"new-{number}" / "escalate.db"
            db.parent.mkdir()
            first = place.begin("list", ESCALATE_DB=str(db))
            late = CLOCK.monotonic() + 60
            while not db.exists():  # as closely as can be: it is made within a few milliseconds
                assert CLOCK.monotonic() < late
            CLOCK.sleep(int(chance.uniform(0, 8_000)))
            killed += first.poll() is None
            place.kill(first)
            ran = place("declare", "down", "-s", "x", ESCALATE_DB=str(db))
            assert ran.code == 0, ran
        assert len(place.messages) == rounds
    return killed


@pytest.mark.long
def test_a_first_command_that_is_killed_leaves_nothing_that_stops_the_next(tmp_path):
    kill_first_commands(tmp_path, 3)


@pytest.mark.long
def test_first_commands_killed_many_times_leave_nothing_that_stops_the_next(tmp_path):
    killed = kill_first_commands(tmp_path, 40)
    report(rounds=40, killed=killed)


@pytest.mark.long
def test_a_database_whose_making_is_cut_at_every_write_is_made_anew(tmp_path):
    """Every state that a kill can leave: the files as they are after each write of the first transaction."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        for number in range(1, 60):
            db = tmp_path / f"cut-{number}" / "escalate.db"
            db.parent.mkdir()
            cut = [
                "strace",
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "trace=pwrite64",
                "-e",
                f"inject=pwrite64:signal=KILL:when={number}",
            ]
            ran = place.process(
                [*cut, str(place.place / "bin" / "escalate"), "list"], {"ESCALATE_DB": str(db)}
            )
            again = place("declare", "down", "-s", "x", ESCALATE_DB=str(db))
            assert again.code == 0, (number, again)
            if ran.code == 0:
                break
        report(rounds=number)
        assert ran.code == 0, "no write is left to be cut at"
