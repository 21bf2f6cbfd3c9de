"""What is known of an incident: how it stands, what happened to it, and the configuration that it ran on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.events import (
    Acknowledged,
    AcknowledgementForgotten,
    EscalationStopped,
    OfTeam,
    Passed,
    Reopened,
    Resolved,
    RestEnded,
    Snoozed,
    SnoozeOver,
    TakenOver,
)
from escalate_cli.core.incident.holding import stands_acknowledged
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.events import ending

_ENDS = Acknowledged | TakenOver | Snoozed | EscalationStopped | Resolved
_AGAIN = AcknowledgementForgotten | SnoozeOver | RestEnded | Reopened


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
        """What stopped this escalation from paging: the first thing since it last paged; where somebody
        else has it since, how they took it. None if it still pages, or ran out of levels.
        """
        if escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED):
            return None
        ends: list[Entry] = []
        for entry in self.timeline:
            if isinstance(entry.event, OfTeam) and entry.event.team != escalation.team:
                continue
            if _pages_again(entry):
                ends = []
            elif isinstance(entry.event, _ENDS):
                ends.append(entry)
        holder = escalation.acknowledged_by if stands_acknowledged(escalation) else None
        theirs = [entry for entry in ends if holder is not None and entry.by == holder]
        return next(iter([*theirs, *ends]), None)

    def ended(self, end: Entry, escalation: Escalation | None) -> str:
        """In words: what was done and when, and when the escalation pages again, if that is still to come."""
        text = f"{ending(end.event, end.at, end.by, self.catalog)} at {self.at(end.at)}"
        stands = escalation is not None and stands_acknowledged(escalation)
        if escalation is None or not stands or escalation.next_at is None or end != self.end_of(escalation):
            return text
        unless = "" if escalation.snoozed_until is not None else "without an update "
        return f"{text}; {unless}it pages again at {self.at(escalation.next_at)}"


def _pages_again(entry: Entry) -> bool:
    """Whether what had stopped the paging before this is no longer so."""
    return isinstance(entry.event, _AGAIN) or (isinstance(entry.event, Passed) and entry.event.held)
