"""What time does, pass after pass.

What is due is planned by `core.escalation.plan`, the intent is stored, `dispatch` sends it, round
after round. One incident's failure never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from escalate_cli.clock import Clock
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.incident.doing_without import noted
from escalate_cli.core.incident.situation import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.dispatch import Dispatch, Sending
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.failpoints import Failpoints
from escalate_cli.store.remembered_troubles import put_off, remember_troubles
from escalate_cli.store.store import Store

_BATCH = 200
_TOGETHER = 20
"""incidents planned in one transaction: a commit costs more than a plan, but nobody else should
wait long for the database
"""


class Engine:
    """Plans what is due and delivers it. `catalog` is asked at every round, so that a repaired
    configuration is used at once.
    """

    def __init__(
        self,
        store: Store,
        catalog: Callable[[], Catalog],
        sender: Sending,
        clock: Clock,
        environ: Mapping[str, str],
    ) -> None:
        self.store = store
        self.clock = clock
        self._catalog = catalog
        self._dispatch = Dispatch(store, catalog, sender, clock, environ)
        self._reach = Failpoints(environ).reach

    @classmethod
    def on(cls, context: Context) -> Engine:
        """The engine on this context's parts. The configuration it starts with is remembered as valid."""
        context.keep_catalog()
        return cls(
            context.store, lambda: context.running_catalog, context.sender, context.clock, context.environ
        )

    def tick(self) -> PassReport:
        """One pass: everything that is due is planned and sent, and the outcomes are stored."""
        report = self.begin_pass()
        self.run(report)
        return report

    def deliver(self, incident_id: int) -> PassReport:
        """Send what is due of one incident, as after a declaration."""
        report = PassReport(self.clock.now())
        self.run(report, incident_id=incident_id)
        return report

    def run(
        self,
        report: PassReport,
        *,
        incident_id: int | None = None,
        keep_on: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Round after round until nothing is left to do now, or `keep_on()` says no; whether nothing is left.

        When it cannot go on, as where the database cannot be used any more, what is under way is
        finished first: what was accepted must not be sent again.
        """
        try:
            while self.round(report, patience=0.5, incident_id=incident_id):
                if not keep_on():
                    return False
        except Exception:
            with suppress(Exception):
                self.finish(report, keep_on)
            raise
        return True

    def use(self, store: Store) -> None:
        """Go on with the database as it was opened anew. What ended meanwhile is recorded there, by
        its claim: in a copy that knows nothing of it, nothing is."""
        if store is not self.store:
            self.store = store
            self._dispatch.use(store)

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way, or has ended and could not be recorded."""
        return self._dispatch.busy

    def finish(self, report: PassReport, alive: Callable[[], object] = lambda: None) -> None:
        """Take in what is under way, and begin nothing more; see `Dispatch.finish`."""
        self._dispatch.finish(report, alive)

    def begin_pass(self, report: PassReport | None = None) -> PassReport:
        """Note the pass; put right what a clock set back or a dead sender has left behind. A pass
        that works long goes on with its `report`."""
        with self.store.transaction():
            now = self.clock.now()
            behind = self.store.ledger.mind_the_clock(now)
            self.store.ledger.note_pass(now)
        report = report or PassReport(now)
        if behind:
            text = f"the clock was set back by {show_about(behind)}: what is still to come was moved with it"
            report.did(text, is_trouble=True)
        self._dispatch.record_ended(report)
        self._dispatch.take_over_abandoned(now, report)
        return report

    def round(self, report: PassReport, *, patience: float, incident_id: int | None = None) -> bool:
        """Plan, start what may start, take in what has ended; False when nothing is left to do now.

        `patience` is how long, in seconds, to wait for an attempt to end.
        """
        now = self.clock.now()
        looked = self._plan_due(now, report, incident_id)
        started = self._dispatch.start(now, report, incident_id)
        ended = self._dispatch.take_in(patience, report)
        return bool(looked or started or ended or self._dispatch.busy)

    def _plan_due(self, now: Instant, report: PassReport, incident_id: int | None) -> int:
        due = self.store.situations.due(now, _BATCH)
        planned = 0
        if incident_id is not None:
            due = tuple(one for one in due if one == incident_id)
        for start in range(0, len(due), _TOGETHER):
            with self.store.transaction():
                for one in due[start : start + _TOGETHER]:
                    due_indeed = self._plan_safely(one, now, report)
                    planned += due_indeed
                    report.unfounded += not due_indeed
                self._reach("planning")
            self._reach("planned")
        if planned:
            self._dispatch.look_again()
        return planned

    def _plan_safely(self, incident_id: int, now: Instant, report: PassReport) -> bool:
        """Plan one incident; a poison one is undone, pushed ahead, and stops none of the others in
        the same transaction.

        Whether anything was done: what is offered as due and is not would be offered for ever.
        """
        try:
            with self.store.part():
                return self._plan_one(incident_id, now, report)
        except EscalateError as problem:
            if not isinstance(problem, DamagedRow):
                raise
            self._push_ahead(incident_id, now, problem, report)
        except Exception as problem:
            self._push_ahead(incident_id, now, problem, report)
        return True

    def _plan_one(self, incident_id: int, now: Instant, report: PassReport) -> bool:
        before = self.store.situations.load(incident_id)
        if before is None or before.incident.next_due_at is None or before.incident.next_due_at > now:
            return False
        planned = plan(before, self._catalog(), now).situation
        self.store.situations.save(before, planned)
        report.incidents += 1
        report.planned += len(planned.notifications) - len(before.notifications)
        for entry in planned.entries:
            report.did(f"#{incident_id} {_with_team(entry)}", is_trouble=entry.event.is_trouble)
        report.trouble(*(f"incident {incident_id}: {text}" for text in noted(planned, everything=True)))
        return True

    def _push_ahead(self, incident_id: int, now: Instant, problem: Exception, report: PassReport) -> None:
        text = (
            f"incident {incident_id} could not be planned ({type(problem).__name__}: {problem}); trying again"
            " in a minute"
        )
        report.trouble(text)
        if isinstance(problem, DamagedRow):
            report.note_damage(self.store.database.path, incident_id, problem)
        else:
            report.poisoned(text)
        self.store.situations.push_ahead(incident_id, put_off(self.store.ledger, now))

    def foresee(self, now: Instant) -> list[tuple[int, Plan]]:
        """What a pass at `now` would do, incident by incident; nothing is stored or sent."""
        found = []
        for incident in self.store.situations.listed(running_only=True):
            try:
                situation = self.store.situations.load(incident.id)
            except DamagedRow:  # `doctor` names it, and each pass
                continue
            if situation is not None:
                found.append((incident.id, plan(situation, self._catalog(), now)))
        return found


def deliver(context: Context, incident_ids: Sequence[int]) -> PassReport:
    """Send what an operation on these incidents made due, without waiting for a tick."""
    running = Engine.on(context)
    total = PassReport(context.clock.now())
    for one in incident_ids:
        total.include(running.deliver(one))
    if total.troubles:
        with suppress(DatabaseProblem), context.store.transaction():
            remember_troubles(context.store.ledger, total.at, total.troubles)
    return total


def _with_team(entry: Entry) -> str:
    """An entry's text, with its team where the text does not name it."""
    return entry.text if entry.team is None or entry.event.NAMES_TEAM else f"{entry.team}: {entry.text}"
