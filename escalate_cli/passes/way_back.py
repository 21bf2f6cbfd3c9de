"""Proving the way back: whoever was sent a test message answers it, and is heard by the same readers as a
page's answer in `watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.engine.engine import Engine
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.health.after_pass import safely
from escalate_cli.passes.signals import Signals
from escalate_cli.passes.waiting_readers import WaitingReaders
from escalate_cli.store.trials import AddressTrial

_LOOKS_EVERY = SECOND
"""another process may read by the same gateway: what it has heard is in the database"""


def listen(
    context: Context,
    trials: Sequence[int],
    span: Span,
    signals: Signals,
    *,
    heard: Callable[[AddressTrial], None],
    trouble: Callable[[str], None],
) -> list[AddressTrial]:
    """Wait `span` microseconds at most until all of these are answered; how they stand then. `heard` is
    told each that something came back to, `trouble` what keeps answers from being read, each once.

    What else comes meanwhile, an answer to a page, is done as in a pass, and what follows is sent.
    """
    waiting = _Waiting(context, trials, signals, heard, trouble)
    try:
        return waiting.until(context.clock.monotonic() + span / SECOND)
    finally:
        waiting.end()


class _Waiting:
    def __init__(
        self,
        context: Context,
        trials: Sequence[int],
        signals: Signals,
        heard: Callable[[AddressTrial], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._context, self._trials, self._signals = context, trials, signals
        self._heard, self._trouble = heard, trouble
        self._readers, self._engine = WaitingReaders(context), Engine.on(context)
        self._told: set[object] = set()

    def until(self, moment: float) -> list[AddressTrial]:
        """Until all are answered, or this moment of the monotonic clock."""
        while True:
            self._read()
            standing = self._context.store.trials.find(self._trials)
            for trial in standing:
                if trial.heard and (trial.id, trial.line, trial.heard) not in self._told:
                    self._told.add((trial.id, trial.line, trial.heard))
                    self._heard(trial)
            left = moment - self._context.clock.monotonic()
            if left <= 0 or self._signals.stop or all(trial.answered_at for trial in standing):
                return standing
            rest = min(int(left * SECOND) + 1, _LOOKS_EVERY, self._readers.rest())
            self._signals.rest(rest, self._readers.fds())

    def end(self) -> None:
        """Nobody waits any more."""
        self._readers.stop()
        store, now = self._context.store, self._context.clock.now()
        with store.transaction():
            for trial in self._trials:
                store.trials.end(trial, now)

    def _read(self) -> None:
        report = PassReport(self._context.clock.now())
        came = self._readers.has_news
        safely(partial(self._readers.take_in, report), report)
        if came:
            self._engine.begin_report()
            safely(partial(self._engine.run, keep_on=lambda: not self._signals.stop), report)
            self._engine.deliver_memos()
        for line in dict.fromkeys((*report.troubles, *report.warnings)):
            if line not in self._told:
                self._told.add(line)
                self._trouble(line)
