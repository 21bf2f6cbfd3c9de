"""A stand-in for Telegram: takes what our bot sends, and keeps what people do until it is confirmed."""

from __future__ import annotations

import itertools
import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

TOKEN, ANA = "123:telegramcanary", 42
_PRIVATE = {"id": ANA, "type": "private"}


class TelegramServer:
    """`sent` are our messages, with their buttons; `write`, `press` and `react` are what people do."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.told_phones: list[str] = []
        self._messages, self._updates = itertools.count(1), itertools.count(1000)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def answers(self) -> str:
        return f"telegram://{TOKEN}?server=http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """By which pages are sent with a keyboard of buttons."""
        return (
            f"form://127.0.0.1:{self.port}/bot{TOKEN}/sendMessage"
            "?:message=text&:title=&:type=&:version=&:chat_id={to}"
        )

    def buttons(self, number: int = -1) -> dict[str, str]:
        """Those of one of our messages: what they send, by their label."""
        (row,) = json.loads(self.sent[number]["reply_markup"])["inline_keyboard"]
        return {button["text"]: button["callback_data"] for button in row}

    def write(self, text: str, sender: int = ANA, **more: Any) -> None:
        written = {"message_id": next(self._messages), "from": {"id": sender}, "chat": _PRIVATE, "text": text}
        self._happens("message", written | {"date": Clock().now() // SECOND} | more)

    def press(self, label: str, number: int = -1, sender: int = ANA) -> None:
        message = {"message_id": self.sent[number]["message_id"], "chat": _PRIVATE}
        data = self.buttons(number)[label]
        self._happens(
            "callback_query", {"id": "77", "from": {"id": sender}, "data": data, "message": message}
        )

    def react(self, emoji: str, number: int = -1, sender: int = ANA) -> None:
        reaction = {
            "chat": _PRIVATE,
            "message_id": self.sent[number]["message_id"],
            "user": {"id": sender},
            "date": Clock().now() // SECOND,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}],
        }
        self._happens("message_reaction", reaction)

    def _happens(self, kind: str, what: dict[str, Any]) -> None:
        self.updates.append({"update_id": next(self._updates), kind: what})

    def called(self, method: str, asked: dict[str, Any]) -> object:
        if method == "getUpdates":
            offset = int(asked["offset"])
            if offset > 0:
                self.updates = [each for each in self.updates if each["update_id"] >= offset]
            return self.updates[offset:] if offset < 0 else self.updates[: int(asked["limit"])]
        if method == "answerCallbackQuery":
            self.told_phones.append(asked["callback_query_id"])
            return True
        number = next(self._messages)
        self.sent.append({**asked, "message_id": number})
        return {"message_id": number, "chat": {"id": int(asked["chat_id"]), "type": "private"}}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: TelegramServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        as_json = "json" in self.headers.get("Content-Type", "")
        asked = json.loads(body) if as_json else {name: each[0] for name, each in parse_qs(body).items()}
        token, _, method = self.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return self._answer(401, {"ok": False, "description": "Unauthorized"})
        return self._answer(200, {"ok": True, "result": self.owner.called(method, asked)})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(Clock().now() / SECOND, usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
