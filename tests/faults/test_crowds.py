"""Scenarios 6 to 8: many processes at once, an answer in the middle of the paging, and a database
that somebody else holds.
"""

from __future__ import annotations

import sqlite3

import pytest

from escalate_cli.store.sqlite.database import LOCK_PATIENCE_SECONDS
from tests.delivery.processes import until
from tests.faults.harness import CLOCK, Installation, crew, installation
from tests.servers import Answer, HttpServer

SECOND_TEAM = """
[teams.others]
name = "Others"
members = ["q"]
policy = "all-hands"
[people.q]
name = "Q"
contact = { a = "q" }
"""


@pytest.mark.long
def test_twenty_ticks_five_acks_and_two_watches_at_once_send_each_of_two_hundred_once(tmp_path):
    """Fourteen by fourteen notifications; the acks are of incidents of their own, so that the two
    hundred stay wanted.
    """
    with HttpServer(Answer(after=0.02)) as web, installation(tmp_path, web, crew(10, timeout="20s")) as place:
        for number in range(10):
            place.declare_quietly(f"no {number}")
        acked = [place.declare_quietly(f"acked {number}") for number in range(5)]
        assert place.statuses() == {"pending": 300}
        watches = [place.begin("watch", "--interval", "1s") for _ in range(2)]
        others = [place.begin("tick") for _ in range(10)]
        acks = [place.begin("ack", str(one), "--by", "p1") for one in acked]
        others += [place.begin("tick") for _ in range(10)]
        ran = [place.end(one, 120) for one in (*acks, *others)]
        assert {one.code for one in ran} == {0}, [one for one in ran if one.code]
        assert [one.err for one in ran if one.err and "no tick has ever run" not in one.err] == []
        until(
            lambda: (
                not place.rows(
                    "SELECT 1 FROM notifications WHERE status IN ('pending', 'sending', 'retrying')"
                )
            ),
            60,
        )
        for watch in watches:
            watch.terminate()
        ended = [place.end(watch) for watch in watches]
        assert [(one.code, one.err) for one in ended] == [(0, ""), (0, "")]
        place.account().must_be_sound(repeats=0)
        wanted = place.rows(
            "SELECT count(*) FROM notifications n JOIN incidents i ON i.id = incident_id WHERE title LIKE"
            " 'no %'"
        )
        assert wanted == place.rows(
            "SELECT count(*) FROM notifications n JOIN incidents i ON i.id = incident_id WHERE title LIKE 'no"
            " %' AND n.status = 'sent'"
        )
        assert wanted == [(200,)]
        place.database_must_be_sound()


@pytest.mark.long
def test_after_an_ack_that_returned_no_new_attempt_begins(tmp_path):
    """A tick that pages eighty and an ack in the middle of it: what was not begun when the ack
    returned is never begun.
    """
    with HttpServer(Answer(after=0.8)) as web, installation(tmp_path, web, crew(40, timeout="50s")) as place:
        cancelled = 0
        for arrivals in (1, 9):
            incident = place.declare_quietly()
            place.forget()
            tick = place.begin("tick")
            until(lambda arrivals=arrivals: len(place.messages) >= arrivals)
            assert place("ack", str(incident), "--by", "p1").code == 0
            returned_at = CLOCK.now()
            assert place.end(tick).code == 0
            attempts = (
                "SELECT began_at FROM attempts a JOIN notifications n ON n.id = a.notification_id WHERE"
                " incident_id = ?"
            )
            # What was claimed before the ack and withdrawn before its first byte has left no message.
            began = place.rows(f"{attempts} AND a.detail NOT LIKE 'it is no longer wanted%'", incident)
            assert [at for (at,) in place.rows(attempts, incident) if at > returned_at] == []
            assert place("tick").code == 0
            assert len(place.messages) == len(began)
            cancelled += 80 - len(began)
        assert cancelled > 0


