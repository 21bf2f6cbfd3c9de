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
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery import sender as sender_module
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from tests.delivery.processes import children_of, needs_proc, of_session, open_files, until, zombies
from tests.servers import Answer, HttpServer, SmtpServer

SENT, TEMPORARY, PERMANENT, UNKNOWN = OutcomeKind
DIED = Outcome(UNKNOWN, "the sending process died; it may have arrived")


def envelope(url: str, timeout: int = 10 * SECOND) -> Envelope:
    return Envelope(url, (), "Log in is down", "Customers cannot sign in", "page", timeout)


def collect(sender: Sender, seconds: float = 90.0) -> dict[int, Outcome]:
    """Everything that is under way, to its end."""
    ended: dict[int, Outcome] = {}
    until(lambda: (ended.update(sender.outcomes(1)), not sender.running)[1], seconds)
    return ended


def worker_of(sender: Sender) -> int:
    assert sender.worker_pid is not None
    return sender.worker_pid


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


# ── other people's code ───────────────────────────────────────────────────────────────

_PLUGINS = """
import ctypes, os, subprocess, sys, time
from apprise.decorators import notify

def plugin(schema):
    return notify(on=schema)

@plugin("fine")
def fine(body, title, notify_type, **kwargs):
    return True
@plugin("refuses")
def refuses(body, title, notify_type, **kwargs):
    return False
@plugin("raises")
def raises(body, title, notify_type, **kwargs):
    raise ValueError("odd")
@plugin("exits")
def exits(body, title, notify_type, **kwargs):
    sys.exit(0)
@plugin("interrupts")
def interrupts(body, title, notify_type, **kwargs):
    raise KeyboardInterrupt
@plugin("vanishes")
def vanishes(body, title, notify_type, **kwargs):
    os._exit(0)
@plugin("aborts")
def aborts(body, title, notify_type, **kwargs):
    os.abort()
@plugin("crashes")
def crashes(body, title, notify_type, **kwargs):
    ctypes.string_at(0)
@plugin("babbles")
def babbles(body, title, notify_type, **kwargs):
    for fd in (1, 2):
        os.write(fd, b"rubbish " * 100_000)
    print("rubbish" * 100_000); print("rubbish", file=sys.stderr); sys.stdin and sys.stdin.read()
    return True
@plugin("closes")
def closes(body, title, notify_type, **kwargs):
    os.closerange(3, 1000)
    return True
@plugin("hangs")
def hangs(body, title, notify_type, **kwargs):
    time.sleep(600)
@plugin("spawns")
def spawns(body, title, notify_type, **kwargs):
    subprocess.Popen(["sleep", "600"], close_fds=False).wait()
"""


@needs_proc
def test_a_plugin_can_harm_nobody_but_itself(tmp_path, monkeypatch, capfd):
    (tmp_path / "odd_plugins.py").write_text(_PLUGINS)
    monkeypatch.setenv("APPRISE_PLUGIN_PATH", str(tmp_path))
    expected = {
        "fine": (SENT, "accepted"),
        "refuses": (TEMPORARY, ""),
        "raises": (TEMPORARY, ""),
        "exits": (TEMPORARY, "SystemExit"),
        "interrupts": (TEMPORARY, "KeyboardInterrupt"),
        "vanishes": (UNKNOWN, "the sending process died; it may have arrived"),
        "aborts": (UNKNOWN, "the sending process died; it may have arrived"),
        "crashes": (UNKNOWN, "the sending process died; it may have arrived"),
        "babbles": (SENT, "accepted"),
        "closes": (UNKNOWN, "the sending process died; it may have arrived"),
        "hangs": (TEMPORARY, "no answer within 3s"),
        "spawns": (TEMPORARY, "no answer within 3s"),
    }
    with HttpServer() as web, Sender() as sender:
        for ticket, schema in enumerate(expected):
            sender.begin(
                ticket, envelope(f"{schema}://x", (3 if schema in ("hangs", "spawns") else 50) * SECOND)
            )
        worker = worker_of(sender)
        ended = collect(sender)
        for ticket, (schema, (kind, detail)) in enumerate(expected.items()):
            assert ended[ticket].kind is kind, (schema, ended[ticket])
            assert detail in ended[ticket].detail, schema
        assert worker_of(sender) == worker
        sender.begin(99, envelope(web.url()))
        assert collect(sender) == {99: Outcome(SENT, "HTTP 200")}
        until(lambda: children_of(worker) == [])
    assert capfd.readouterr() == ("", "")


