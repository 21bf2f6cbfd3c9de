"""Scenarios 1 to 5: whatever dies, whenever it dies, no page is lost, and none is repeated without
a reason that it states.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.delivery.processes import children_of, needs_proc, of_session, until
from tests.faults.harness import CLOCK, Installation, crew, installation
from tests.faults.rounds import mostly_long, report, seeded
from tests.servers import Answer, HttpServer

LOADED_ALREADY = True


def kill_ticks(place: Installation, rounds: int, name: str) -> int:
    """So many rounds of a fresh incident, three ticks at a time, and SIGKILL for all three at a
    moment of chance; how many were killed.
    """
    chance, killed, took = seeded(name), 0, 0.0
    for number in range(rounds):
        place.declare_quietly()
        if number % 20 == 0:
            took = place.how_long("tick")
            place.declare_quietly()
        ticks = [place.begin("tick") for _ in range(3)]
        CLOCK.sleep(int(chance.uniform(0.2, 1.5) * took * 1_000_000))
        killed += sum(tick.poll() is None for tick in ticks)
        place.kill(*ticks)
        place.let_leases_end()
    return killed


def test_ticks_killed_at_any_moment_lose_nothing(tmp_path):
    with HttpServer(Answer(after=0.02)) as web, installation(tmp_path, web, crew(4)) as place:
        killed = kill_ticks(place, 2, "ticks")
        place.settle()
        account = place.account()
        report(killed=killed)
        account.must_be_sound(rounds=2)
        place.database_must_be_sound()
        assert killed > 0


@pytest.mark.long
@pytest.mark.parametrize("lot", range(4))
def test_ticks_killed_for_hundreds_of_rounds_lose_nothing(tmp_path, lot):
    with HttpServer(Answer(after=0.02)) as web, installation(tmp_path, web, crew(5)) as place:
        killed = kill_ticks(place, 50, f"many ticks {lot}")
        place.settle()
        account = place.account()
        report(killed=killed)
        account.must_be_sound(rounds=50)
        place.database_must_be_sound()


def test_what_is_killed_again_and_again_is_tried_no_more_often_than_allowed(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",), attempts=2)) as place:
        place.declare_quietly()
        for _ in range(3):
            ran = place("tick", ESCALATE_FAILPOINT="ended")
            assert ran.code in (-signal.SIGKILL, 0, 6)
            place.let_leases_end()
        place("tick")
        account = place.account(allowed=2)
        assert (account.unexpected, account.too_often) == ([], [])
        assert place.rows("SELECT status, attempts FROM notifications WHERE id = 1") == [("failed", 2)]
        assert place.rows("SELECT count(*) FROM notifications WHERE id > 1")[0][0] >= 1, (
            "the fallback is paged in its place"
        )


# ── declare ───────────────────────────────────────────────────────────────────────────


def kill_declares(place: Installation, rounds: int, name: str) -> tuple[int, int]:
    """So many rounds of two declares at once, each killed at a moment of chance; (how many returned
    0, how many are stored).
    """
    chance, promised, took = seeded(name), set(), place.how_long("declare", "no one kills this", "-s", "x")
    for round_number in range(rounds):
        declares = [
            place.begin("declare", f"no {round_number}-{one}", "-s", "x", "--json") for one in range(2)
        ]
        late = CLOCK.monotonic() + chance.uniform(0.3, 2.0) * took
        until(
            lambda late=late, declares=declares: (
                CLOCK.monotonic() > late or all(declare.poll() is not None for declare in declares)
            )
        )
        for one, process in enumerate(declares):
            process.kill()
            process.communicate()
            if process.returncode == 0:
                promised.add(f"no {round_number}-{one}")
    stored = {title for (title,) in place.rows("SELECT title FROM incidents")}
    assert promised <= stored, "declares that returned 0 and are not there"
    return len(promised), len(stored)


def all_are_whole(place: Installation) -> None:
    """Every incident that is there has its escalation, its notifications and the beginning of its
    timeline.
    """
    halves = place.rows(
        "SELECT id FROM incidents i WHERE NOT EXISTS (SELECT 1 FROM escalations WHERE incident_id = i.id)"
        " OR NOT EXISTS (SELECT 1 FROM timeline WHERE incident_id = i.id AND kind = 'declared')"
        " OR (SELECT count(*) FROM notifications WHERE incident_id = i.id) <> 2 OR next_due_at IS NULL"
    )
    assert halves == []


def test_declares_killed_at_any_moment_are_there_whole_or_not_at_all(tmp_path):
    with HttpServer(Answer(after=0.02)) as web, installation(tmp_path, web, crew(1)) as place:
        promised, stored = kill_declares(place, 2, "declares")
        assert promised <= stored
        place.settle()
        all_are_whole(place)
        place.account().must_be_sound(rounds=8)
        place.database_must_be_sound()


@pytest.mark.long
def test_declares_killed_for_scores_of_rounds_are_there_whole_or_not_at_all(tmp_path):
    with HttpServer(Answer(after=0.02)) as web, installation(tmp_path, web, crew(1)) as place:
        promised, stored = kill_declares(place, 60, "many declares")
        assert promised <= stored
        place.settle()
        all_are_whole(place)
        place.account().must_be_sound(rounds=120)
        place.database_must_be_sound()


# ── each named point ──────────────────────────────────────────────────────────────────


IN_DECLARE = {
    "declaring": (False, 0),
    "declared": (True, 0),
    "claiming": (True, 0),
    "claimed": (True, 0),
    "begun": (True, None),
    "ended": (True, 1),
    "recording": (True, 1),
    "recorded": (True, 0),
}
"""whether the incident is there afterwards, and how often its message is repeated; None where it
may have been sent or not
"""


@pytest.mark.parametrize("point", mostly_long(IN_DECLARE, "claimed"))
def test_a_declare_killed_at_a_named_point_repeats_only_what_was_accepted_and_not_recorded(tmp_path, point):
    stored, repeats = IN_DECLARE[point]
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        ran = place("declare", "down", "-s", "x", ESCALATE_FAILPOINT=point)
        assert ran.code == -signal.SIGKILL
        assert bool(place.rows("SELECT 1 FROM incidents")) == stored
        place.settle()
        place.account().must_be_sound(repeats=repeats)
        assert place.statuses()["sent"] == stored


def test_a_message_on_its_way_when_the_process_is_killed_is_repeated_once_and_says_so(tmp_path):
    with (
        HttpServer(Answer(trick="hold"), Answer()) as web,
        installation(tmp_path, web, crew(1, ("a",), timeout="50s")) as place,
    ):
        declare = place.begin("declare", "down", "-s", "x")
        web.wait_for(1)
        place.kill(declare)
        web.release()
        place.settle()
        place.account().must_be_sound(repeats=1)
        assert [message.json["title"] for message in place.messages] == [
            "[high] #1 down",
            "(repeat) [high] #1 down",
        ]


IN_TICK = {"planning": 0, "planned": 0, "claiming": 0, "ended": 1, "recording": 1}


@pytest.mark.parametrize("point", mostly_long(IN_TICK, "recording"))
def test_a_tick_killed_at_a_named_point_pages_everyone_in_the_end(tmp_path, point):
    repeats = IN_TICK[point]
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare_quietly()
        with place.sql() as db:
            db.execute("UPDATE incidents SET next_due_at = 1")
        assert place("tick", ESCALATE_FAILPOINT=point).code == -signal.SIGKILL
        place.settle()
        place.account().must_be_sound(repeats=repeats)
        assert len(place.messages) >= 1 + repeats


# ── who dies ──────────────────────────────────────────────────────────────────────────


@needs_proc
@pytest.mark.parametrize("victim", mostly_long(["the child", "the worker"], "the child"))
def test_a_sending_process_that_is_killed_leaves_a_healthy_tick_and_a_retry(tmp_path, victim):
    with (
        HttpServer(at_path={"/a/": Answer(trick="hang")}) as web,
        installation(tmp_path, web, crew(1, timeout="20s")) as place,
    ):
        place.declare_quietly()
        tick = place.begin("tick")
        web.wait_for(2)
        worker = worker_of(tick.pid)
        if victim == "the child":
            until(lambda: len(children_of(worker)) == 1)
            os.kill(children_of(worker)[0], signal.SIGKILL)
        else:
            os.kill(worker, signal.SIGKILL)
        ran = place.end(tick)
        assert ran.code == 6
        assert "the sending process died; it may have arrived" in ran.err, ran.err
        assert of_session(worker) == []
        web.at_path.clear()
        place.settle()
        place.account().must_be_sound()
        assert [message.json["title"][:8] for message in place.messages if message.path == "/a/p0"] == [
            "[high] #",
            "(repeat)",
        ]


def worker_of(parent: int) -> int:
    """The process that sends for `parent`: its only child."""
    found: list[int] = []

    def there() -> bool:
        found[:] = [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        return bool(found)

    until(there)
    return found[0]


@needs_proc
def test_a_tick_that_is_killed_leaves_no_orphan(tmp_path):
    with (
        HttpServer(Answer(trick="hang")) as web,
        installation(tmp_path, web, crew(3, timeout="60s")) as place,
    ):
        place.declare_quietly()
        tick = place.begin("tick")
        web.wait_for(4)
        worker = worker_of(tick.pid)
        assert len(of_session(worker)) > 3
        place.kill(tick)
        until(lambda: of_session(worker) == [], 30)


def test_a_watch_told_to_stop_in_the_middle_of_a_send_finishes_it(tmp_path):
    with (
        HttpServer(Answer(trick="hold")) as web,
        installation(tmp_path, web, crew(3, timeout="50s")) as place,
    ):
        place.declare_quietly()
        watch = place.begin("watch")
        web.wait_for(6)
        watch.send_signal(signal.SIGTERM)
        web.release()
        ran = place.end(watch)
        assert (ran.code, ran.err) == (0, "")
        assert place.rows("SELECT 1 FROM notifications WHERE status = 'sending'") == []
        web.answer_with(Answer())
        place.settle()
        place.account().must_be_sound(repeats=0)
        assert len(place.messages) == 6


TEMPLATES = '\n[messages]\ntitle = "#{id} {title}"\nbody = "Ours: {title}"\nshort = "#{id} {title}"\n'
REPEATS = {
    "the built-in text": ("", "(repeat) [high] #1 down"),
    "a template": (TEMPLATES, "(repeat) #1 down"),
}


@pytest.mark.long
@pytest.mark.parametrize("words", REPEATS)
@pytest.mark.parametrize("short", [False, True])
def test_a_repeat_says_so_in_every_text(tmp_path, words, short):
    more, wanted = REPEATS[words]
    config = crew(1, ("a",)) + more
    if short:
        config = config.replace("attempts = 20", 'attempts = 20\ntext = "short"')
        wanted = wanted.replace("[high]", "[high L1]")
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        assert place("declare", "down", "-s", "x", ESCALATE_FAILPOINT="ended").code == -signal.SIGKILL
        place.settle()
        again = place.messages[1].json
        assert (again["title"] or again["message"]).startswith(wanted)


def test_a_digest_whose_sender_died_is_repeated_as_a_digest_and_says_so(tmp_path):
    config = crew(1, ("a",)).replace('messages = 100000\nper = "1s"', 'messages = 1\nper = "1h"')
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        for number in range(4):
            place.declare_quietly(f"no {number}")
        assert place("tick").code == 0
        with place.sql() as db:
            db.execute("UPDATE notifications SET due_at = 1 WHERE held_back = 1")
            db.execute("UPDATE notifications SET sent_at = 1 WHERE status = 'sent'")
        assert place("tick", ESCALATE_FAILPOINT="ended").code == -signal.SIGKILL
        place.let_leases_end()
        assert place("tick").code == 0
        titles = [message.json["title"] for message in place.messages]
        digest = "3 more messages about 3 incidents, worst: [high] #2 no 1"
        assert titles == ["[high] #1 no 0", digest, f"(repeat) {digest}"]
        assert place.statuses() == {"sent": 4}


@pytest.mark.parametrize(
    ("status", "attempts", "code", "counts"),
    [(200, 2, 0, (1, 0, 0)), (503, 3, 6, (0, 0, 1)), (503, 2, 6, (0, 1, 1))],
    ids=["delivered", "to be tried again", "given up, and the fallback is to be tried again"],
)
def test_a_pass_tells_how_the_last_attempt_at_what_another_left_behind_ended(
    tmp_path, status, attempts, code, counts
):
    config = crew(1, ("a",)).replace("attempts = 20", f"attempts = {attempts}")
    with HttpServer(Answer(status)) as web, installation(tmp_path, web, config) as place:
        assert place("declare", "down", "-s", "x", ESCALATE_FAILPOINT="claimed").code == -signal.SIGKILL
        place.let_leases_end()
        ran = place("tick", "--json")
        assert (ran.code, tuple(ran.json[one] for one in ("sent", "failed", "retrying"))) == (code, counts)
