"""One alert, as a monitor tells it, whatever its protocol."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

from escalate_cli.core.calendar.duration import Instant


class AlertState(str, Enum):
    """What a monitor says of an alert."""

    FIRING = "firing"
    """something is wrong, or still is"""
    OVER = "over"
    """it is no longer wrong"""
    ACKNOWLEDGED = "acknowledged"
    """somebody has acknowledged it where the monitor is"""
    NEWS = "news"
    """a comment, a flap, a downtime: it neither begins nor ends"""


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one delivery says of one thing that is wrong.

    `key` is the monitor's own name of that thing: the same in repeats and at its end; never empty.
    `began_at` is when the monitor says that this episode began, in microseconds since the epoch, None
    where it does not say: a repeat has the same, and a new episode a later one. `until` is when it counts
    as over unless it is said again; None where its end will be said. `severity` is the
    monitor's own word, `group` its own name of what it groups. `title` may be empty where an end or news
    comes without a payload. `labels` are its labels and tags, `links` what may be opened, by name:
    "runbook", "dashboard". `by` is who acknowledged or commented there.
    """

    key: str
    state: AlertState
    title: str = ""
    message: str | None = None
    severity: str | None = None
    group: str | None = None
    began_at: Instant | None = None
    until: Instant | None = None
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    links: Mapping[str, str] = msgspec.field(default_factory=dict)
    by: str | None = None
