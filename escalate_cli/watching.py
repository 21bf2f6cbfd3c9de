"""The watch loop: passes for ever, with rests no longer than until something is due, and an orderly end."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from escalate_cli import emergency, vitals
from escalate_cli.context import Context
from escalate_cli.core.duration import DAY, SECOND, Span
from escalate_cli.engine import Engine, idle_until
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.store.trouble import LOCKED
from escalate_cli.tally import Tally


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
    context.sender.warm()
    engine: Engine | None = None
    notify(context, "READY=1")
    while not signals.stop:
        tally = Tally(context.clock.now())
        try:
            engine = _fresh(context, engine)
            tally = one_pass(context, engine, keep_on=lambda: _alive(context, signals))
            if tally.damage is not None:
                tally.troubles.append(tally.damage.message)
        except DatabaseProblem as problem:
            _trouble(context, problem, tally)
        except EscalateError as problem:
            tally.troubles.append(problem.message)
        tell(tally)
        notify(context, "WATCHDOG=1")
        if not signals.stop:
            signals.rest(min(_rest_of(context, interval), _watchdog(context)))
    notify(context, "STOPPING=1")
    if engine is not None:
        tally = Tally(context.clock.now())
        engine.finish(tally)
        tell(tally)


def _alive(context: Context, signals: Signals) -> bool:
    """Whether to go on; tells the watchdog that the pass is, however long a provider takes."""
    notify(context, "WATCHDOG=1")
    return not signals.stop


def one_pass(context: Context, engine: Engine, keep_on: Callable[[], bool] = lambda: True) -> Tally:
    """What `tick` does once and `watch` for ever: what was kept aside, what is due, and what the pass does for its own health."""
    full = emergency.take_in(context)
    tally = engine.begin_pass()
    engine.run(tally, keep_on=keep_on)
    tally.damage = full
    if keep_on():
        vitals.after_pass(context, tally)
        if tally.damage is not None:
            emergency.page_fallback(context, "What it can still read goes on being paged", tally.damage)
    return tally


def _fresh(context: Context, engine: Engine | None) -> Engine:
    """The engine of the last pass, unless the database was replaced; the configuration's files are looked at again."""
    context.look_at_files_again()
    if engine is not None and not context.store.database.replaced():
        context.keep_catalog()
        return engine
    if engine is not None:
        with suppress(DatabaseProblem):  # SQLite writes no file that was moved away
            engine.finish(Tally(context.clock.now()))
        context.reopen_store()
    return Engine.on(context)


def _trouble(context: Context, problem: DatabaseProblem, tally: Tally) -> None:
    tally.troubles.append(problem.message)
    if problem.code != LOCKED:
        emergency.page_fallback(context, "Nobody is being escalated to", problem)


def notify(context: Context, state: str) -> None:
    """Tell systemd, where it listens (sd_notify(3): a datagram to $NOTIFY_SOCKET). Paging waits for no listener."""
    address = context.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.send(state.encode())


def _watchdog(context: Context) -> Span:
    """Half of what systemd's watchdog allows between two signs of life; a day without one."""
    allowed = context.environ.get("WATCHDOG_USEC", "")
    return int(allowed) // 2 if allowed.isdigit() and int(allowed) else DAY


def _rest_of(context: Context, interval: Span) -> Span:
    try:
        return idle_until(context.store.situations.next_due_at(), context.clock.now(), interval)
    except EscalateError:
        return interval
