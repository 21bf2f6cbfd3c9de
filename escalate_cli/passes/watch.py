"""The watch loop: passes for ever, with rests no longer than until something is due, and an orderly end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.delivery.sender import Sender
from escalate_cli.engine.engine import Engine
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.health.emergency_page import NOBODY_IS_PAGED, EmergencyPage, failure
from escalate_cli.passes.news import Reminders
from escalate_cli.passes.signals import Signals
from escalate_cli.passes.systemd import notify, watchdog_every
from escalate_cli.passes.tick import one_pass
from escalate_cli.passes.waiting_readers import WaitingReaders
from escalate_cli.store.figures import running_titles
from escalate_cli.store.sqlite.failures import PASSING
from escalate_cli.store.store import Store

_MOMENT = SECOND
_LOOK_AT_PAGE = SECOND // 2


def watch(context: Context, interval: Span, signals: Signals, tell: Callable[[PassReport], None]) -> None:
    """Pass after pass until asked to stop; then what is under way is finished. `tell` hears of each pass.

    A database that is locked or full for a while, or a broken configuration, is told of and does
    not end the loop: it is tried again after `interval`. The fallback is paged about it while the
    loop goes on.
    """
    context.sender.warm()
    _Watch(context, interval, signals, tell).run()


class _Watch:
    """The loop, with what outlives a pass: the engine, whose attempts may be under way, and the
    page to the fallback."""

    def __init__(
        self, context: Context, interval: Span, signals: Signals, tell: Callable[[PassReport], None]
    ) -> None:
        self._context = context
        self._interval = interval
        self._signals = signals
        self._tell = tell
        self._engine: Engine | None = None
        self._page = EmergencyPage(context, Sender(clock=context.clock))
        self._reminders = Reminders(context.clock)
        self._readers = WaitingReaders(context)
        self._running: dict[int, str] = {}
        """what runs, as it was seen last, by number: the titles"""
        self._ran: dict[int, str] = {}
        """what ran in a database that is there no more"""
        self._lost = ""
        """what is to be said of those that another database does not have"""

    def run(self) -> None:
        """Until a signal asks for the end."""
        notify(self._context, "READY=1")
        while not self._signals.stop:
            self._rest(self._work())
        notify(self._context, "STOPPING=1")
        self._finish()

    def _keep_on(self) -> bool:
        """Whether to go on. Whoever waits asks now and then: systemd's watchdog hears that this
        process lives, however long that takes.
        """
        notify(self._context, "WATCHDOG=1")
        self._signals.be_quiet()
        self._page.look()
        return not self._signals.stop

    def _work(self) -> Span:
        """One pass, which is told of, whatever it comes to; how long to rest after it."""
        report = PassReport(self._context.clock.now())
        problem: EscalateError | None
        rest = self._interval
        try:
            self._engine = self._fresh_engine()
            self._note_running()
            report = one_pass(
                self._context, self._engine, self._keep_on, self._page.begin, read=self._readers.take_in
            )
            self._readers.begin(report)
            report.trouble(*filter(None, [self._lost]))
            self._lost = ""
            problem, rest = report.damage, self._rest_after(report)
            self._note_running()
        except DatabaseProblem as met:
            problem = met
            if met.code not in PASSING and not self._signals.stop:
                self._call_for_help(met)
        except EscalateError as met:
            problem = met
        except Exception as met:
            problem = failure(met)
            self._call_for_help(problem)
        with suppress(Exception):  # whoever looks on is worth no page
            self._tell(self._reminders.only(report, problem))
        return rest

    def _note_running(self) -> None:
        """Another database may be put here at any moment, and this one not be read any more. What cannot
        be read stops no pass: it is for a later sentence.
        """
        with suppress(Exception):
            self._running = running_titles(self._context.store.database)

    def _call_for_help(self, problem: EscalateError) -> None:
        """Page the fallback directly, and have the next pass open the database anew: SQLite never
        writes what it once could only open for reading. An engine that has something to record is
        kept."""
        self._page.begin(NOBODY_IS_PAGED, problem)
        if self._engine is None or not self._engine.busy:
            self._context.reopen_store()
            self._engine = None

    def _fresh_engine(self) -> Engine:
        """The engine of the last pass, on the database as it is now: it may have been replaced,
        closed, or another may be named. The configuration's files are looked at again."""
        context, engine = self._context, self._engine
        context.look_at_files_again()
        if engine is None:
            return Engine.on(context)
        if context.store.database.replaced() or context.store.database.path != context.database_path:
            with suppress(DatabaseProblem):  # SQLite writes no file that was moved away
                engine.begin_report()
                engine.finish(self._keep_on)
            self._ran.update(self._running)
            context.reopen_store()
        engine.use(context.store)
        context.keep_catalog()
        if self._ran:
            self._lost, self._ran = _not_there(self._ran, context.store), {}
        return engine

    def _rest(self, span: Span) -> None:
        """Rest so long, or until a signal comes; meanwhile there are signs of life."""
        clock = self._context.clock
        until = clock.monotonic() + span / SECOND
        while self._keep_on() and (left := until - clock.monotonic()) > 0:
            soonest = _LOOK_AT_PAGE if self._page.running else span
            moment = min(int(left * SECOND) + 1, watchdog_every(self._context), soonest, self._readers.rest())
            if self._signals.rest(moment, self._readers.fds()) or self._readers.has_news:
                break
            self._readers.go_on()

    def _rest_after(self, report: PassReport) -> Span:
        """How long to rest after this pass: until something is due. What was due before the pass,
        and still is, can wait a moment.
        """
        if report.unfinished:
            return 0
        due_at = self._context.store.situations.next_due_at()
        if due_at is not None and due_at <= report.at:
            return min(self._interval, _MOMENT)
        return idle_until(due_at, self._context.clock.now(), self._interval)

    def _finish(self) -> None:
        """Take in what is under way, and begin nothing more."""
        self._readers.stop()
        if self._engine is not None:
            if self._context.store.database.replaced():
                with suppress(DatabaseProblem):
                    self._engine.finish(self._keep_on)
                self._context.reopen_store()
            self._engine.use(self._context.store)  # where it is gone, that is what is said
            report = self._engine.begin_report()
            self._engine.finish(self._keep_on)
            with suppress(Exception):
                self._tell(report)
        while self._page.running:
            self._keep_on()
            self._page.look(0.5)


def _not_there(ran: Mapping[int, str], store: Store) -> str:
    """What is to be said of incidents that ran before and are not in the database that is there now."""
    there = {incident.id: incident.title for incident in store.situations.incidents(tuple(ran))}
    lost = [f"#{number} {title[:60]}" for number, title in ran.items() if there.get(number) != title]
    if not lost:
        return ""
    more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    return (
        f"another database is there now, {store.database.path}: it does not have {', '.join(lost[:3])}{more},"
        " which ran in the one before; nobody is paged for them any more"
    )


def idle_until(next_due_at: Instant | None, now: Instant, interval: Span) -> Span:
    """How long a watch may rest: until something is due, at most its interval."""
    if next_due_at is None:
        return interval
    return max(min(next_due_at - now, interval), 0)
