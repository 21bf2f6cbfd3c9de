"""A decision in the making: an incident, what the organisation says, an instant; changed step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent, DoneWithout
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import (
    Escalation,
    Incident,
    Notification,
    NotificationKind,
    NotificationStatus,
    Nudge,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog, Urgency


@dataclass(slots=True)
class Decision:
    """What follows for one incident at `now`. `situation` is what it has become so far. `plan`, or
    whoever acts, makes a decision and throws it away afterwards; nothing else is changed.
    """

    situation: Situation
    catalog: Catalog
    now: Instant

    @property
    def incident(self) -> Incident:
        """The incident as it is by now."""
        return self.situation.incident

    @property
    def urgency(self) -> Urgency:
        """The urgency of the incident's severity."""
        return self.catalog.severity(self.incident.severity).urgency

    def escalation(self, escalation_id: int) -> Escalation:
        """The escalation with this id, as it is by now."""
        return self.situation.escalation(escalation_id)

    def change(self, escalation_id: int, **fields: object) -> Escalation:
        """Replace fields of an escalation; the escalation that follows."""
        changed = replace(self.escalation(escalation_id), **fields)
        self.situation = self.situation.with_escalation(changed)
        return changed

    def put_escalation(self, escalation: Escalation) -> None:
        """Add an escalation, or put it in place of the one with its id."""
        self.situation = self.situation.with_escalation(escalation)

    def change_incident(self, **fields: object) -> None:
        """Replace fields of the incident."""
        self.situation = self.situation.changed(**fields)

    def put_nudge(self, nudge: Nudge) -> None:
        """Add a nudge, or put it in place of the one with its id."""
        self.situation = self.situation.with_nudge(nudge)

    def notify(self, notifications: Iterable[Notification]) -> None:
        """Add notifications."""
        self.situation = replace(
            self.situation, notifications=(*self.situation.notifications, *notifications)
        )

    def pages_of(self, escalation: Escalation) -> list[Notification]:
        """The pages of all pagings of an escalation."""
        return [
            notification
            for notification in self.situation.notifications
            if notification.escalation_id == escalation.id and notification.kind is NotificationKind.PAGE
        ]

    def cancel(self, which: Iterable[Notification]) -> None:
        """Call off those that are still live. One that is being sent right now gets no further
        attempt.
        """
        ids = {notification.id for notification in which if notification.live}
        self.situation = replace(
            self.situation,
            notifications=tuple(
                _called_off(notification) if notification.id in ids else notification
                for notification in self.situation.notifications
            ),
        )

    def log(self, event: AnyEvent, by: str | None = None) -> None:
        """Something happens: it is on the timeline."""
        self.situation = self.situation.log(self.now, event, self.catalog, by)

    def has_acted(self, person: str) -> None:
        """Somebody has answered what they were paged for besides the escalations."""
        acted = self.situation.acted | {person: self.now}
        self.situation = replace(self.situation, acted=acted)

    def has_not_acted(self, person: str) -> None:
        """They have taken that back."""
        acted = {who: at for who, at in self.situation.acted.items() if who != person}
        self.situation = replace(self.situation, acted=acted)

    def note(self, text: str, *, team: str | None = None, source: str = "") -> None:
        """Note on the timeline what could not be used, once per instant."""
        if not self._noted(text):
            without = DoneWithout(what=text, team=team, source=source)
            self.situation = self.situation.log(self.now, without, None)

    def _noted(self, text: str) -> bool:
        return any(
            entry.at == self.now and isinstance(entry.event, DoneWithout) and entry.event.what == text
            for entry in self.situation.entries
        )

    def attempt(self, do: Callable[[], object]) -> Exception | None:
        """Run it. If it raises, undo all of it and return what it raised."""
        before = self.situation
        try:
            do()
        except Exception as problem:
            self.situation = before
            return problem
        return None

    def part(self, do: Callable[[], object], what: str) -> None:
        """Run it. If it raises, leave it out, and say so on the timeline."""
        problem = self.attempt(do)
        if problem is not None:
            self.note(f"{what} could not be done ({words_of(problem)})")


def _called_off(notification: Notification) -> Notification:
    if notification.status is NotificationStatus.SENDING:
        return replace(notification, stopped=True)
    return replace(notification, status=NotificationStatus.CANCELLED)
