"""What a provider or a plugin makes of the child that sends ends there, and not with the machine's memory."""

from __future__ import annotations

import gzip
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.sender import Envelope, Sender
from tests.bad_servers import Endless
from tests.delivery.processes import children_of, needs_proc
from tests.delivery.sending import worker_of
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

SENT, TEMPORARY, PERMANENT, UNKNOWN = OutcomeKind
MEGABYTE = 1 << 20
ROOM = 150 * MEGABYTE
"""for an attempt, beside what the process has that it is forked from"""

pytestmark = needs_proc


def size_of(pid: int) -> int:
    """The bytes of address space that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def send(sender: Sender, url: str) -> Outcome:
    sender.begin(1, Envelope(url, (), "Log in is down", "Customers cannot sign in", "page", 20 * SECOND))
    [(_, outcome)] = sender.outcomes(60)
    return outcome


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    """Whose children have little room: the kernel sees to it, and whoever wants more gets `MemoryError`."""
    with HttpServer() as web, SmtpServer() as mail, Sender() as sender:
        assert send(sender, web.url()).kind is SENT
        assert send(sender, mail.url()).kind is SENT
        worker = worker_of(sender)
        most = size_of(worker) + ROOM
        resource.prlimit(worker, resource.RLIMIT_AS, (most, most))
        yield sender


LOST = "the connection was lost"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("says", "piece"),
    [
        ((HEAD + b"\r\n",), b"fine " * 2000),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n",), b"2710\r\n" + b"x" * 10000 + b"\r\n"),
    ],
    ids=["body", "chunks"],
)
def test_a_web_servers_answer_without_end_fills_no_memory(sender, says, piece):
    with Endless(*says, piece=piece) as web:
        assert send(sender, f"json://127.0.0.1:{web.port}/") == Outcome(SENT, "HTTP 200")


def test_an_answer_that_unpacks_without_end_fills_no_memory(sender):
    bomb = gzip.compress(bytes(512 * MEGABYTE), 1)
    with HttpServer(Answer(200, bomb, {"Content-Encoding": "gzip"})) as web:
        assert send(sender, web.url()) == Outcome(SENT, "HTTP 200")


def test_an_answer_that_unpacks_to_more_than_there_is_room_for_is_taken_for_what_its_status_says(sender):
    """Each layer is unpacked at once, so that nobody can stop it but the kernel."""
    bomb = bytes(64 * MEGABYTE)
    for _ in range(3):
        bomb = gzip.compress(bomb)
    with HttpServer(Answer(200, bomb, {"Content-Encoding": "gzip, gzip, gzip"})) as web:
        outcome = send(sender, web.url())
        assert outcome.kind in (SENT, UNKNOWN), outcome
        assert "process died" not in outcome.detail


@pytest.mark.parametrize(
    ("says", "piece", "detail"),
    [
        ((), b"220-mail " + b"x" * 400 + b"\r\n", LOST),
        ((), b"220 mail without end ", LOST),
        # smtplib tells nobody why EHLO failed, and the plugin does not, either
        ((b"220 mail\r\n",), b"250-SIZE " + b"x" * 400 + b"\r\n", 'Sending email to "a@example.com" failed.'),
    ],
    ids=["banner", "a banner of one line", "EHLO"],
)
def test_a_mail_servers_answer_without_end_fills_no_memory(sender, says, piece, detail):
    with Endless(*says, piece=piece, greets=True) as mail:
        outcome = send(sender, f"mailto://127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com")
        assert (outcome.kind, outcome.detail) == (TEMPORARY, detail)


HOG = """
from apprise.decorators import notify
@notify(on="hog")
def hog(body, title, notify_type, **kwargs):
    return len(bytearray(1 << 30)) > 0
@notify(on="modest")
def modest(body, title, notify_type, **kwargs):
    return len(bytearray(64 << 20)) > 0
"""


def test_a_plugin_that_takes_too_much_fails_for_now_and_harms_nobody(tmp_path, monkeypatch):
    (tmp_path / "hog.py").write_text(HOG)
    monkeypatch.setenv("APPRISE_PLUGIN_PATH", str(tmp_path))
    with HttpServer() as web, Sender() as sender:
        assert send(sender, "modest://x") == Outcome(SENT, "accepted")
        assert send(sender, "hog://x").kind is TEMPORARY
        worker = worker_of(sender)
        assert send(sender, web.url()) == Outcome(SENT, "HTTP 200")
        assert worker_of(sender) == worker


def test_a_child_may_take_so_much_and_no_more():
    with HttpServer(Answer(trick="hold")) as web, Sender() as sender:
        sender.begin(1, Envelope(web.url(), (), "t", "b", "page", 60 * SECOND))
        web.wait_for(1)
        [child] = children_of(worker_of(sender))
        most, _ = resource.prlimit(child, resource.RLIMIT_AS)
        assert size_of(child) < most < size_of(worker_of(sender)) + 400 * MEGABYTE
        web.release()


@pytest.mark.parametrize("limit", [resource.RLIMIT_AS, resource.RLIMIT_NOFILE], ids=["memory", "files"])
def test_a_child_that_has_no_room_to_begin_is_no_reason_to_give_up(limit):
    """Of this process, as where `ulimit -v` is low: it has sent nothing, and another may have the room."""
    with HttpServer() as web, Sender() as sender:
        assert send(sender, web.url()).kind is SENT
        worker = worker_of(sender)
        most = size_of(worker) if limit == resource.RLIMIT_AS else 3
        resource.prlimit(worker, limit, (most, most))
        outcome = send(sender, web.url())
        assert (outcome.kind, outcome.local) == (TEMPORARY, True), outcome
        assert "no process to send with" in outcome.detail or "too many files are open" in outcome.detail
        assert len(web.arrived) == 1
