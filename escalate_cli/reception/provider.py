"""A provider that is asked for answers by HTTP, bounded in every way: how long it takes, from the
first byte to the last, and how much it says. It may hang, drip, lie or never end.

Redirects are not followed: a token goes to the host that it was given for. Proxies of the environment
are used. Nothing that is told holds a secret.
"""

from __future__ import annotations

import base64
import functools
import http.client
import io
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

import msgspec
from msgspec.structs import replace

from escalate_cli.clock import Clock
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span, show_duration
from escalate_cli.reception.json_parts import date_in, items, object_in, text_in
from escalate_cli.reception.look import AMISS, CannotRead
from escalate_cli.redaction import Redaction

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PATIENCE_WITH_PROVIDER = 6.5
"""seconds for all requests of a look, beside what it is asked to wait"""
MOST_SAID = 1 << 20
"""bytes of one answer"""
_FOR_GOOD = frozenset({301, 308, 401, 403, 404, 410})
"""HTTP statuses that stay until somebody changes the configuration"""
_PROXY_REFUSES = 407
_REASONS = ("description", "message", "error", "errcode", "errors")
"""where providers say why (Telegram, Twilio, ntfy and Matrix, Matrix, Pushover)"""
_TOO_FAR = 2 * MINUTE
_SURELY_APART = 2 * SECOND
"""its clock is told in whole seconds, and on its way"""
_CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""what the senders heed, and Python's own TLS does not"""


class Refusal(CannotRead):
    """It answered, and its answer is no: `status` is the one of HTTP, `told` why in its words."""

    def __init__(self, reason: str, status: int, told: str, *, for_good: bool) -> None:
        super().__init__(reason, for_good=for_good)
        self.status, self.told = status, told


class _Endless(Exception):
    """More than can be meant."""


