"""The readers of a watch: each stays with its gateway and waits, so that an answer is heeded within a
second. They run while something waits for an answer; a pass never waits for them.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import EscalateError
from escalate_cli.health.after_pass import safely
from escalate_cli.passes.due_readers import DueReader, due_readers, reachable
from escalate_cli.passes.reading_answers import LEASE, AnswerReading, pause_after
from escalate_cli.reception.children import LIMIT, Readers
from escalate_cli.reception.look import CannotRead, Look

WAITS = 50.0
"""seconds that a reader waits for an answer before it begins anew"""
_SIGN_OF_LIFE = LEASE // 3
"""how often the leases of those that wait are renewed"""


class WaitingReaders:
    """The readers that wait, and what they bring. `seconds` is how long each waits, `limit` what it may
    take beside that.
    """

    def __init__(self, context: Context, seconds: float = WAITS, limit: float = LIMIT) -> None:
        self._context, self._seconds, self._limit = context, seconds, limit
        self._reading = AnswerReading(context)
        self._readers: Readers | None = None
        self._due: dict[str, DueReader] = {}
        self._sources: dict[str, str] = {}
        self._results: list[tuple[str, Look | CannotRead]] = []
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._renew_at = 0.0

    def fds(self) -> tuple[int, ...]:
        """To wait on: readable when something has come."""
        return () if self._readers is None else self._readers.fds()

    def rest(self) -> Span:
        """How long one may rest at most: until a reader may begin again, or is too late, or its lease has
        to be renewed.
        """
        now = self._context.clock.monotonic()
        until = [moment for name, moment in self._rests_until.items() if name in self._due]
        if self._readers is not None and self._readers.running:
            until += [self._renew_at, now + self._readers.seconds_left()]
        return max(round(min((min(until, default=now + 3600.0) - now), 3600.0) * SECOND), 1000)

    @property
    def has_news(self) -> bool:
        """Whether something has come that is worth a pass at once. A wait that has brought nothing is
        not: it is begun again.
        """
        if self._readers is not None:
            self._results += self._readers.ready()
        return any(isinstance(result, CannotRead) or bool(result.arrived) for _, result in self._results)

    def take_in(self, report: PassReport) -> None:
        """Do what the answers say that have come, and let readers wait by every gateway that is due."""
        if self._readers is not None:
            self._results += self._readers.ready()
        results, self._results = self._results, []
        for name, result in results:
            self._heed(name, result, report)
        self._begin(report)

    def begin(self, report: PassReport) -> None:
        """Let readers wait by every gateway that is due now: a page may have gone out a moment ago."""
        safely(partial(self._begin, report), report)

    def go_on(self) -> None:
        """Between two passes: begin the waits again that have brought nothing, and renew leases."""
        if not (self._results or self._due):
            return
        with suppress(EscalateError):  # the next pass says so
            quiet = PassReport(self._context.clock.now())
            if self._results or any(self._may_begin(name) for name in self._due):
                self.take_in(quiet)
            self._renew()

    def stop(self) -> None:
        """End all, and let others read."""
        leased = list(self._due)
        self._due.clear()
        if self._readers is None:
            return
        self._readers.stop()
        self._readers = None
        with suppress(EscalateError):
            self._reading.release(leased)

    def _heed(self, name: str, result: Look | CannotRead, report: PassReport) -> None:
        due = self._due.get(name)
        if due is None:
            return
        self._reading.heed(due, self._sources.get(name, ""), result, report)
        if isinstance(result, CannotRead):
            self._failures[name] = self._failures.get(name, 0) + 1
            pause = pause_after(self._failures[name]) / SECOND
            self._rests_until[name] = self._context.clock.monotonic() + pause
        else:
            self._failures.pop(name, None)
            self._rests_until.pop(name, None)

    def _begin(self, report: PassReport) -> None:
        due = {each.gateway.id: each for each in due_readers(self._context, self._context.clock.now())}
        if not due:
            self.stop()
            return
        self._due = due
        ready = {name: each for name, each in due.items() if self._may_begin(name)}
        for name in ready:
            self._rests_until.pop(name, None)
        for name, leased in self._reading.lease(ready).items():
            try:
                way = reachable(due[name].gateway, self._context)
            except CannotRead as problem:
                self._heed(name, problem, report)
                continue
            self._sources[name] = way.source
            if self._readers is None:
                self._readers = Readers(self._seconds, self._limit)
            self._readers.begin(name, way.address, self._reading.place(name, leased, way), way.secrets)
            self._renew_at = self._context.clock.monotonic() + _SIGN_OF_LIFE / SECOND
        self._renew()

    def _may_begin(self, name: str) -> bool:
        running = self._readers.running if self._readers is not None else frozenset()
        rested = self._rests_until.get(name, 0.0) <= self._context.clock.monotonic()
        waits = any(gateway == name for gateway, _ in self._results)
        return rested and name not in running and not waits

    def _renew(self) -> None:
        """Keep the leases of those that wait."""
        if self._readers is None or self._context.clock.monotonic() < self._renew_at:
            return
        self._reading.lease({name: self._due[name] for name in self._readers.running if name in self._due})
        self._renew_at = self._context.clock.monotonic() + _SIGN_OF_LIFE / SECOND
