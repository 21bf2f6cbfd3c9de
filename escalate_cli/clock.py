"""The only place that reads the time or sleeps."""

from __future__ import annotations

import select
import time

from escalate_cli.core.calendar.duration import Instant, Span


class Clock:
    """The machine's wall clock, in microseconds since the epoch, UTC."""

    def now(self) -> Instant:
        """Read the wall clock once."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; for time limits within one process."""
        return time.monotonic()

    def sleep(self, span: Span) -> None:
        """Wait for `span` microseconds. `time.sleep` fails where libfaketime leaves the monotonic
        clock alone.
        """
        select.select([], [], [], max(span, 0) / 1_000_000)
