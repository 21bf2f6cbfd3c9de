"""A stand-in for Pushover: takes messages, gives a receipt for those of priority emergency, and says what
has become of each.
"""

from __future__ import annotations

import itertools
import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

TOKEN = "apushovertokencanary0123456789"
ANA = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"


class PushoverServer:
    """`acknowledge` is a tap on the button. `asked` are the receipts that were asked for, `refuses` the
    status of every answer about receipts from now on, but for the first `spared`.
    """

    def __init__(self) -> None:
        self.receipts: dict[str, dict[str, Any]] = {}
        self.texts: list[str] = []
        self.asked: list[str] = []
        self.refuses: int | None = None
        self.spared = 0
        self.remaining = 7496
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def answers(self) -> str:
        return f"pushover://{TOKEN}?server=http://127.0.0.1:{self.port}"

    def queue(self, user: str = ANA) -> str:
        """A message of priority emergency is queued; its receipt."""
        receipt = f"r{next(self._numbers):029}"
        self.receipts[receipt] = {
            "status": 1, "acknowledged": 0, "acknowledged_at": 0, "acknowledged_by": "", "expired": 0,
            "user": user,
        }  # fmt: skip
        return receipt

    def acknowledge(self, receipt: str, *, by: str | None = None, at: int | None = None) -> None:
        state = self.receipts[receipt]
        at = Clock().now() // SECOND if at is None else at
        state |= {"acknowledged": 1, "acknowledged_at": at, "acknowledged_by": by or state["user"]}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: PushoverServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if parse_qs(url.query).get("token") != [TOKEN]:
            return self._answer(400, {"token": "invalid", "errors": ["application token is invalid"]})
        if url.path == "/1/apps/limits.json":
            reset = {"limit": 10000, "remaining": self.owner.remaining, "reset": 1_393_653_600}
            return self._answer(200, {"status": 1, **reset})
        receipt = url.path.removeprefix("/1/receipts/").removesuffix(".json")
        self.owner.asked.append(receipt)
        if self.owner.refuses is not None and len(self.owner.asked) > self.owner.spared:
            return self._answer(self.owner.refuses, {"errors": ["try again later"]})
        if receipt not in self.owner.receipts:
            told = "receipt not found; may be invalid or expired"
            return self._answer(400, {"receipt": "not found", "errors": [told]})
        return self._answer(200, self.owner.receipts[receipt])

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.owner.texts.append(sent["message"][0])
        more = {"receipt": self.owner.queue(sent["user"][0])} if sent.get("priority") == ["2"] else {}
        self._answer(200, {"status": 1, "request": "5042853c-402d-4a18-abcb-168734a801de", **more})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(Clock().now() / SECOND, usegmt=True))
        self.end_headers()
        self.wfile.write(json.dumps({"status": int(status == 200), **body}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
