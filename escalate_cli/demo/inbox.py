"""The inbox that the demonstration delivers to: a mail server and a web server on loopback, on free
ports, in threads of their own.

They understand just what Apprise says to them: SMTP without encryption or login (RFC 5321 §4.5.1's
minimum and EHLO), and JSON posted to `/GATEWAY/ADDRESS`. Whatever they take is kept, in order of
arrival.
"""

from __future__ import annotations

import json
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from types import TracebackType
from urllib.parse import unquote

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import Instant

LOOPBACK = "127.0.0.1"
_PATIENCE = 20.0
"""seconds that a silent client may hold a connection"""
_LARGEST = 1_000_000


class ReceivedMessage(msgspec.Struct, frozen=True):
    """A message as it arrived, taken apart by us and not by whoever sent it."""

    at: Instant
    gateway: str
    to: str
    title: str
    text: str


class Inbox:
    """Open while the block runs; `received` is what has arrived so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._received: list[ReceivedMessage] = []
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

    def take_post(self, path: str, body: bytes) -> bool:
        """Keep what was posted; whether it could be understood."""
        try:
            _, gateway, to = unquote(path).rstrip("/").split("/")
            message = json.loads(body)
            title, text = str(message["title"]), str(message["message"])
        except (ValueError, KeyError, TypeError):
            return False
        self._keep(gateway, to, title, text)
        return True

    def _keep(self, gateway: str, to: str, title: str, text: str) -> None:
        with self._lock:
            self._received.append(
                ReceivedMessage(self._clock.now(), gateway, to, title, text.replace("\r\n", "\n").strip("\n"))
            )


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

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= _LARGEST else b""
        self.send_response(200 if self.server.inbox.take_post(self.path, body) else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen: the story tells what arrived."""
