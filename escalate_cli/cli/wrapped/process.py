"""Running a command as if we were not there: its input, output, signals and surroundings are those
that we were started with.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import msgspec

from escalate_cli.cli.wrapped.relay import Relay, Tail, relays
from escalate_cli.context import Inheritance

_NOT_FOUND = 127
_NOT_RUNNABLE = 126
_BY_SIGNAL = 128
"""and the number of the signal; all three as shells have them"""
_PASSED_ON = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
)
_TO_END = frozenset((signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM))
_Action = Callable[[int, FrameType | None], object] | int | None
_FROM_KERNEL = 0x80
"""`si_code` of a signal that no process has sent: a key was pressed at the terminal, and whoever runs
there has it, the command too"""


class Ending(msgspec.Struct, frozen=True):
    """How a command ended. `signal` is the name of the one that killed it ("SIGKILL"); `not_run` says
    why it could not be started at all. `output` are the last bytes of stdout and stderr, `is_cut`
    whether there were more.
    """

    exit_code: int
    output: bytes = b""
    is_cut: bool = False
    signal: str | None = None
    not_run: str | None = None
    troubles: tuple[str, ...] = ()
    """what kept its output from being passed on"""


class HeardSignals:
    """The signals that are passed on to the command: all but those that we were told to ignore, as
    `nohup` does. As a context manager: none of them ends us meanwhile.
    """

    def __init__(self) -> None:
        self.numbers = frozenset(
            number for number in _PASSED_ON if signal.getsignal(number) != signal.SIG_IGN
        )
        self.early: list[int] = []
        """those that came when there was no command to pass them on to"""
        self.interrupts = False
        """whether one that asks us to end is a KeyboardInterrupt now"""
        self._before: list[tuple[int, _Action]] = []

    def __enter__(self) -> HeardSignals:
        for number in (*self.numbers, signal.SIGCHLD):
            self._before.append((number, signal.signal(number, self._hear)))
        return self

    def __exit__(self, *raised: object) -> None:
        for number, action in self._before:
            signal.signal(number, action)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.interrupts and number in _TO_END:
            raise KeyboardInterrupt
        if number != signal.SIGCHLD:
            self.early.append(number)


def run_wrapped(command: Sequence[str], signals: HeardSignals, inherited: Inheritance) -> Ending:
    """Run `command` and wait for its end. Signals that come meanwhile are passed on to it."""
    tail = Tail()
    out, err = relays(tail)
    outputs = tuple(dict.fromkeys((out, err)))
    awaited = {*signals.numbers, signal.SIGCHLD}
    try:
        process = _start(command, out, err, inherited)
    except OSError as problem:
        for output in outputs:
            output.close()
        return _not_run(command, problem)
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    try:
        for output in outputs:
            output.start()
        for number in signals.early:
            process.send_signal(number)
        _see_through(process, awaited, outputs)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
    troubles = _drained(outputs, signals)
    code = process.returncode
    return Ending(
        exit_code=_BY_SIGNAL - code if code < 0 else code,
        output=tail.content,
        is_cut=tail.is_cut,
        signal=_signal_name(-code) if code < 0 else None,
        troubles=troubles,
    )


def _drained(outputs: Sequence[Relay], signals: HeardSignals) -> tuple[str, ...]:
    """What was still under way is passed on; why some of it was not. Where nobody reads it, a signal
    ends the waiting."""
    signals.interrupts = True
    try:
        for output in outputs:
            output.drain()
    except KeyboardInterrupt:
        return ("interrupted before all of it was read",)
    finally:
        signals.interrupts = False
    return tuple(output.trouble for output in outputs if output.trouble is not None)


def _start(command: Sequence[str], out: Relay, err: Relay, inherited: Inheritance) -> subprocess.Popen[bytes]:
    """Files that we were given open are passed on (`<(…)`, a lock); our own are not."""
    with _core_limit(inherited):
        for words in (command, None):
            try:
                return subprocess.Popen(
                    words or ["/bin/sh", _file_of(command[0]), *command[1:]],
                    stdout=out.inner,
                    stderr=err.inner,
                    env=_environ(),
                    close_fds=False,
                    umask=inherited.umask,
                )
            except OSError as problem:
                if words is None or problem.errno != errno.ENOEXEC:
                    raise  # a script without `#!` is the shell's, as everywhere
    raise AssertionError


@contextmanager
def _core_limit(inherited: Inheritance) -> Iterator[None]:
    """What is started meanwhile may leave a core file as large as we might have."""
    ours = resource.getrlimit(resource.RLIMIT_CORE)
    if inherited.core_limit is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (inherited.core_limit, ours[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, ours)


def _file_of(name: str) -> str:
    return shutil.which(name) or name


def _environ() -> Mapping[str, str]:
    """The environment that we were given. Python adds LC_CTYPE to it where there is no locale."""
    with suppress(OSError):
        given = Path("/proc/self/environ").read_bytes().split(b"\0")
        if not any(entry.startswith(b"LC_CTYPE=") for entry in given):
            return {name: value for name, value in os.environ.items() if name != "LC_CTYPE"}
    return os.environ


def _see_through(
    process: subprocess.Popen[bytes], awaited: set[signal.Signals], outputs: Sequence[Relay]
) -> None:
    """Wait for the end of the process, and pass signals on until then. All of them are blocked."""
    while process.poll() is None:
        number, typed = _next_signal(awaited)
        if number == signal.SIGWINCH:
            for output in outputs:
                output.resize()
        if number != signal.SIGCHLD and not typed:
            process.send_signal(number)


def _next_signal(awaited: set[signal.Signals]) -> tuple[int, bool]:
    """The next signal, and whether it was typed: then the command has it already."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(awaited)
        return info.si_signo, info.si_code == _FROM_KERNEL and info.si_signo != signal.SIGWINCH
    number = signal.sigwait(awaited)
    return number, number in (signal.SIGINT, signal.SIGQUIT) and _in_foreground()


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _not_run(command: Sequence[str], problem: OSError) -> Ending:
    name = command[0]
    if not isinstance(problem, FileNotFoundError):
        reason = f"it cannot be run: {problem.strerror or type(problem).__name__}"
        return Ending(_NOT_RUNNABLE, not_run=reason)
    if shutil.which(name):
        return Ending(_NOT_RUNNABLE, not_run="it cannot be run: what its first line names is not there")
    return Ending(_NOT_FOUND, not_run="there is no such command")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
