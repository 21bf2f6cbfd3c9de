"""What the engine's outbox does with what is due, here without a database: what goes out in one
message, what `[limits]` hold back for a digest, and what is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, after
from escalate_cli.core.notification.limits import (
    GOES_ALONE,
    DueMessage,
    PageTold,
    Ruling,
    Window,
    concerns,
    ruling_on,
    uses_up,
    waits_as_well,
)
from escalate_cli.core.notification.together import goes_with, joined, leader_first
from escalate_cli.core.organisation.catalog import Catalog

Fails = Callable[[Notification], OutcomeKind | None]
"""how an attempt to deliver this notification ends; None: the provider takes it"""

WAITING = (NotificationStatus.PENDING, NotificationStatus.RETRYING)


class _Attempt(NamedTuple):
    """One message that goes out: the notifications that it carries, its leader first; `digest_of`
    is their number where it is a digest, else 1.
    """

    together: list[Notification]
    digest_of: int


class SendingRound(NamedTuple):
    """What one round of sending came to: the incident after it, what arrived (the notification that
    leads, with the reasons of all), and whether something failed for good.
    """

    situation: Situation
    arrived: list[tuple[Notification, int]]
    failed: bool


@dataclass
class SimulatedOutbox:
    """The notifications of one incident on their way, and what is remembered of those that are gone."""

    catalog: Catalog
    fails: Fails | None
    now: Instant = 0
    severity: str = ""
    """how bad the incident is now"""
    notifications: dict[int, Notification] = field(default_factory=dict)
    held_back: set[int] = field(default_factory=set)
    bundled: set[int] = field(default_factory=set)
    severities: dict[int, str] = field(default_factory=dict)
    """how bad it was when this notification was sent"""

    def send(self, situation: Situation, now: Instant) -> SendingRound | None:
        """Send what is due at `now`, the longest due first; None where nothing is.

        All of it is under way before the first outcome is known, as in a pass: `[limits]` count
        what is under way, too.
        """
        due = sorted(
            (
                notification
                for notification in situation.notifications
                if notification.status in WAITING and notification.due_at <= now
            ),
            key=lambda notification: notification.due_at,
        )
        if not due:
            return None
        self.now, self.severity = now, situation.incident.severity
        self.notifications = {notification.id: notification for notification in situation.notifications}
        attempts = [attempt for notification in due if (attempt := self._claim(notification)) is not None]
        arrived = [
            (joined(attempt.together[0], attempt.together[1:]), attempt.digest_of)
            for attempt in attempts
            if self._arrives(attempt)
        ]
        failed = any(
            self.notifications[notification.id].status is NotificationStatus.FAILED
            for attempt in attempts
            for notification in attempt.together
        )
        return SendingRound(
            replace(situation, notifications=tuple(self.notifications.values())), arrived, failed
        )

    def _claim(self, notification: Notification) -> _Attempt | None:
        """What goes out in one message with this one. None where `[limits]` hold it back, or where
        it is no longer what it was: it has been held back, or goes with another.
        """
        if self.notifications[notification.id] is not notification:
            return None
        ruling = self._ruling(notification) if concerns(notification) else GOES_ALONE
        if ruling.hold_until is not None:
            self._hold_back(notification, ruling.hold_until)
            return None
        with_it = [other for other in self._waiting_with(notification) if other is not notification]
        if not ruling.digest:
            with_it = [
                other
                for other in with_it
                if other.due_at <= self.now
                and goes_with(notification.kind, other.kind, notification.recipient)
            ]
        together = leader_first([notification, *with_it])
        self.bundled -= {other.id for other in together}
        self.bundled |= {other.id for other in together[1:]}
        if ruling.digest:
            self.held_back.add(together[0].id)
        self.severities |= {other.id: self.severity for other in together}
        for other in together:
            self.notifications[other.id] = replace(other, status=NotificationStatus.SENDING)
        return _Attempt(together, len(together) if ruling.digest else 1)

    def _hold_back(self, notification: Notification, until: Instant) -> None:
        """Make this one wait, and with it what is due to the same address and may wait as well.
        What waits already does not wait any longer because of it.
        """
        for other in self._waiting_with(notification):
            if other.due_at <= self.now and waits_as_well(
                other.kind, self.severity, notification.kind, self.severity, self.catalog
            ):
                self.notifications[other.id] = replace(other, due_at=until, held_back=True)
                self.held_back.add(other.id)

    def _arrives(self, attempt: _Attempt) -> bool:
        """Whether the provider takes the message; what becomes of its notifications is noted."""
        leader = attempt.together[0]
        outcome = self.fails(leader) if self.fails is not None else None
        gateway = self.catalog.gateways.get(leader.gateway)
        if gateway is None:
            outcome = OutcomeKind.PERMANENT
        for notification in attempt.together:
            self.notifications[notification.id] = self._after_attempt(
                notification, outcome, gateway.attempts if gateway else 1
            )
        return outcome is None or outcome is OutcomeKind.SENT

    def _ruling(self, notification: Notification) -> Ruling:
        """What `[limits]` say to this message."""
        limits = self.catalog.limits
        counted = [
            other
            for other in self.notifications.values()
            if (other.recipient, other.gateway) == (notification.recipient, notification.gateway)
            and other.id not in self.bundled
            and uses_up(other.kind, notification.kind)
            and (other.status is NotificationStatus.SENDING or (other.sent_at or 0) > self.now - limits.per)
        ]
        oldest = min((other.sent_at for other in counted if other.sent_at is not None), default=None)

        def told() -> list[PageTold]:
            return [
                PageTold(self.severities.get(other.id, self.severity), other.id in self.held_back)
                for other in counted
            ]

        def digest_is_due() -> bool:
            return any(
                other.id in self.held_back
                and other.due_at <= self.now
                and other.status is NotificationStatus.PENDING
                and uses_up(other.kind, notification.kind)
                for other in self._waiting_with(notification)
            )

        due = DueMessage(notification.kind, self.severity, notification.id in self.held_back)
        return ruling_on(due, Window(len(counted), oldest, told, digest_is_due), self.catalog, self.now)

    def _waiting_with(self, notification: Notification) -> list[Notification]:
        """What goes to the same address, and is due or waits for a digest; this one among it."""
        return [
            other
            for other in self.notifications.values()
            if (other.recipient, other.gateway) == (notification.recipient, notification.gateway)
            and other.kind is not NotificationKind.NUDGE
            and other.status in WAITING
            and (
                other.due_at <= self.now
                or (other.id in self.held_back and other.status is NotificationStatus.PENDING)
            )
        ]

    def _after_attempt(
        self, notification: Notification, outcome: OutcomeKind | None, allowed: int
    ) -> Notification:
        tried = replace(notification, attempts=notification.attempts + 1)
        if outcome is None or outcome is OutcomeKind.SENT:
            return replace(tried, status=NotificationStatus.SENT, sent_at=self.now)
        verdict = after(tried.attempts, allowed, Outcome(outcome, outcome.value), self.now)
        return replace(
            tried,
            status=verdict.status,
            due_at=verdict.due_at if verdict.due_at is not None else notification.due_at,
            error=outcome.value,
            unsure=notification.unsure or outcome is OutcomeKind.UNKNOWN,
        )
