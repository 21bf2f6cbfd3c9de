"""A stand-in for Twilio: texts that came and went, listed by the newest first, page by page, as of days."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

SID, TOKEN, NUMBER, ANA = (
    "AC5ef8732a3c49700934481addd5ce1659",
    "twiliotokencanary",
    "+12025550100",
    "+447700900123",
)


class TwilioServer:
    """`text` is a text of somebody that comes in. `asked` are the queries for lists; `refuses` is the status
    of every answer from now on. `owns` are the numbers of the account.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.refuses: int | None = None
        self.refuses_ours = False
        self.owns: dict[str, bool] = {NUMBER: True}
        self.logins = {f"{SID}:{TOKEN}"}
        self.closed = False
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def answers(self) -> str:
        return f"twilio://{SID}:{TOKEN}@{NUMBER}?server=http://127.0.0.1:{self.port}"

    def text(self, body: str, sender: str = ANA, *, ago: float = 0, **more: Any) -> str:
        at = Clock().now() / SECOND - ago
        return self._keep(
            {"body": body, "from": sender, "to": NUMBER, "direction": "inbound", "status": "received"} | more,
            at,
        )

    def send(self, body: str, to: str, *, ago: float = 0) -> str:
        at = Clock().now() / SECOND - ago
        ours = {"body": body, "from": NUMBER, "to": to, "direction": "outbound-api", "status": "sent"}
        return self._keep(ours | {"error_code": None}, at)

    def undelivered(self, sid: str, code: int) -> None:
        (message,) = [each for each in self.messages if each["sid"] == sid]
        message |= {"status": "undelivered", "error_code": code}

    def _keep(self, message: dict[str, Any], at: float) -> str:
        sid = f"SM{next(self._numbers):032x}"
        self.messages.append({"sid": sid, "date_sent": formatdate(at), "at": at, **message})
        return sid

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """As Twilio: of days, the newest first, with the way to the next page."""
        day = query.get("DateSent>", "0000-00-00")
        listed = [
            {name: value for name, value in each.items() if name != "at"}
            for each in sorted(self.messages, key=lambda each: each["at"], reverse=True)
            if all(each[name.lower()] == query[name] for name in ("To", "From") if name in query)
            and datetime.fromtimestamp(each["at"], UTC).strftime("%Y-%m-%d") >= day
        ]
        size, number = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        more = {**query, "Page": str(number + 1), "PageToken": f"PA{number}"}
        further = len(listed) > size * (number + 1)
        path = f"/2010-04-01/Accounts/{SID}/Messages.json"
        following = f"{path}?{urlencode(more)}" if further else None
        return {"messages": listed[size * number :][:size], "next_page_uri": following, "page_size": size}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: TwilioServer

    def do_GET(self) -> None:
        owner, url = self.owner, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if self._login() not in owner.logins:
            told = {
                "code": 20003,
                "message": "Authenticate",
                "more_info": "https://www.twilio.com/docs/errors/20003",
            }
            return self._answer(401, told)
        if url.path == f"/2010-04-01/Accounts/{SID}/Messages.json":
            owner.asked.append(query)
            if owner.refuses or (owner.refuses_ours and "From" in query):
                return self._answer(owner.refuses or 500, {"code": 20429, "message": "Too Many Requests"})
            return self._answer(200, owner.page(query))
        if url.path == f"/2010-04-01/Accounts/{SID}/IncomingPhoneNumbers.json":
            if owner.closed:
                return self._answer(401, {"code": 20003, "message": "Authenticate"})
            number = query["PhoneNumber"]
            owned = (
                [{"phone_number": number, "capabilities": {"sms": owner.owns[number]}}]
                if number in owner.owns
                else []
            )
            return self._answer(200, {"incoming_phone_numbers": owned})
        return self._answer(404, {"code": 20404, "message": "not found"})

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        sid = self.owner.send(sent["Body"][0], sent["To"][0])
        self._answer(201, {"sid": sid, "status": "queued", "error_code": None})

    def _login(self) -> str:
        return base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(Clock().now() / SECOND, usegmt=True))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