# ── killed ────────────────────────────────────────────────────────────────────────────


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
    monkeypatch.setattr(sender_module, "_PATIENCE_WITH_WORKER", 0.3)
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
def test_a_child_ends_itself_when_all_who_watch_it_are_stopped():
    with HttpServer(Answer(trick="hang")) as web, Sender() as sender:
        sender.begin(1, envelope(web.url(), 1 * SECOND))
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


# ── for days ──────────────────────────────────────────────────────────────────────────


@needs_proc
def test_many_sends_leave_nothing_behind():
    with HttpServer() as web, Sender() as sender:
        sender.begin(0, envelope(web.url()))
        collect(sender)
        worker = worker_of(sender)
        until(lambda: not children_of(worker))
        ours, theirs = len(open_files()), len(open_files(worker))
        for start in range(1, 100, 20):
            for ticket in range(start, start + 20):
                sender.begin(ticket, envelope(web.url()))
            assert {outcome.kind for outcome in collect(sender).values()} == {SENT}
        until(lambda: not children_of(worker))
        # the first count may hold what the first send had not let go of yet
        until(lambda: len(open_files(worker)) <= theirs)
        assert sender.running == 0
    until(lambda: len(open_files()) <= ours)
    assert zombies() == 0


@needs_proc
def test_a_child_holds_no_file_of_the_parent(tmp_path):
    secret_files = [tmp_path / "escalate.db", tmp_path / "inherited"]
    with (
        secret_files[0].open("w"),
        secret_files[1].open("w") as inherited,
        HttpServer(Answer(trick="hang")) as web,
        Sender() as sender,
    ):
        os.set_inheritable(inherited.fileno(), True)
        sender.begin(1, envelope(web.url()))
        web.wait_for(1)
        for pid in of_session(worker_of(sender)):
            assert not [name for name in open_files(pid) if str(tmp_path) in name]
            assert os.readlink(f"/proc/{pid}/fd/0") == os.devnull
        sender.close(wait=False)


_BARE = """
import os, signal, sys
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
with Sender() as sender:
    for ticket, url in enumerate(sys.argv[2:]):
        sender.begin(ticket, Envelope(url, (), "t\\ud800", "b", "page", 10_000_000))
    ended = []
    while sender.running:
        ended += sender.outcomes(5)
with open(sys.argv[1], "w") as answer:
    answer.write(" ".join(sorted(outcome.detail for _, outcome in ended)))
"""


@pytest.mark.parametrize("streams", ["0<&- 1>&- 2>&-", "0<&-", "2>&-", "< /dev/null > /dev/full 2>&1"])
def test_it_works_in_bare_surroundings(tmp_path, streams):
    gone, answer = tmp_path / "gone", tmp_path / "answer"
    gone.mkdir()
    with HttpServer() as web, SmtpServer() as mail:
        command = f'cd {gone}; rmdir {gone}; umask 000; exec "$@" {streams}'
        subprocess.run(
            ["sh", "-c", command, "sh", sys.executable, "-c", _BARE, str(answer), web.url(), mail.url()],
            env={"LANG": "C", "PATH": "/usr/bin:/bin"}, timeout=60, check=True, capture_output=True,
        )  # fmt: skip
    assert answer.read_text() == "HTTP 200 SMTP 250"


def test_without_an_interpreter_to_start_the_attempt_is_temporary(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Sender() as sender:
        sender.begin(1, envelope("json://127.0.0.1/"))
        assert sender.outcomes(1) == [
            (1, Outcome(TEMPORARY, "the sending process cannot be started", local=True))
        ]
