"""What monitors say of an incident."""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.events.event import EntryKind, Event


class SeverityFrom(str, Enum):
    """How a monitor's word for the severity was understood."""

    NAMED = "named"
    """the source's `severity` names it"""
    SAME = "same"
    """it is one of ours"""
    RANK = "rank"
    """by its rank among the monitor's words"""
    DEFAULT = "default"
    """it is not known, or was not given: the default"""


class AlertHeard(Event, frozen=True, kw_only=True):
    """An alert that is part of this incident began to fire. `word` is the monitor's for how bad it is,
    and `severity` what that counts as. `template` found the service by `named`; both are empty where the
    title was routed. `joins`: the incident was open already; then `needs` is the service in scope without
    which its own does not work, if that is why.
    """

    KIND = EntryKind.ALERT
    NAMES_WHO = True
    source: str
    key: str
    title: str
    severity: str
    severity_from: SeverityFrom
    word: str | None = None
    service: str | None = None
    template: str = ""
    named: str = ""
    joins: bool = False
    needs: str | None = None
    config: str = ""
    """the `file:line` of the source"""
    labels: dict[str, str] = msgspec.field(default_factory=dict)


class AlertOver(Event, frozen=True, kw_only=True):
    """The monitor says that an alert of this incident is over; `firing` others are not."""

    KIND = EntryKind.ALERT
    NAMES_WHO = True
    source: str
    key: str
    title: str
    firing: int = 0


class AcknowledgedThere(Event, frozen=True, kw_only=True):
    """Somebody acknowledged it where the monitor is; nobody here is known by that name (`name`)."""

    KIND = EntryKind.ALERT
    NAMES_WHO = True
    source: str
    name: str
