"""A process that has loaded `escalate` already and forks itself for each command: the real command in a
process of its own, without the tenth of a second that a new interpreter takes to load. The processes that a
command starts are forked, too: a worker takes four tenths to load.

What a command gets of its surroundings it gets here too: arguments, environment, directory, streams, umask
and limits. What Python itself reads when it starts (PYTHON…, LANG, LD_PRELOAD …) cannot be changed
afterwards: with another value of it, in a long test, and on a machine without pidfd, the command is started
from nothing (`tests.command`).
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import escalate_cli
from tests.met_before import meet_everything

_ROOT = str(Path(escalate_cli.__file__).parent.parent)
OF_PYTHON = {"LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}
"""the environment of a command of these tests as far as Python reads it when it starts"""
_BEGINNINGS = ("PYTHON", "LANG", "LC_", "LD_", "TZ", "MALLOC", "GLIBC", "TYPER", "_TYPER", "_ESCALATE")
"""how the names of variables begin that are read before a command is asked for anything"""
_HEAVY = (
    "jinja2",
    "pydantic",
    "tomllib",
    "tomlkit",
    "rich.console",
    "rich.table",
    "rich.panel",
    "rich.markdown",
    "rich.live",
)
"""what commands load when they need it"""
_OF_WORKERS = ("apprise", "requests", "smtplib", "apprise.plugins.custom_json", "apprise.plugins.email.base")
"""what the processes load that commands start"""
_LONGEST = 1 << 20
_LIMITS = [limit for limit in dir(resource) if limit.startswith("RLIMIT_")]


class Preloaded:
    """The process, from the side of whoever asks; it is started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._one_at_a_time = threading.Lock()

    def can(self, environ: Mapping[str, str]) -> bool:
        """Whether a command in this environment would find its Python as it wants it."""
        if not hasattr(os, "pidfd_open") or _of_python(environ) != OF_PYTHON:
            return False
        with self._one_at_a_time:
            if self._line is None:
                self._start()
        return True

    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], place: Path, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Exit code, output and errors of `escalate ARGUMENTS`, as `subprocess.run` would have them."""
        assert self._line is not None
        answer, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        (out, their_out), (err, their_err) = os.pipe(), os.pipe()
        fds = [theirs.fileno(), 0, their_out, their_err]
        asked = {
            "arguments": [*arguments],
            "environ": dict(environ),
            "place": str(place),
            "umask": _umask(),
            "limits": {limit: resource.getrlimit(getattr(resource, limit)) for limit in _LIMITS},
        }
        text = json.dumps(asked).encode()
        assert len(text) < _LONGEST
        mine, their_text = socket.socketpair()
        with answer, mine:
            # the line carries four descriptors and one byte; what is asked comes by a way of its own
            self._line.sendmsg(
                [b"!"],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [*fds, their_text.fileno()]))],
            )
            for end in (theirs, their_text):
                end.close()
            for end in (their_out, their_err):
                os.close(end)
            mine.sendall(text)
            mine.shutdown(socket.SHUT_WR)
            answer.settimeout(timeout)
            pid = int(answer.recv(64))
            with open(out, "rb") as output, open(err, "rb") as errors:
                told = _read_both(output.fileno(), errors.fileno(), timeout)
                ended = b"" if told is None else _ended(answer)
        if told is None or not ended:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(["escalate", *arguments], timeout)
        return os.waitstatus_to_exitcode(int(ended)), *told

    def _start(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_ROOT,
                env={"PATH": os.environ["PATH"], **OF_PYTHON},
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End the process; commands that still run go on."""
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait(10)
        self._line = None


def _of_python(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_BEGINNINGS)}


def _umask() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o022


def _read_both(out: int, err: int, timeout: float) -> tuple[bytes, bytes] | None:
    """What comes from both until they end; None if that takes too long."""
    told = {out: bytearray(), err: bytearray()}
    left = select.poll()
    for fd in told:
        left.register(fd, select.POLLIN)
    open_ones = 2
    while open_ones:
        ready = left.poll(timeout * 1000)
        if not ready:
            return None
        for fd, _ in ready:
            piece = os.read(fd, 65536)
            told[fd] += piece
            if not piece:
                left.unregister(fd)
                open_ones -= 1
    return bytes(told[out]), bytes(told[err])


def _ended(answer: socket.socket) -> bytes:
    with contextlib.suppress(TimeoutError):
        return answer.recv(64)
    return b""


