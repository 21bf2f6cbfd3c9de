"""A stand-in for a Matrix server: rooms whose events are sent, synced and asked for from the newest back."""

from __future__ import annotations

import itertools
import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND

TOKEN, BOT, ANA = "syt_matrixcanary", "@oncall:example.com", "@ana:example.com"
ROOM = "!room:example.com"
_MATRIX = "/_matrix/client/"


class MatrixServer:
    """`say`, `react` and `send` are what people and we do. `syncs` are the queries of syncs seen; tokens of
    before `oldest` are not known. `members` are those of each room, `encrypted` the rooms that are.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.members: dict[str, list[str]] = {ROOM: [BOT, ANA]}
        self.encrypted: set[str] = set()
        self.syncs: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.oldest = 0
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._closing = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def answers(self) -> str:
        return f"matrix://{TOKEN}@127.0.0.1:{self.port}"

    def put(
        self, kind: str, content: dict[str, Any], sender: str = ANA, room: str = ROOM, *, ago: float = 0
    ) -> str:
        with self._changed:
            name = f"${next(self._numbers):043}"
            at = round((Clock().now() / SECOND - ago) * 1000)
            event = {
                "event_id": name,
                "type": kind,
                "sender": sender,
                "origin_server_ts": at,
                "content": content,
            }
            self.events.append(event | {"room": room})
            self._changed.notify_all()
        return name

    def say(self, body: str, *, to: str | None = None, **more: Any) -> str:
        relation = {"m.relates_to": {"m.in_reply_to": {"event_id": to}}} if to else {}
        return self.put("m.room.message", {"msgtype": "m.text", "body": body, **relation}, **more)

    def react(self, key: str, to: str, **more: Any) -> str:
        relation = {"rel_type": "m.annotation", "event_id": to, "key": key}
        return self.put("m.reaction", {"m.relates_to": relation}, **more)

    @property
    def texts(self) -> list[str]:
        """What we have sent."""
        return [each["content"]["body"] for each in self.events if each["sender"] == BOT]

    # ── as a server ────────────────────────────────────────────────────────────────────

    def sync(self, query: dict[str, str]) -> dict[str, Any] | None:
        """As of a token; the newest of each room where there is none. None where it is not known."""
        since = int(query["since"].removeprefix("s")) if "since" in query else None
        if since is not None and since < self.oldest:
            return None
        room_filter = json.loads(query["filter"])["room"]["timeline"]
        if since is not None:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closing or self._listed(room_filter, since), int(query["timeout"]) / 1000
                )
        with self._changed:
            joined = {}
            for room in self.members:
                fresh = [each for each in self._listed(room_filter, since or 0) if each[1]["room"] == room]
                kept = fresh[-room_filter["limit"] :]
                if kept:
                    limited = len(fresh) > len(kept)
                    events = [_shown(each) for _, each in kept]
                    timeline = {"events": events, "limited": limited, "prev_batch": f"s{kept[0][0]}"}
                    joined[room] = {"timeline": timeline}
            return {"next_batch": f"s{len(self.events)}", "rooms": {"join": joined}}

    def back(self, room: str, query: dict[str, str]) -> dict[str, Any]:
        """Events before a token, the newest first."""
        until = int(query.get("to", "s0").removeprefix("s"))
        end = int(query["from"].removeprefix("s"))
        listed = self._listed(json.loads(query["filter"]), until)
        older = [each for each in listed if each[1]["room"] == room and each[0] < end]
        page = older[::-1][: int(query["limit"])]
        further = {"end": f"s{page[-1][0]}"} if len(older) > len(page) else {}
        return {"start": query["from"], "chunk": [_shown(each) for _, each in page], **further}

    def _listed(self, wanted: dict[str, Any], since: int) -> list[tuple[int, dict[str, Any]]]:
        numbered = list(enumerate(self.events))[since:]
        return [
            (number, each)
            for number, each in numbered
            if each["type"] in wanted["types"] and each["sender"] not in wanted["not_senders"]
        ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "room"}


class _Handler(BaseHTTPRequestHandler):
    owner: MatrixServer

    def do_GET(self) -> None:
        owner, url = self.owner, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        parts = [unquote(part) for part in url.path.removeprefix(_MATRIX).split("/")]
        owner.asked.append("/".join(parts[1:]))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._answer(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"})
        match parts[1:]:
            case ["account", "whoami"]:
                return self._answer(200, {"user_id": BOT, "device_id": "D"})
            case ["sync"]:
                owner.syncs.append(query)
                told = owner.sync(query)
                if told is None:
                    return self._answer(400, {"errcode": "M_UNKNOWN", "error": "Invalid stream token"})
                return self._answer(200, told)
            case ["joined_rooms"]:
                return self._answer(200, {"joined_rooms": list(owner.members)})
            case ["rooms", room, "joined_members"] if room in owner.members:
                return self._answer(200, {"joined": {name: {} for name in owner.members[room]}})
            case ["rooms", room, "state", "m.room.encryption", *_] if room in owner.encrypted:
                return self._answer(200, {"algorithm": "m.megolm.v1.aes-sha2"})
            case ["rooms", room, "messages"]:
                return self._answer(200, owner.back(room, query))
        return self._answer(404, {"errcode": "M_NOT_FOUND", "error": "not found"})

    def do_POST(self) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.split("/")]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        known = "join" in parts or "rooms" in parts
        self._answer(200 if known else 404, {"room_id": ROOM} if known else {"errcode": "M_NOT_FOUND"})

    def do_PUT(self) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.split("/")]
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        room = parts[parts.index("rooms") + 1]
        self._answer(200, {"event_id": self.owner.put("m.room.message", content, BOT, room)})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(Clock().now() / SECOND, usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""
