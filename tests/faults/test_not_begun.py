"""What has not begun to leave is never said to have perhaps arrived, and what may have is: senders
that are stopped, plugins whose bytes nobody sees.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import SECOND
from tests.delivery.processes import children_of, needs_proc, until
from tests.faults.harness import CLOCK, Installation, crew, installation, stop_and_continue
from tests.mail_server import SmtpServer
from tests.servers import HttpServer

UNSEEN = """
import os, time
from apprise.decorators import notify
@notify(on="unseen")
def unseen(body, title, notify_type, **kwargs):
    with open(os.environ["UNSEEN_CAME"], "a") as file:
        file.write(title + "\\n")
    if os.environ["UNSEEN_THEN"] == "hangs":
        time.sleep(600)
    if os.environ["UNSEEN_THEN"] == "dies":
        os._exit(3)
    return True
"""


def lease_of(place: Installation) -> int:
    return max(until_ for (until_,) in place.rows("SELECT lease_until FROM notifications"))


@pytest.mark.long
@pytest.mark.parametrize("attempts", [1, 20])
def test_4_10_what_was_claimed_by_a_sender_that_slept_until_its_lease_was_over_uses_up_no_attempt(
    tmp_path: Path, attempts: int
) -> None:
    with HttpServer() as web, installation(tmp_path, web, crew(2, ("a",), attempts=attempts)) as place:
        place.declare_quietly()
        tick = place.begin("tick", ESCALATE_FAILPOINT="claimed-stop")
        _, status = os.waitpid(tick.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), status
        over = lease_of(place)
        until(lambda: CLOCK.now() > over, 60)
        stop_and_continue(tick, False)
        ran = place.end(tick)
        assert "Traceback" not in ran.err, ran
        place.settle()
        assert sorted(place.told) == ["/a/p0", "/a/p1"]
        assert place.rows("SELECT DISTINCT status FROM notifications") == [("sent",)]


@needs_proc
@pytest.mark.long
def test_4_10_what_a_sender_had_not_begun_when_it_was_stopped_until_its_lease_was_over_is_no_repeat(
    tmp_path: Path,
) -> None:
    """The process, its worker and the attempt wait for the mail server's banner and are stopped."""
    with HttpServer() as web, SmtpServer(banner="hold") as mail:
        config = crew(1, ("a",), timeout="3s")
        config = config.replace("json://127.0.0.1:PORT/a/{to}", mail.url("{to}@example.com"))
        with installation(tmp_path, web, config) as place:
            place.declare_quietly()
            tick = place.begin("tick")
            assert mail.connected.wait(60)
            workers = children_of(tick.pid)
            for pid in (tick.pid, *workers):
                os.kill(pid, signal.SIGSTOP)
            over = lease_of(place)
            until(lambda: CLOCK.now() > over + SECOND, 60)
            for pid in (tick.pid, *workers):
                os.kill(pid, signal.SIGCONT)
            ran = place.end(tick)
            assert "Traceback" not in ran.err, ran
            assert mail.arrived == []
            assert place.rows("SELECT 1 FROM attempts WHERE outcome = 'unknown'") == []
            mail.release()
            place.settle()
            (title,) = [message.subject for message in mail.arrived]
            assert "(repeat)" not in title


@pytest.mark.parametrize("then", ["hangs", "dies"])
@pytest.mark.long
def test_4_10_a_repeat_by_a_plugin_whose_bytes_are_not_seen_says_so(tmp_path: Path, then: str) -> None:
    """It speaks neither HTTP nor SMTP; it has sent, and its process hangs or dies."""
    came = tmp_path / "came"
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "unseen.py").write_text(UNSEEN)
    config = crew(1, ("a",), timeout="4s").replace("json://127.0.0.1:PORT/a/{to}", "unseen://{to}")
    with HttpServer() as web, installation(tmp_path / "place", web, config) as place:
        place.environ |= {
            "APPRISE_PLUGIN_PATH": str(tmp_path / "plugins"),
            "UNSEEN_CAME": str(came),
            "UNSEEN_THEN": then,
        }
        place.declare_quietly()
        place("tick")
        ((outcome, detail),) = place.rows("SELECT outcome, detail FROM attempts")
        assert (outcome, "may have arrived" in detail) == ("unknown", True), detail
        place.environ["UNSEEN_THEN"] = "returns"
        place.let_leases_end()
        place("tick")
        first, again = came.read_text().splitlines()
        assert "(repeat)" not in first
        assert "(repeat)" in again
