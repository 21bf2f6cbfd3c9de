"""What is known of an incident: how it stands, what happened to it, and the configuration that it ran on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.events import Acknowledged, EscalationStopped, Resolved, Snoozed
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import ending


class Case(msgspec.Struct, frozen=True):
    """An incident as it stands, its timeline, and the configuration as it was."""

    situation: Situation
    timeline: Sequence[Entry]
    catalog: Catalog

    def at(self, instant: Instant) -> str:
        """An instant as people read it: without its day, where that is the day of the declaration."""
        zone = self.catalog.settings.timezone
        shown, beginning = local_time(instant, zone), local_time(self.situation.incident.declared_at, zone)
        same_day = shown.rpartition(" ")[0] == beginning.rpartition(" ")[0]
        return shown.rpartition(" ")[2] if same_day else shown

    def end_of(self, escalation: Escalation) -> Entry | None:
        """What first stopped this escalation from paging; None if it still pages, or ran out of
        levels.
        """
        if escalation.acknowledged_at is None and escalation.status.value in ("paging", "exhausted"):
            return None
        for entry in self.timeline:
            if isinstance(entry.event, Resolved | Snoozed):
                return entry
            if (
                isinstance(entry.event, Acknowledged | EscalationStopped)
                and entry.event.team == escalation.team
            ):
                return entry
        return None

    def ended(self, end: Entry, escalation: Escalation | None) -> str:
        """In words: what was done and when, and when the escalation pages again, if that is still to come."""
        text = f"{ending(end.event, end.at, end.by, self.catalog)} at {self.at(end.at)}"
        if (
            escalation is None
            or escalation.status is not EscalationStatus.ACKNOWLEDGED
            or escalation.next_at is None
        ):
            return text
        unless = "" if escalation.snoozed_until is not None else "without an update "
        return f"{text}; {unless}it pages again at {self.at(escalation.next_at)}"
