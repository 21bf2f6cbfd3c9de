"""What a provider does, and what is made of it: real Apprise against real servers on loopback."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from msgspec.structs import replace

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from tests.bad_servers import Endless, Tarpit, closed_port
from tests.delivery.sending import collect
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

SENT, TEMPORARY, PERMANENT, UNKNOWN = OutcomeKind
LIMIT = 2 * SECOND


@pytest.fixture(scope="module")
def sender():
    with HttpServer() as web, Sender() as sender:
        send(sender, web.url(), timeout=60 * SECOND)  # a short limit is for no loading
        yield sender


def envelope(url: str, *, secrets=(), timeout=10 * SECOND, **message):
    usual = {"title": "Log in is down", "body": "Customers cannot sign in", "kind": "page"}
    return Envelope(url, tuple(secrets), **(usual | message), timeout=timeout)


def send(sender: Sender, url: str, **message) -> Outcome:
    sender.begin(1, envelope(url, **message))
    [(ticket, outcome)] = sender.outcomes(30)
    assert ticket == 1
    assert sender.running == 0
    return outcome


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (Answer(200), SENT, "HTTP 200"),
        (Answer(204), SENT, "HTTP 204"),
        (Answer(200, {"ok": True, "error": None}), SENT, "HTTP 200"),
        (Answer(200, after=0.3), SENT, "HTTP 200"),
        (Answer(500), TEMPORARY, "HTTP 500"),
        (Answer(502, "<h1>Bad gateway</h1>"), TEMPORARY, "HTTP 502"),
        (Answer(503, {"message": "maintenance"}), TEMPORARY, "HTTP 503: maintenance"),
        (Answer(408), TEMPORARY, "HTTP 408"),
        (Answer(429), TEMPORARY, "HTTP 429"),
        (Answer(400, {"error": {"message": "no such number"}}), PERMANENT, "HTTP 400: no such number"),
        (Answer(401), PERMANENT, "HTTP 401"),
        (Answer(403), PERMANENT, "HTTP 403"),
        (Answer(404), PERMANENT, "HTTP 404"),
        (Answer(410), PERMANENT, "HTTP 410"),
        (Answer(301, headers={"Location": "/elsewhere"}), PERMANENT, "HTTP 301 (a redirect, not followed)"),
        (Answer(302, headers={"Location": "/elsewhere"}), TEMPORARY, "HTTP 302 (a redirect, not followed)"),
        (
            Answer(200, {"ok": False, "error": "ratelimited"}),
            TEMPORARY,
            "HTTP 200, but the answer says no: ratelimited",
        ),
        (
            Answer(200, {"ok": False, "error": "invalid_auth"}),
            PERMANENT,
            "HTTP 200, but the answer says no: invalid_auth",
        ),
        (
            Answer(200, {"status": "error", "message": "no credit"}),
            TEMPORARY,
            "HTTP 200, but the answer says no: no credit",
        ),
        (
            Answer(200, "ERROR: no credit left"),
            TEMPORARY,
            "HTTP 200, but the answer says no: ERROR: no credit left",
        ),
        (
            Answer(trick="reset"),
            UNKNOWN,
            "the connection was lost after the message was sent; it may have arrived",
        ),
        (
            Answer(trick="close"),
            UNKNOWN,
            "the connection was lost after the message was sent; it may have arrived",
        ),
        (
            Answer(200, trick="truncate"),
            UNKNOWN,
            "the connection was lost after the message was sent; it may have arrived",
        ),
    ],
    ids=lambda value: (
        (value.trick or f"{value.status} {value.body!r:.40}") if isinstance(value, Answer) else ""
    ),
)
def test_what_a_web_server_answers(sender, answer, kind, detail):
    with HttpServer(answer) as web:
        outcome = send(sender, web.url())
        assert (outcome.kind, outcome.detail) == (kind, detail)
        assert len(web.arrived) == 1, "one attempt is one request: the queue retries, nobody else"
        assert web.arrived[0].json["title"] == "Log in is down"


@pytest.mark.parametrize(
    ("replies", "kind", "detail"),
    [
        ({}, SENT, "SMTP 250"),
        ({"RCPT": "550 no such user"}, PERMANENT, "SMTP 550: no such user"),
        ({"RCPT": "451 try later"}, TEMPORARY, "SMTP 451: try later"),
        ({"MAIL": "452 too many"}, TEMPORARY, "SMTP 452: too many"),
        ({"MAIL": "530 sign in first"}, PERMANENT, "SMTP 530: sign in first"),
        ({"DATA": "554 looks like spam"}, PERMANENT, "SMTP 554: looks like spam"),
        ({"DATA": "421 going down"}, TEMPORARY, "SMTP 421: going down"),
    ],
    ids=str,
)
def test_what_a_mail_server_replies(sender, replies, kind, detail):
    with SmtpServer(**replies) as mail:
        outcome = send(sender, mail.url())
        assert (outcome.kind, outcome.detail) == (kind, detail)
        if kind is SENT:
            [arrived] = mail.arrived
            assert (arrived.subject, arrived.recipients) == ("Log in is down", ("ana@example.com",))
            assert "Customers cannot sign in" in arrived.text


@pytest.mark.parametrize(
    ("refused", "kind", "detail"),
    [("copy@example.com", SENT, "SMTP 250"), ("ana@example.com", PERMANENT, "SMTP 550: unknown")],
    ids=[
        "the copy refused: the person has it",
        "the person refused, the copy accepted: the person does not have it",
    ],
)
def test_only_the_recipient_counts_not_the_copies(sender, refused, kind, detail):
    with SmtpServer(**{refused: "550 unknown"}) as mail:
        outcome = send(sender, mail.url(options="&cc=copy@example.com"))
        assert (outcome.kind, outcome.detail) == (kind, detail)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("page", "failure"),
        ("nudge", "warning"),
        ("inform", "info"),
        ("resolved", "success"),
        ("test", "info"),
    ],
)
def test_a_webhook_hears_what_kind_of_message_it_is(sender, kind, shown):
    with HttpServer() as web:
        sender.begin(1, replace(envelope(web.url()), kind=kind))
        assert collect(sender)[1].kind is SENT
        assert web.arrived[0].json["type"] == shown


def nothing_listens() -> str:
    return f"json://127.0.0.1:{closed_port()}/"


@pytest.mark.parametrize(
    ("url", "kind", "detail"),
    [
        (nothing_listens(), TEMPORARY, "connection refused"),
        (nothing_listens().replace("json:", "mailto:") + "?to=ana@example.com&from=e@example.com",
         TEMPORARY, "connection refused"),
        ("json://no-such-host.invalid/", TEMPORARY, "the host name cannot be resolved"),
        ("mailto://no-such-host.invalid?to=ana@example.com&from=e@example.com",
         TEMPORARY, "the host name cannot be resolved"),
        ("carrierpigeon://home", PERMANENT, "Apprise does not accept the gateway's URL"),
        ("not a url", PERMANENT, "no schema that Apprise knows"),
        ("", PERMANENT, "no schema that Apprise knows"),
        ("twilio://x", PERMANENT, "the gateway's URL is not valid"),
        ("json://", PERMANENT, "Apprise does not accept the gateway's URL"),
        ("json://[::bad/", PERMANENT, "Apprise does not accept the gateway's URL"),
    ],
    ids=[
        "http refused", "mail refused", "http no such host", "mail no such host", "no such schema", "no URL",
        "empty", "too little", "no host", "bad host",
    ],
)  # fmt: skip
def test_what_never_reaches_a_server(sender, url, kind, detail):
    outcome = send(sender, url)
    assert outcome.kind is kind
    assert detail in outcome.detail


def test_options_in_the_url_make_no_success_of_a_failure_and_no_second_try(sender):
    with HttpServer(Answer(500)) as web:
        assert send(sender, web.url(path="/?optional=yes&retry=3&wait=0.1&redirect=yes")).kind is TEMPORARY
        web.answer_with(Answer(307, headers={"Location": "/elsewhere"}))
        assert send(sender, web.url(path="/?optional=yes&redirect=yes")).kind is TEMPORARY
        assert len(web.arrived) == 2


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_only_this_process_lacks_are_its_own_trouble(monkeypatch, variable):
    for other in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(variable, "/not/there.pem")
    with Sender() as sender:
        outcome = send(sender, f"jsons://127.0.0.1:{closed_port()}/")
        words = f"the certificates that ${variable} names cannot be used"
        assert outcome == Outcome(TEMPORARY, words, local=True)


def test_a_plugin_that_claims_success_and_sends_nothing_is_not_believed(sender):
    outcome = send(sender, "opsgenie://8b799edf-6f98-4d3a-9be7-2862fb4e5752/", kind="resolved")
    assert outcome == Outcome(PERMANENT, "the plugin claims success but sent nothing")


def test_a_provider_that_asks_for_patience_is_heard(sender):
    in_a_while = formatdate(Clock().now() / SECOND + 90, usegmt=True)
    with HttpServer(
        Answer(429, headers={"Retry-After": "40"}), Answer(503, headers={"Retry-After": in_a_while})
    ) as web:
        assert send(sender, web.url()).retry_after == 40 * SECOND
        asked = send(sender, web.url()).retry_after
        assert asked is not None
        assert 80 * SECOND < asked <= 90 * SECOND


@pytest.mark.parametrize(
    ("server", "kind", "detail"),
    [
        (lambda: HttpServer(Answer(trick="hang")), UNKNOWN, "no answer within 2s; it may have arrived"),
        (lambda: HttpServer(Answer(trick="drip")), UNKNOWN, "no answer within 2s; it may have arrived"),
        (lambda: Tarpit(b"HTTP/1.1 200 OK"), UNKNOWN, "no answer within 2s; it may have arrived"),
        (lambda: SmtpServer(RCPT="hang"), TEMPORARY, "no answer within 2s; nothing was sent"),
        (lambda: SmtpServer(DATA="hang"), UNKNOWN, "no answer within 2s; it may have arrived"),
    ],
    ids=[
        "web server never answers",
        "web server drips",
        "anything drips",
        "mail server hangs early",
        "mail server hangs late",
    ],
)
def test_an_attempt_ends_at_its_limit(sender, server, kind, detail):
    with server() as provider:
        before = Clock().monotonic()
        outcome = send(sender, provider.url(), timeout=LIMIT)
        assert (outcome.kind, outcome.detail) == (kind, detail)
        assert 1.9 < Clock().monotonic() - before < 30, "what drips would take a minute"


def test_a_mail_server_that_drips_its_greeting_got_nothing(sender):
    with Tarpit(b"220 " + b"slow" * 20) as tarpit:
        outcome = send(sender, tarpit.url("mailto", "?to=ana@example.com&from=e@example.com"), timeout=LIMIT)
        assert outcome == Outcome(TEMPORARY, "no answer within 2s; nothing was sent")


def test_a_slow_provider_has_the_whole_limit(sender):
    # Apprise alone gives up at its read timeout, and we would send twice
    with HttpServer(Answer(200, after=1.0)) as web:
        assert send(sender, web.url(path="/?rto=0.3")) == Outcome(SENT, "HTTP 200")


@pytest.mark.parametrize("kind", ["page", "inform", "nudge", "resolved", "test"])
def test_every_kind_of_notification_is_sent(sender, kind):
    with HttpServer() as web:
        assert send(sender, web.url(), kind=kind).kind is SENT


HOSTILE = "x\x00\x1b[31m \ud800 <!channel> %s{} '; DROP \u202e😀\r\nBcc: all@example.com"


@pytest.mark.parametrize(
    "text", [HOSTILE, "a" * 300_000, "x", "\n", ""], ids=["hostile", "huge", "one", "newline", "empty"]
)
def test_any_text_is_delivered(sender, text):
    with HttpServer() as web, SmtpServer() as mail:
        assert send(sender, web.url(), title=text, body=text).kind is SENT
        assert send(sender, mail.url(), title=text, body=text).kind is SENT
        assert len(web.arrived[0].json["title"]) <= 200
        assert mail.arrived[0].message["Bcc"] is None
        assert mail.arrived[0].recipients == ("ana@example.com",)


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("says", "piece", "kind"),
    [
        ((_HEAD + b"\r\n",), b"fine ", SENT),
        ((_HEAD + b"Content-Length: 99999999999\r\n\r\n",), b"fine ", SENT),
        ((_HEAD + b"Transfer-Encoding: chunked\r\n\r\n",), b"5\r\nfine \r\n", SENT),
        ((_HEAD + b"Transfer-Encoding: chunked\r\n\r\n",), b"5" * 1000, UNKNOWN),
        ((b"HTTP/1.1 100 Continue\r\n\r\n",), b"HTTP/1.1 100 Continue\r\n\r\n", UNKNOWN),
        ((_HEAD,), b"X-More: of it\r\n", UNKNOWN),
        ((_HEAD,), b"X-Without-End", UNKNOWN),
        ((), b"HTTP", UNKNOWN),
    ],
    ids=[
        "no end",
        "a terabyte",
        "chunks",
        "one chunk's length",
        "continue",
        "headers",
        "one header",
        "a status line",
    ],
)
def test_a_web_servers_answer_without_end_is_read_for_a_megabyte_or_so(sender, says, piece, kind):
    with Endless(*says, piece=piece) as web:
        assert send(sender, f"json://127.0.0.1:{web.port}/").kind is kind
        assert web.ended.wait(10)
        assert web.sent < 64 << 20, "what the buffers of the system hold comes on top"


@pytest.mark.parametrize(
    ("says", "piece"),
    [
        ((), b"220-mail\r\n"),
        ((), b"220 mail without end "),
        ((b"220 mail\r\n",), b"250-SIZE 1\r\n"),
        ((b"220 mail\r\n",), b"250-SIZE without end "),
        ((b"220 mail\r\n", b"250 mail\r\n"), b"250-fine\r\n"),
    ],
    ids=["a banner of lines", "a banner of one line", "EHLO", "EHLO of one line", "MAIL"],
)
def test_a_mail_servers_answer_without_end_is_read_for_a_megabyte_or_so(sender, says, piece):
    with Endless(*says, piece=piece, greets=True) as mail:
        outcome = send(sender, f"mailto://127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com")
        assert outcome.kind is TEMPORARY, outcome
        assert mail.ended.wait(10)
        assert mail.sent < 64 << 20


def test_a_line_of_a_mail_servers_answer_is_cut_and_decides_all_the_same(sender):
    with SmtpServer(RCPT="550 " + "no such user " * 2000) as mail:
        outcome = send(sender, mail.url())
        assert outcome.kind is PERMANENT
        assert outcome.detail.startswith("SMTP 550: no such user")
