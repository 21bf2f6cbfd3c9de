"""What went wrong on the way to a provider, in a few words, from the exception that was raised."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_BAD_PROXY = frozenset({"InvalidProxyURL", "ProxyError"})
_UNUSABLE = _BAD_PROXY | {
    "InvalidURL",
    "MissingSchema",
    "InvalidSchema",
    "LocationParseError",
    "LocationValueError",
}
_BY_NAME = (
    ({"SSLError"}, "TLS failed"),
    ({"ConnectTimeout", "ConnectTimeoutError"}, "no connection in time"),
    ({"ReadTimeout", "ReadTimeoutError", "TimeoutError"}, "no answer in time"),
    (
        {"RemoteDisconnected", "SMTPServerDisconnected", "IncompleteRead", "ProtocolError"},
        "the connection was lost",
    ),
)
_BY_TYPE = (
    ((socket.gaierror,), "the host name cannot be resolved"),
    ((ConnectionRefusedError,), "connection refused"),
)
_LOST = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


class Trouble(NamedTuple):
    """What went wrong. `hopeless`: it stays however often anybody tries. `local`: the cause is in
    the surroundings of this process.
    """

    words: str
    hopeless: bool = False
    local: bool = False


def name_trouble(problem: BaseException, *, proxied: bool = False) -> Trouble:
    """What an exception means, never in its own words, since those name the URL. `proxied`: the
    environment names a proxy for this address.
    """
    causes = list(_causes(problem))
    names = {type(cause).__name__ for cause in causes}
    return _of_tls_or_address(causes, names, proxied) or _of_connection(problem, causes, names)


def _of_tls_or_address(causes: list[BaseException], names: set[str], proxied: bool) -> Trouble | None:
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        variable = _own_certificates()
        by_whom = f" (by the certificates that ${variable} names)" if variable else ""
        return Trouble(f"the TLS certificate is not valid{by_whom}", local=bool(variable))
    if names & _UNUSABLE:
        if proxied or names & _BAD_PROXY:
            return Trouble("the proxy that the environment names cannot be used", local=True)
        return Trouble("the address is not valid", hopeless=True)
    return None


def _of_connection(problem: BaseException, causes: list[BaseException], names: set[str]) -> Trouble:
    for cause in causes:
        for types, words in _BY_TYPE:
            if isinstance(cause, types):
                return Trouble(words)
    for known, words in _BY_NAME:
        if names & known:
            return Trouble(words)
    if any(isinstance(cause, _LOST) for cause in causes):
        return Trouble("the connection was lost")
    failed = [cause for cause in causes if isinstance(cause, OSError)]
    variable = _own_certificates()
    if variable and failed and not any(cause.errno for cause in failed):
        return Trouble(f"the certificates that ${variable} names cannot be used", local=True)
    reason = next((cause.strerror for cause in failed if cause.errno and cause.strerror), None)
    return Trouble(f"connection failed ({reason})" if reason else type(problem).__name__)


def _own_certificates() -> str | None:
    """The variable of the environment that names other certificates than the system's."""
    return next((name for name in _CERTIFICATE_VARIABLES if os.environ.get(name)), None)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and everything behind it, also in its arguments, where urllib3 keeps the reason."""
    waiting, seen = [problem], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen or len(seen) > 30:
            continue
        seen.add(id(cause))
        yield cause
        behind = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting.extend(other for other in behind if isinstance(other, BaseException))
