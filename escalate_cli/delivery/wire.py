"""Watching, inside the sending child, what really goes over the wire: Apprise's own answer is only yes or no, and sometimes wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.duration import HOUR, SECOND, Span
from escalate_cli.delivery.exchange import Exchange

_MOST_SAID = 20_000
_GOODBYES = ("logout", "signout")


class Wire:
    """The exchanges of one attempt, in order. `on_sent` is called once, when the first byte of a message is about to leave.

    It changes `requests` and `smtplib` for the whole process, so it is for a child that makes one attempt and ends. `patience` is how
    many seconds an answer is waited for: the attempt's own limit, since Apprise's four seconds would give up on a slow provider that
    has already accepted the message. (Connecting keeps Apprise's limit, so that a dead IPv6 address leaves time for IPv4.)
    """

    def __init__(self, patience: float, on_sent: Callable[[], None]) -> None:
        self.exchanges: list[Exchange] = []
        self._patience = patience
        self._on_sent = on_sent
        self._told = False

    def begin(self, protocol: str, *, farewell: bool = False) -> Exchange:
        """A new exchange, now the last one."""
        exchange = Exchange(protocol, farewell=farewell)
        self.exchanges.append(exchange)
        return exchange

    def sent(self, exchange: Exchange) -> None:
        """(Part of) the message leaves now: from here on it may have arrived."""
        exchange.sent = True
        if not self._told:
            self._told = True
            self._on_sent()

    def watch(self) -> None:
        """Watch `requests` and `smtplib` from now on."""
        self._watch_http()
        self._watch_smtp()

    def _watch_http(self) -> None:
        import http.client

        import requests

        session_send, connection_send = requests.Session.send, http.client.HTTPConnection.send
        open_exchanges: list[Exchange] = []

        def watched_session_send(session: Any, request: Any, **options: Any) -> Any:
            exchange = self.begin("HTTP", farewell=(urlsplit(request.url or "").path.rstrip("/").lower().endswith(_GOODBYES)))
            open_exchanges.append(exchange)
            options["allow_redirects"] = False
            options["timeout"] = (_connect_limit(options.get("timeout"), self._patience), self._patience)
            try:
                response = session_send(session, request, **options)
                exchange.said = "" if options.get("stream") else response.content[:_MOST_SAID].decode("utf-8", "replace")
            except BaseException as problem:
                _note_trouble(exchange, problem)
                raise
            finally:
                open_exchanges.pop()
            exchange.status = response.status_code
            exchange.retry_after = read_retry_after(response.headers.get("Retry-After"), Clock())
            return response

        def watched_connection_send(connection: Any, data: Any) -> None:
            if connection.sock is None and connection.auto_open:
                connection.connect()
            through_proxy = isinstance(data, bytes) and data.startswith(b"CONNECT ")
            if open_exchanges and not through_proxy:
                self.sent(open_exchanges[-1])
            connection_send(connection, data)

        requests.Session.send = watched_session_send  # type: ignore[assignment, method-assign]
        http.client.HTTPConnection.send = watched_connection_send  # type: ignore[assignment, method-assign]

    def _watch_smtp(self) -> None:
        import smtplib

        connect, getreply, putcmd = smtplib.SMTP.connect, smtplib.SMTP.getreply, smtplib.SMTP.putcmd
        talks: list[_SmtpTalk] = []

        def watched_connect(client: Any, *place: Any, **options: Any) -> Any:
            talks.append(_SmtpTalk(self))
            try:
                return connect(client, *place, **options)
            except Exception as problem:
                _note_trouble(talks[-1].exchange, problem)
                raise

        def watched_putcmd(client: Any, cmd: str, args: str = "") -> None:
            if talks:
                talks[-1].asks(cmd)
            putcmd(client, cmd, args)

        def watched_getreply(client: Any) -> tuple[int, bytes]:
            if client.sock is not None:
                client.sock.settimeout(self._patience)
            try:
                code, text = getreply(client)
            except Exception as problem:
                if talks and talks[-1].command not in _IDLE_COMMANDS:
                    _note_trouble(talks[-1].exchange, problem)
                raise
            if talks:
                talks[-1].hears(code, text)
            return code, text

        smtplib.SMTP.connect = watched_connect  # type: ignore[assignment, method-assign]
        smtplib.SMTP.putcmd = watched_putcmd  # type: ignore[assignment, method-assign]
        smtplib.SMTP.getreply = watched_getreply  # type: ignore[assignment, method-assign]


_COMMANDS = frozenset({"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"})
_IDLE_COMMANDS = frozenset({"EHLO", "RSET", "QUIT"})
"""whose refusal decides nothing: EHLO falls back to HELO, the others come after the message"""


class _SmtpTalk:
    """One SMTP conversation: which reply decides about the message. The first recipient is the one that counts; others are copies."""

    def __init__(self, wire: Wire) -> None:
        self.exchange = wire.begin("SMTP")
        self.command = "CONNECT"
        self._wire = wire
        self._recipients = 0

    def asks(self, cmd: str) -> None:
        word = cmd.upper().strip()
        if word in _COMMANDS:  # the second line of AUTH is a credential, not a command
            self.command = word
            self._recipients += word == "RCPT"

    def hears(self, code: int, text: bytes) -> None:
        exchange = self.exchange
        if self.command == "DATA" and code == 354:
            self._wire.sent(exchange)
        elif self.command == "DATA" and 200 <= code < 300:
            if exchange.status is None:  # else the first recipient was refused before, and only a copy went out
                exchange.status = code
        elif code < 0:
            exchange.trouble = "the answer is not SMTP"
        elif code >= 400:
            decides = self.command not in _IDLE_COMMANDS and not (self.command == "RCPT" and self._recipients > 1)
            if decides:
                exchange.status = code
                exchange.said = text[:_MOST_SAID].decode("utf-8", "replace")
        elif self.command == "AUTH" and code == 235:
            exchange.status, exchange.said = None, ""  # another way to sign in was refused before this one


def read_retry_after(value: str | None, clock: Clock) -> Span | None:
    """`Retry-After` (seconds, or a date; RFC 9110 §10.2.3) as a span from now; None if there is none that makes sense."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * SECOND, HOUR)
    try:
        then = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(int(then * SECOND) - clock.now(), 0), HOUR)


