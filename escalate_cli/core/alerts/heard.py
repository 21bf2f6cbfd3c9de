"""What is known of an alert that was heard of before."""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.calendar.duration import Instant


class AlertStanding(str, Enum):
    """Where an alert stands."""

    SETTLING = "settling"
    """it fires, not for long enough yet to count"""
    FIRING = "firing"
    OVER = "over"


class HeardAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of a source, as it was last heard of.

    `began_at` is when its episode began, as the monitor says, `since` when we heard that it stands as it
    does. `due_at` is when something is to be done about it without a further word. `incident_id` is the
    incident that it is part of; with `joined` that was not begun by alerts like it, and does not end with
    them.
    """

    source: str
    key: str
    standing: AlertStanding
    alert: Alert
    since: Instant
    heard_at: Instant
    began_at: Instant | None = None
    due_at: Instant | None = None
    incident_id: int | None = None
    joined: bool = False
