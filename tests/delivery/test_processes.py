"""The processes behind a sender: each attempt apart, none outliving its time, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.notification.attempt import Outcome
from escalate_cli.delivery import sender as sender_module
from escalate_cli.delivery.sender import Sender
from tests.delivery.processes import children_of, needs_proc, of_session, until, zombies
from tests.delivery.sending import SENT, UNKNOWN, collect, envelope, worker_of
from tests.servers import Answer, HttpServer

DIED = Outcome(UNKNOWN, "the sending process died; it may have arrived")


def test_nothing_under_way_nothing_to_wait_for():
    with Sender() as sender:
        before = Clock().monotonic()
        assert sender.outcomes(60) == []
        assert Clock().monotonic() - before < 30


def test_outcomes_returns_when_its_time_is_over_and_the_attempt_goes_on():
    with HttpServer(Answer(trick="hold")) as web, Sender() as sender:
        sender.begin(7, envelope(web.url()))
        assert sender.outcomes(0.1) == []
        assert sender.running == 1
        web.release()
        assert collect(sender) == {7: Outcome(SENT, "HTTP 200")}


def test_a_signal_wakes_the_wait():
    readable, writable = os.pipe()
    with HttpServer(Answer(trick="hold")) as web, Sender(wake_fd=readable) as sender:
        sender.begin(1, envelope(web.url(), 50 * SECOND))
        threading.Timer(0.2, os.write, (writable, b"!")).start()
        assert sender.outcomes(90) == [], "woken before anything has ended"
        os.read(readable, 1)
        web.release()
        assert collect(sender) == {1: Outcome(SENT, "HTTP 200")}
    os.close(readable)
    os.close(writable)


def test_4_14_hanging_providers_delay_nobody():
    with HttpServer(Answer(trick="hang")) as dead, HttpServer() as alive, Sender() as sender:
        for ticket in range(8):
            sender.begin(ticket, envelope(dead.url(), 50 * SECOND))
        dead.wait_for(8)
        sender.begin(8, envelope(alive.url()))
        assert sender.outcomes(90) == [(8, Outcome(SENT, "HTTP 200"))], "and none of the others has ended"
        sender.close(wait=False)
        assert {outcome.kind for _, outcome in sender.outcomes(0)} == {UNKNOWN}


def test_eight_run_at_the_same_time():
    with HttpServer(Answer(trick="hold")) as web, Sender() as sender:
        for ticket in range(8):
            sender.begin(ticket, envelope(web.url(), 50 * SECOND))
        assert len(web.wait_for(8)) == 8, "and none of them has been answered"
        web.release()
        assert {outcome.kind for outcome in collect(sender).values()} == {SENT}


def test_a_sender_works_in_any_thread():
    ended: dict[int, Outcome] = {}

    def work() -> None:
        with HttpServer() as web, Sender() as sender:
            sender.begin(1, envelope(web.url()))
            ended.update(collect(sender))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(90)
    assert ended == {1: Outcome(SENT, "HTTP 200")}


def test_one_ticket_for_one_attempt():
    with HttpServer(Answer(trick="hold")) as web, Sender() as sender:
        sender.begin(1, envelope(web.url(), 50 * SECOND))
        with pytest.raises(ValueError, match="ticket 1"):
            sender.begin(1, envelope(web.url()))
        web.release()
        assert len(collect(sender)) == 1


@pytest.mark.parametrize(
    ("wait", "outcome"),
    [
        (True, Outcome(SENT, "HTTP 200")),
        (False, Outcome(UNKNOWN, "stopped while sending; it may have arrived")),
    ],
)
def test_closing_lets_attempts_end_unless_told_not_to(wait, outcome):
    with HttpServer(Answer(trick="hold")) as web:
        sender = Sender()
        sender.begin(1, envelope(web.url(), 50 * SECOND))
        web.wait_for(1)
        worker = worker_of(sender)
        if wait:
            threading.Timer(0.2, web.release).start()
        sender.close(wait)
        sender.close(wait)
        assert sender.outcomes(0) == [(1, outcome)]
        until(lambda: not of_session(worker))


@needs_proc
@pytest.mark.parametrize("victim", ["child", "worker"])
def test_a_killed_process_leaves_an_unknown_outcome_and_a_healthy_sender(victim):
    with HttpServer(Answer(trick="hang")) as web, Sender() as sender:
        sender.begin(1, envelope(web.url(), 30 * SECOND))
        web.wait_for(1)
        worker = worker_of(sender)
        [child] = children_of(worker)
        os.kill(child if victim == "child" else worker, signal.SIGKILL)
        assert collect(sender) == {1: DIED}
        until(lambda: not children_of(worker))
        web.answer_with(Answer(200))
        sender.begin(1, envelope(web.url()))
        assert collect(sender) == {1: Outcome(SENT, "HTTP 200")}
        until(lambda: zombies() == 0)


@needs_proc
def test_a_worker_that_is_stuck_is_replaced(monkeypatch):
    monkeypatch.setattr(sender_module, "PATIENCE_WITH_WORKER", 0.3)
    with HttpServer() as web, Sender() as sender:
        sender.warm()
        stuck = worker_of(sender)
        os.kill(stuck, signal.SIGSTOP)
        sender.begin(1, envelope(web.url(), SECOND // 10))
        assert collect(sender) == {1: DIED}
        sender.begin(2, envelope(web.url(), 50 * SECOND))
        assert collect(sender) == {2: Outcome(SENT, "HTTP 200")}
        assert not of_session(stuck)


_PARENT = """
import sys
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
sender = Sender()
sender.begin(1, Envelope(sys.argv[1], (), "t", "b", "page", 600_000_000))
print(sender.worker_pid, flush=True)
sender.outcomes(600)
"""


@needs_proc
@pytest.mark.parametrize("also", ["nothing else", "the worker, too"])
def test_when_the_parent_is_killed_nobody_goes_on(also):
    with HttpServer(Answer(trick="hang")) as web:
        parent = subprocess.Popen([sys.executable, "-c", _PARENT, web.url()], stdout=subprocess.PIPE)
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        web.wait_for(1)
        assert len(of_session(worker)) == 2
        parent.kill()
        if also == "the worker, too":
            os.kill(worker, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        until(lambda: of_session(worker) == [], 30)


@needs_proc
@pytest.mark.long
def test_a_child_ends_itself_when_all_who_watch_it_are_stopped():
    with HttpServer(Answer(trick="hang")) as web, Sender() as sender:
        sender.begin(1, envelope(web.url(), 4 * SECOND))
        web.wait_for(1)
        worker = worker_of(sender)
        os.kill(worker, signal.SIGSTOP)
        until(lambda: not children_of(worker))
        os.kill(worker, signal.SIGCONT)
        assert [outcome.kind for outcome in collect(sender).values()] == [UNKNOWN]


@needs_proc
def test_signals_for_everyone_do_not_end_a_send():
    with HttpServer(Answer(trick="hold")) as web, Sender() as sender:
        sender.begin(1, envelope(web.url(), 50 * SECOND))
        web.wait_for(1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for pid in of_session(worker_of(sender)):
                os.kill(pid, number)
        web.release()
        assert collect(sender) == {1: Outcome(SENT, "HTTP 200")}
