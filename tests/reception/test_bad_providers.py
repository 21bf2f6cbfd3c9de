"""Providers that hang, drip, lie or never end: each reader says so in time, and never a secret."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from escalate_cli.core.answers.address import AnswersAddress, parse_answers
from escalate_cli.reception.child_host import reader_of
from escalate_cli.reception.children import look_everywhere
from escalate_cli.reception.look import CannotRead, Look
from escalate_cli.reception.receipts import with_receipts
from tests.bad_servers import Endless, Tarpit, closed_port
from tests.servers import Answer, HttpServer

CANARY = "hunter2canary"
ADDRESSES: dict[str, Callable[[int], str]] = {
    "telegram": lambda port: f"telegram://123:{CANARY}?server=http://127.0.0.1:{port}",
    "ntfy": lambda port: f"ntfy://{CANARY}@127.0.0.1:{port}/answers",
    "twilio": lambda port: f"twilio://AC1:{CANARY}@+12025550100?server=http://127.0.0.1:{port}",
    "matrix": lambda port: f"matrix://{CANARY}@127.0.0.1:{port}",
    "pushover": lambda port: f"pushover://{CANARY}?server=http://127.0.0.1:{port}",
}
PLACES: dict[str, str | None] = {"pushover": with_receipts(None, ["r" * 30])}
"""from where to read, for those who ask nothing without a place"""


@pytest.fixture(params=sorted(ADDRESSES))
def address_at(request: pytest.FixtureRequest) -> Callable[[int], AnswersAddress]:
    return lambda port: parse_answers(ADDRESSES[request.param](port))


def problem_of(address: AnswersAddress) -> CannotRead:
    with pytest.raises(CannotRead) as problem:
        reader_of(address.scheme).look(address, PLACES.get(address.scheme))
    assert CANARY not in problem.value.reason
    assert "\n" not in problem.value.reason
    return problem.value


@pytest.mark.parametrize(
    ("answer", "words", "for_good"),
    [
        (Answer(401), "HTTP 401", True),
        (Answer(403, {"error": f"no {CANARY} here"}), "HTTP 403", True),
        (Answer(404), "HTTP 404", True),
        (Answer(429, headers={"Retry-After": "90"}), "HTTP 429; it asks for 1m30s of patience", False),
        (Answer(500, "<html>"), "HTTP 500", False),
        (Answer(503), "HTTP 503", False),
        (Answer(302, headers={"Location": "http://127.0.0.2:1/"}), "leads elsewhere", False),
        (Answer(200, "<html><body>Sign in</body></html>"), "not JSON", False),
        (Answer(200, "[" * 100_000), "not JSON", False),
        (Answer(200, b"\xff\xfe{"), "not JSON", False),
        (Answer(200, "{" + "x" * (2 << 20)), "more than can be meant", False),
        (Answer(trick="close"), "ended the connection", False),
        (Answer(trick="reset"), "ended the connection", False),
        (Answer(200, '{"ok": tr', trick="truncate"), "ended the connection", False),
    ],
)
def test_what_is_no_answer(address_at, answer: Answer, words: str, for_good: bool) -> None:
    with HttpServer(answer) as web:
        problem = problem_of(address_at(web.port))
    assert words in problem.reason
    assert problem.for_good is for_good


def test_nobody_is_there(address_at) -> None:
    assert "nobody listens at" in problem_of(address_at(closed_port())).reason


def test_a_proxy_of_the_environment_is_used(address_at, monkeypatch) -> None:
    with HttpServer(Answer(407)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert "the proxy that the environment names wants a password" in problem_of(address_at(9)).reason
        assert proxy.wait_for(1)[0].path.startswith("http://127.0.0.1:9/")
        monkeypatch.setenv("http_proxy", "http://")
        assert "127.0.0.1" in problem_of(address_at(9)).reason


@pytest.mark.long
def test_a_gigabyte_fills_no_memory(address_at) -> None:
    with Endless(b"HTTP/1.1 200 OK\r\n\r\n", piece=b'{"x": 1}\n' * 10) as endless:
        address = address_at(endless.port)
        looked = look_everywhere({"gateway": address}, {"gateway": PLACES.get(address.scheme)})["gateway"]
        assert endless.sent < 64 << 20
    assert isinstance(looked, Look) or "more than can be meant" in looked.reason


@pytest.mark.long
def test_what_hangs_or_drips_ends_in_time(address_at) -> None:
    with (
        Tarpit() as hangs,
        Tarpit(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n") as drips,
        Tarpit(b"HTTP/1.1 200 OK\r\n\r\n" + b"{" * 60) as drips_on,
    ):
        begun = time.monotonic()
        addresses = {str(server.port): address_at(server.port) for server in (hangs, drips, drips_on)}
        looked = look_everywhere(
            addresses, {name: PLACES.get(each.scheme) for name, each in addresses.items()}
        )
        assert time.monotonic() - begun < 9
    for told in looked.values():
        assert isinstance(told, CannotRead)
        assert "does not answer in time" in told.reason
