"""The occasion of a message: a notification, and what is known when it is written."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.escalation.upcoming import Outlook, next_of
from escalate_cli.core.incident.holding import Holding, holders
from escalate_cli.core.incident.situation import Escalation, Incident, Notification, Nudge, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.rules import question_in_words


class Occasion(msgspec.Struct, frozen=True):
    """A notification that is written at `now`, for its recipient's zone."""

    notification: Notification
    situation: Situation
    catalog: Catalog
    now: Instant

    @property
    def incident(self) -> Incident:
        """What it is about."""
        return self.situation.incident

    @property
    def to_person(self) -> bool:
        """Whether somebody reads it who can act; a channel cannot."""
        return self.notification.recipient.is_person

    @property
    def holders(self) -> tuple[Holding, ...]:
        """Who has it and since when, where it waits for nobody any more."""
        return () if self.situation.paging else holders(self.situation)

    @property
    def is_taken(self) -> bool:
        """Whether somebody else than the reader has it."""
        have = [Recipient.person(holding.person) for holding in self.holders]
        return bool(have) and self.notification.recipient not in have

    @property
    def taking(self) -> str:
        """What the reader types to take it, or to take it over."""
        return self.to_type(f"escalate ack {self.incident.id}{' --all' if self.is_taken else ''}")

    @property
    def zone(self) -> str:
        """The recipient's, else the organisation's."""
        recipient = self.notification.recipient
        person = self.catalog.people.get(recipient.id) if recipient.is_person else None
        return person.timezone if person else self.catalog.settings.timezone

    @property
    def nudge(self) -> Nudge | None:
        """The nudge that it asks about."""
        asked = self.notification.nudge_id
        return next((nudge for nudge in self.situation.nudges if nudge.id == asked), None)

    @property
    def question(self) -> str:
        """What it asks, where it asks: "Page Kim Osei?" """
        nudge = self.nudge
        return "" if nudge is None else question_in_words(nudge.proposal.action, self.catalog)

    @property
    def escalation(self) -> Escalation | None:
        """The escalation that it belongs to."""
        number = self.notification.escalation_id
        return next((other for other in self.situation.escalations if other.id == number), None)

    @property
    def outlook(self) -> Outlook | None:
        """What comes next in its escalation; where it belongs to none, as a page by hand, what comes
        first in any. None: nobody is next.
        """
        escalation = self.escalation
        ahead = self.situation.escalations if escalation is None else (escalation,)
        outlooks = [next_of(each, self.situation, self.catalog, self.now) for each in ahead]
        return min((each for each in outlooks if each is not None), key=lambda each: each.at, default=None)

    def clock(self, at: Instant) -> str:
        """A time of day as the recipient reads it, with the date where it is not within half a day
        of now: "02:14 GMT", "Sun 29 Nov 02:14 GMT".
        """
        local = instant_to_local(at, self.zone)
        near = abs(at - self.now) < DAY // 2
        return local.strftime("%H:%M %Z" if near else "%a %d %b %H:%M %Z")

    def to_type(self, command: str) -> str:
        """What is to be typed for `command`, with the host before it."""
        return self.catalog.to_type(command)
