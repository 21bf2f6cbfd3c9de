"""A canary in every place of a URL where a secret can be: it is in nothing that comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from escalate_cli.core.duration import SECOND
from escalate_cli.delivery.redaction import Redaction
from escalate_cli.delivery.sender import Envelope, Sender
from tests.delivery.processes import needs_proc, of_session
from tests.servers import Answer, HttpServer, SmtpServer, closed_port

CANARY = 'c4nary/p@ss wörd+"&<'
PLAIN = "C4NARYtoken0123456789abcdefghij"
RAW = (CANARY, quote(CANARY, safe=""), quote(CANARY), json.dumps(CANARY)[1:-1], PLAIN, base64.b64encode(f"user:{CANARY}".encode()).decode())


@pytest.mark.parametrize("spelling", [*RAW, PLAIN.upper(), f"…{CANARY}…", "c4nary/p@ss\nwörd+\"&<", f"{CANARY}{CANARY}"])
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


def test_no_failure_tells_a_secret():
    with Sender() as sender:

        def outcomes_of(url: str, secrets: tuple[str, ...]) -> str:
            sender.begin(1, Envelope(url, secrets, "t", "b", "page", 5 * SECOND))
            return repr(sender.outcomes(20))

        _provoke_failures(outcomes_of)


def _provoke_failures(outcomes_of: Callable[[str, tuple[str, ...]], str]) -> None:
    password = quote(CANARY, safe="")
    echo = {"error": f"{CANARY} {password} {PLAIN} Basic {RAW[-1]}"}
    with HttpServer(Answer(500, echo), Answer(404, echo), Answer(200, echo)) as web, SmtpServer(RCPT=f"550 {PLAIN} is unknown") as mail:
        said = [outcomes_of(f"json://user:{password}@127.0.0.1:{web.port}/{PLAIN}/?+X-Key={PLAIN}", (CANARY, PLAIN)) for _ in range(3)]
        said.append(outcomes_of(f"mailto://127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com&name={PLAIN}", (PLAIN,)))
        said.append(outcomes_of(f"mailto://user:{password}@127.0.0.1:{mail.port}?from=e@example.com&to=a@example.com", (CANARY,)))
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
        assert sender._link is not None
        for pid in of_session(sender._link.pid):
            assert PLAIN.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        sender.close(wait=False)
