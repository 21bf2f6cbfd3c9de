"""Answers are read: what came back by a gateway is done and put on record, in one transaction with the
place of its reader. A gateway has one reader at a time, by a lease.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from msgspec.structs import replace

from escalate_cli.actions.answering import take_in_within
from escalate_cli.context import Context
from escalate_cli.core.answers.address import BY_RECEIPTS
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.changes.respond import page_by_hand
from escalate_cli.core.events import DoneWithout
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.incident.timeline import entry_of
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DamagedRow, EscalateError
from escalate_cli.failpoints import Failpoints
from escalate_cli.passes.due_readers import (
    AFTER_THE_END,
    DueReader,
    Reachable,
    due_readers,
    place_of_next_look,
    reachable,
)
from escalate_cli.reception.children import LIMIT, look_everywhere
from escalate_cli.reception.look import CannotRead, Look
from escalate_cli.reception.receipts import with_receipts
from escalate_cli.store.readers import ReaderPlace

LEASE = 20 * SECOND
"""how long a reader keeps others from its gateway without a sign of life; a look takes 8 s"""
SILENT_FOR = 5 * MINUTE
"""how long a gateway may not be readable, while somebody is paged by it, before the fallback hears it"""
_AGAIN = 15 * SECOND
"""how soon a pass that goes on looks again"""


class AnswerReading:
    """The readers of this process, and what they bring. `limit` is how many seconds a look may take."""

    def __init__(self, context: Context, limit: float = LIMIT) -> None:
        self._context, self._limit = context, limit
        self._reach = Failpoints(context.environ).reach
        self._looked_at: Instant | None = None
        self.token = uuid.uuid4().hex
        """by which its leases are known"""

    def look(self, report: PassReport) -> None:
        """Read by every gateway that is due and that nobody else reads, side by side, and do what the
        answers say.
        """
        now = self._context.clock.now()
        if self._looked_at is not None and 0 <= now - self._looked_at < _AGAIN:
            return
        due = self.lease({each.gateway.id: each for each in due_readers(self._context, now)})
        if not due:
            return
        self._looked_at = now
        ways: dict[str, Reachable] = {}
        results: dict[str, Look | CannotRead] = {}
        for name, (each, _) in due.items():
            try:
                ways[name] = reachable(each.gateway, self._context)
            except CannotRead as problem:
                results[name] = problem
        places = {name: self.place(name, due[name], way) for name, way in ways.items()}
        results |= look_everywhere(
            {name: way.address for name, way in ways.items()},
            places,
            {name: way.secrets for name, way in ways.items()},
            self._limit,
        )
        for name, result in results.items():
            source = ways[name].source if name in ways else ""
            self.heed(due[name][0], source, result, report, let_go=True)

    def lease(self, due: Mapping[str, DueReader]) -> dict[str, tuple[DueReader, ReaderPlace]]:
        """Those of these gateways whose reader this process is now, or goes on to be."""
        if not due:
            return {}
        store = self._context.store
        with store.transaction():
            now = self._context.moment()
            states = {name: store.readers.lease(name, self.token, now, LEASE) for name in due}
        return {name: (due[name], state) for name, state in states.items() if state is not None}

    def release(self, gateways: list[str]) -> None:
        """Let others read by these."""
        with self._context.store.transaction():
            for name in gateways:
                self._context.store.readers.release(name, self.token)

    def place(self, gateway: str, due: tuple[DueReader, ReaderPlace], way: Reachable) -> str:
        """From where to read."""
        each, state = due
        place = place_of_next_look(state, way.source, each.since)
        if way.address.scheme != BY_RECEIPTS:  # there each message has to be asked for
            return place
        ended = self._context.clock.now() - AFTER_THE_END
        return with_receipts(place, self._context.store.readers.unanswered(gateway, ended))

    def heed(
        self,
        due: DueReader,
        source: str,
        result: Look | CannotRead,
        report: PassReport,
        *,
        let_go: bool = False,
    ) -> None:
        """Do what a look brought, or say that it brought nothing; whoever lost the lease meanwhile does
        neither, since another reads the same. With `let_go`, others may read from then on.
        """
        store, gateway = self._context.store, due.gateway.id
        lines: list[str] = []
        with store.transaction():
            now = self._context.moment()
            state = store.readers.find(gateway)
            if state is None or state.token != self.token:
                return
            if isinstance(result, CannotRead):
                self._cannot(due, state, result, now, report)
            else:
                lines = self._take_in(gateway, result, report)
                self._reach("answering")
                if state.failing_since is not None:
                    report.did(f"answers by {gateway} are read again")
                if result.gap is not None:
                    self._note_gap(gateway, result.gap, now, report)
                store.readers.note_look(gateway, self.token, source, result.place, now)
                self._reach("answered")
            if let_go:
                store.readers.release(gateway, self.token)
        self._reach("heeded")
        for line in lines:
            report.did(line)

    def _take_in(self, gateway: str, look: Look, report: PassReport) -> list[str]:
        """The answers in the order in which they were sent; what was done, in lines. One that cannot be
        dealt with stops no other.
        """
        lines = []
        for arrived in sorted(look.arrived, key=_when):
            try:
                with self._context.store.part():
                    taken = take_in_within(self._context, gateway, arrived, reply=True)
            except Exception as problem:
                if isinstance(problem, EscalateError) and not isinstance(problem, DamagedRow):
                    raise
                report.trouble(f"an answer by {gateway} could not be dealt with ({words_of(problem)})")
                continue
            answer = taken.answer
            if answer is not None and not taken.again and answer.incident_id is not None:
                who = self._context.running_catalog.person_name(answer.person) if answer.person else "?"
                did = answer.action or answer.outcome.value
                lines.append(f"#{answer.incident_id} answered by {gateway}: {did} by {who}")
        return lines

    def _note_gap(self, gateway: str, gap: str, now: Instant, report: PassReport) -> None:
        """That answers may have been lost is on the timeline of each incident that waits for some."""
        text = f"answers by {gateway}: {gap}"
        report.warn(text)
        store, catalog = self._context.store, self._context.running_catalog
        entry = entry_of(DoneWithout(what=text, broken=False), now, None, catalog)
        for number in store.readers.waiting_incidents(gateway):
            store.situations.append(number, entry)

    # ── what cannot be read ────────────────────────────────────────────────────────────

    def _cannot(
        self, due: DueReader, state: ReaderPlace, problem: CannotRead, now: Instant, report: PassReport
    ) -> None:
        """Say so once; tell the fallback, once, where somebody has been paged by it for so long."""
        gateway, readers = due.gateway.id, self._context.store.readers
        readers.note_failing(gateway, self.token, problem.reason, now)
        if state.failing_since is None or state.trouble != problem.reason:
            report.trouble(f"answers by {gateway} cannot be read: {problem.reason}")
        unread_since = max(due.since, state.read_at or 0)
        if not state.told and due.paging and now - unread_since >= SILENT_FOR:
            failing = replace(state, failing_since=state.failing_since or now)
            if self._tell_fallback(due, failing, unread_since, problem, now):
                readers.note_told(gateway)
                report.trouble(f"answers by {gateway} cannot be read; the fallback is paged")

    def _tell_fallback(
        self, due: DueReader, state: ReaderPlace, unread_since: Instant, problem: CannotRead, now: Instant
    ) -> bool:
        """Plan the page about the latest incident that waits; it is due at once."""
        store, catalog = self._context.store, self._context.running_catalog
        situation = store.situations.load(due.paging)
        if situation is None or situation.incident.status is not IncidentStatus.OPEN:
            return False
        since = named_wall_time(unread_since, catalog.settings.timezone, now)
        command = catalog.to_type(f"escalate ack {due.paging}")
        message = (
            f"escalate's own check: answers by {due.gateway.id} have not been read since {since}"
            f" ({problem.reason}). Who answers that way is not heard: `{command}` takes it."
        )
        planned = page_by_hand(
            situation, catalog.fallback.page, catalog, now, by="escalate's own check", message=message
        )
        store.situations.save(situation, planned.situation)
        return True


def _when(arrived: Arrival) -> tuple[bool, Instant]:
    """For sorting: the moment it was sent; those of which it is not known come last."""
    return (arrived.sent_at is None, arrived.sent_at or 0)


def pause_after(failures: int) -> Span:
    """How long a reader that has failed so often in a row rests: twice as long each time, 60 s at most."""
    return min(SECOND << min(max(failures, 1) - 1, 6), MINUTE)
