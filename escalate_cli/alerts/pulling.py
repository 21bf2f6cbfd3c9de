"""Asking a monitor for its alerts, in a process of its own with a hard limit: a name look-up can hang for
minutes, and an answer can drip.
"""

from __future__ import annotations

import sys
from contextlib import suppress

PULL_SECONDS = 8
"""of one question, from beginning to end"""
LARGEST_ANSWER = 32 << 20
"""bytes"""
_PATHS = {"alertmanager": "/api/v2/alerts", "grafana": "/api/alertmanager/grafana/api/v2/alerts"}
_WANTED = "active=true&silenced=false&inhibited=false&unprocessed=true"


def pull_address(kind: str, url: str) -> str:
    """Where the alerts of this monitor are, when `url` is where it is, or that already."""
    url, _, query = url.partition("?")
    path = _PATHS[kind]
    where = url if url.endswith("/api/v2/alerts") else url.rstrip("/") + path
    return f"{where}?{query or _WANTED}"


def pull_for_parent() -> None:
    """Read an address from standard input, and write what is there to standard output; else a line that says
    why not to the latter, and end with 1. Without a user, the password in the address is a bearer token.
    """
    import signal
    from urllib.parse import unquote, urlsplit, urlunsplit

    import requests

    signal.alarm(PULL_SECONDS)
    parts = urlsplit(sys.stdin.read())
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit(parts._replace(netloc=host))
    headers, login = {"User-Agent": "escalate", "Accept": "application/json"}, None
    if parts.username:
        login = (unquote(parts.username), unquote(parts.password or ""))
    elif parts.password:
        headers["Authorization"] = f"Bearer {unquote(parts.password)}"
    try:
        with requests.get(
            url, headers=headers, auth=login, timeout=PULL_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code != 200:
                _fail(f"it answers HTTP {answer.status_code}")
            body = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
    except requests.RequestException as problem:
        _fail(_why(problem, host))
    if len(body) > LARGEST_ANSWER:
        _fail("it says more than can be meant")
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(body)


def _why(problem: Exception, host: str) -> str:
    """What went wrong, without anything of the address but its host."""
    name = type(problem).__name__
    return f"{host} cannot be reached" if "Connection" in name else f"{host}: {name}"


def _fail(why: str) -> None:
    sys.stdout.write(why)
    sys.stdout.flush()
    sys.exit(1)
