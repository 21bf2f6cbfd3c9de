"""What time does, round after round: plan what is due, claim, send, record.

Each step is a file beside this one: `planning`, `claiming`, `sending`, `recording`, and `abandoned`
for what dead processes left behind. They share a `Workbench`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from escalate_cli.clock import Clock
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.abandoned import take_over_abandoned
from escalate_cli.engine.claiming import PARALLEL, Claims
from escalate_cli.engine.memos import MemoAttempts
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.planning import plan_due
from escalate_cli.engine.sending import Attempts, AttemptSender
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.remembered_troubles import remember_troubles
from escalate_cli.store.store import Store


class Engine:
    """Plans what is due and delivers it. `catalog` is asked at every round, so that a repaired
    configuration is used at once. The engine outlives a pass: its attempts may be under way still.
    """

    def __init__(
        self,
        store: Store,
        catalog: Callable[[], Catalog],
        sender: AttemptSender,
        clock: Clock,
        environ: Mapping[str, str],
    ) -> None:
        self._bench = Workbench(store, catalog, clock, environ, PassReport(clock.now()))
        self._claims = Claims(self._bench)
        self._memos = MemoAttempts(self._bench, sender.begin)
        self._attempts = Attempts(self._bench, sender, self._memos)

    @classmethod
    def on(cls, context: Context) -> Engine:
        """The engine on this context's parts. The configuration it starts with is remembered as valid."""
        context.keep_catalog()
        return cls(
            context.store, lambda: context.running_catalog, context.sender, context.clock, context.environ
        )

    @property
    def report(self) -> PassReport:
        """What the pass under way has come to, or the last one."""
        return self._bench.report

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way, or has ended and could not be recorded."""
        return self._attempts.busy

    def use(self, store: Store) -> None:
        """Go on with the database as it was opened anew. What ended meanwhile is recorded there, by
        its claim: in a copy that knows nothing of it, nothing is."""
        if store is not self._bench.store:
            self._bench.store = store
            self._claims.look_again()

    def tick(self) -> PassReport:
        """A pass and no more: everything that is due is planned and sent, and the outcomes are stored."""
        self.begin_pass()
        self.run()
        return self.report

    def deliver(self, incident_id: int) -> PassReport:
        """Send what is due of one incident, as after a declaration."""
        self.begin_report()
        self.run(incident_id=incident_id)
        return self.report

    def deliver_memos(self) -> MemoAttempts:
        """Send the memos that are due, as after an override."""
        self.begin_report()
        while self._memos.send_due(self._bench.clock.now()) or self._memos.busy:
            self._attempts.take_in(0.5)
        return self._memos

    def begin_report(self) -> PassReport:
        """What is done from here on is told in a new report."""
        self._bench.report = PassReport(self._bench.clock.now())
        return self._bench.report

    def begin_pass(self, *, goes_on: bool = False) -> PassReport:
        """Note the pass; put right what a clock set back or a dead sender has left behind. A pass
        that `goes_on` with the last one keeps its report."""
        ledger = self._bench.store.ledger
        with self._bench.store.transaction():
            now = self._bench.clock.now()
            behind = ledger.mind_the_clock(now)
            ledger.note_pass(now)
        if not goes_on:
            self._bench.report = PassReport(now)
        if behind:
            text = f"the clock was set back by {show_about(behind)}: what is still to come was moved with it"
            self.report.did(text, is_trouble=True)
        self._attempts.record_ended()
        take_over_abandoned(self._bench, now, self._attempts.tokens)
        return self.report

    def run(self, *, incident_id: int | None = None, keep_on: Callable[[], bool] = lambda: True) -> bool:
        """Round after round until nothing is left to do now, or `keep_on()` says no; whether nothing is left.

        When it cannot go on, as where the database cannot be used any more, what is under way is
        finished first: what was accepted must not be sent again.
        """
        try:
            while self.round(patience=0.5, incident_id=incident_id):
                if not keep_on():
                    return False
        except Exception:
            with suppress(Exception):
                self.finish(keep_on)
            raise
        return True

    def round(self, *, patience: float, incident_id: int | None = None) -> bool:
        """Plan, start what may start, take in what has ended; False when nothing is left to do now.

        `patience` is how long, in seconds, to wait for an attempt to end.
        """
        now = self._bench.clock.now()
        planned = plan_due(self._bench, now, incident_id)
        if planned:
            self._claims.look_again()
        started = self._claim_and_send(now, incident_id)
        started += self._memos.send_due(now) if incident_id is None else 0
        ended = self._attempts.take_in(patience)
        return bool(planned or started or ended or self._attempts.busy)

    def _claim_and_send(self, now: Instant, incident_id: int | None) -> int:
        """Claim and begin attempts while there is room; how many were begun."""
        started = 0
        offered: set[int] = set()
        while True:
            self._claims.look(now, incident_id, offered)
            room = max(PARALLEL - self._attempts.quick(), 0)
            picked = self._claims.pick(self._attempts.by_gateway(), room)
            if not picked:
                return started
            offered |= {notification.id for notification in picked}
            for claimed in self._claims.claim(picked, now):
                self._bench.reach("claimed")
                self._attempts.send(claimed, now)
                started += 1
            self._attempts.record_ended()

    def finish(self, alive: Callable[[], object] = lambda: None) -> None:
        """Take in what is under way, and begin nothing more; `alive` is called now and then meanwhile."""
        self._attempts.finish(alive)


def deliver(context: Context, incident_ids: Sequence[int]) -> PassReport:
    """Send what an operation on these incidents made due, without waiting for a tick."""
    engine = Engine.on(context)
    total = PassReport(context.clock.now())
    for incident_id in incident_ids:
        total.include(engine.deliver(incident_id))
    if total.troubles:
        with suppress(DatabaseProblem), context.store.transaction():
            remember_troubles(context.store.ledger, total.at, total.troubles)
    return total
