"""Long answers on a terminal, through the reader's own pager."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress


def show_in_pager(text: bytes, environ: Mapping[str, str]) -> bool:
    """Show `text` by `$PAGER`, else `less`, and wait until the reader leaves; whether it was shown.

    False where nobody can turn pages: no terminal, a dumb one, all of it fits, no such program.
    """
    if environ.get("TERM", "dumb") == "dumb" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    if text.count(b"\n") < os.get_terminal_size(1).lines:
        return False
    try:
        program = shlex.split(environ.get("PAGER") or "less")
        settings = {"LESS": "FRX", "LESSCHARSET": "utf-8", "LV": "-c", **environ}
        pager = subprocess.Popen(program, stdin=subprocess.PIPE, env=settings)
    except (OSError, ValueError, IndexError):
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager, as in git
    try:
        with suppress(BrokenPipeError):
            pager.communicate(text)
    finally:
        pager.wait()
        signal.signal(signal.SIGINT, before)
    return True
