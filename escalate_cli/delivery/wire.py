"""Watching, inside the sending child, what really goes over the wire: Apprise itself only says yes
or no, and is sometimes wrong.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import HOUR, SECOND, Span
from escalate_cli.delivery.exchange import Exchange
from escalate_cli.delivery.trouble import name_trouble

if TYPE_CHECKING:
    import http.client
    import smtplib

    import requests
    from _typeshed import WriteableBuffer

_MOST_SAID = 20_000
_MOST_OF_AN_ANSWER = 1 << 20
"""bytes: no provider needs more, and an answer without end would fill the memory"""
_LONGEST_LINE = 8192
_GOODBYES = ("logout", "signout")


class Wire:
    """The exchanges of one attempt, in order. `on_sent` is called once, just before the first byte
    of a message leaves; if it raises, the message does not leave.

    This changes `requests` and `smtplib` for the whole process, so it is for a child that makes one
    attempt and ends. `patience` is how many seconds to wait for an answer: the attempt's own limit.
    Apprise's four seconds would give up on a slow provider that has already accepted the message.
    (Connecting keeps Apprise's limit, so that a dead IPv6 address leaves time for IPv4.)
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
        """The message, or a part of it, leaves now. From here on it may have arrived."""
        if not self._told:
            self._told = True
            self._on_sent()  # it may raise to say that the message is no longer to be sent
        exchange.sent = True

    def leaves_unseen(self) -> None:
        """The message is about to leave where no byte of it is seen: from here on it may have arrived."""
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
        from requests import sessions

        # a gateway's own Authorization is the right one
        sessions.get_netrc_auth = lambda *_, **__: None  # type: ignore[attr-defined]
        _bound_answers(http.client.HTTPResponse)
        session_send = cast("Callable[..., requests.Response]", requests.Session.send)
        connection_send = http.client.HTTPConnection.send
        open_exchanges: list[Exchange] = []

        def watched_session_send(
            session: requests.Session, request: requests.PreparedRequest, **options: object
        ) -> requests.Response:
            exchange = self.begin(
                "HTTP", farewell=(urlsplit(request.url or "").path.rstrip("/").lower().endswith(_GOODBYES))
            )
            # inside TLS only the provider can answer; a proxy that refuses to connect raises
            exchange.by_proxy = (request.url or "").lower().startswith("http:") and _through_proxy(
                request.url, options.get("proxies")
            )
            open_exchanges.append(exchange)
            options["allow_redirects"] = False
            options["timeout"] = (_connect_limit(options.get("timeout"), self._patience), self._patience)
            streamed = options.get("stream")
            options["stream"] = True
            try:
                response = session_send(session, request, **options)
                if not streamed:
                    exchange.answer = _beginning(response)[:_MOST_SAID].decode("utf-8", "replace")
            except BaseException as problem:
                _note_trouble(exchange, problem, proxied=_through_proxy(request.url, options.get("proxies")))
                raise
            finally:
                open_exchanges.pop()
            exchange.status = response.status_code
            exchange.retry_after = read_retry_after(response.headers.get("Retry-After"), Clock())
            return response

        def watched_connection_send(
            connection: http.client.HTTPConnection, data: bytes | Iterable[bytes]
        ) -> None:
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
        data = smtplib.SMTP.data
        talks: list[_SmtpTalk] = []

        def watched_connect(
            client: smtplib.SMTP,
            host: str = "localhost",
            port: int = 0,
            source_address: tuple[str, int] | None = None,
        ) -> tuple[int, bytes]:
            talks.append(_SmtpTalk(self))
            try:
                return connect(client, host, port, source_address)
            except Exception as problem:
                _note_trouble(talks[-1].exchange, problem)
                raise

        def watched_putcmd(client: smtplib.SMTP, cmd: str, args: str = "") -> None:
            if talks:
                talks[-1].asks(cmd)
            putcmd(client, cmd, args)

        def watched_getreply(client: smtplib.SMTP) -> tuple[int, bytes]:
            if client.sock is not None:
                client.sock.settimeout(self._patience)
                client.file = client.file or _Lines(client.sock.makefile("rb"))
            try:
                code, text = getreply(client)
            except Exception as problem:
                if talks and talks[-1].command not in _IDLE_COMMANDS:
                    _note_trouble(talks[-1].exchange, problem)
                raise
            try:
                if talks:
                    talks[-1].hears(code, text)
            except (
                BaseException
            ):  # withdrawn: a QUIT would be taken for a line of the message, and get no answer
                client.close()
                raise
            return code, text

        def watched_data(client: smtplib.SMTP, msg: str | bytes) -> tuple[int, bytes]:
            if talks:
                talks[-1].exchange.external_id = _message_id(msg)
            return data(client, msg)

        smtplib.SMTP.data = watched_data  # type: ignore[assignment, method-assign]
        smtplib.SMTP.connect = watched_connect  # type: ignore[assignment, method-assign]
        smtplib.SMTP.putcmd = watched_putcmd  # type: ignore[assignment, method-assign]
        smtplib.SMTP.getreply = watched_getreply  # type: ignore[assignment, method-assign]


def _message_id(mail: str | bytes) -> str | None:
    """The Message-ID in the head of a mail; None where it has none."""
    raw = mail.encode("utf-8", "replace") if isinstance(mail, str) else mail
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    match = re.search(rb"^message-id:\s*(<[^<>\s]+>)", head, re.IGNORECASE | re.MULTILINE)
    return match[1].decode("ascii", "replace") if match else None


_COMMANDS = frozenset({"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"})
_IDLE_COMMANDS = frozenset({"EHLO", "RSET", "QUIT"})
"""whose refusal decides nothing: after EHLO comes HELO, and the others come after the message"""


class _SmtpTalk:
    """One SMTP conversation: which reply decides about the message. The first recipient is the one
    that counts; others are copies.
    """

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
            # else the first recipient was refused before, and only a copy went out
            if exchange.status is None:
                exchange.status = code
        elif code < 0:
            exchange.trouble = "the answer is not SMTP"
        elif code >= 400:
            decides = self.command not in _IDLE_COMMANDS and not (
                self.command == "RCPT" and self._recipients > 1
            )
            if decides:
                exchange.status = code
                exchange.answer = text[:_MOST_SAID].decode("utf-8", "replace")
        elif self.command == "AUTH" and code == 235:
            exchange.status, exchange.answer = None, ""  # another way to sign in was refused before this one


def read_retry_after(value: str | None, clock: Clock) -> Span | None:
    """`Retry-After` (seconds, or a date; RFC 9110 §10.2.3) as a span from now; None if there is
    none that makes sense.
    """
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


def _connect_limit(timeout: object, patience: float) -> float:
    given = timeout[0] if isinstance(timeout, tuple) else timeout
    return min(float(given), patience) if isinstance(given, (int, float)) else patience


def _beginning(response: requests.Response) -> bytes:
    """The body, as far as it is kept; the plugin gets the same. It is read piece by piece, because
    a small answer may unpack to a huge one.
    """
    body = bytearray()
    for piece in response.iter_content(16_384):
        body += piece
        if len(body) >= _MOST_OF_AN_ANSWER:
            response.close()
            break
    kept = bytes(body[:_MOST_OF_AN_ANSWER])
    response._content, response._content_consumed = kept, True
    return kept


class _Counted(io.RawIOBase):
    """The bytes of one HTTP answer, with headers and chunk lines. After a few megabytes it counts
    as over.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw, self._left = raw, 4 * _MOST_OF_AN_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if self._left <= 0:
            return 0
        count: int | None = self._raw.readinto(buffer)
        self._left -= count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bound_answers(response_class: type[http.client.HTTPResponse]) -> None:
    begin = cast("Callable[..., None]", response_class.__init__)

    def bounded_begin(
        response: http.client.HTTPResponse, sock: socket.socket, *rest: object, **options: object
    ) -> None:
        begin(response, sock, *rest, **options)
        response.fp.close()
        response.fp = io.BufferedReader(_Counted(sock.makefile("rb", 0)))

    response_class.__init__ = bounded_begin  # type: ignore[assignment, method-assign]


class _Lines:
    """The lines of one SMTP conversation, each cut to what `smtplib` takes, and together at most a
    megabyte.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, _MOST_OF_AN_ANSWER

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._file.readline(_LONGEST_LINE)
        end = line
        while end and not end.endswith(b"\n") and self._left > 0:
            end = self._file.readline(_LONGEST_LINE)
            self._left -= len(end)
        self._left -= len(line)
        if self._left <= 0:
            raise ConnectionAbortedError("an answer without end")
        return line if line.endswith(b"\n") or not line else line[: _LONGEST_LINE - 2] + b"\r\n"

    def close(self) -> None:
        self._file.close()


def _through_proxy(url: str | None, proxies: object) -> bool:
    from requests.utils import select_proxy

    return bool(select_proxy(url or "", cast("dict[str, str] | None", proxies)))


def _note_trouble(exchange: Exchange, problem: BaseException, *, proxied: bool = False) -> None:
    exchange.trouble, exchange.hopeless, exchange.local = name_trouble(problem, proxied=proxied)
