"""A monitor that hands in alerts, as `[sources]` describes it."""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.calendar.duration import MINUTE, Span

NAMEABLE = ("title", "group", "key")
"""what a template may name of an alert by one word"""
NAMEABLE_LABEL = "labels."
"""stands before the name of a label"""


HEARTBEAT = "heartbeat"
"""the kind of a source that says nothing but that it lives"""


class Grouping(str, Enum):
    """What makes one incident."""

    ALERT = "alert"
    """each alert"""
    SOURCE = "source"
    """each group that the monitor makes"""
    SERVICE = "service"
    """each service: further alerts on it are updates"""


class WhenOver(str, Enum):
    """What is done when the monitor says that it is over."""

    RESOLVE = "resolve"
    NUDGE = "nudge"
    """whoever leads is asked whether it is"""
    NOTE = "note"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One source of alerts. `token` and `pull` are as written, with references to secrets.

    `service` are templates of what may name a service, first come first: "{labels.app}". `severity` maps
    the monitor's words, casefolded, to ours. `settle` is how long it must fire before it counts, `reopen`
    within which time it is the same incident when it fires again. `labels` are the names of those that are
    kept; None: the usual ones. `every` and `grace` are of a heartbeat: how often it must come, and how
    late it may.
    """

    id: str
    kind: str
    token: str | None = None
    pull: str | None = None
    service: tuple[str, ...] = ()
    severity: dict[str, str] = msgspec.field(default_factory=dict)
    group: Grouping = Grouping.ALERT
    settle: Span = 0
    over: WhenOver = WhenOver.RESOLVE
    reopen: Span = 10 * MINUTE
    labels: tuple[str, ...] | None = None
    every: Span = 0
    grace: Span = 0
    source: str = ""
    """the `file:line` where it is described"""
