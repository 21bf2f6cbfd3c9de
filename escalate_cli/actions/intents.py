"""What a person means to do to an incident that exists, as values: take it, pass it on, end it.

Words are as they were typed. `prepare` understands them; `standing` is what is to be said of how the
incident stands afterwards, beside what a look at it shows. `perform` carries an intent out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec

from escalate_cli.actions.lookup import (
    find_person,
    find_service,
    find_severity,
    reporter,
    storable,
    whoever_types,
)
from escalate_cli.actions.taken import LateAcknowledgement
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.changes import pass_on, respond, take
from escalate_cli.core.changes import update as updating
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.note import Note, NoteCode
from escalate_cli.errors import Conflict, UsageProblem

Deed = Callable[[Situation, Catalog, Instant], Plan | None]
"""what to do to an incident; None means that it is so already"""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """`by` is whoever does it: the login, id or name of a person; None: whoever runs this program."""

    DONE: ClassVar[str] = ""
    """what has been done then, as a word: "acknowledged" """

    by: str | None = None

    def prepare(self, context: Context) -> Deed:
        """The deed that is meant; `Unknown` or `UsageProblem` where the words mean nothing."""
        raise NotImplementedError

    def standing(self, situation: Situation, unchanged: bool, context: Context) -> list[Note]:
        """What no look at the incident tells: that it was so already, whom the act left out."""
        return []

    def _must_be_running(self, situation: Situation) -> None:
        if situation.incident.status is IncidentStatus.RESOLVED:
            number = situation.incident.id
            raise Conflict(
                f"incident {number} is already resolved: it cannot be {self.DONE}",
                f"take it up again: escalate reopen {number}",
                code="already-resolved",
            )


class Revision(Intent, frozen=True):
    """Change severity, scope, lead, labels or title, or add a message. `by` may be anybody, a
    monitor too.
    """

    DONE = "updated"

    severity: str | None = None
    add_services: tuple[str, ...] = ()
    drop_services: tuple[str, ...] = ()
    lead: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    title: str | None = None
    of_declaration: bool = False
    """it belongs to the declaration: as long as nobody has been told of that, it is no news"""

    def prepare(self, context: Context) -> Deed:
        who = reporter(self.by, context)
        changes = self._changes(context.running_catalog)
        if changes == updating.Changes():
            raise UsageProblem(
                "nothing to change",
                "say what: --severity, --service, --drop-service, --lead, --label, --message or --title",
            )

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
            self._must_be_running(situation)
            told = any(notification.attempts for notification in situation.notifications)
            is_news = told or not self.of_declaration
            return updating.update(
                situation, changes, catalog, now, by=who, meanings=meanings, is_news=is_news
            )

        return deed

    def _changes(self, catalog: Catalog) -> updating.Changes:
        return updating.Changes(
            severity=find_severity(self.severity, catalog) if self.severity else None,
            add_services=tuple(find_service(service, catalog).id for service in self.add_services),
            drop_services=tuple(find_service(service, catalog).id for service in self.drop_services),
            lead=find_person(self.lead, catalog).id if self.lead else None,
            labels={storable(name, "label"): storable(value, "label") for name, value in self.labels},
            message=storable_or_none(self.message),
            title=storable(self.title, "title") if self.title else None,
        )


class Acknowledgement(Intent, frozen=True):
    """Take the incident: the escalations of one's own teams, or those of every team with `everything`,
    or, where nothing waits for anybody, what somebody else has.
    """

    DONE = "acknowledged"

    everything: bool = False

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
            self._must_be_running(situation)
            if not take.is_awaiting(situation, who, now, everything=self.everything):
                return None
            return take.acknowledge(situation, who, catalog, now, everything=self.everything)

        return deed

    def standing(self, situation: Situation, unchanged: bool, context: Context) -> list[Note]:
        incident, catalog = situation.incident, context.running_catalog
        if unchanged and not situation.paging:
            who, typing = whoever_types(self.by, context), whoever_types(None, context)
            taken = LateAcknowledgement(situation, who, is_reader=who == typing)
            return [Note(NoteCode.ALREADY_SO, taken.told(catalog, context.clock.now()), incident.id)]
        paging = [
            escalation.team
            for escalation in situation.escalations
            if escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
        ]
        if not paging:
            return []
        names = ", ".join(catalog.team_name(team) for team in dict.fromkeys(paging))
        text = (
            f"incident {incident.id} is still paged to {names}; for every team: escalate ack"
            f" {incident.id} --all"
        )
        return [Note(NoteCode.STILL_PAGED, text, incident.id)]


class Passing(Intent, frozen=True):
    """Say that one cannot take it: one's own part of the level ends."""

    DONE = "passed on"

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
            self._must_be_running(situation)
            return pass_on.pass_on(situation, who, catalog, now)

        return deed

    def standing(self, situation: Situation, unchanged: bool, context: Context) -> list[Note]:
        number = situation.incident.id
        if not unchanged:
            return []
        text = f"incident {number} waits for nothing from you: there is nothing to pass on"
        return [Note(NoteCode.ALREADY_SO, text, number)]


class Resolution(Intent, frozen=True):
    """End the incident."""

    DONE = "resolved"

    message: str | None = None

    def _who(self, context: Context) -> str:
        return whoever_types(self.by, context)

    def prepare(self, context: Context) -> Deed:
        who, message = self._who(context), storable_or_none(self.message)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
            if situation.incident.status is IncidentStatus.RESOLVED:
                return None
            return respond.resolve(situation, catalog, now, by=who, message=message)

        return deed

    def standing(self, situation: Situation, unchanged: bool, context: Context) -> list[Note]:
        if not unchanged:
            return []
        incident = situation.incident
        zone = context.running_catalog.settings.timezone
        since = named_wall_time(incident.resolved_at, zone, context.clock.now())
        text = f"incident {incident.id} is resolved already, since {since}"
        return [Note(NoteCode.ALREADY_SO, text, incident.id)]


class Recovery(Resolution, frozen=True):
    """What was broken works again, and that ends the incident. `by` may be anybody, a job too."""

    def _who(self, context: Context) -> str:
        return reporter(self.by, context)


class Reopening(Intent, frozen=True):
    """Take up a resolved incident again, or take an acknowledgement back."""

    DONE = "reopened"

    message: str | None = None

    def prepare(self, context: Context) -> Deed:
        who, open_with_key = whoever_types(self.by, context), context.store.situations.open_with_key
        message = storable_or_none(self.message)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
            incident = situation.incident
            if incident.status is IncidentStatus.OPEN:
                return None
            other = open_with_key(incident.key) if incident.key else None
            if other is not None and other != incident.id:
                raise Conflict(
                    f'the key "{incident.key}" is in use by incident {other}',
                    f"work on that one: escalate show {other}",
                    code="key-in-use",
                )
            return respond.reopen(situation, catalog, now, by=who, message=message)

        return deed

    def standing(self, situation: Situation, unchanged: bool, context: Context) -> list[Note]:
        number = situation.incident.id
        return [Note(NoteCode.ALREADY_SO, f"incident {number} is open already", number)] if unchanged else []


class Snooze(Intent, frozen=True):
    """Acknowledge for `span` microseconds."""

    DONE = "snoozed"

    span: Span

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
            self._must_be_running(situation)
            return take.snooze(situation, self.span, catalog, now, by=who)

        return deed


def storable_or_none(message: str | None) -> str | None:
    return storable(message, "message") if message else None
