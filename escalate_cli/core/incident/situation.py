"""What happened and is happening: incidents, escalations, notifications, nudges, the timeline."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.events.reasons import Because
from escalate_cli.core.incident.timeline import Entry, entries_untold, entry_of
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Policy, Rule
from escalate_cli.core.organisation.recipient import Recipient, ReporterAddress
from escalate_cli.core.wording.kinds import message_in_words


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

    @property
    def in_words(self) -> str:
        """What people read of such a message as: `page`, `news`."""
        return message_in_words(self.value)


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


class Incident(msgspec.Struct, frozen=True):
    """What was declared.

    The `*_since` instants are what time conditions count from; unlike `declared_at` they are moved
    when the clock is set back.
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
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    lead: str | None = None
    declared_by: str | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    resolved_at: Instant | None = None
    next_due_at: Instant | None = None
    config_version: str = ""
    routing: dict[str, Any] = msgspec.field(default_factory=dict)
    open_since: Instant = 0
    unacknowledged_since: Instant | None = None
    message_since: Instant = 0
    severity_since: Instant = 0
    raised_at: Instant | None = None
    scope_grew_at: Instant | None = None
    latest_update: str | None = None
    """the message of the last update that had one"""
    suggestion: str | None = None
    """a service that the words now sound like, offered but not taken"""
    tell: tuple[ReporterAddress, ...] = ()
    """addresses of whoever reported it; none: they are a person of the catalog, or nobody hears"""

    @property
    def guess(self) -> tuple[str, ...]:
        """The services in scope while they are only guessed by the title: nobody has changed them."""
        services = tuple(self.routing.get("guess") or ())
        return services if services == self.services else ()