def test_a_resolve_during_the_back_off_cancels_the_retry(tmp_path):
    with HttpServer(at_path={"/a/": Answer(503)}) as web, installation(tmp_path, web, crew(1)) as place:
        assert place.declare("down", "-s", "x", code=6)["notifications"][0]["status"] == "retrying"
        assert place("resolve", "1").code in (0, 6)
        assert place.rows(
            "SELECT status, attempts FROM notifications WHERE kind = 'page' AND gateway = 'a'"
        ) == [("cancelled", 1)]
        place.let_leases_end()
        assert [message.json["title"] for message in place.messages if message.path == "/b/p0"][
            -1
        ] == "[resolved] #1 down", "where the page arrived"
        web.at_path.clear()
        place.forget()
        place.settle()
        late = [(message.path, message.json["title"]) for message in place.messages]
        assert late == [("/a/p0", "[resolved] #1 down")], "the end is tried again, the page is not"


TRIED = (["tick"], ["ack", "1", "--by", "p0"], ["ack", "1", "2", "--by", "p0"], ["list"])


@pytest.mark.long
def test_a_database_held_by_another_process_stops_nobody_for_long_and_nothing_for_good(tmp_path):
    """A tick gives up with exit code 7 within 15 s and sends nothing; so do an ack, also of several, and a
    list; the next tick sends each once.
    """
    with HttpServer() as web, installation(tmp_path, web, crew(2)) as place:
        place.declare_quietly()
        place.declare_quietly()
        to_start = place.how_long("list")
        holder = sqlite3.connect(place.db, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        began = CLOCK.monotonic()
        processes = [place.begin(*words) for words in TRIED]
        ran = [place.end(process) for process in processes]
        took = CLOCK.monotonic() - began
        holder.execute("ROLLBACK")
        holder.close()
        for one in ran:
            assert (one.code, one.out) == (7, "")
            left = "; not changed: #1, #2" if "1, #2" in one.err else ""
            assert one.err.startswith(
                f"escalate: error: the database {place.db} is locked by another process{left}\nhint: "
            ), one.err
        assert [("#1, #2" in one.err) for one in ran] == [False, False, True, False]
        assert took < 15 + 8 * to_start, "four that start at once, on a machine as busy as it is"
        assert web.arrived == []
        assert place("tick").code == 0
        place.account().must_be_sound(repeats=0)
        assert len(place.messages) == 8


def hold_for_longer_than_patience(place: Installation, web: HttpServer) -> None:
    """Hold the database while the providers answer, until whoever wants to record it must have lost
    patience.
    """
    holder = sqlite3.connect(place.db, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    web.release()
    CLOCK.sleep(int((LOCK_PATIENCE_SECONDS + 3) * 1_000_000))
    holder.execute("ROLLBACK")
    holder.close()


@pytest.mark.long
def test_a_watch_survives_a_database_that_is_locked_while_it_is_sending(tmp_path):
    """What was accepted in the meantime is recorded when the lock is gone, and not sent again."""
    with (
        HttpServer(Answer(trick="hold")) as web,
        installation(tmp_path, web, crew(2, timeout="50s")) as place,
    ):
        place.declare_quietly()
        watch = place.begin("watch", "--interval", "1s")
        web.wait_for(4)
        hold_for_longer_than_patience(place, web)
        until(lambda: place.statuses() == {"sent": 4})
        watch.terminate()
        ran = place.end(watch)
        assert ran.code == 0
        assert "is locked by another process" in ran.err
        place.account().must_be_sound(repeats=0)


@pytest.mark.long
def test_a_tick_whose_database_is_locked_while_it_is_sending_records_what_it_sent(tmp_path):
    with (
        HttpServer(Answer(trick="hold")) as web,
        installation(tmp_path, web, crew(2, timeout="50s")) as place,
    ):
        place.declare_quietly()
        tick = place.begin("tick")
        web.wait_for(4)
        hold_for_longer_than_patience(place, web)
        ran = place.end(tick)
        assert ran.code == 7, "it could not go on"
        place.account().must_be_sound(repeats=0)
