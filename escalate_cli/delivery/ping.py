"""The heartbeat's ping: one GET in a child of its own with a hard time limit, since a name look-up can hang for minutes."""

from __future__ import annotations

import sys

LIMIT_SECONDS = 10

_CHILD = """
import signal, sys
signal.alarm(int(sys.argv[1]))
url = sys.stdin.read()
from urllib.request import Request, urlopen
try:
    urlopen(Request(url, headers={"User-Agent": "escalate"}), timeout=int(sys.argv[1])).read(64)
except Exception:
    sys.exit(1)
"""


def ping(url: str, *, limit: int = LIMIT_SECONDS) -> bool:
    """Ask for `url`; whether it answered well within `limit` seconds. Says nothing when not: the dead man's switch is its reader."""
    import subprocess

    if not url.startswith(("http://", "https://")):
        return False
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD, str(limit)],
            input=url.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limit + 2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
