"""The services of the internet on loopback: real plugins reach them by their own names, through a
proxy that ends TLS itself.

    with Internet(tmp_path) as internet:
        environ |= internet.environ            # HTTPS_PROXY, and the certificate to trust
        …
        internet.texts("discord.com")          # what it took, as text

Each refuses what is too long as the real one does, counting as the real one counts.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest

from tests.servers import LOOPBACK

HOSTS = (
    "api.telegram.org", "discord.com", "slack.com", "api.pushover.net", "events.pagerduty.com",
    "rocket.example.com", "chat.googleapis.com", "api.twilio.com",
)  # fmt: skip
MAIL_HOSTS = (
    "api.mailgun.net", "api.sparkpost.com", "api.smtp2go.com", "api.sendgrid.com", "api.postmarkapp.com",
    "api.brevo.com", "api.resend.com", "api.mailersend.com", "email.us-east-2.amazonaws.com",
)  # fmt: skip
Reply = tuple[int, Any]
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = set("\f^{}\\[~]|€")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def sms_parts(text: str) -> int:
    """How many messages a network makes of it (GSM 03.38, 03.40)."""
    if set(text) <= GSM | GSM_EXTENSION:
        septets = sum(2 if letter in GSM_EXTENSION else 1 for letter in text)
        return 1 if septets <= 160 else -(-septets // 153)
    return 1 if utf16(text) <= 70 else -(-utf16(text) // 67)


@dataclass(frozen=True)
class Arrived:
    """A message as a service got it: its text as people see it, and whether it was taken."""

    host: str
    path: str
    text: str
    payload: Any
    taken: bool


def _telegram(payload: Any) -> tuple[str, Reply]:
    text = html.unescape(re.sub(r"<[^>]*>", "", payload["text"]))
    refused = {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
    return text, (400, refused) if utf16(text) > 4096 else (200, {"ok": True, "result": {"message_id": 1}})


def _discord(payload: Any) -> tuple[str, Reply]:
    text = payload["content"]
    return text, (400, {"content": ["Must be 2000 or fewer in length."]}) if len(text) > 2000 else (204, None)


def _slack(payload: Any) -> tuple[str, Reply]:
    attachments = payload.get("attachments", [])
    text = "\n".join(
        [
            payload.get("text") or "",
            *(f"{attachment.get('title', '')}\n{attachment.get('text', '')}" for attachment in attachments),
        ]
    )
    refused = {"ok": False, "error": "msg_too_long"}
    return text, (200, refused) if len(text) > 40_000 else (200, {"ok": True, "channel": "C1", "ts": "1.1"})


def _pushover(payload: Any) -> tuple[str, Reply]:
    text = html.unescape(re.sub(r"<[^>]*>", "", payload["message"]))
    if len(text) > 1024 or len(payload.get("title", "")) > 250:
        return text, (400, {"status": 0, "errors": ["message is too long"]})
    return f"{payload.get('title', '')}\n{text}", (200, {"status": 1})


def _pagerduty(payload: Any) -> tuple[str, Reply]:
    text = payload["payload"]["summary"]
    refused = {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": ["'payload.summary' is too long"],
    }
    return text, (400, refused) if len(text) > 1024 else (202, {"status": "success", "dedup_key": "x"})


def _rocket(payload: Any) -> tuple[str, Reply]:
    if "text" not in payload:
        return "", (200, {"status": "success", "data": {"authToken": "t", "userId": "u"}})
    refused = {"success": False, "error": "error-message-size-exceeded"}
    return payload["text"], (400, refused) if len(payload["text"]) > 1000 else (200, {"success": True})


def _google_chat(payload: Any) -> tuple[str, Reply]:
    refused = {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}
    return payload["text"], (400, refused) if len(payload["text"]) > 4000 else (200, {"name": "spaces/1"})


def _twilio(payload: Any) -> tuple[str, Reply]:
    refused = {"code": 21617, "message": "The concatenated message body exceeds the 1600 character limit"}
    text = payload.get("Body") or payload["Twiml"]
    return text, (400, refused) if len(text) > 1600 else (201, {"sid": "SM1"})


SERVICES: dict[str, Callable[[Any], tuple[str, Reply]]] = dict(
    zip(
        HOSTS,
        (_telegram, _discord, _slack, _pushover, _pagerduty, _rocket, _google_chat, _twilio),
        strict=True,
    )
)
SERVICES |= dict.fromkeys(MAIL_HOSTS, lambda payload: ("", (200, {})))
URLS = {
    "api.telegram.org": "tgram://123456789:AAbbCCddEEff_gg-hhIIjjKKllMMnnOOppQ/{to}",
    "discord.com": "discord://{to}/a_Bc-" + "d" * 60,
    "slack.com": "slack://xoxb-1234567890-1234567890-AbCdEfGhIjKlMnOpQrStUvWx/{to}",
    "api.pushover.net": "pover://{to}@" + "t" * 30,
    "events.pagerduty.com": "pagerduty://" + "k2" * 10 + "@" + "r1" * 16 + "/{to}",
    "rocket.example.com": "rockets://bot:pw@rocket.example.com/{to}",
    "chat.googleapis.com": "gchat://{to}/AIza_-1/tok_-2",
    "api.twilio.com": "twilio://AC" + "a1" * 16 + ":" + "b2" * 16 + "@12025550100/{to}",
}
ADDRESSES = {
    "api.telegram.org": "123456789", "discord.com": "123456789012345678", "slack.com": "#incidents",
    "api.pushover.net": "u" * 30, "events.pagerduty.com": "identity", "rocket.example.com": "#incidents",
    "chat.googleapis.com": "AAAAspace", "api.twilio.com": "+447700900123",
}  # fmt: skip


class Internet:
    """A proxy behind which every one of `HOSTS` answers. `arrived` is every message, in order."""

    def __init__(self, place: Path) -> None:
        self.certificate = _certificate(place)
        self.arrived: list[Arrived] = []
        self.closing = False
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = _Proxy(self, context)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def environ(self) -> dict[str, str]:
        """What leads a process here."""
        return {
            "HTTPS_PROXY": f"http://{LOOPBACK}:{self._server.server_address[1]}",
            "REQUESTS_CA_BUNDLE": str(self.certificate),
            "NO_PROXY": LOOPBACK,
        }

    def texts(self, host: str) -> list[str]:
        """What a service has taken."""
        return [one.text for one in self.arrived if one.host == host and one.taken and one.text]

    def refused(self) -> list[Arrived]:
        return [one for one in self.arrived if not one.taken]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, owner: Internet, context: ssl.SSLContext) -> None:
        self.owner, self.context = owner, context
        super().__init__((LOOPBACK, 0), _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is nobody's business here."""


class _Connection(BaseHTTPRequestHandler):
    server: _Proxy
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        with (
            contextlib.suppress(OSError),
            self.server.context.wrap_socket(self.connection, server_side=True) as secure,
        ):
            self.connection, self.rfile, self.wfile = secure, secure.makefile("rb"), secure.makefile("wb")
            host = self.path.partition(":")[0]
            self.close_connection = False
            while not self.close_connection:
                self.host = host
                self.handle_one_request()

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        kind = self.headers.get("Content-Type", "")
        payload = (
            json.loads(content)
            if "json" in kind
            else {name: values[0] for name, values in parse_qs(content, True).items()}
        )
        text, (status, body) = SERVICES[self.host](payload)
        taken = status < 300 and not (isinstance(body, dict) and body.get("ok") is False)
        self.server.owner.arrived.append(Arrived(self.host, self.path, text, payload, taken))
        answer = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""


def _certificate(place: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes a certificate with openssl")
    made, key = place / "internet.pem", place / "internet.key"
    names = ",".join(f"DNS:{host}" for host in (*HOSTS, *MAIL_HOSTS))
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=internet",
         "-addext", f"subjectAltName={names}", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_text(made.read_text() + key.read_text())
    return made
