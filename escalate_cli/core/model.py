"""What happened and is happening: incidents, escalations, notifications, nudges, the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from escalate_cli.core.catalog import Urgency
from escalate_cli.core.duration import Instant
from escalate_cli.core.policy import Policy


class IncidentStatus(str, Enum):
    """Where an incident stands."""

    OPEN = "open"
    """declared, and at least one of its escalations has no acknowledgement"""
    ACKNOWLEDGED = "acknowledged"
    """someone has taken every escalation"""
    RESOLVED = "resolved"
    """over"""


class EscalationStatus(str, Enum):
    """Where one run of a policy stands."""

    PAGING = "paging"
    """walking the levels"""
    ACKNOWLEDGED = "acknowledged"
    """someone has taken it; it pages nobody until its time-out"""
    EXHAUSTED = "exhausted"
    """out of levels: the fallback is paged, again and again"""
    STOPPED = "stopped"
    """its service left the scope, or the incident ended"""


class NotificationKind(str, Enum):
    """Why somebody is written to."""

    PAGE = "page"
    """wants an acknowledgement"""
    INFORM = "inform"
    """does not"""
    NUDGE = "nudge"
    """asks for a yes or no"""
    RESOLVED = "resolved"
    """tells those who were paged that it is over"""
    TEST = "test"
    """a marked test message"""


class NotificationStatus(str, Enum):
    """Where a notification stands."""

    PENDING = "pending"
    """to be sent at its due time"""
    SENDING = "sending"
    """claimed by a process"""
    SENT = "sent"
    """the provider took it"""
    RETRYING = "retrying"
    """an attempt failed; another follows at its due time"""
    FAILED = "failed"
    """given up, for good"""
    CANCELLED = "cancelled"
    """no longer needed"""


class NudgeStatus(str, Enum):
    """Where a nudge stands; it ends in exactly one of the last three."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class EntryKind(str, Enum):
    """What a timeline entry tells of."""

    DECLARED = "declared"
    ROUTED = "routed"
    ESCALATION = "escalation"
    LEVEL = "level"
    SKIPPED = "skipped"
    EXHAUSTED = "exhausted"
    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    PAGED = "paged"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RULE = "rule"
    NUDGE = "nudge"
    MAINTENANCE = "maintenance"
    SUGGESTION = "suggestion"
    RELOADED = "reloaded"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Incident:
    """What was declared.

    The `*_since` instants are what time conditions count from; unlike `declared_at` they are moved when the clock is set back.
    """

    id: int
    title: str
    severity: str
    declared_at: Instant
    updated_at: Instant
    key: str | None = None
    message: str | None = None
    status: IncidentStatus = IncidentStatus.OPEN
    services: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    lead: str | None = None
    declared_by: str | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    resolved_at: Instant | None = None
    next_due_at: Instant | None = None
    config_version: str = ""
    routing: dict[str, Any] = field(default_factory=dict)
    open_since: Instant = 0
    unacknowledged_since: Instant | None = None
    message_since: Instant = 0
    severity_since: Instant = 0
    raised_at: Instant | None = None
    scope_grew_at: Instant | None = None
    suggestion: str | None = None
    """a service that the words now sound like, offered but not taken"""


@dataclass(frozen=True, slots=True)
class Escalation:
    """One run of one policy for one team.

    `level` is the number of the level that was paged last, from 1; 0 before the first. `cycle` counts walks, from 0.
    `next_at` is when something is due again: the next level, the fallback again, or the end of an acknowledgement.
    `owed` are levels that a gap passed over and that are still to be paged, in order. `held` is the number of a level that
    waits for its hours. `acked_by` are the people who acknowledged the current level (for `acks = "all"`).
    """

    id: int
    team: str
    policy: Policy
    status: EscalationStatus = EscalationStatus.PAGING
    level: int = 0
    cycle: int = 0
    next_at: Instant | None = None
    because: str = ""
    services: tuple[str, ...] = ()
    urgency: Urgency = Urgency.HIGH
    paged: tuple[int, ...] = ()
    owed: tuple[int, ...] = ()
    held: int | None = None
    acked_by: tuple[str, ...] = ()
    page_round: int = 0
    """grows with every level paged, so that the notifications of one paging can be told from those of the next"""

    @property
    def levels(self) -> int:
        """How many levels the policy has."""
        return len(self.policy.levels)


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one address through one gateway.

    `recipient` is "person:ID" or "channel:ID". `due_at` is when the next attempt may begin. `page_round` ties it to one paging of one
    level of its escalation; `step` is the recipient's notification step, from 0. `unsure` is set when an earlier attempt may have arrived.
    `note` is what happened, where the message is about an event rather than a page.
    """

    id: int
    kind: NotificationKind
    recipient: str
    gateway: str
    address: str
    because: str
    due_at: Instant
    urgency: Urgency = Urgency.HIGH
    status: NotificationStatus = NotificationStatus.PENDING
    attempts: int = 0
    escalation_id: int | None = None
    nudge_id: int | None = None
    level: int | None = None
    page_round: int | None = None
    step: int = 0
    note: str | None = None
    sent_at: Instant | None = None
    error: str | None = None
    unsure: bool = False
    source: str = ""
    created_at: Instant = 0

    @property
    def live(self) -> bool:
        """Whether an attempt is still to come or under way."""
        return self.status in (NotificationStatus.PENDING, NotificationStatus.SENDING, NotificationStatus.RETRYING)


@dataclass(frozen=True, slots=True)
class RuleState:
    """What the incident remembers of one rule. `holds`: its condition held at the last look; `fired_at`: when it last fired."""

    rule: str
    holds: bool = False
    fired_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Nudge:
    """A rule's action waiting for a human yes or no."""

    id: int
    rule: str
    action: str
    asked: tuple[str, ...]
    created_at: Instant
    status: NudgeStatus = NudgeStatus.OPEN
    expires_at: Instant | None = None
    answered_by: str | None = None
    answered_at: Instant | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: append-only."""

    at: Instant
    kind: EntryKind
    text: str
    by: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Incidents on `service` page nobody from `start_at` until `until_at`."""

    service: str
    start_at: Instant
    until_at: Instant
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """One incident with everything that a decision about it needs. Core functions take one and return the one that follows.

    Things that are not stored yet have negative ids. `entries` are the new timeline entries only; stored ones are never changed.
    `muted_until` is the end of a maintenance of its services; `turns` counts the incidents that each team's round robin has served.
    """

    incident: Incident
    escalations: tuple[Escalation, ...] = ()
    notifications: tuple[Notification, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    rules: tuple[RuleState, ...] = ()
    entries: tuple[Entry, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    turns: dict[str, str] = field(default_factory=dict)
    """round robin: team → the member whose turn it is in this incident"""

    def fresh_id(self) -> int:
        """An id for something not stored yet: negative, and not in use here."""
        taken = [thing.id for group in (self.escalations, self.notifications, self.nudges) for thing in group]
        return min([0, *taken]) - 1
