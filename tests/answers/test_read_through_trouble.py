"""What befalls a reader between two passes, with the real `tick` and a real mailbox: it is killed, its
`answers` changes, its mailbox is made anew, an older database comes back. No answer is lost without a word,
none is done twice, and none means another incident.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from escalate_cli.clock import Clock
from tests.answers.test_read_in_passes import MailNight, night_at
from tests.bad_servers import Tarpit
from tests.delivery.processes import until
from tests.reception.folder import Folder

CLOCK = Clock()


@pytest.fixture
def night(tmp_path: Path, folder: Folder) -> Iterator[MailNight]:
    with night_at(tmp_path, at(folder)) as made:
        made.mailbox = folder
        yield made


def at(folder: Folder) -> str:
    return folder.account.url(f"?folders={quote(folder.name)}")


def children_of(process: int) -> list[int]:
    """Every process that descends from this one."""
    own = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for child in map(int, own) for each in (child, *children_of(child))]


def open_in(night: MailNight) -> list[str]:
    return [row[0] for row in night.rows("SELECT title FROM incidents WHERE status = 'open'")]


def reading_from(night: MailNight, answers: str) -> None:
    """From now on, `answers` is this."""
    path = night.config / "all.toml"
    lines = path.read_text().splitlines()
    changed = [f'answers = "{answers}"' if line.startswith("answers = ") else line for line in lines]
    path.write_text("\n".join(changed))


def test_21_a_reader_that_is_killed_in_the_middle_has_read_nothing_and_the_next_pass_does(
    night: MailNight,
) -> None:
    night.here("declare", "The X is down", "-s", "x")
    with Tarpit() as hangs:
        reading_from(night, f"imap://oncall:pw@127.0.0.1:{hangs.port}")
        tick = night.begin("tick")
        until(lambda: hangs.connections == 1)
        for reader in children_of(tick.pid)[::-1]:
            os.kill(reader, signal.SIGKILL)
        ran = night.end(tick)
    assert "answers by email cannot be read: its reader died" in ran.err + ran.out
    assert ran.code == 6
    assert night.rows("SELECT place, token FROM readers") == [(None, None)]
    reading_from(night, at(night.mailbox))
    night.answer("OK")
    night.here("tick")
    assert night.rows("SELECT failing_since, trouble FROM readers") == [(None, None)]
    assert night.status == "acknowledged"


@pytest.mark.long
def test_21_where_answers_are_read_changes_and_what_was_answered_since_the_page_is_read(
    night: MailNight,
) -> None:
    other = Folder(night.mailbox.account, f"Other than {night.mailbox.name}")
    other.put(b"From: ana@example.com\r\nMessage-ID: <old@x>\r\n\r\nOK\r\n", CLOCK.now() / 1e6 - 3600)
    night.here("declare", "The X is down", "-s", "x")
    night.answer("NOTE: the first")
    night.here("tick")
    night.mailbox = other
    night.answer("NOTE: the second", number=2)
    reading_from(night, at(other))
    for _ in range(2):
        night.here("tick")
    assert night.status == "open"
    assert (night.told.count("the first"), night.told.count("the second")) == (1, 1)


@pytest.mark.long
def test_21_a_mailbox_that_is_made_anew_is_read_once_more_and_the_gap_is_on_the_timeline(
    night: MailNight,
) -> None:
    night.here("declare", "The X is down", "-s", "x")
    night.answer("NOTE: I am looking")
    night.here("tick")
    before = night.rows("SELECT place FROM readers")
    night.mailbox.account.create(night.mailbox.name)
    night.answer("NOTE: I am looking")
    night.answer("OK", number=2)
    ran = night.here("tick")
    assert night.rows("SELECT place FROM readers") != before
    assert night.status == "acknowledged"
    assert night.told.count("I am looking") == 1
    assert night.told.count("was made anew") == 1
    assert "answers by email: " in ran.err + ran.out
    night.here("tick")
    assert night.told.count("was made anew") == 1


@pytest.mark.long
def test_20_after_an_older_database_came_back_a_code_means_no_other_incident(night: MailNight) -> None:
    kept = night.place / "kept.db"
    assert night.here("backup", str(kept)).code == 0
    night.here("declare", "The X is down", "-s", "x")
    late = night.sent_code()
    restored = night.here("restore", str(kept), "--yes")
    assert restored.code == 0, restored.err
    night.here("declare", "Another thing is down", "-s", "x")
    assert night.rows("SELECT title FROM incidents") == [("Another thing is down",)]
    mail = (
        f"From: ana@example.com\r\nMessage-ID: <late@x>\r\nSubject: Re: [major] ({late[:4]})\r\n"
        f"References: <1.{late}@escalate.example.com>\r\n\r\nOK {late}\r\n"
    )
    night.mailbox.put(mail.encode())
    night.here("tick")
    assert open_in(night) == ["Another thing is down"]
    assert night.rows("SELECT outcome FROM answers") == [("unknown",)]
    night.answer("OK", number=2)
    night.here("tick")
    assert open_in(night) == []


def test_21_a_database_of_before_the_answer_reads_it_again(night: MailNight) -> None:
    night.here("declare", "The X is down", "-s", "x")
    kept = night.place / "kept.db"
    assert night.here("backup", str(kept)).code == 0
    night.answer("OK")
    night.here("tick")
    assert night.status == "acknowledged"
    assert night.here("restore", str(kept), "--yes").code == 0
    assert night.status == "open"
    night.here("tick")
    assert night.status == "acknowledged"


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("relayed", "2.0.0"), ("delivered", "2.1.5")]
)
def test_27_what_may_still_get_through_has_not_come_back(night: MailNight, action: str, status: str) -> None:
    night.here("declare", "The X is down", "-s", "x")
    report = (
        "From: MAILER-DAEMON@mx.example.com\nTo: oncall@example.com\n"
        "Subject: Delayed Mail (still being retried)\n"
        "Message-ID: <dsn@mx.example.com>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYou do not need to resend the message. OK\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; ana@example.com\nAction: {action}\nStatus: {status}\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"References: <1.{night.sent_code()}@escalate.example.com>\n\n--b--\n"
    )
    night.mailbox.put(report.replace("\n", "\r\n").encode())
    assert night.here("tick").code == 0
    assert night.status == "open"
    assert night.rows("SELECT status, error FROM notifications WHERE recipient = 'person:ana'") == [
        ("sent", None)
    ]
    assert night.rows("SELECT 1 FROM answers") == []
