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
    """What follows for one incident at `now`. `situation` is how far it has come.

    It is made by `plan`, or by whoever acts, and thrown away after it: nothing else is changed.
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
        """Call off the live ones among them; one that is being sent now gets no further attempt."""
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

    def note(self, text: str, *, team: str | None = None, source: str = "") -> None:
        """The timeline says what could not be used, once for an instant."""
        if not self._noted(text):
            without = DoneWithout(what=text, team=team, source=source)
            self.situation = self.situation.log(self.now, without, None)

    def _noted(self, text: str) -> bool:
        return any(
            entry.at == self.now and isinstance(entry.event, DoneWithout) and entry.event.what == text
            for entry in self.situation.entries
        )

    def attempt(self, do: Callable[[], object]) -> Exception | None:
        """Do it; where it raises, nothing of it is done, and what it raised is the answer."""
        before = self.situation
        try:
            do()
        except Exception as problem:
            self.situation = before
            return problem
        return None

    def part(self, do: Callable[[], object], what: str) -> None:
        """Do it; where it raises, it is left out, and the timeline says so."""
        problem = self.attempt(do)
        if problem is not None:
            self.note(f"{what} could not be done ({words_of(problem)})")


def _called_off(notification: Notification) -> Notification:
    if notification.status is NotificationStatus.SENDING:
        return replace(notification, stopped=True)
    return replace(notification, status=NotificationStatus.CANCELLED)