class Escalation(msgspec.Struct, frozen=True):
    """One run of one policy for one team.

    `level` is the number of the level that was paged last, from 1; 0 before the first. `cycle`
    counts walks, from 0. `next_at` is when something is due again: the next level, the fallback
    again, or the end of an acknowledgement. `owed` are levels that a gap passed over and that are
    still to be paged, in order. `held` is the number of a level that waits for its hours.
    `acked_by` are the people who acknowledged the current level (for `acks = "all"`); `passed` those who
    were paged by its last paging and have passed it on.
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
    passed: tuple[str, ...] = ()
    page_round: int = 0
    """grows with every level paged, so that the notifications of one paging can be told from those
    of the next
    """
    involved_by: str | None = None
    """the rule that brought the team in; None where a service in scope, or the lack of one, did"""
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    snoozed_until: Instant | None = None
    muted: bool = False
    """the timeline has said that a maintenance keeps it quiet"""

    @property
    def levels(self) -> int:
        """How many levels the policy has."""
        return len(self.policy.levels)


class Notification(msgspec.Struct, frozen=True):
    """One message to one address through one gateway.

    `due_at` is when the next attempt may begin.
    `page_round` ties it to one paging of one level of its escalation; `step` is the recipient's
    notification step, from 0. `unsure` is set when an earlier attempt may have arrived. `note` is
    what happened, where the message is about an event rather than a page.
    """

    id: int
    kind: NotificationKind
    recipient: Recipient
    gateway: str
    address: str
    because: str
    """the reason as a sentence, with the names that were known when it was written"""
    due_at: Instant
    urgency: Urgency = Urgency.HIGH
    status: NotificationStatus = NotificationStatus.PENDING
    attempts: int = 0
    escalation_id: int | None = None
    nudge_id: int | None = None
    level: int | None = None
    page_round: int | None = None
    step: int = 0
    late: Span = 0
    """how long after its due time the page was planned, where a gap in the ticks delayed it"""
    note: str | None = None
    sent_at: Instant | None = None
    error: str | None = None
    unsure: bool = False
    held_back: bool = False
    """over the limit: it waits for a digest"""
    bundled_with: int | None = None
    """the notification that carried it in its message, where it did not go out alone"""
    stopped: bool = False
    """no further attempt is wanted; set on one that was being sent when it was cancelled"""
    source: str = ""
    created_at: Instant = 0
    reason: Because = Because()
    code: str | None = None
    """proves that whoever answers has the message; made when it is first claimed, if a person is asked"""

    @property
    def live(self) -> bool:
        """Whether an attempt is still to come or under way."""
        return self.status in (
            NotificationStatus.PENDING,
            NotificationStatus.SENDING,
            NotificationStatus.RETRYING,
        )

    @property
    def waits_for_digest(self) -> bool:
        """Whether `[limits]` hold it back."""
        return self.held_back and self.status in (NotificationStatus.PENDING, NotificationStatus.RETRYING)


class RuleState(msgspec.Struct, frozen=True):
    """What the incident remembers of one rule: whether its condition held when it was last looked
    at, and when it last fired.
    """

    rule: str
    holds: bool = False
    looked_at: Instant = 0
    fired_at: Instant | None = None


class Nudge(msgspec.Struct, frozen=True):
    """A rule's action waiting for a human yes or no. `proposal` is the rule as it was when it
    fired: that is what a yes does.
    """

    id: int
    rule: str
    proposal: Rule
    action: str
    asked: tuple[Recipient, ...]
    created_at: Instant
    status: NudgeStatus = NudgeStatus.OPEN
    expires_at: Instant | None = None
    answered_by: str | None = None
    answered_at: Instant | None = None
    source: str = ""


class Maintenance(msgspec.Struct, frozen=True):
    """Incidents on `service` page nobody from `start_at` until `until_at`."""

    service: str
    start_at: Instant
    until_at: Instant
    reason: str | None = None
    by: str | None = None


class Situation(msgspec.Struct, frozen=True):
    """One incident with everything that a decision about it needs. Core functions take one and
    return the one that follows.

    Things that are not stored yet have negative ids. `entries` are the new timeline entries only;
    stored ones are never changed.
    """

    incident: Incident
    escalations: tuple[Escalation, ...] = ()
    notifications: tuple[Notification, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    rules: tuple[RuleState, ...] = ()
    entries: tuple[Entry, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    """the one recorded last first"""
    turns: dict[str, int] = msgspec.field(default_factory=dict)
    """round robin: team → the turn that this incident has taken"""
    next_turns: dict[str, int] = msgspec.field(default_factory=dict)
    """round robin: team → the turn that the next incident will take"""
    acted: dict[str, Instant] = msgspec.field(default_factory=dict)
    """person → when they last acknowledged, or passed on, what they were paged for besides the
    escalations, since it is open"""

    def with_escalation(self, escalation: Escalation) -> Situation:
        """This situation with `escalation` in place of the one with its id, or added."""
        kept = tuple(escalation if other.id == escalation.id else other for other in self.escalations)
        if escalation not in kept:
            kept = (*kept, escalation)
        return replace(self, escalations=kept)

    def escalation(self, escalation_id: int) -> Escalation:
        """The escalation with this id."""
        return next(escalation for escalation in self.escalations if escalation.id == escalation_id)

    def with_nudge(self, nudge: Nudge) -> Situation:
        """This situation with `nudge` in place of the one with its id, or added."""
        kept = tuple(nudge if other.id == nudge.id else other for other in self.nudges)
        return replace(self, nudges=kept if nudge in kept else (*kept, nudge))

    def changed(self, **values: object) -> Situation:
        """This situation with these fields of its incident replaced."""
        return replace(self, incident=replace(self.incident, **values))

    def log(self, at: Instant, event: AnyEvent, catalog: Catalog | None, by: str | None = None) -> Situation:
        """This situation with one more thing that happened; without a catalog its sentence says ids
        for names.

        That it cannot be put into words is no reason to undo it, or to forget it; it is said.
        """
        try:
            entries: tuple[Entry, ...] = (entry_of(event, at, by, catalog),)
        except Exception as problem:
            entries = entries_untold(event, at, by, problem)
        return replace(self, entries=(*self.entries, *entries))

    @property
    def paging(self) -> bool:
        """Whether any escalation still waits for an acknowledgement."""
        return any(
            escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
            for escalation in self.escalations
        )

    def fresh_id(self) -> int:
        """An id for something not stored yet: negative, and not in use here."""
        taken = [thing.id for group in (self.escalations, self.notifications, self.nudges) for thing in group]
        return min([0, *taken]) - 1
