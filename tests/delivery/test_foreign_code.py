"""Other people's plugins can harm nobody but themselves; and after days of sending nothing is left behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.notification.attempt import Outcome
from escalate_cli.delivery.process.no_process import cannot_start
from escalate_cli.delivery.sender import Sender
from tests.delivery.processes import children_of, needs_proc, of_session, open_files, until, zombies
from tests.delivery.sending import SENT, TEMPORARY, UNKNOWN, collect, envelope, worker_of
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

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
@pytest.mark.long
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
        "hangs": (UNKNOWN, "no answer within 5s; it may have arrived"),
        "spawns": (UNKNOWN, "no answer within 5s; it may have arrived"),
    }
    without_end = ("hangs", "spawns")
    with HttpServer() as web, Sender() as sender:
        for ticket, schema in enumerate(expected):
            if schema not in without_end:
                sender.begin(ticket, envelope(f"{schema}://x", 50 * SECOND))
        worker = worker_of(sender)
        ended = collect(sender)
        # when all is loaded: their five seconds are their own
        for ticket, schema in enumerate(expected):
            if schema in without_end:
                sender.begin(ticket, envelope(f"{schema}://x", 5 * SECOND))
        ended |= collect(sender)
        for ticket, (schema, (kind, detail)) in enumerate(expected.items()):
            assert ended[ticket].kind is kind, (schema, ended[ticket])
            assert detail in ended[ticket].detail, schema
        assert worker_of(sender) == worker
        sender.begin(99, envelope(web.url()))
        assert collect(sender) == {99: Outcome(SENT, "HTTP 200")}
        until(lambda: children_of(worker) == [])
    assert capfd.readouterr() == ("", "")


# ── for days ──────────────────────────────────────────────────────────────────────────


@needs_proc
@pytest.mark.long
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
        why = "the Python that runs escalate (/nowhere/python) cannot be run: install escalate again"
        assert sender.outcomes(1) == [
            (1, Outcome(TEMPORARY, f"the sending process cannot be started: {why}", local=True))
        ]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EAGAIN, "too many processes: end some"), (errno.ENOMEM, "no memory"), (errno.EMFILE, "ulimit -n"),
     (errno.ENFILE, "on this machine"), (errno.EIO, "Input/output error")],
)  # fmt: skip
def test_what_keeps_the_process_from_starting_is_said_with_what_to_do(number, words):
    outcome = cannot_start(OSError(number, "as the system has it"))
    assert (outcome.kind, outcome.local) == (TEMPORARY, True)
    assert outcome.detail.startswith("the sending process cannot be started: ")
    assert words in outcome.detail


def test_a_limit_of_open_files_is_said_to_be_that(tmp_path):
    code = (
        "import resource, sys; from escalate_cli.delivery.sender import Sender\n"
        "from tests.delivery.sending import envelope\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))\n"
        "sender = Sender(); sender.begin(1, envelope('json://127.0.0.1/'));"
        " print(sender.outcomes(1)[0][1].detail)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == (
        "the sending process cannot be started: too many files are open: allow more (ulimit -n;"
        " LimitNOFILE in systemd)"
    ), ran.stderr
