"""One incident as a document that a review can start from: what its record says, in the order in
which a review asks for it.

Nothing is decided or worded here beyond what was recorded. Instants and spans are microseconds.
Times to the first page and so on are those of the `Record`, so that a review and a report never
disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.events import (
    Attempt,
    Declared,
    EntryKind,
    Event,
    HeldBack,
    Informed,
    LevelHeld,
    LevelPaged,
    MaintenanceBegan,
    PagedByHand,
    Retrying,
    Sent,
    Snoozed,
)
from escalate_cli.core.incident.holding import who_took_it_first
from escalate_cli.core.incident.record import Page, Record
from escalate_cli.core.incident.situation import Notification, NotificationStatus, Situation
from escalate_cli.core.incident.timeline import Entry

IMPORTED = "imported"
"""the label of incidents that came from `import-history`; its value is their id outside"""

_UNDER_WAY = (NotificationStatus.SENT, NotificationStatus.SENDING)
_CHANGES = (EntryKind.UPDATED, EntryKind.REOPENED, EntryKind.RELOADED)


class RecordedMessage(msgspec.Struct, frozen=True):
    """One message, and when it went out, else when it was planned. `team` is the one whose
    escalation it belongs to, if any.
    """

    notification: Notification
    team: str | None
    at: Instant


class Delay(msgspec.Struct, frozen=True):
    """Something that made a message or a level later than it could have been.

    `kind` is late (no tick ran), retry, limits (held back for a digest), digest, hours, maintenance
    or snooze. `lasted` is None where that is not known.
    """

    at: Instant
    kind: str
    text: str
    lasted: Span | None


class MissedRecipient(msgspec.Struct, frozen=True):
    """Somebody whom a level or a rule named and could not reach, and why."""

    at: Instant
    team: str | None
    level: int | None
    reason: str


class GivenSeverity(msgspec.Struct, frozen=True):
    """A severity that the incident had, from when on, and who set it (None: a rule; at the
    declaration, the reporter).
    """

    at: Instant
    severity: str
    by: str | None


class Document(msgspec.Struct, frozen=True):
    """Everything that a review of one incident asks of its record; `told`, `delays` and the rest
    are in order of time.
    """

    situation: Situation
    record: Record
    timeline: Sequence[Entry]
    severities: tuple[GivenSeverity, ...]
    told: tuple[RecordedMessage, ...]
    undelivered: tuple[RecordedMessage, ...]
    missed: tuple[MissedRecipient, ...]
    changes: tuple[Entry, ...]
    delays: tuple[Delay, ...]

    @property
    def imported(self) -> bool:
        """Whether it comes from `import-history`, not from a night on this tool."""
        return IMPORTED in self.situation.incident.labels

    @property
    def first_taker(self) -> str | None:
        """Who acknowledged it first, whoever had it later."""
        return who_took_it_first(self.situation, self.timeline)

    @property
    def first_page(self) -> Page | None:
        """The first page that went out to a person."""
        return self.record.pages[0] if self.record.pages else None

    @property
    def routed(self) -> Entry | None:
        """The entry that says how the services were found."""
        return next((entry for entry in self.timeline if entry.kind is EntryKind.ROUTED), None)

    @property
    def declaration(self) -> Declared | None:
        """The declaration, with the title and the message as they were then."""
        return next((entry.event for entry in self.timeline if isinstance(entry.event, Declared)), None)

    @property
    def resolution(self) -> Entry | None:
        """The entry of the (last) end, with what was said of it."""
        return next((entry for entry in reversed(self.timeline) if entry.kind is EntryKind.RESOLVED), None)


def document(situation: Situation, record: Record, timeline: Sequence[Entry]) -> Document:
    """The document of an incident, from what is stored of it."""
    teams = {escalation.id: escalation.team for escalation in situation.escalations}
    rows = [
        RecordedMessage(
            notification,
            teams.get(notification.escalation_id or 0),
            notification.sent_at or notification.created_at,
        )
        for notification in situation.notifications
    ]
    rows.sort(key=lambda row: (row.at, row.notification.id))
    return Document(
        situation=situation,
        record=record,
        timeline=timeline,
        severities=_severities(situation, record),
        told=tuple(row for row in rows if row.notification.status in _UNDER_WAY),
        undelivered=tuple(row for row in rows if _failed(row.notification)),
        missed=tuple(recipient for entry in timeline for recipient in _missed(entry)),
        changes=tuple(entry for entry in timeline if entry.kind in _CHANGES),
        delays=tuple(sorted((*_waits(timeline), *_retries(situation, timeline)), key=lambda delay: delay.at)),
    )


def _severities(situation: Situation, record: Record) -> tuple[GivenSeverity, ...]:
    incident = situation.incident
    later = tuple(GivenSeverity(rise.at, rise.after, rise.by) for rise in record.raised)
    return (GivenSeverity(incident.declared_at, record.first_severity, incident.declared_by), *later)


def _failed(notification: Notification) -> bool:
    """Given up, or tried without success so far; also tried without success and then no longer
    needed.
    """
    given_up = notification.status in (NotificationStatus.FAILED, NotificationStatus.RETRYING)
    return given_up or (notification.status is NotificationStatus.CANCELLED and notification.attempts > 0)


def _missed(entry: Entry) -> list[MissedRecipient]:
    event = entry.event
    reasons = event.missed if isinstance(event, LevelPaged | PagedByHand | Informed) else ()
    if entry.kind is EntryKind.SKIPPED and not reasons:
        reasons = (entry.text,)
    return [
        MissedRecipient(entry.at, entry.team, getattr(event, "level", None), reason) for reason in reasons
    ]


def _waits(timeline: Sequence[Entry]) -> list[Delay]:
    """The delays that an entry tells of."""
    delays = []
    for entry in timeline:
        event = entry.event
        if isinstance(event, LevelPaged) and event.late_seconds:
            delays.append(Delay(entry.at, "late", entry.text, event.late_seconds * SECOND))
        if isinstance(event, HeldBack | LevelHeld | MaintenanceBegan | Snoozed):
            delays.append(Delay(entry.at, _UNTIL[type(event)], entry.text, event.until - entry.at))
        if isinstance(event, Sent) and event.digest_of:
            delays.append(Delay(entry.at, "digest", entry.text, None))
    return delays


_UNTIL: dict[type[Event], str] = {
    HeldBack: "limits",
    LevelHeld: "hours",
    MaintenanceBegan: "maintenance",
    Snoozed: "snooze",
}


def _retries(situation: Situation, timeline: Sequence[Entry]) -> list[Delay]:
    """For each message that was tried again: how long it took from the first failed attempt to its
    end, or to the latest attempt.
    """
    tried: dict[int, list[Entry]] = {}
    for entry in timeline:
        event = entry.event
        if isinstance(event, Attempt) and (isinstance(event, Retrying) or event.notification in tried):
            tried.setdefault(event.notification, []).append(entry)
    known = {notification.id for notification in situation.notifications}
    return [_retry(attempts) for number, attempts in tried.items() if number in known]


def _retry(attempts: Sequence[Entry]) -> Delay:
    first, last = attempts[0], attempts[-1]
    if last is first:
        return Delay(first.at, "retry", first.text, None)
    return Delay(first.at, "retry", f"{first.text}; in the end: {last.kind.value}", last.at - first.at)
