"""The process that has Apprise loaded and forks a child for every attempt, so that an attempt can
be killed at its deadline.

Why a process of our own and not `multiprocessing.forkserver`: no import in the parent
(`multiprocessing` costs 20 ms there), the main module is not run again, and it works from a zip
file and with closed standard streams.

It reads envelopes on its standard input and writes outcomes to its standard output (`framing`).
When the parent is gone, its children are killed and it ends. When it is killed itself, its children
notice and end too; every child also has an alarm of its own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
from collections.abc import Callable

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND, Span, show_duration
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.exchange import MAY_HAVE_ARRIVED
from escalate_cli.delivery.last_look import whom_to_ask
from escalate_cli.delivery.mail.page import page_template
from escalate_cli.delivery.one_attempt import attempt
from escalate_cli.delivery.plugins import PluginModule, find_plugin_modules, load_plugin, schema_of
from escalate_cli.delivery.process.no_process import cannot_start
from escalate_cli.processes.bounds import bound_memory, die_with, gone, kill, settle
from escalate_cli.processes.framing import Packer, Unpacker

_SENT_MARK = b"sent\n"
_LONGEST_REPORT = 65536
_MEMORY_OF_AN_ATTEMPT = 256 << 20
"""bytes beyond what the process has when it is forked"""


def serve() -> None:
    """Run until the parent is gone."""
    requests, answers = settle()
    _load(_apprise)
    Worker(requests, answers, Clock()).run()


def _load(what: Callable[[], object]) -> None:
    """Everything that attempts need. If it cannot be loaded, each child will try and say why.

    Nothing of it ever becomes garbage, and somebody waits to be paged: the collector would only
    cost time (25 ms of 200).
    """
    gc.disable()
    with contextlib.suppress(Exception):
        what()
    gc.freeze()  # children then share this memory instead of copying it
    gc.enable()


def _apprise() -> None:
    """Loads what all attempts need."""
    import smtplib  # noqa: F401

    import apprise  # noqa: F401
    import requests  # noqa: F401


_GONE_SECONDS = 1.0
"""how long a process that was killed may take to be gone"""


class _Child:
    """One running attempt. `mark` is set once its message began to leave."""

    __slots__ = ("buffer", "buried", "deadline", "fd", "gone", "pid", "sent", "ticket", "timeout")

    def __init__(self, ticket: int, pid: int, fd: int, timeout: Span, deadline: float) -> None:
        self.ticket, self.pid, self.fd, self.timeout, self.deadline = ticket, pid, fd, timeout, deadline
        self.sent = self.gone = self.buried = False
        self.buffer = b""

    def read(self) -> Outcome | None:
        """The outcome, if the child has reported one or is gone."""
        try:
            chunk = os.read(self.fd, _LONGEST_REPORT)
        except BlockingIOError:
            return None
        except OSError:
            chunk = b""
        self.buffer += chunk
        self.sent = self.sent or self.buffer.startswith(_SENT_MARK)
        report = self.buffer.removeprefix(_SENT_MARK)
        if report.endswith(b"\n"):
            with contextlib.suppress(ValueError):
                return msgspec.convert(json.loads(report), Outcome)
        if len(self.buffer) > _LONGEST_REPORT:
            return Outcome(OutcomeKind.UNKNOWN, f"the sending process died; {MAY_HAVE_ARRIVED}")
        self.gone = not chunk
        return None

    def died(self) -> Outcome:
        """The outcome of an attempt whose process is gone without a word. The mark comes before the first
        byte: without it nothing has left.
        """
        if self.sent:
            return Outcome(OutcomeKind.UNKNOWN, f"the sending process died; {MAY_HAVE_ARRIVED}")
        return Outcome(OutcomeKind.TEMPORARY, "the sending process died; nothing was sent")

    def end(self, clock: Clock) -> bool:
        """Kill it with everything that it started; whether it is gone within a second, and can do no more."""
        kill(self.pid)
        give_up_at = clock.monotonic() + _GONE_SECONDS
        while not (gone_now := gone(self.pid)) and clock.monotonic() < give_up_at:
            clock.sleep(SECOND // 200)
        self.buried = gone_now
        return gone_now

    def late(self) -> Outcome:
        """The outcome of an attempt that is ended at its deadline."""
        limit = show_duration(self.timeout) if self.timeout >= SECOND else f"{self.timeout / SECOND:g}s"
        if self.sent:
            return Outcome(OutcomeKind.UNKNOWN, f"no answer within {limit}; {MAY_HAVE_ARRIVED}")
        return Outcome(OutcomeKind.TEMPORARY, f"no answer within {limit}; nothing was sent")


class Worker:
    """Forks, watches, ends and buries the children."""

    def __init__(self, requests: int, answers: int, clock: Clock) -> None:
        self._requests, self._answers, self._clock = Unpacker(requests), Packer(answers), clock
        self._children: dict[int, _Child] = {}
        self._unburied: list[int] = []
        self._modules: dict[str, list[PluginModule]] = {}
        self._makes_pages = False
        self._lifeline, self._lifeline_held = os.pipe()

    def run(self) -> None:
        """Serve until the parent closes its end, or dies."""
        while not self._requests.ended:
            self._wait()
            for fd in [fd for fd, child in self._children.items() if self._ended(child)]:
                self._bury(self._children.pop(fd))
            self._unburied = [pid for pid in self._unburied if not gone(pid)]
            for request in self._requests.read():
                self._start(*msgspec.convert(request, tuple[int, Envelope]))
            self._answers.flush()
        for child in self._children.values():
            kill(child.pid)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._requests.fd, select.POLLIN)
        if self._answers.pending:
            poll.register(self._answers.fd, select.POLLOUT)
        for fd in self._children:
            poll.register(fd, select.POLLIN)
        now = self._clock.monotonic()
        waits = [child.deadline - now for child in self._children.values()] + (
            [0.05] if self._unburied else []
        )
        poll.poll(max(min(waits), 0) * 1000 + 1 if waits else None)

    def _ended(self, child: _Child) -> bool:
        outcome = child.read()
        if outcome is None and self._clock.monotonic() >= child.deadline:
            # judged when it can do no more: a message could begin to leave after the look
            child.sent = not child.end(self._clock) or child.sent
            outcome = child.read() or child.late()
        if outcome is None and child.gone:
            outcome = child.died()
        if outcome is not None:
            self._answer(child.ticket, outcome)
        return outcome is not None

    def _answer(self, ticket: int, outcome: Outcome) -> None:
        self._answers.write([ticket, msgspec.to_builtins(outcome)])

    def _bury(self, child: _Child) -> None:
        """Kill it, whatever it still does, with everything it started."""
        os.close(child.fd)
        if child.buried:
            return
        kill(child.pid)
        if not gone(child.pid):
            self._unburied.append(child.pid)

    def _start(self, ticket: int, envelope: Envelope) -> None:
        modules = self._modules_for(envelope.url)
        if envelope.look is not None:
            # loaded here, so that children need not; one that cannot says so itself
            with contextlib.suppress(Exception):
                whom_to_ask(envelope.look)
        if envelope.card is not None and not self._makes_pages:
            self._makes_pages = True
            _load(page_template)
        try:
            readable, writable = os.pipe()
        except OSError as problem:
            return self._answer(ticket, cannot_start(problem))
        deadline = self._clock.monotonic() + envelope.seconds
        try:
            pid = os.fork()
        except OSError as problem:
            os.close(readable)
            os.close(writable)
            return self._answer(ticket, cannot_start(problem))
        if pid == 0:
            self._be_a_child(readable, writable, envelope, modules)
        os.close(writable)
        os.set_blocking(readable, False)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self._children[readable] = _Child(ticket, pid, readable, envelope.timeout, deadline)
        return None

    def _modules_for(self, url: str) -> list[PluginModule]:
        """Where the plugin for `url` is, looked up once per schema, and loaded here if it is an
        ordinary one, so that children need not.
        """
        try:
            schema = schema_of(url)
            if schema not in self._modules:
                modules = find_plugin_modules(schema)
                # others may bring libraries that start threads, which do not survive a fork
                if all(module.wired for module in modules):
                    load_plugin(schema, modules)
                self._modules[schema] = modules
            return self._modules[schema]
        except Exception:
            return []  # the child will look itself and say what is wrong

    def _be_a_child(
        self, readable: int, writable: int, envelope: Envelope, modules: list[PluginModule]
    ) -> None:
        """What happens in the child; never returns."""
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, envelope.seconds + 1.0)
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)
            for fd in (self._lifeline_held, self._requests.fd, self._answers.fd, readable, *self._children):
                os.close(fd)
            outcome = self._no_room() or _attempt(envelope, modules, writable)
            os.write(writable, _report(outcome))
        finally:
            os._exit(0)

    def _no_room(self) -> Outcome | None:
        """Prepare the child that this is for its attempt; what comes of it where that cannot be done."""
        try:
            die_with(self._lifeline)
            bound_memory(_MEMORY_OF_AN_ATTEMPT)
        except (RuntimeError, MemoryError) as problem:  # "can't start new thread"
            return Outcome(OutcomeKind.TEMPORARY, f"no process to send with ({problem})", local=True)
        return None


def _attempt(envelope: Envelope, modules: list[PluginModule], writable: int) -> Outcome:
    try:

        def on_sent() -> None:
            os.write(writable, _SENT_MARK)

        return attempt(envelope, modules, on_sent)
    except BaseException as problem:
        return Outcome(
            OutcomeKind.TEMPORARY, f"Apprise cannot be loaded ({type(problem).__name__})", local=True
        )


def _report(outcome: Outcome) -> bytes:
    return json.dumps(msgspec.to_builtins(outcome)).encode("ascii") + b"\n"
