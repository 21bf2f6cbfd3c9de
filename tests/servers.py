"""Real mail and web servers on loopback, as obliging or as nasty as a test wants. No fixed ports;
each runs in threads of its own.

    with HttpServer(Answer(500), Answer(200)) as web:        # one answer a request, the last one for ever
        send(web.url("json", "/ana"))
        assert web.wait_for(1)[0].json["title"] == "…"
    with SmtpServer(RCPT="550 no such user") as mail: ...
    with Tarpit(b"220 slow") as tarpit: ...                   # any protocol: one byte a second, or silence
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, Self, TypeVar

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import Instant

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What the web server does with a request: `status` with `body` and `headers`, after `after`
    seconds; or one of the `trick`s.

    Tricks: "reset" (reads the request, then resets the connection), "hang" (reads it and never
    answers), "hold" (answers when the test says `release()`), "drip" (answers one byte a second),
    "close" (closes without a word), "truncate" (announces more than it sends).
    """

    status: int = 200
    body: bytes | str | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    trick: str | None = None

    def content(self) -> bytes:
        if isinstance(self.body, dict):
            return json.dumps(self.body).encode()
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Request:
    """A request that arrived; `at` is `time.monotonic()`, `instant` the wall clock in microseconds."""

    at: float
    instant: Instant
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Thing = TypeVar("Thing")


class ServerRecord(Generic[Thing]):
    """What arrived, and waiting for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._arrived: list[Thing] = []

    @property
    def arrived(self) -> list[Thing]:
        with self._changed:
            return list(self._arrived)

    def record(self, thing: Thing) -> int:
        with self._changed:
            self._arrived.append(thing)
            self._changed.notify_all()
            return len(self._arrived)

    def wait_for(self, count: int, timeout: float = 60.0) -> list[Thing]:
        """The first `count` arrivals or more, as soon as there are that many; fails the test after
        `timeout` seconds.
        """
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._arrived) >= count, timeout), (
                f"{len(self._arrived)} of {count} arrived within {timeout} s: {self._arrived}"
            )
            return list(self._arrived)


class HttpServer(ServerRecord[Request]):
    """A web server that gives `answers` in order, one a request, the last one for ever; by the
    start of the path where `at_path` has it.
    """

    def __init__(self, *answers: Answer, at_path: dict[str, Answer] | None = None) -> None:
        super().__init__()
        self._answers = answers or (Answer(),)
        self.at_path = at_path or {}
        self._given = 0
        self.closing = threading.Event()
        self.released = threading.Event()
        self._server = _Web((LOOPBACK, 0), self)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def answer_with(self, *answers: Answer) -> None:
        """From now on, these."""
        with self._changed:
            self._answers, self._given = answers, 0

    def release(self) -> None:
        """Those that are held are answered now."""
        self.released.set()

    def url(self, schema: str = "json", path: str = "/", user: str = "") -> str:
        """An Apprise URL that leads here."""
        return f"{schema}://{user + '@' if user else ''}{LOOPBACK}:{self.port}{path}"

    def next_answer(self, path: str) -> Answer:
        for start, answer in self.at_path.items():
            if path.startswith(start):
                return answer
        with self._changed:
            answer = self._answers[min(self._given, len(self._answers) - 1)]
            self._given += 1
            return answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Web(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], owner: HttpServer) -> None:
        self.owner = owner
        super().__init__(address, _WebRequest)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is what these tests are about."""


class _WebRequest(BaseHTTPRequestHandler):
    server: _Web
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _answer(self) -> None:
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner.record(
            Request(time.monotonic(), Clock().now(), self.command, self.path, dict(self.headers), body)
        )
        answer = owner.next_answer(self.path)
        if answer.after and owner.closing.wait(answer.after):
            return self._hang_up()
        if answer.trick == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.trick in ("reset", "close"):
            return self._hang_up()
        if answer.trick == "hang":
            owner.closing.wait(60)
            return self._hang_up()
        if answer.trick == "hold":
            owner.released.wait(60)
        content = answer.content()
        if answer.trick == "drip":
            with contextlib.suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + b"." * 60:
                    self.wfile.write(bytes([byte]))
                    if owner.closing.wait(1.0):
                        break
            return self._hang_up()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + (1000 if answer.trick == "truncate" else 0)))
        self.end_headers()
        self.wfile.write(content)
        if answer.trick == "truncate":
            self._hang_up()
        return None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if self.headers is not None:
                self.wfile.flush()
        self.rfile.close()  # it holds the socket open, too
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
