"""The process that has the readers loaded and forks a child for every look, so that a look can be
killed at its limit.

It reads what is asked on its standard input and writes what came of it to its standard output
(`framing`). When the parent is gone, it kills and buries its children and ends. When it is killed
itself, its children notice and end too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
from typing import Protocol, cast

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.processes.bounds import bound_memory, die_with, gone, kill, settle
from escalate_cli.processes.framing import Packer, Unpacker, pack
from escalate_cli.reception.children import ReaderReport, ReaderTask
from escalate_cli.reception.look import CannotRead, Look, SignedIn
from escalate_cli.redaction import Redaction

_MEMORY_OF_A_READER = 256 << 20
"""bytes beyond what the process has when it is forked"""
_LONGEST_REPORT = 16 << 20
"""bytes; a look holds a million characters of text, and JSON makes six of one"""
_READERS = ("imap", "telegram", "ntfy", "pushover", "twilio", "matrix")


class Reader(Protocol):
    """What a module of `reception` offers that reads answers."""

    def look(self, address: AnswersAddress, place: str | None) -> Look:
        """What has arrived since `place`; without one, the place from which to look."""

    def wait(self, address: AnswersAddress, place: str | None, seconds: float) -> Look:
        """As `look`, but until something has arrived or `seconds` have passed."""

    def sign_in(self, address: AnswersAddress) -> SignedIn:
        """What `doctor` tells of it."""


def read_for_parent() -> None:
    """Run until the parent is gone."""
    requests, answers = settle()
    gc.disable()  # nothing that is loaded ever becomes garbage, and children share it
    _Host(requests, answers, Clock()).run()


class _Child:
    """One reader under way."""

    __slots__ = ("buffer", "deadline", "fd", "limit", "pid", "ticket")

    def __init__(self, ticket: int, pid: int, fd: int, limit: float, deadline: float) -> None:
        self.ticket, self.pid, self.fd, self.limit, self.deadline = ticket, pid, fd, limit, deadline
        self.buffer = bytearray()

    def ended(self, now: float) -> ReaderReport | None:
        """What came of it, if it has ended, has to be ended, or says too much."""
        try:
            piece = os.read(self.fd, 1 << 20)
        except BlockingIOError:
            return None if now < self.deadline else ReaderReport(self.ticket, cannot=self._late())
        except OSError:
            piece = b""
        self.buffer += piece
        if len(self.buffer) > _LONGEST_REPORT:
            return ReaderReport(self.ticket, cannot="it says more than can be meant")
        if piece:
            return None
        try:
            return msgspec.convert(msgspec.json.decode(bytes(self.buffer[4:])), ReaderReport)
        except (ValueError, msgspec.MsgspecError):
            return ReaderReport(self.ticket, cannot="its reader died")

    def _late(self) -> str:
        return f"no answer within {self.limit:g} s"


class _Host:
    """Forks, watches, ends and buries the children."""

    def __init__(self, requests: int, answers: int, clock: Clock) -> None:
        self._requests, self._answers, self._clock = Unpacker(requests), Packer(answers), clock
        self._children: dict[int, _Child] = {}
        self._unburied: list[int] = []
        self._lifeline, self._lifeline_held = os.pipe()

    def run(self) -> None:
        """Serve until the parent closes its end, or dies."""
        while not self._requests.ended:
            self._wait()
            now = self._clock.monotonic()
            for fd, child in list(self._children.items()):
                if (told := child.ended(now)) is not None:
                    self._answers.write(msgspec.to_builtins(told))
                    self._bury(self._children.pop(fd))
            self._unburied = [pid for pid in self._unburied if not gone(pid)]
            for request in self._requests.read():
                self._start(msgspec.convert(request, ReaderTask))
            self._answers.flush()
        for child in self._children.values():
            self._bury(child)
        for _ in range(50):
            self._unburied = [pid for pid in self._unburied if not gone(pid)]
            if self._unburied:
                self._clock.sleep(SECOND // 100)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._requests.fd, select.POLLIN)
        if self._answers.pending:
            poll.register(self._answers.fd, select.POLLOUT)
        for fd in self._children:
            poll.register(fd, select.POLLIN)
        now = self._clock.monotonic()
        waits = [child.deadline - now for child in self._children.values()]
        waits += [0.05] if self._unburied else []
        poll.poll(max(min(waits), 0) * 1000 + 1 if waits else None)

    def _bury(self, child: _Child) -> None:
        """Kill it, whatever it still does, with everything it started."""
        os.close(child.fd)
        kill(child.pid)
        if not gone(child.pid):
            self._unburied.append(child.pid)

    def _start(self, asked: ReaderTask) -> None:
        # loaded here, so that children need not; one that cannot says so itself
        with contextlib.suppress(Exception):
            reader_of(asked.address.scheme)
            gc.freeze()
        deadline = self._clock.monotonic() + asked.seconds + asked.limit
        ends: tuple[int, ...] = ()
        try:
            readable, writable = ends = os.pipe()
            pid = os.fork()
        except OSError as problem:
            for end in ends:
                os.close(end)
            told = ReaderReport(
                asked.ticket, cannot=f"no process can be started to read with ({problem.strerror})"
            )
            self._answers.write(msgspec.to_builtins(told))
            return
        if pid == 0:
            self._be_a_child(readable, writable, asked)
        os.close(writable)
        os.set_blocking(readable, False)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self._children[readable] = _Child(asked.ticket, pid, readable, asked.limit, deadline)

    def _be_a_child(self, readable: int, writable: int, asked: ReaderTask) -> None:
        """What happens in the child; never returns."""
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            gc.enable()
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)
            for fd in (self._lifeline_held, self._requests.fd, self._answers.fd, readable, *self._children):
                os.close(fd)
            die_with(self._lifeline)
            bound_memory(_MEMORY_OF_A_READER)
            report = pack(msgspec.to_builtins(_told(asked)))
            while report:
                report = report[os.write(writable, report) :]
        finally:
            os._exit(0)


def reader_of(scheme: str) -> Reader:
    """The module that reads answers of a scheme."""
    if scheme not in _READERS:
        raise CannotRead(f"nobody reads {scheme}")
    return cast("Reader", importlib.import_module(f"escalate_cli.reception.{scheme}"))


def _told(asked: ReaderTask) -> ReaderReport:
    """What comes of one look. Whatever goes wrong in it is told without a secret."""
    redaction = Redaction("", asked.secrets)
    try:
        reader = reader_of(asked.address.scheme)
        if asked.way == "sign_in":
            facts = reader.sign_in(asked.address)
            return ReaderReport(asked.ticket, facts=tuple(redaction.line(fact) for fact in facts))
        if asked.way == "wait":
            look = reader.wait(asked.address, asked.place, asked.seconds)
        else:
            look = reader.look(asked.address, asked.place)
        gap = None if look.gap is None else redaction.line(look.gap)
        return ReaderReport(asked.ticket, look=msgspec.structs.replace(look, gap=gap))
    except CannotRead as problem:
        return ReaderReport(asked.ticket, cannot=redaction.line(problem.reason), for_good=problem.for_good)
    except MemoryError:
        return ReaderReport(asked.ticket, cannot="it says more than there is memory for")
    except Exception as problem:
        return ReaderReport(asked.ticket, cannot=f"its reader failed ({type(problem).__name__})")
