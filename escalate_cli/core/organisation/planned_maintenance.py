"""A maintenance that the configuration announces."""

from __future__ import annotations

from datetime import datetime

import msgspec

from escalate_cli.core.calendar.duration import Span


class PlannedMaintenance(msgspec.Struct, frozen=True):
    """A maintenance that the configuration announces: `services` page nobody for `span` from
    `start`, a naive local time of `timezone`.

    With a `unit` ("d", "w", "months") it comes again every `count` of them, counted on the calendar
    from `start`.
    """

    services: tuple[str, ...]
    start: datetime
    span: Span
    timezone: str
    count: int = 0
    unit: str = ""
    reason: str | None = None
    source: str = ""
