"""The watch loop: passes for ever, with rests no longer than until something is due, and an orderly end."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from escalate_cli.actions import kept_declarations
from escalate_cli.clock import Clock
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY, MINUTE, SECOND, Span
from escalate_cli.delivery.sender import Sender
from escalate_cli.engine.engine import Engine, idle_until
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.health import after_pass as vitals
from escalate_cli.health import emergency_page as emergency
from escalate_cli.store.remembered_troubles import remember_troubles
from escalate_cli.store.remembered_turns import anything_to_say, say_taken
from escalate_cli.store.sqlite.failures import LOCKED, damaged

REMIND_AFTER = 5 * MINUTE
"""a trouble that lasts is said again after this long"""
LONGEST = 5 * SECOND
"""of one pass: then what else is due by time has its turn, whatever is under way"""
_MOMENT = SECOND
_LOOK_AT_PAGE = SECOND // 2


class Signals:
    """SIGTERM and SIGINT ask for the end, SIGHUP for a fresh look at the configuration; each wakes
    whoever waits on `fd`.
    """

    def __init__(self) -> None:
        self.fd, self._write_fd = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_fd, False)
        self.stop = False
        self.reload = False

    @contextmanager
    def heard(self) -> Iterator[Signals]:
        """Listen while the block runs."""
        before = {
            one: signal.signal(one, self._hear) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
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

    def rest(self, span: Span) -> bool:
        """Wait for a signal, at most `span` microseconds; whether one has come since the last rest."""
        if not (self.stop or self.reload):
            select.select([self.fd], [], [], span / SECOND)
        self.be_quiet()
        heard = self.stop or self.reload
        self.reload = False
        return heard

    def be_quiet(self) -> None:
        """Wake nobody any more for what has been heard."""
        with suppress(BlockingIOError):
            os.read(self.fd, 4096)


class News:
    """A trouble that each pass meets anew is said when it begins, now and then while it lasts, and
    once more when it is over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said_at: dict[str, float] = {}
        self._lasting = ""

    def only(self, report: PassReport, problem: EscalateError | None) -> PassReport:
        """The report of a pass with only those lines of its troubles that are news. `problem` is
        what stopped it, or spoilt it.
        """
        now = self._clock.monotonic()
        self._said_at = {line: at for line, at in self._said_at.items() if now - at < REMIND_AFTER / SECOND}
        if problem is not None:
            # damage is met by some passes only: that the next one does not is no good news
            if problem is not report.damage:
                self._lasting = problem.message
            report.trouble(problem.message)
        report.troubles = self._unsaid(report.troubles, now)
        report.warnings = self._unsaid(report.warnings, now)
        if problem is None and self._lasting:
            report.warn(f"this is over: {self._lasting}")
            self._said_at.pop(self._lasting, None)
            self._lasting = ""
        return report

    def _unsaid(self, lines: list[str], now: float) -> list[str]:
        unsaid = [line for line in dict.fromkeys(lines) if line not in self._said_at]
        self._said_at |= dict.fromkeys(unsaid, now)
        return unsaid


def watch(context: Context, interval: Span, signals: Signals, tell: Callable[[PassReport], None]) -> None:
    """Pass after pass until asked to stop; then what is under way is finished. `tell` hears of each pass.

    A database that is locked or full for a while, or a broken configuration, is told of and does
    not end the loop: it is tried again after `interval`. The fallback is paged about it while the
    loop goes on.
    """
    context.sender.warm()
    engine: Engine | None = None
    page, news = emergency.Page(context, Sender(clock=context.clock)), News(context.clock)

    def keep_on() -> bool:
        """Whether to go on. Whoever waits asks now and then: systemd's watchdog hears that this
        process lives, however long that takes.
        """
        notify(context, "WATCHDOG=1")
        signals.be_quiet()
        page.look()
        return not signals.stop

    notify(context, "READY=1")
    while not signals.stop:
        report = PassReport(context.clock.now())
        problem: EscalateError | None = None
        rest = interval
        try:
            engine = _fresh(context, engine, keep_on)
            report = one_pass(context, engine, keep_on, page.begin)
            problem, rest = report.damage, _rest_of(context, report, interval)
        except DatabaseProblem as found:
            problem = found
            if found.code != LOCKED and not signals.stop:
                page.begin("Nobody is being escalated to", found)
                engine = _closed(context, engine)
        except EscalateError as found:
            problem = found
        except Exception as found:
            problem = emergency.failure(found)
            page.begin("Nobody is being escalated to", problem)
            engine = _closed(context, engine)
        with suppress(Exception):  # whoever looks on is worth no page
            tell(news.only(report, problem))
        until = context.clock.monotonic() + rest / SECOND
        while keep_on() and (left := until - context.clock.monotonic()) > 0:
            if signals.rest(
                min(int(left * SECOND) + 1, _watchdog(context), _LOOK_AT_PAGE if page.running else rest)
            ):
                break
    notify(context, "STOPPING=1")
    if engine is not None:
        report = PassReport(context.clock.now())
        engine.finish(report, keep_on)
        with suppress(Exception):
            tell(report)
    while page.running:
        keep_on()
        page.look(0.5)


