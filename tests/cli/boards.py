"""The board of `watch` on a real terminal."""

from __future__ import annotations

import signal
import subprocess
import sys

from tests.delivery.processes import until
from tests.loopback import Bank
from tests.terminal import Terminal


def watched(escalate: Bank, width: int, height: int, *words: str) -> list[str]:
    """What the board shows on a real terminal of this size, once these words are on it."""
    command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1m"]
    environ = {name: text for name, text in escalate.environ.items() if name != "COLUMNS"}
    with Terminal(width, height) as terminal:
        watching = subprocess.Popen(
            command, stdin=terminal.inner, stdout=terminal.inner, env={**environ, "TERM": "xterm"}
        )
        try:
            until(lambda: terminal.shows(*words), 30)
        finally:
            watching.send_signal(signal.SIGTERM)
            assert watching.wait(20) == 0
        terminal.shows()
        return [line.rstrip() for line in terminal.lines]
