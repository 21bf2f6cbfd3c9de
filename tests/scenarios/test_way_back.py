"""`test-page --wait` proves the way back: test messages by real SMTP and HTTP, answers in a mailbox of a real
IMAP server and by command, the real command line.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.nights import night_by
from tests.answers.pymap_server import PymapServer
from tests.answers.test_read_in_passes import Night, night_at
from tests.delivery.processes import until
from tests.reception.folder import Folder


@pytest.fixture(scope="session")
def pymap() -> Iterator[PymapServer]:
    with PymapServer() as server:
        yield server


@pytest.fixture
def night(tmp_path: Path, pymap: PymapServer) -> Iterator[Night]:
    mailbox = Folder(pymap, "The way back")
    with night_at(tmp_path, mailbox.account.url(f"?folders={mailbox.name.replace(' ', '%20')}")) as here:
        here.mailbox = mailbox
        yield here


def asked(night: Night, *more: str, wait: str = "60s") -> subprocess.Popen[bytes]:
    """`test-page ana` under way, its message sent."""
    process = night.begin("test-page", "person:ana", "--wait", wait, *more)
    until(lambda: trials(night) and trials(night)[-1][1] is not None)
    return process


def trials(night: Night) -> list[tuple[str, int | None, int | None]]:
    if not night.db.exists() or not night.rows("SELECT 1 FROM sqlite_master WHERE name = 'trials'"):
        return []
    return night.rows("SELECT code, sent_at, answered_at FROM trials ORDER BY id")


def reply(night: Night, text: str, *, sender: str = "ana@example.com", number: int = 1) -> None:
    code = trials(night)[-1][0]
    lines = (
        f"From: Ana <{sender}>\nTo: oncall@example.com\nSubject: Re: your page\n"
        f"Message-ID: <{number}@phone.example.com>\nReferences: <1.{code}@escalate.example.com>\n\n{text}\n"
    )
    night.mailbox.put(lines.replace("\n", "\r\n").encode())


def test_a_reply_to_a_test_message_is_heard_by_whoever_waits(night: Night) -> None:
    process = asked(night)
    reply(night, "OK")
    ran = night.end(process)
    assert ran.code == 0, ran.err
    assert re.fullmatch(
        r'Ana by email: answered "OK" after \d+s \(code \w{4} of the test of \d\d:\d\d UTC\)\n', ran.out
    )
    assert "waiting 1m for answers by email" in ran.err
    assert night.rows("SELECT person, outcome, incident_id, notification_id FROM answers") == [
        ("ana", "tested", None, None)
    ]
    assert night.rows("SELECT count(*) FROM trials WHERE until > answered_at + 5000000") == [(0,)]


def test_what_it_asks_for_and_what_it_says_to_programs(night: Night) -> None:
    process = asked(night, "--json")
    reply(night, "Ja, danke, alles gut\nund Grüße", number=1)
    until(lambda: bool(night.rows("SELECT 1 FROM trials WHERE heard <> ''")))
    reply(night, "“ok”", number=2)
    ran = night.end(process)
    (one,) = json.loads(ran.out)
    assert (ran.code, one["listens"], one["line"], one["code"]) == (0, True, "“ok”", None)
    assert one["answered_at"].endswith("Z")
    assert 0 <= one["answered_after_seconds"] < 60
    assert 'Ana by email: "Ja, danke, alles gut" came back, and is no answer' in ran.err


def test_without_an_answer_it_says_so_with_exit_code_1(night: Night) -> None:
    ran = night("test-page", "ana", "--wait", "1s")
    assert (ran.code, ran.out) == (1, "Ana by email: no answer in 1s\n")
    nobody = night("test-page", "bo", "--wait", "30s", "-q")
    assert nobody.code == 1
    assert re.fullmatch(
        r"Bo by web: sent; nobody listens there: gateway web has no `answers` \(all.toml:\d+\)\n", nobody.out
    )
    assert night("test-page", "ana", "--wait", "never").code == 2


@pytest.mark.long
def test_a_stranger_is_named_for_what_they_are(night: Night) -> None:
    process = asked(night, wait="5s")
    reply(night, "OK", sender="ana@home.example")
    ran = night.end(process)
    assert ran.code == 1
    assert ran.out == (
        'Ana by email: "OK" came back, and is no answer: the address is nobody\'s (name it in their'
        " `answers_from`)\n"
    )


@pytest.mark.long
def test_a_watch_that_reads_by_the_same_gateway_takes_nothing_away(night: Night) -> None:
    assert night("declare", "The X is down", "-s", "x").code == 0
    watch = night.begin("watch", "--interval", "1s")
    until(lambda: bool(night.rows("SELECT 1 FROM readers WHERE token IS NOT NULL")))
    process = asked(night)
    reply(night, "OK")
    ran = night.end(process)
    assert ran.code == 0, ran.err
    assert night.status == "open"
    assert night.rows("SELECT outcome FROM answers") == [("tested",)]
    night.kill(watch)


def test_a_bare_ok_while_a_page_waits_as_well_means_neither(tmp_path: Path) -> None:
    with night_by(tmp_path, "json://127.0.0.1:PORT/{to}", "by-command", "+447700900123") as night:
        night("declare", "The X is down", "-s", "x")
        process = asked(night)
        said = night("answer", "--gateway", "phone", "--from", "+447700900123", "--text", "OK")
        assert said.code == 5
        assert "Which one?" in said.out
        assert "Test message from escalate" in said.out
        code = trials(night)[-1][0][:4]
        said = night("answer", "--gateway", "phone", "--from", "+447700900123", "--text", f"OK {code}")
        assert said.out == "Your answer to the test has arrived, Ana. Nothing else follows from it.\n"
        assert night.end(process).code == 0
        assert night.status == "open"
        later = night("answer", "--gateway", "phone", "--from", "+447700900123", "--text", "OK")
        assert later.code == 0
        assert night.status == "acknowledged"


@pytest.mark.long
def test_the_answer_is_remembered_for_the_doctor(night: Night) -> None:
    process = asked(night)
    reply(night, "OK")
    assert night.end(process).code == 0
    assert "Ana has never answered" not in night("doctor").out
