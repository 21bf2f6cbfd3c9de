"""A pass, of which `tick` makes one and `watch` one after the other:

1. Take in declarations that were kept aside while the database could not be used, and alerts that have
   fired for long enough.
2. Note the pass, and take over what dead processes left behind.
3. Read the answers of whoever was asked, and do what they say; commit, gateway by gateway. Ask monitors for
   their alerts.
4. Plan what is due, incident by incident; commit.
5. Claim the notifications that are due: each attempt is counted and has a lease; commit.
6. Send them. No transaction is open meanwhile.
7. Record how each attempt ended, fenced by the token of its claim; commit.
8. Look after itself: auditor, configuration, reserve, daily copy, metrics, heartbeat. What no incident
   can tell of is told to the fallback directly.

4 to 7 are a round (`Engine.round`). There is one after the other until nothing is left, for `_LONGEST`
at most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from escalate_cli.actions.kept_declarations import TakenIn, take_in, tell_of_unreadable
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.engine.engine import Engine
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.health.after_pass import after_pass, safely
from escalate_cli.health.emergency_page import NOBODY_IS_PAGED, failure, page_directly
from escalate_cli.store.remembered_troubles import remember_troubles
from escalate_cli.store.remembered_turns import anything_to_say, say_taken
from escalate_cli.store.sqlite.failures import PASSING, damaged

if TYPE_CHECKING:
    from escalate_cli.passes.reading_answers import AnswerReading

_LONGEST = 5 * SECOND
"""of one pass: then what else is due by time has its turn, whatever is under way"""


def tick(context: Context) -> PassReport:
    """Passes until nothing is left to do.

    Where the database cannot be used at all, the fallback hears of it. One that is only locked is
    left to the next tick.
    """
    try:
        return _passes(context)
    except DatabaseProblem as problem:
        if problem.code not in PASSING:
            page_directly(context, NOBODY_IS_PAGED, problem)
        raise
    except EscalateError:
        raise
    except Exception as problem:
        page_directly(context, NOBODY_IS_PAGED, failure(problem))
        raise


def due_again_at(context: Context) -> Instant | None:
    """When the next pass will have something to do; None where nothing is under way."""
    return context.store.situations.next_due_at()


def _passes(context: Context) -> PassReport:
    """Between two passes the configuration is read again, so that somebody can repair the gateway
    that keeps them so long."""
    engine = Engine.on(context)
    read = _AnswersWhereOneListens(context).look
    report = one_pass(context, engine, read=read)
    while report.unfinished:
        context.look_at_files_again()
        context.keep_catalog()
        one_pass(context, engine, read=read, goes_on=True)
    return report


class _AnswersWhereOneListens:
    """The readers of this process; of an organisation in which no gateway listens nothing is loaded."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reading: AnswerReading | None = None

    def look(self, report: PassReport) -> None:
        """As `AnswerReading.look`."""
        if self._reading is None:
            if not any(gateway.listens for gateway in self._context.running_catalog.gateways.values()):
                return
            from escalate_cli.passes.reading_answers import AnswerReading

            self._reading = AnswerReading(self._context)
        self._reading.look(report)


def one_pass(
    context: Context,
    engine: Engine,
    keep_on: Callable[[], bool] = lambda: True,
    call: Callable[[str, EscalateError], object] | None = None,
    *,
    read: Callable[[PassReport], None] = lambda report: None,
    goes_on: bool = False,
) -> PassReport:
    """One pass; see `Pass`. Without `call`, the fallback is paged and that is waited for."""
    call = call or partial(page_directly, context)
    return Pass(context, engine, keep_on, call, read=read, goes_on=goes_on).run()


class Pass:
    """One pass, with its report.

    It takes `_LONGEST` and no more, whatever is under way then and however much is still to be done
    (`unfinished`): its steps are due by time. Once `keep_on()` says no, nothing more is begun.
    `read` reads answers and does what they say. `call` tells the fallback directly of what no incident
    can tell of. A pass that `goes_on` with
    the last one adds to its report.
    """

    def __init__(
        self,
        context: Context,
        engine: Engine,
        keep_on: Callable[[], bool],
        call: Callable[[str, EscalateError], object],
        *,
        read: Callable[[PassReport], None],
        goes_on: bool,
    ) -> None:
        self._context = context
        self._engine = engine
        self._read = read
        self._keep_on = keep_on
        self._call = call
        self._began_at = context.clock.monotonic()
        self._goes_on = goes_on

    @property
    def report(self) -> PassReport:
        """What it has come to."""
        return self._engine.report

    def run(self) -> PassReport:
        """The steps, in the order of this file's first lines."""
        kept = take_in(self._context)
        self.begin_due_alerts()
        self.take_over()
        self.read_answers()
        self.plan_claim_send_record()
        self.note_what_is_wrong(kept)
        self.look_after_itself()
        return self.report

    def begin_due_alerts(self) -> None:
        """Nothing of this may stop a page; where no monitor is configured nothing is loaded."""
        if self._context.running_catalog.sources:
            from escalate_cli.passes.due_alerts import begin_due_alerts

            safely(partial(begin_due_alerts, self._context), self.report)

    def take_over(self) -> None:
        """Note the pass, and take over what dead processes left behind."""
        with_sound_indexes(self._context, lambda: self._engine.begin_pass(goes_on=self._goes_on))

    def read_answers(self) -> None:
        """Before anything is planned. Nothing of this may stop a page, nor is it part of what a pass may
        take.
        """
        safely(partial(self._read, self.report), self.report)
        if any(source.pull is not None for source in self._context.running_catalog.sources.values()):
            from escalate_cli.passes.pulling_alerts import pull_alerts

            safely(partial(pull_alerts, self._context, self.report), self.report)
        self._began_at = self._context.clock.monotonic()

    def plan_claim_send_record(self) -> None:
        """Round after round, as long as there is time."""
        done = with_sound_indexes(self._context, lambda: self._engine.run(keep_on=self._has_time))
        self.report.unfinished = not done

    def _has_time(self) -> bool:
        return self._keep_on() and self._context.clock.monotonic() - self._began_at < _LONGEST / SECOND

    def note_what_is_wrong(self, kept: TakenIn) -> None:
        """What was met on the way: in the database, and in what was kept aside."""
        context, report = self._context, self.report
        report.trouble(*kept.troubles)
        if context.rebuilt is not None:
            report.trouble(context.rebuilt)
            context.rebuilt = None
        if context.store.database.garbled:
            report.damaged(damaged(context.store.database.path, ": some of its text cannot be read"))
        report.damaged(kept.problem)
        report.trouble(*tell_of_unreadable(context, self._call))

    def look_after_itself(self) -> None:
        """Nothing of this may stop a page; what goes wrong in it becomes a line of the report."""
        context, report = self._context, self.report
        safely(self._say_taken_turns, report)
        after_pass(context, report, self.plan_claim_send_record, self._keep_on)
        safely(self._remember_troubles, report)
        wrong = report.damage or report.poison
        if wrong is not None and self._keep_on():
            self._call("Everything else goes on being paged", wrong)

    def _say_taken_turns(self) -> None:
        """Once, where an edit has taken the turn under way from somebody."""
        ledger = self._context.store.ledger
        if anything_to_say(ledger):
            with self._context.store.transaction():
                now = self._context.clock.now()
                self.report.warn(*say_taken(ledger, self._context.running_catalog, now))

    def _remember_troubles(self) -> None:
        """For `doctor`: what only this pass has met."""
        if self.report.troubles:
            with self._context.store.transaction():
                ledger = self._context.store.ledger
                remember_troubles(ledger, self.report.at, self.report.troubles, heeded=True)
