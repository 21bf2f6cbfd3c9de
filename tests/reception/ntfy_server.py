"""A stand-in for ntfy: one topic, its messages kept, polled or streamed."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

READ, WRITE = "tk_readcanary", "tk_writecanary"


class NtfyServer:
    """`publish` as a phone would; `readers` are the tokens that may read, None among them is nobody in
    particular. `ahead` is how many seconds its clock is ahead. `requests` are the queries seen.
    """

    def __init__(self) -> None:
        self.readers: set[str | None] = {READ}
        self.ahead = 0
        self.messages: list[dict[str, Any]] = []
        self.requests: list[dict[str, str]] = []
        self.ends_streams = False
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._closing = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"ntfy://{READ}@127.0.0.1:{self._server.server_address[1]}/escalate-answers"

    def publish(self, message: object, *, ago: int = 0) -> str:
        text = message if isinstance(message, str) else json.dumps(message)
        with self._changed:
            name = f"id{next(self._numbers):06}"
            at = Clock().now() // SECOND + self.ahead - ago
            self.messages.append({"id": name, "time": at, "event": "message", "topic": "t", "message": text})
            self._changed.notify_all()
        return name

    def since(self, since: str) -> list[dict[str, Any]]:
        """As ntfy: after an id, everything where the id is not known, or from a time on."""
        if since.isdigit():
            return [message for message in self.messages if message["time"] >= int(since)]
        names = [message["id"] for message in self.messages]
        return self.messages[names.index(since) + 1 :] if since in names else list(self.messages)

    def wait_beyond(self, since: str) -> list[dict[str, Any]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self.since(since), 20)
            return None if self._closing else self.since(since)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: NtfyServer

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.owner.requests.append(query)
        if self._token() not in self.owner.readers:
            return self._answer(403, [{"code": 40301, "http": 403, "error": "forbidden"}])
        kept = self.owner.since(query["since"])
        if "poll" in query:
            return self._answer(200, kept)
        self._answer(200, [{"id": "o", "time": 1, "event": "open", "topic": "t"}, *kept])
        if not self.owner.ends_streams and not kept:
            for message in self.owner.wait_beyond(query["since"]) or []:
                self.wfile.write(json.dumps(message).encode() + b"\n")
        return None

    def _token(self) -> str | None:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            return base64.b64decode(value).decode()
        return value or None

    def _answer(self, status: int, events: list[dict[str, Any]]) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(Clock().now() / SECOND + self.owner.ahead, usegmt=True))
        self.end_headers()
        self.wfile.write(b"".join(json.dumps(event).encode() + b"\n" for event in events))

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
