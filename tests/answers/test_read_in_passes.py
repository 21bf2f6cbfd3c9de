"""Answers are read in passes: real pages by SMTP, real answers in a mailbox of a real IMAP server, the real
`tick` and `watch`.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from escalate_cli.context import Context
from tests.answers.nights import Night, night_by
from tests.delivery.processes import until
from tests.mail_server import SmtpServer
from tests.reception.folder import Folder
from tests.servers import LOOPBACK

CLOCK = Clock()


class MailNight(Night):
    """A night with a mailbox."""

    mailbox: Folder

    def answer(self, text: str, *, number: int = 1, heads: str = "", sender: str = "ana@example.com") -> None:
        code = self.sent_code()
        lines = (
            f"From: Ana <{sender}>\nTo: oncall@example.com\nSubject: Re: your page\n"
            f"Message-ID: <{number}@phone.example.com>\nReferences: <1.{code}@escalate.example.com>\n"
            f"{heads}\n{text}\n"
        )
        self.mailbox.put(lines.replace("\n", "\r\n").encode())


@contextmanager
def night_at(place: Path, answers: str) -> Iterator[MailNight]:
    with (
        SmtpServer() as mail,
        night_by(place, mail.url("{to}"), answers, "ana@example.com", "email") as night,
    ):
        yield MailNight(night.place, night.environ, night.web, night.seen, night.begun)


@pytest.fixture
def night(tmp_path: Path, folder: Folder) -> Iterator[MailNight]:
    with night_at(tmp_path, folder.account.url(f"?folders={folder.name.replace(' ', '%20')}")) as here:
        here.mailbox = folder
        yield here


def test_17_a_page_is_answered_where_it_came(night: MailNight) -> None:
    night.mailbox.put(b"From: ana@example.com\r\nMessage-ID: <old@x>\r\n\r\nOK\r\n", CLOCK.now() / 1e6 - 3600)
    assert night("declare", "The X is down", "-s", "x").code == 0
    night.answer("OK")
    ran = night("tick")
    assert ran.code == 0, ran.err
    assert night.status == "acknowledged"
    assert "acknowledged by Ana for Core, by reply to email (page of" in night.told
    assert night.rows("SELECT outcome FROM answers") == [("done",)]


@pytest.mark.long
def test_21_what_was_read_is_done_once_and_a_second_look_changes_nothing(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    night.answer("NOTE: I am looking")
    for _ in range(3):
        night("tick")
    assert night.told.count("I am looking") == 1


@pytest.mark.parametrize("point", ["answering", "answered", "heeded"])
@pytest.mark.long
def test_21_killed_between_effect_and_place_it_is_done_once(night: MailNight, point: str) -> None:
    night("declare", "The X is down", "-s", "x")
    night.answer("NOTE: I am looking")
    killed = night.end(night.begin("tick", ESCALATE_FAILPOINT=point))
    assert killed.code == -signal.SIGKILL
    with night.sql() as database:
        database.execute("UPDATE readers SET lease_until = 0")
    night("tick")
    assert night.told.count("I am looking") == 1
    assert len(night.rows("SELECT id FROM answers")) == 1


def test_21_two_ticks_at_once_do_each_answer_once(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    night.answer("NOTE: I am looking")
    for process in [night.begin("tick") for _ in range(3)]:
        assert night.end(process).code == 0
    night("tick")
    assert night.told.count("I am looking") == 1


def test_21_answers_of_one_look_are_done_in_the_order_in_which_they_were_sent(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    now = CLOCK.now() / 1e6
    later, sooner = [f"Date: {_date(now - ago)}\n" for ago in (0, 20)]
    night.answer("UNDO", number=2, heads=later)
    night.answer("OK", number=1, heads=sooner)
    night("tick")
    assert [row[0] for row in night.rows("SELECT word FROM answers ORDER BY id")] == ["take", "undo"]
    assert night.status == "open"


def _date(seconds: float) -> str:
    from email.utils import formatdate

    return formatdate(seconds)


def test_22_an_answer_that_has_arrived_is_heeded_before_the_next_level_is_paged(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    night.answer("OK")
    with night.sql() as database:
        database.execute("UPDATE escalations SET next_at = 1")
        database.execute("UPDATE incidents SET next_due_at = 1")
    night("tick")
    assert night.status == "acknowledged"
    assert (
        night.rows(
            "SELECT 1 FROM attempts a JOIN notifications n ON n.id = a.notification_id"
            " WHERE n.recipient = 'person:bo'"
        )
        == []
    )


def test_27_a_bounced_page_has_failed_and_the_next_level_comes_at_once(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    code = night.sent_code()
    report = (
        "From: MAILER-DAEMON@mx.example.com\nTo: oncall@example.com\nSubject: Undelivered\n"
        "Message-ID: <dsn@mx.example.com>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nno such user\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        "Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nReferences: <1.{code}@escalate.example.com>\n\n--b--\n"
    )
    night.mailbox.put(report.replace("\n", "\r\n").encode())
    night("tick")
    failed = night.rows("SELECT status, error FROM notifications WHERE recipient = 'person:ana'")
    assert failed == [("failed", "bounced: 5.1.1")]
    assert night.rows("SELECT status FROM notifications WHERE recipient = 'person:bo'") == [("sent",)]
    assert night.rows("SELECT outcome FROM answers") == [("bounced",)]


def test_18_an_absence_note_is_told_and_acts_on_nothing(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    for number in (1, 2):
        night.answer("OK", number=number, heads="Auto-Submitted: auto-replied\n")
    night("tick")
    assert night.status == "open"
    assert night.told.count("Ana's mailbox says: Re: your page") == 1


def test_watch_heeds_an_answer_within_seconds_and_begins_when_the_first_page_goes_out(
    night: MailNight,
) -> None:
    night("tick")
    watch = night.begin("watch", "--interval", "2s")
    until(lambda: night.rows("SELECT 1 FROM facts WHERE name = 'last_pass_at'") != [])
    night("declare", "The X is down", "-s", "x")
    night.answer("NOTE: first")
    until(lambda: "first" in night.told)
    until(lambda: night.rows("SELECT token FROM readers WHERE read_at IS NOT NULL") != [])
    began = CLOCK.monotonic()
    night.answer("OK", number=2)
    until(lambda: night.status == "acknowledged")
    assert CLOCK.monotonic() - began < 5
    watch.terminate()
    assert night.end(watch).code == 0
    assert night.rows("SELECT token FROM readers") == [(None,)]


def test_24_the_fallback_hears_once_that_answers_cannot_be_read(tmp_path: Path) -> None:
    with night_at(tmp_path, "imap://oncall:secret-of-it@127.0.0.1:1") as night:
        night("declare", "The X is down", "-s", "x")
        first, second = night("tick"), night("tick")
        assert "answers by email cannot be read" in first.err + first.out
        assert "answers by email cannot be read" not in second.err + second.out
        with night.sql() as database:
            database.execute("UPDATE notifications SET created_at = created_at - 301000000")
        for _ in range(3):
            night("tick")
        pages = night.rows("SELECT note FROM notifications WHERE recipient = 'person:kim'")
        assert len(pages) == 1
        assert "answers by email have not been read since" in pages[0][0]
        assert "secret-of-it" not in night.told


def test_23_when_nothing_waits_nobody_is_asked(tmp_path: Path) -> None:
    """Many idle passes make no connection and start no process."""
    from escalate_cli.passes.tick import tick

    with socket.create_server((LOOPBACK, 0)) as mailbox:
        mailbox.setblocking(False)
        with night_at(tmp_path, f"imap://a:b@{LOOPBACK}:{mailbox.getsockname()[1]}") as night:
            context: Context = night.context
            for _ in range(120):
                tick(context)
            context.close()
            assert night.rows("SELECT 1 FROM readers") == []
            with pytest.raises(BlockingIOError):
                mailbox.accept()
