"""Who a mail comes from, where an answer to it goes, and how loud it is: as a mail program reads it."""

from __future__ import annotations

from email.headerregistry import Address

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from tests.loopback import Bank, bank, server
from tests.mail_server import Mail, SmtpServer
from tests.organisations import ONE_TEAM

LOUD = {
    "X-Priority": ["1 (Highest)"],
    "X-MSMail-Priority": ["High"],
    "Importance": ["high"],
    "Priority": ["urgent"],
}
QUIET: dict[str, list[str]] = {name: [] for name in LOUD}

MAILS = (
    ONE_TEAM.but('web = "ana"', 'web = "ana@example.com"')
    .but('web = "bo"', 'web = "bo@example.org"')
    .but('web = "kim"', 'web = "kim@example.net"')
    .but(
        "json://127.0.0.1:PORT/{to}",
        "mailto://127.0.0.1:MAILPORT?from=oncall@pager.example&reply=answers@pager.example&to={to}",
    )
    + 'timeout = "30s"\n'
)
NUDGE = (
    '[[rules]]\nname = "Kim?"\nwhen = { severity = "major" }\npage = ["person:kim"]\nmode = "nudge"\n'
    'ask = ["person:ana"]\n'
)


@pytest.fixture
def mail():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def escalate(mail, tmp_path):
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", MAILS.but("MAILPORT", str(mail.port))))


def send(url: str, kind: str = "page", **more: bool) -> None:
    with Sender() as sender:
        sender.begin(1, Envelope(url, (), "t", "b", kind, 30 * SECOND, **more))
        while not (ended := sender.outcomes(5)):
            pass
    assert ended[0][1].kind.value == "sent", ended


def senders(mail: Mail, header: str = "From") -> list[Address]:
    return [address for value in mail.message.get_all(header, []) for address in value.addresses]


def loudness(mail: Mail) -> dict[str, list[str]]:
    return {name: [str(value) for value in mail.message.get_all(name, [])] for name in LOUD}


def test_a_mail_comes_from_escalate_and_answers_go_where_it_came_from(mail: SmtpServer) -> None:
    send(mail.url())
    (arrived,) = mail.arrived
    assert senders(arrived) == [Address("escalate", "escalate", "example.com")]
    assert senders(arrived, "Reply-To") == senders(arrived)
    assert "pprise" not in arrived.content.decode(), "nobody knows who that is"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("&from=oncall@example.com&name=Night%20Shift", "Night Shift"),
        ("&from=Night%20Shift%3Concall@example.com%3E", "Night Shift"),
        ("&from=oncall@example.com&name=Z%C3%BCrich%20Ops", "Zürich Ops"),
        ("&from=oncall@example.com&%2BFrom=Night%20Shift%20%3Concall@example.com%3E", "Night Shift"),
    ],
)
def test_a_name_in_the_gateway_s_url_wins(mail: SmtpServer, options: str, name: str) -> None:
    send(f"mailto://127.0.0.1:{mail.port}?to=ana@example.com{options}")
    (arrived,) = mail.arrived
    assert senders(arrived) == [Address(name, "oncall", "example.com")]


def test_a_sender_that_comes_of_the_login_has_a_name_too(mail: SmtpServer) -> None:
    send(f"mailto://oncall@127.0.0.1:{mail.port}?from=oncall@example.com&to=ana@example.com")
    assert senders(mail.arrived[0]) == [Address("escalate", "oncall", "example.com")]


@pytest.mark.parametrize(
    ("options", "addresses"),
    [
        ("&reply=answers@example.com", ["answers@example.com"]),
        ("&reply=answers@example.com,bo@example.org", ["answers@example.com", "bo@example.org"]),
        ("&%2BReply-To=answers@example.com", ["answers@example.com"]),
        ("&%2Breply-to=answers@example.com&reply=bo@example.org", ["answers@example.com"]),
    ],
)
def test_answers_go_where_the_gateway_s_url_says_and_it_says_so_once(
    mail: SmtpServer, options: str, addresses: list[str]
) -> None:
    send(mail.url(options=options))
    (arrived,) = mail.arrived
    assert len(arrived.message.get_all("Reply-To", [])) == 1
    assert sorted(address.addr_spec for address in senders(arrived, "Reply-To")) == addresses


@pytest.mark.parametrize(
    "name", ["Subject", "To", "Message-ID", "Date", "From", "MIME-Version", "Content-Type"]
)
def test_what_every_mail_has_once_stays_once(mail: SmtpServer, name: str) -> None:
    send(mail.url(options=f"&%2B{name}=something%20else"))
    (arrived,) = mail.arrived
    assert len(arrived.message.get_all(name, [])) == 1
    assert arrived.subject == "t"
    assert arrived.text.strip() == "b"


@pytest.mark.parametrize("kind", ["page", "nudge", "inform", "resolved", "test"])
def test_only_what_is_urgent_is_marked_so(mail: SmtpServer, kind: str) -> None:
    for urgent in (True, False):
        send(mail.url(), kind, urgent=urgent)
    assert [loudness(arrived) for arrived in mail.arrived] == [LOUD, QUIET]


@pytest.mark.parametrize("own", ["X-Priority=3", "importance=normal", "Priority=normal"])
def test_a_gateway_that_says_how_loud_it_is_says_it_alone(mail: SmtpServer, own: str) -> None:
    send(mail.url(options=f"&%2B{own}"), urgent=True)
    name, _, value = own.partition("=")
    found = {header.lower(): values for header, values in loudness(mail.arrived[0]).items() if values}
    assert found == {name.lower(): [value]}


def test_a_page_is_urgent_and_what_follows_is_not(escalate: Bank, mail: SmtpServer) -> None:
    escalate.configure(NUDGE)
    escalate("declare", "Login is down", "-s", "login", "--severity", "major")
    escalate.here("update", "1", "--message", "Still down", "--by", "kim")
    escalate.here("resolve", "1", "--by", "kim")
    escalate.here("test-page", "ana")
    found = {arrived.subject: loudness(arrived) for arrived in mail.arrived}
    assert {subject for subject, loud in found.items() if loud != QUIET} == {"[major] #1 Login is down"}
    assert found["[major] #1 Login is down"] == LOUD
    assert {subject.split()[0] for subject in found} >= {"[major]", "[resolved]", "[TEST]"}
    assert any("decision" in subject.lower() for subject in found), "a nudge asks, and does not shout"