class Provider:
    """Where to ask, and as whom. `root` is the URL without a path; `secrets` are never told. All
    requests together have `PATIENCE_WITH_PROVIDER` seconds. `now_there` is the time by the provider's
    clock when it last answered, None where it does not say.
    """

    def __init__(self, root: str, secrets: tuple[str, ...], headers: Mapping[str, str] | None = None) -> None:
        self.host = urlsplit(root).hostname or root
        self.now_there: Instant | None = None
        self._ahead: Span = 0
        self._root, self._headers = root.rstrip("/"), dict(headers or {})
        self._in_the_clear = root.startswith("http://") and not _is_loopback(self.host)
        self._redaction = Redaction("", secrets)
        self._clock = Clock()
        self._deadline = self._clock.monotonic() + PATIENCE_WITH_PROVIDER

    def end_after(self, seconds: float) -> None:
        """What is asked from now on has so many seconds."""
        self._deadline = self._clock.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds for what is still to be asked."""
        return self._deadline - self._clock.monotonic()

    def ask(
        self, path: str, query: Mapping[str, str | int] | None = None, body: object = None
    ) -> dict[str, object]:
        """The answer, an object of JSON; with a `body` it is a POST."""
        answer = object_in(b"".join(self._pieces(path, query, body)))
        if answer is None:
            raise CannotRead(f"{self.host} answers what is not JSON")
        return answer

    def lines(self, path: str, query: Mapping[str, str | int]) -> Iterator[dict[str, object]]:
        """An answer of which each line is an object of JSON, as they come; lines that are none are
        left out. What follows a megabyte, or the end of the time, is left for the next look.
        """
        rest, whole, strange = b"", 0, False
        try:
            for piece in self._pieces(path, query):
                *complete, rest = (rest + piece).split(b"\n")
                for line in complete:
                    event = object_in(line)
                    strange |= event is None and bool(line.strip())
                    if event is not None:
                        whole += 1
                        yield event
        except CannotRead as problem:
            if not whole or isinstance(problem, Refusal):
                raise
            return
        event = object_in(rest)
        if event is not None:
            yield event
        elif not whole and (strange or rest.strip()):
            raise CannotRead(f"{self.host} answers what is not JSON")

    def amiss(self) -> list[str]:
        """What is wrong with the way there, for `doctor`: no TLS, a clock that is far from ours."""
        facts = [f"{AMISS}the token goes there in the clear: no TLS"] if self._in_the_clear else []
        ahead = (self.now_there or self._clock.now()) - self._clock.now()
        if abs(ahead) > _TOO_FAR:
            way = "ahead of" if ahead > 0 else "behind"
            minutes = show_duration((abs(ahead) + MINUTE // 2) // MINUTE * MINUTE)
            facts.append(f"{AMISS}its clock is {minutes} {way} ours")
        return facts

    def _note_time(self, now_there: Instant | None) -> None:
        ahead = 0 if now_there is None else now_there - self._clock.now()
        self.now_there, self._ahead = now_there, ahead if abs(ahead) > _SURELY_APART else 0

    def by_our_clock(self, arrived: Iterable[Arrival]) -> tuple[Arrival, ...]:
        """The same with the times at which they were sent by our clock, as far as its own is off."""
        return tuple(
            replace(each, sent_at=each.sent_at - self._ahead) if each.sent_at is not None else each
            for each in arrived
        )

    def _pieces(
        self, path: str, query: Mapping[str, str | int] | None, body: object = None
    ) -> Iterator[bytes]:
        """The answer as it comes; whatever goes wrong is a `CannotRead`."""
        data = None if body is None else msgspec.json.encode(body)
        headers = self._headers | ({} if data is None else {"Content-Type": "application/json"})
        url = f"{self._root}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            request = Request(url, data, {"User-Agent": "escalate", **headers})  # noqa: S310 (http only)
            response = self._opened(request)
            with response:
                self._note_time(date_in(response.headers.get("Date")))
                if not 200 <= response.status < 300:
                    raise self._refusal(response)
                while piece := response.read1(65536):
                    yield piece
                if response.length:
                    raise ConnectionAbortedError
        except CannotRead:
            raise
        except Exception as problem:
            raise CannotRead(self._redaction.line(self._trouble(problem))) from None

    def _opened(self, request: Request) -> http.client.HTTPResponse:
        if self.left <= 0:
            raise TimeoutError
        opener = OpenerDirector()
        for handler in (ProxyHandler(), _Plain(self._deadline), _Secure(self._deadline)):
            opener.add_handler(handler)
        response = opener.open(request, timeout=self.left)
        if response is None:
            raise CannotRead("the proxy that the environment names cannot be used")
        return cast("http.client.HTTPResponse", response)

    def _refusal(self, response: http.client.HTTPResponse) -> Refusal:
        status = response.status
        try:
            told = _reason(response.read(65536))
        except (OSError, _Endless, http.client.HTTPException):
            told = ""
        if 300 <= status < 400:
            told = "it leads elsewhere, and that is not followed"
        if status == _PROXY_REFUSES:
            told = "the proxy that the environment names wants a password"
        reason = f"{self.host} refuses: HTTP {status}" + (f", {told}" if told else "")
        wait = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,6}", wait):
            reason += f"; it asks for {show_duration(int(wait) * SECOND)} of patience"
        return Refusal(self._redaction.line(reason), status, told, for_good=status in _FOR_GOOD)

    def _trouble(self, problem: BaseException) -> str:
        """What an exception means; its own words may name the URL."""
        cause = problem.reason if isinstance(problem, URLError) else problem
        by_type: tuple[tuple[type[BaseException], str], ...] = (
            (TimeoutError, f"{self.host} does not answer in time"),
            (_Endless, f"{self.host} says more than can be meant"),
            (ConnectionRefusedError, f"nobody listens at {urlsplit(self._root).netloc}"),
            (ssl.SSLCertVerificationError, f"the certificate of {self.host} is not good"),
            (ssl.SSLError, f"{self.host} and we find no TLS together"),
            (socket.gaierror, f"the host {self.host} cannot be found"),
            (http.client.RemoteDisconnected, f"{self.host} ended the connection"),
            (http.client.IncompleteRead, f"{self.host} ended the connection"),
            (ConnectionError, f"{self.host} ended the connection"),
            (http.client.HTTPException, f"{self.host} answers what is not HTTP"),
        )
        for kind, meaning in by_type:
            if isinstance(cause, kind):
                return meaning
        if isinstance(cause, OSError) and cause.strerror:
            return f"{self.host} cannot be reached: {cause.strerror}"
        return f"{self.host} cannot be asked ({type(problem).__name__})"


class _Bounded(io.RawIOBase):
    """The bytes of one answer, with headers and chunk lines: so many, and until so late."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self._raw = connected, connected.makefile("rb", 0)
        self._deadline, self._more, self._clock = deadline, MOST_SAID, Clock()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        count = cast("io.RawIOBase", self._raw).readinto(buffer) or 0
        self._more -= count
        if self._more < 0:
            raise _Endless
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that is read through `_Bounded`."""

    def __init__(self, deadline: float, connected: socket.socket, method: str | None = None) -> None:
        super().__init__(connected, method=method)
        self.fp.close()
        self.fp = io.BufferedReader(_Bounded(connected, deadline))


def _bounded(
    kind: type[http.client.HTTPConnection], deadline: float, host: str, **options: object
) -> http.client.HTTPConnection:
    connection = kind(host, **options)  # type: ignore[arg-type]
    connection.response_class = functools.partial(_Answer, deadline)  # type: ignore[assignment]
    return connection


class _Plain(HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        kind = functools.partial(_bounded, http.client.HTTPConnection, self._deadline)
        return self.do_open(kind, req)


class _Secure(HTTPSHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        own = next((os.environ[name] for name in _CERTIFICATE_VARIABLES if os.environ.get(name)), None)
        folder = own if own and os.path.isdir(own) else None
        context = ssl.create_default_context(cafile=None if folder else own, capath=folder)
        kind = functools.partial(_bounded, http.client.HTTPSConnection, self._deadline)
        return self.do_open(kind, req, context=context)


def root_of(address_tls: bool, host: str, port: int) -> str:
    """The URL of a host without a path."""
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if address_tls else 'http'}://{named}:{port}"


def basic(user: str, password: str) -> dict[str, str]:
    """The header with which somebody signs in by a name and a password."""
    both = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def bearer(token: str) -> dict[str, str]:
    """The header with which somebody signs in by a token."""
    return {"Authorization": f"Bearer {token}"}


def _reason(body: bytes) -> str:
    """Why, in the provider's own words; "" where it gives none."""
    answer = object_in(body) or {}
    for name in _REASONS:
        value = answer.get(name)
        told = text_in(items(value)[0]) if items(value) else text_in(value)
        if told:
            return " ".join(told[:500].split())[:120]
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
