"""The inbox that the demonstration delivers to: a mail server and a web server on loopback, on free
ports, in threads of their own.

They understand just what Apprise says to them: SMTP without encryption or login (RFC 5321 §4.5.1's
minimum and EHLO), JSON posted to `/GATEWAY/ADDRESS`, and ntfy's JSON posted to `/`, with its buttons.
Whatever they take is kept, in order of arrival. What a button publishes is kept, too, until it is read as
ntfy lets it be read (docs.ntfy.sh, "Subscribe via API").
"""

from __future__ import annotations

import json
import threading
from email import message_from_bytes, policy
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND, Instant

LOOPBACK = "127.0.0.1"
PUSH, ANSWERS = "push", "answers"
"""the gateway that pushes to phones, and the topic to which their buttons publish"""
_PATIENCE = 20.0
"""seconds that a silent client may hold a connection"""
_LARGEST = 1_000_000


class MessageButton(msgspec.Struct, frozen=True):
    """A button under a message, as ntfy is told of it: whoever taps it posts `body` to `url`."""

    label: str
    url: str
    body: str


class ReceivedMessage(msgspec.Struct, frozen=True):
    """A message as it arrived, taken apart by us and not by whoever sent it."""

    at: Instant
    gateway: str
    to: str
    title: str
    text: str
    buttons: tuple[MessageButton, ...] = ()


class Inbox:
    """Open while the block runs; `received` is what has arrived so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._received: list[ReceivedMessage] = []
        self._published: list[dict[str, object]] = []
        self._mail = _MailServer(self)
        try:
            self._web = _WebServer(self)
        except OSError:
            self._mail.server_close()
            raise
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            for server in (self._mail, self._web)
        ]

    @property
    def mail_port(self) -> int:
        """Where it takes mail."""
        return int(self._mail.server_address[1])

    @property
    def web_port(self) -> int:
        """Where it takes JSON."""
        return int(self._web.server_address[1])

    @property
    def received(self) -> tuple[ReceivedMessage, ...]:
        """What has arrived, in order."""
        with self._lock:
            return tuple(self._received)

    def __enter__(self) -> Inbox:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in (self._mail, self._web):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def take_mail(self, recipients: list[str], content: bytes) -> None:
        """Keep a mail."""
        message = message_from_bytes(content, policy=policy.default)
        part = message.get_body(("plain", "html"))
        text = "" if part is None else str(part.get_content())
        for to in recipients:
            self._keep("email", to, str(message["Subject"] or ""), text)

    def take_post(self, path: str, body: bytes, actions: str = "[]") -> bool:
        """Keep what was posted; whether it could be understood. `actions` are ntfy's buttons, as JSON."""
        if path == f"/{ANSWERS}":
            self._publish(body.decode("utf-8", "replace"))
            return True
        try:
            message = json.loads(body)
            if path == "/":
                gateway, to = PUSH, str(message["topic"])
            else:
                _, gateway, to = unquote(path).rstrip("/").split("/")
            title, text = str(message.get("title", "")), str(message["message"])
            buttons = tuple(msgspec.json.decode(actions, type=list[MessageButton]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        self._keep(gateway, to, title, text, buttons)
        return True

    def tap(self, button: MessageButton) -> None:
        """Do what the app of ntfy does when a button is tapped."""
        place = urlsplit(button.url)
        connection = HTTPConnection(place.hostname or LOOPBACK, place.port, timeout=_PATIENCE)
        try:
            connection.request("POST", place.path, button.body.encode())
            connection.getresponse().read()
        finally:
            connection.close()

    def published(self, since: str) -> list[dict[str, object]]:
        """What buttons have published after the message of this id; all of it where there is none."""
        with self._lock:
            ids = [message["id"] for message in self._published]
            return self._published[ids.index(since) + 1 :] if since in ids else list(self._published)

    def _publish(self, text: str) -> None:
        with self._lock:
            number, at = len(self._published) + 1, self._clock.now() // SECOND
            message = {"id": f"demo{number}", "time": at, "event": "message", "topic": ANSWERS}
            self._published.append({**message, "message": text})

    def _keep(
        self, gateway: str, to: str, title: str, text: str, buttons: tuple[MessageButton, ...] = ()
    ) -> None:
        text = text.replace("\r\n", "\n").strip("\n")
        with self._lock:
            self._received.append(ReceivedMessage(self._clock.now(), gateway, to, title, text, buttons))


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    inbox: Inbox

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away in the middle sends again; its trouble is on the timeline, not on
        our screen.
        """


class _MailServer(_Server):
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__((LOOPBACK, 0), _Postman)


class _Postman(StreamRequestHandler):
    """One SMTP conversation."""

    server: _MailServer
    timeout = _PATIENCE

    def handle(self) -> None:
        recipients: list[str] = []
        self._say("220 escalate demo")
        while line := self.rfile.readline(4096):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    self._say("250-escalate demo", "250-8BITMIME", "250 SMTPUTF8")
                case "RCPT":
                    recipients.append(rest.partition("<")[2].partition(">")[0])
                    self._say("250 OK")
                case "DATA" if recipients:
                    self._say("354 go ahead")
                    content = self._content()
                    if content is None:
                        return
                    self.server.inbox.take_mail(recipients, content)
                    recipients = []
                    self._say("250 taken")
                case "MAIL" | "RSET":
                    recipients = []
                    self._say("250 OK")
                case "HELO" | "NOOP":
                    self._say("250 OK")
                case "QUIT":
                    self._say("221 goodbye")
                    return
                case "DATA":
                    self._say("503 to whom?")
                case _:
                    self._say("502 not understood")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _content(self) -> bytes | None:
        """The lines up to the lone dot, doubled dots undone; None when the client went away or
        never comes to an end.
        """
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(65536)) and size < _LARGEST:
            if line in (b".\r\n", b".\n"):
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
            size += len(line)
        return None


class _WebServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__((LOOPBACK, 0), _Clerk)

    def server_bind(self) -> None:
        """As TCPServer does it. HTTPServer would ask the name service who we are, which takes long
        where there is none.
        """
        ThreadingTCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """See `_Server`."""


class _Clerk(BaseHTTPRequestHandler):
    """One posted message."""

    server: _WebServer
    timeout = _PATIENCE

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path != f"/{ANSWERS}/json":
            return self.send_error(404)
        since = parse_qs(place.query).get("since", [""])[0]
        told = b"".join(
            json.dumps(message).encode() + b"\n" for message in self.server.inbox.published(since)
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        return None

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= _LARGEST else b""
        actions = self.headers.get("X-Actions", "[]")
        self.send_response(200 if self.server.inbox.take_post(self.path, body, actions) else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen: the story tells what arrived."""
