"""What a mail says of itself on the wire: robots leave it alone, and the mails of one incident are
shown together.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from tests.delivery.dovecot import AwayMailbox, needed
from tests.loopback import Bank, bank, server
from tests.mail_server import Mail, SmtpServer
from tests.organisations import BANK, ONE_TEAM
from tests.servers import HttpServer
from tests.world import World

HEADS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "x-ms-reactions": "disallow"}

MAILS = (
    ONE_TEAM.but('web = "ana"', 'web = "ana@example.com"')
    .but('web = "bo"', 'web = "bo@example.org"')
    .but(
        "json://127.0.0.1:PORT/{to}",
        "mailto://127.0.0.1:MAILPORT?from=Escalate<oncall@pager.example>&to={to}",
    )
    + 'timeout = "30s"\n[limits]\nmessages = 3\nper = "1m"\n'
)


def heads(mail: Mail) -> dict[str, list[str]]:
    return {name: [str(one) for one in mail.message.get_all(name, [])] for name in (*HEADS, "References")}


@pytest.fixture
def mail():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def escalate(mail, tmp_path):
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", MAILS.but("MAILPORT", str(mail.port))))


def send(url: str, thread: str = "") -> None:
    with Sender() as sender:
        sender.begin(1, Envelope(url, (), "t", "b", "page", 30 * SECOND, thread))
        while not (ended := sender.outcomes(5)):
            pass
    assert ended[0][1].kind.value == "sent", ended


def test_4_22_mails_of_one_incident_thread_and_no_robot_answers_them(
    escalate: Bank, mail: SmtpServer
) -> None:
    escalate("declare", "Login is down", "-s", "login")
    escalate.here("declare", "Cards are down", "-s", "login")
    escalate.here("resolve", "1", "--by", "bo")
    arrived = [(one.subject, heads(one)) for one in mail.arrived]
    for _, found in arrived:
        assert {name: found[name] for name in HEADS} == {name: [value] for name, value in HEADS.items()}
    threads = {
        number: {tuple(found["References"]) for subject, found in arrived if f"#{number} " in subject}
        for number in (1, 2)
    }
    assert [len(some) for some in threads.values()] == [1, 1], arrived
    assert threads[1] != threads[2]
    ((first,),) = threads[1]
    assert first.startswith("<escalate.1.")
    assert first.endswith("@pager.example>"), "of the sender's domain"
    assert len({one.message["Message-ID"] for one in mail.arrived}) == len(arrived), (
        "each has an id of its own"
    )


def test_a_test_page_says_that_a_program_wrote_it(escalate: Bank, mail: SmtpServer) -> None:
    assert escalate("test-page", "ana").code == 0
    found = heads(mail.arrived[0])
    assert {name: found[name] for name in HEADS} == {name: [value] for name, value in HEADS.items()}
    assert found["References"] == [], "of no incident"


def test_a_digest_belongs_to_an_incident_only_where_it_is_of_one(tmp_path: Path) -> None:
    organisation = BANK.but("messages = 1000", 'messages = 1\nper = "5m"')
    for incidents in (2, 3):
        place = tmp_path / str(incidents)
        place.mkdir()
        world = World(place, organisation=organisation)
        for number in range(incidents):
            world.declare(f"Trouble {number}", "login")
        world.advance("4m")
        world.tick()
        world.advance("1m")
        world.tick()
        letters = [letter for _, letter in world.post.letters if "/sms/%2B1" in letter.url]
        assert letters[-1].urgent, "there are pages in it"
        threads = [letter.thread for letter in letters]
        first, last = threads[0], threads[-1]
        assert first == f"escalate.1.{world.start_at}"
        assert last.startswith("escalate.2.") if incidents == 2 else last == ""
        world.store.close()


@pytest.mark.parametrize("spelling", ["References", "references", "REFERENCES"])
def test_a_header_of_the_gateway_s_url_wins_and_goes_out_once(mail: SmtpServer, spelling: str) -> None:
    own = f"&%2B{spelling}=%3Cmine@example.com%3E&%2Bauto-submitted=no&%2BX-MS-Reactions=allow&%2BX-Team=core"
    send(mail.url(options=own), "escalate.1.2")
    found = heads(mail.arrived[0])
    assert found == {
        "Auto-Submitted": ["no"], "X-Auto-Response-Suppress": ["All"], "x-ms-reactions": ["allow"],
        "References": ["<mine@example.com>"],
    }  # fmt: skip
    assert mail.arrived[0].message.get_all("X-Team") == ["core"]


def test_what_is_no_mail_gets_no_such_header() -> None:
    with HttpServer() as web:
        send(web.url("json", "/ana"), "escalate.1.2")
        (request,) = web.arrived
    assert not {name.lower() for name in request.headers} & {name.lower() for name in (*HEADS, "References")}


@pytest.mark.long
def test_a_real_vacation_responder_stays_silent(escalate: Bank, mail: SmtpServer) -> None:
    needed()
    escalate("declare", "Login is down", "-s", "login")
    (page,) = [one for one in mail.arrived if one.recipients == ("ana@example.com",)]
    plain = page.message
    for name in HEADS:
        del plain[name]
    with SmtpServer() as replies, AwayMailbox(replies) as ana:
        ana.deliver(page.content, page.sender)
        assert replies.arrived == [], "a robot has answered a page"
        ana.deliver(plain.as_bytes(), page.sender)
        (note,) = replies.wait_for(1)
        assert note.recipients == ("oncall@pager.example",), (
            "so the silence was for what the page says of itself"
        )
        assert note.text.startswith("OK, I am away"), ana.log


def test_the_id_of_a_mail_is_kept_with_its_attempt(escalate: Bank, mail: SmtpServer) -> None:
    escalate("declare", "Login is down", "-s", "login")
    sent = mail.wait_for(1, 5)
    with contextlib.closing(sqlite3.connect(escalate.db)) as database:
        kept = database.execute("SELECT external_id FROM attempts WHERE outcome = 'sent'").fetchall()
    assert {str(each.message["Message-ID"]) for each in sent} == {name for (name,) in kept}
