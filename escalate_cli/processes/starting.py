"""How a process of our own is begun."""

from __future__ import annotations

import os
import signal
import sys

_CODE = "import sys; sys.path[:] = sys.argv[1:]; from {module} import {main}; {main}()"
_NEVER_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start_process(module: str, main: str, requests: int, answers: int) -> int:
    """Run the function `main` of `module` in a new interpreter that reads `requests` and writes `answers`;
    returns its process number. `OSError` if it cannot be started.
    """
    return os.posix_spawn(
        sys.executable,
        _command(module, main),
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, requests, 0),
            (os.POSIX_SPAWN_DUP2, answers, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
        setsigmask=_NEVER_FOR_US,  # until it can ignore them itself; a Ctrl-C is meant for us
    )


def ask_process(module: str, main: str, question: bytes, longest: float) -> bytes:
    """What the function `main` of `module` writes, in a new interpreter, when it has read `question`.
    `OSError` if it cannot be started, `SubprocessError` where it fails or takes longer than `longest`
    seconds.
    """
    import subprocess

    return subprocess.run(
        _command(module, main),
        input=question,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=longest,
        check=True,
    ).stdout


def _command(module: str, main: str) -> list[str]:
    options = ["-I"] + (["-B"] if sys.dont_write_bytecode else [])
    return [sys.executable, *options, "-W", "ignore", "-c", _CODE.format(module=module, main=main), *sys.path]
