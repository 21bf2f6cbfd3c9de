"""A canary in every place of a URL where a secret can be: it is in nothing that comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from escalate_cli.redaction import Redaction
from tests.bad_servers import closed_port
from tests.delivery.processes import needs_proc, of_session
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

CANARY = 'c4nary/p@ss wörd+"&<'
PLAIN = "C4NARYtoken0123456789abcdefghij"
RAW = (
    CANARY,
    quote(CANARY, safe=""),
    quote(CANARY),
    json.dumps(CANARY)[1:-1],
    PLAIN,
    base64.b64encode(f"user:{CANARY}".encode()).decode(),
)


@pytest.mark.parametrize(
    "spelling", [*RAW, PLAIN.upper(), f"…{CANARY}…", 'c4nary/p@ss\nwörd+"&<', f"{CANARY}{CANARY}"]
)
def test_every_spelling_is_hidden(spelling):
    url = f"json://user:{quote(CANARY, safe='')}@example.com/"
    said = Redaction(url, (CANARY, PLAIN)).line(f"cannot reach {spelling} today")
    assert said.replace("…", "").replace("******", "***") == "cannot reach *** today"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand \x1b[31mred\x00", "two lines and [31mred"),
        ("x" * 500, "x" * 239 + "…"),
        ("x" * 230 + PLAIN, "x" * 230 + "***"),
        ("\u202eevil\ud800", "evil"),
        ("T1AAAAAAA is wrong", "*** is wrong"),
    ],
)
def test_what_is_shown_is_one_harmless_line(text, shown):
    assert Redaction("json://example.com", (PLAIN, "T1AAAAAAA/B2BBBBBBB/c3cc", "of")).line(text) == shown


_CODINGS = {
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 among other bytes": lambda text: base64.b64encode(b"ab" + text.encode() + b"c").decode(),
    "base64 of latin-1": lambda text: base64.b64encode(text.encode("latin-1")).decode(),
    "url-safe base64": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "hex of pairs": lambda text: text.encode().hex(" "),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "a line break in it": lambda text: f"{text[:9]}\r\n  {text[9:]}",
    "dashes in it": lambda text: "-".join(text),
    "only the middle": lambda text: text[3:16],
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "entities": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "backwards": lambda text: text[::-1],
}


@pytest.mark.parametrize("name", _CODINGS)
@pytest.mark.parametrize("secret", [PLAIN, "pässwörd-lang-genug", "tök3n/Wert+9f8A7c6D5e4B3a2"])
def test_a_secret_is_told_in_no_coding(name, secret):
    coded = _CODINGS[name](secret)
    said = Redaction("json://example.com", (secret,)).line(f"HTTP 400: no such token {coded}!")
    assert said.startswith("HTTP 400")
    for form in (coded, "".join(filter(str.isalnum, coded)), secret):
        for shown in (said, "".join(filter(str.isalnum, said))):
            assert not any(form[at : at + 12] in shown for at in range(len(form) - 11)), said


def test_a_password_that_is_not_ascii_is_told_in_no_authorization():
    redaction = Redaction("json://user:p%C3%A4ssw%C3%B6rd@example.com/", ())
    for name in ("latin-1", "utf-8"):
        said = base64.b64encode("user:pässwörd".encode(name)).decode()
        assert said not in redaction.line(f"HTTP 401: Basic {said} is not known")
        assert said[:12] not in redaction.line(f"HTTP 401: Basic {said[:-3]} is not known")


@pytest.mark.parametrize(
    "words",
    ["SMTP 550: 5.1.1 no such user here", "HTTP 400: +447700900123 is not valid", "connection refused"],
)
def test_a_providers_reason_stays_readable(words):
    assert (
        Redaction(
            "mailto://oncall:secret-of-the-mail@smtp.example.com/", ("another-secret-0123456789",)
        ).line(words)
        == words
    )


def test_no_failure_tells_a_secret():
    with Sender() as sender:

        def outcomes_of(url: str, secrets: tuple[str, ...]) -> str:
            sender.begin(1, Envelope(url, secrets, "t", "b", "page", 5 * SECOND))
            return repr(sender.outcomes(20))

        _provoke_failures(outcomes_of)


def _provoke_failures(outcomes_of: Callable[[str, tuple[str, ...]], str]) -> None:
    password = quote(CANARY, safe="")
    echo = {"error": f"{CANARY} {password} {PLAIN} Basic {RAW[-1]}"}
    with (
        HttpServer(Answer(500, echo), Answer(404, echo), Answer(200, echo)) as web,
        SmtpServer(RCPT=f"550 {PLAIN} is unknown") as mail,
    ):
        said = [
            outcomes_of(
                f"json://user:{password}@127.0.0.1:{web.port}/{PLAIN}/?+X-Key={PLAIN}", (CANARY, PLAIN)
            )
            for _ in range(3)
        ]
        said.append(
            outcomes_of(
                f"mailto://127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com&name={PLAIN}", (PLAIN,)
            )
        )
        said.append(
            outcomes_of(
                f"mailto://user:{password}@127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com",
                (CANARY,),
            )
        )
        assert "***" in said[0]
        assert len(web.arrived) == 3
        assert PLAIN in web.arrived[0].path, "the secret did go where it belongs"
    for url in (
        f"json://user:{password}@127.0.0.1:{closed_port()}/{PLAIN}",
        f"json://{PLAIN}.invalid/",
        f"twilio://{PLAIN}:{password}@x",
        f"vonage://{PLAIN}:{password}@15551230000/bad",
        f"slack://{PLAIN}/bad",
        f"mailto://user:{password}@{PLAIN}.invalid?to=a@example.com&from=e@example.com",
        f"nothing-like-it://{PLAIN}",
        f"{PLAIN}",
    ):
        said.append(outcomes_of(url, (CANARY, PLAIN)))
    for line in said:
        assert not [spelling for spelling in RAW if spelling in line], line


def test_an_envelope_does_not_show_what_it_holds():
    envelope = Envelope(f"json://{PLAIN}", (PLAIN,), "t", "b", "page", SECOND)
    assert PLAIN not in f"{envelope!r} {envelope}"


@needs_proc
def test_no_secret_is_on_a_command_line():
    with HttpServer(Answer(trick="hang")) as web, Sender() as sender:
        sender.begin(1, Envelope(web.url(path=f"/{PLAIN}"), (PLAIN,), "t", "b", "page", 5 * SECOND))
        web.wait_for(1)
        assert sender.worker_pid is not None
        for pid in of_session(sender.worker_pid):
            assert PLAIN.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        sender.close(wait=False)
