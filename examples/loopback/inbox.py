"""An inbox on loopback: takes every mail and every JSON post, and prints it. Standard library only.

    python3 inbox.py                    # ports 2525 and 8025
    python3 inbox.py --smtp 0 --http 0  # any free ports; it says which

It never looks further than loopback, keeps nothing, and ends with Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from datetime import datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import unquote

LOOPBACK = "127.0.0.1"


def show(gateway: str, to: str, title: str, text: str) -> None:
    """Print one message: when, by what, to whom, and what it says."""
    lines = [f"{datetime.now():%H:%M:%S}  {gateway} to {to}"]
    lines += [f"    {line}" for line in [title, *text.strip().splitlines()] if line]
    print("\n".join(lines), "\n", flush=True)


class Mail(StreamRequestHandler):
    """One SMTP conversation (RFC 5321 §4.5.1, and EHLO)."""

    timeout = 30

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def handle(self) -> None:
        recipients: list[str] = []
        self.say("220 inbox")
        while line := self.rfile.readline(4096):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    self.say("250-inbox", "250-8BITMIME", "250 SMTPUTF8")
                case "RCPT":
                    recipients.append(rest.partition("<")[2].partition(">")[0])
                    self.say("250 OK")
                case "DATA" if recipients:
                    self.say("354 go ahead")
                    self.take(recipients)
                    self.say("250 taken")
                case "MAIL" | "RSET" | "HELO" | "NOOP":
                    recipients = []
                    self.say("250 OK")
                case "QUIT":
                    self.say("221 goodbye")
                    return
                case _:
                    self.say("502 not understood")

    def take(self, recipients: list[str]) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline(65536)) not in (b".\r\n", b".\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        part = message.get_body(("plain", "html"))
        show("email", ", ".join(recipients), str(message["Subject"]), str(part.get_content()) if part else "")


class Web(BaseHTTPRequestHandler):
    """A JSON post to /GATEWAY/ADDRESS."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gateway, _, to = unquote(self.path).strip("/").partition("/")
        try:
            said = json.loads(body)
            show(gateway, to, said["title"], said["message"])
            self.send_response(200)
        except (ValueError, KeyError, TypeError):
            self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """`show` says more than an access log."""


class MailServer(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main() -> None:
    parser = argparse.ArgumentParser(description="An inbox on loopback for examples/loopback")
    parser.add_argument(
        "--smtp", type=int, default=2525, metavar="PORT", help="default 2525; 0 for any that is free"
    )
    parser.add_argument(
        "--http", type=int, default=8025, metavar="PORT", help="default 8025; 0 for any that is free"
    )
    asked = parser.parse_args()
    try:
        mail, web = MailServer((LOOPBACK, asked.smtp), Mail), ThreadingHTTPServer((LOOPBACK, asked.http), Web)
    except OSError as error:
        sys.exit(f"inbox.py: {error.strerror}: try --smtp 0 --http 0")
    threading.Thread(target=mail.serve_forever, daemon=True).start()
    print(f"export SMTP_PORT={mail.server_address[1]} HTTP_PORT={web.server_address[1]}\n", flush=True)
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        print("closed", file=sys.stderr)


if __name__ == "__main__":
    main()
