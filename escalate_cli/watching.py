"""The watch loop: passes for ever, with rests no longer than until something is due, and an orderly end."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from escalate_cli import operations
from escalate_cli.context import Context
from escalate_cli.core.duration import SECOND, Span
from escalate_cli.engine import Engine, Tally, idle_until
from escalate_cli.errors import EscalateError


class Signals:
    """SIGTERM and SIGINT ask for the end, SIGHUP for a fresh look at the configuration; each wakes whoever waits on `fd`."""

    def __init__(self) -> None:
        self.fd, self._write_fd = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_fd, False)
        self.stop = False
        self.reload = False

    @contextmanager
    def heard(self) -> Iterator[Signals]:
        """Listen while the block runs."""
        before = {one: signal.signal(one, self._hear) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        try:
            yield self
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
            os.close(self.fd)
            os.close(self._write_fd)

    def _hear(self, number: int, frame: object) -> None:
        if number == signal.SIGHUP:
            self.reload = True
        else:
            self.stop = True
        with suppress(OSError):  # the pipe is full: whoever waits on it is awake already
            os.write(self._write_fd, b".")

    def rest(self, span: Span) -> None:
        """Wait for a signal, at most `span` microseconds."""
        select.select([self.fd], [], [], span / SECOND)
        with suppress(BlockingIOError):
            os.read(self.fd, 4096)


def watch(context: Context, interval: Span, signals: Signals, tell: Callable[[Tally], None]) -> None:
    """Pass after pass until asked to stop; then what is under way is finished. `tell` hears of each pass.

    A database that is locked or full for a while, or a broken configuration, is told of and does not end the loop.
    """
    engine = operations.engine(context)
    context.sender.warm()
    while not signals.stop:
        tally = _one_pass(context, engine, signals)
        tell(tally)
        if not signals.stop:
            signals.rest(_rest_of(context, interval))
    tally = Tally(context.clock.now())
    engine.finish(tally)
    tell(tally)


def _one_pass(context: Context, engine: Engine, signals: Signals) -> Tally:
    context.look_at_files_again()
    signals.reload = False
    tally = Tally(context.clock.now())
    try:
        tally = engine.begin_pass()
        while engine.round(tally, patience=0.5) and not signals.stop:
            pass
    except EscalateError as problem:
        tally.troubles.append(problem.message)
    return tally


def _rest_of(context: Context, interval: Span) -> Span:
    try:
        return idle_until(context.store.situations.next_due_at(), context.clock.now(), interval)
    except EscalateError:
        return interval
