"""The heartbeat's ping: one GET in a child of its own with a hard time limit, since a name look-up
can hang for minutes.
"""

from __future__ import annotations

import sys
from contextlib import suppress

LIMIT_SECONDS = 10
PATIENCE_SECONDS = 2

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


def ping(url: str) -> None:
    """Request `url`, and wait a moment for the answer. Nobody needs the answer: the dead man's
    switch notices the request.

    A child that takes longer is left alone, so that the next pass need not wait for it. It ends
    itself at its limit, and a thread that holds nobody up waits for that.
    """
    import subprocess

    if not url.startswith(("http://", "https://")):
        return
    command = [sys.executable, "-I", "-S", "-c", _CHILD, str(LIMIT_SECONDS)]
    nowhere = subprocess.DEVNULL
    with suppress(OSError):
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
        if child.stdin is not None:
            with suppress(BrokenPipeError), child.stdin as pipe:
                pipe.write(url.encode())
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            from threading import Thread

            Thread(target=child.wait, name="the last heartbeat", daemon=True).start()