def _connect_limit(timeout: Any, patience: float) -> float:
    given = timeout[0] if isinstance(timeout, tuple) else timeout
    return min(float(given), patience) if isinstance(given, (int, float)) else patience


def _note_trouble(exchange: Exchange, problem: BaseException) -> None:
    exchange.trouble, exchange.hopeless = name_trouble(problem)


def name_trouble(problem: BaseException) -> tuple[str, bool]:
    """What went wrong in a few words (never the exception's own: it names the URL), and whether it stays however often it is tried."""
    chain = list(_causes(problem))
    names = {type(cause).__name__ for cause in chain}
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the TLS certificate is not valid", False
        if isinstance(cause, socket.gaierror):
            return "the host name cannot be resolved", False
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused", False
    if names & {"InvalidURL", "MissingSchema", "InvalidSchema", "LocationParseError", "InvalidProxyURL"}:
        return "the address is not valid", True
    if names & {"SSLError"}:
        return "TLS failed", False
    if names & {"ConnectTimeout", "ConnectTimeoutError"}:
        return "no connection in time", False
    if names & {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}:
        return "no answer in time", False
    lost = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
    cut_short = {"RemoteDisconnected", "SMTPServerDisconnected", "IncompleteRead", "ProtocolError"}
    if names & cut_short or any(isinstance(cause, lost) for cause in chain):
        return "the connection was lost", False
    refused = next((cause for cause in chain if isinstance(cause, OSError) and cause.errno and cause.strerror), None)
    return (f"connection failed ({refused.strerror})" if refused else type(problem).__name__), False


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and everything that stands behind it, also in its arguments, where urllib3 keeps the reason."""
    waiting, seen = [problem], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen or len(seen) > 30:
            continue
        seen.add(id(cause))
        yield cause
        behind = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting.extend(other for other in behind if isinstance(other, BaseException))