def long_pass(context: Context) -> PassReport:
    """What `tick` does: passes until nothing is left to do. Between two of them the configuration
    is read again, so that somebody can repair the gateway that keeps it so long."""
    engine = Engine.on(context)
    report = one_pass(context, engine)
    while report.unfinished:
        context.look_at_files_again()
        context.keep_catalog()
        one_pass(context, engine, report=report)
    return report


def one_pass(
    context: Context,
    engine: Engine,
    keep_on: Callable[[], bool] = lambda: True,
    call: Callable[[str, EscalateError], object] | None = None,
    report: PassReport | None = None,
) -> PassReport:
    """One pass: what was kept aside, what is due, and what the pass does for its own health.

    It takes `LONGEST` and no more, whatever is under way then and however much is still to be done
    (`unfinished`): the steps of a pass are due by time. `call` is how the fallback is told directly
    of what no incident can tell of; without it, that is waited for. `report` is that of the pass
    that this one goes on with.
    """
    began = context.clock.monotonic()

    def go_on() -> bool:
        return keep_on() and context.clock.monotonic() - began < LONGEST / SECOND

    taken = kept_declarations.take_in(context)
    report = with_sound_indexes(context, lambda: engine.begin_pass(report))
    report.trouble(*taken.troubles)
    report.unfinished = not with_sound_indexes(context, lambda: engine.run(report, keep_on=go_on))
    if context.rebuilt is not None:
        report.trouble(context.rebuilt)
        context.rebuilt = None
    if context.store.database.garbled:
        report.damaged(damaged(context.store.database.path, ": some of its text cannot be read"))
    report.damaged(taken.problem)
    page = call or partial(emergency.page_fallback, context)
    report.trouble(*kept_declarations.tell_of_unreadable(context, page))
    vitals.safely(lambda: _say_taken_turns(context, report), report)
    vitals.after_pass(context, report, lambda: _send_on(context, engine, report, go_on), keep_on)
    vitals.safely(lambda: _remember_troubles(context, report), report)
    wrong = report.damage or report.poison
    if wrong is not None and keep_on():
        page("Everything else goes on being paged", wrong)
    return report


def _send_on(context: Context, engine: Engine, report: PassReport, keep_on: Callable[[], bool]) -> None:
    report.unfinished = not with_sound_indexes(context, lambda: engine.run(report, keep_on=keep_on))


def _remember_troubles(context: Context, report: PassReport) -> None:
    """For `doctor`: what only this pass has met."""
    if report.troubles:
        with context.store.transaction():
            remember_troubles(context.store.ledger, report.at, report.troubles, heeded=True)


def _say_taken_turns(context: Context, report: PassReport) -> None:
    """Once, where an edit has taken the turn under way from somebody."""
    ledger = context.store.ledger
    if anything_to_say(ledger):
        with context.store.transaction():
            report.warn(*say_taken(ledger, context.running_catalog, context.clock.now()))


def _fresh(context: Context, engine: Engine | None, keep_on: Callable[[], bool]) -> Engine:
    """The engine of the last pass, on the database as it is now: it may have been replaced, closed,
    or another may be named. The configuration's files are looked at again."""
    context.look_at_files_again()
    if engine is None:
        return Engine.on(context)
    if context.store.database.replaced() or context.store.database.path != context.database_path:
        with suppress(DatabaseProblem):  # SQLite writes no file that was moved away
            engine.finish(PassReport(context.clock.now()), keep_on)
        context.reopen_store()
    engine.use(context.store)
    context.keep_catalog()
    return engine


def _closed(context: Context, engine: Engine | None) -> Engine | None:
    """Have the next pass open the database anew: SQLite never writes what it once could only open
    for reading. An engine that has something to record is kept."""
    if engine is not None and engine.busy:
        return engine
    context.reopen_store()
    return None


def notify(context: Context, state: str) -> None:
    """Tell systemd, where it listens (sd_notify(3): a datagram to $NOTIFY_SOCKET). Paging waits for
    no listener.
    """
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


def _rest_of(context: Context, report: PassReport, interval: Span) -> Span:
    """How long to rest after this pass: until something is due. What was due before the pass, and
    still is, can wait a moment.
    """
    if report.unfinished:
        return 0
    due_at = context.store.situations.next_due_at()
    if due_at is not None and due_at <= report.at:
        return min(interval, _MOMENT)
    return idle_until(due_at, context.clock.now(), interval)