# ── the other side ────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Load everything that commands load, and fork for whatever is asked on the line that is given."""
    line = socket.socket(fileno=int(sys.argv[1]))
    _load()
    gc.collect()
    gc.freeze()
    running: dict[int, tuple[int, socket.socket]] = {}
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    while True:
        for fd, _ in waiting.poll():
            if fd in running:
                pid, answer = running.pop(fd)
                waiting.unregister(fd)
                os.close(fd)
                with answer, contextlib.suppress(OSError):
                    answer.sendall(str(os.waitpid(pid, 0)[1]).encode())
                continue
            byte, ancillary, _, _ = line.recvmsg(1, socket.CMSG_SPACE(5 * 4))
            if not byte:
                line.close()
                return
            given = array.array("i", ancillary[0][2])
            answer, *streams, text = given
            pid = os.fork()
            if pid == 0:
                line.close()
                os.close(answer)
                for other, (_, theirs) in running.items():
                    os.close(other)
                    theirs.close()
                _become(text, streams)
            for each in (*streams, text):
                os.close(each)
            watched, teller = os.pidfd_open(pid), socket.socket(fileno=answer)
            teller.sendall(f"{pid}".encode())
            running[watched] = (pid, teller)
            waiting.register(watched, select.POLLIN)


def _load() -> None:
    with warnings.catch_warnings(action="ignore"):  # as in those processes
        for module in _OF_WORKERS:
            importlib.import_module(module)
    for module in (
        *_HEAVY,
        *(module.name for module in pkgutil.walk_packages(escalate_cli.__path__, "escalate_cli.")),
    ):
        importlib.import_module(module)
    from escalate_cli.processes import starting

    real, starting.start_process = starting.start_process, _fork_a_process
    asking, starting.ask_process = starting.ask_process, _ask_a_fork
    meet_everything()
    starting.start_process, starting.ask_process = real, asking


def _become(text: int, streams: Sequence[int]) -> NoReturn:
    """Be `python -m escalate_cli` as it was asked for, to its end."""
    with open(text, "rb") as file:
        asked: dict[str, Any] = json.load(file)
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    sys.stdin, sys.stdout, sys.stderr = (
        open(  # noqa: SIM115 - for good
            number, "w" if number else "r", encoding=old.encoding, errors=old.errors, closefd=False
        )
        for number, old in enumerate((sys.stdin, sys.stdout, sys.stderr))
    )
    os.umask(asked["umask"])
    for limit, both in asked["limits"].items():
        resource.setrlimit(getattr(resource, limit), tuple(both))
    os.chdir(asked["place"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    from escalate_cli import __main__ as entry
    from escalate_cli.processes import starting

    starting.start_process, starting.ask_process = _fork_a_process, _ask_a_fork

    sys.path[0] = asked["place"]  # as -m has it
    sys.argv[:] = [str(entry.__file__), *asked["arguments"]]
    try:
        entry.main()
    except SystemExit as ending:
        code = ending.code
    assert isinstance(code, int)
    _end(code)


def _fork_a_process(module: str, main: str, requests: int, answers: int) -> int:
    """As `starting.start_process`."""
    never_for_us = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, never_for_us)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pid
    try:
        warnings.resetwarnings()  # it reads no PYTHON…
        warnings.simplefilter("ignore")
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_WRONLY)
        for fd, number in ((requests, 0), (answers, 1), (nothing, 2)):
            os.dup2(fd, number)
        os.closerange(3, 65536)
        getattr(importlib.import_module(module), main)()
        os._exit(0)
    finally:
        os._exit(1)


def _ask_a_fork(module: str, main: str, question: bytes, longest: float) -> bytes:
    """As `starting.ask_process`, but for the time that it may take."""
    with tempfile.TemporaryFile() as asked:
        asked.write(question)
        asked.seek(0)
        reading, writing = os.pipe()
        pid = _fork_a_process(module, main, asked.fileno(), writing)
        os.close(writing)
        with open(reading, "rb") as answers:
            told = answers.read()
    if os.waitpid(pid, 0)[1]:
        raise subprocess.SubprocessError
    return told


def _end(code: int) -> NoReturn:
    """What the interpreter does at its end and somebody could notice. To take apart what was loaded is left
    out: it takes longer than most commands.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            code = 120
    os._exit(code)


if __name__ == "__main__":
    serve()
