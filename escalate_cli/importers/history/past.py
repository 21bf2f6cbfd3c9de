"""A past incident that came from outside, as the record that it would have left had it been here:
over, with nothing due.

Its timeline has the kinds and data of a real one, so that reports, lessons and replays need not
tell the two apart; what a row does not say is left out, or marked as `estimated`.
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.events.reasons import Because, Imported, LevelReached
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    Incident,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry, entry_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import told_because
from escalate_cli.importers.history.past_escalations import UNKNOWN, PastEscalations
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.importers.history.past_levels import highest_paged, paged_levels
from escalate_cli.insight.document import IMPORTED


def situation_of(past: PastIncident, catalog: Catalog) -> Situation:
    """The whole situation of a past incident, for storing; ids are negative."""
    return _Chronicle(past, catalog).situation()


class _Chronicle:
    """Writes down one past incident, act by act. The order of acts decides among entries of one instant."""

    def __init__(self, past: PastIncident, catalog: Catalog) -> None:
        self.past = past
        self.catalog = catalog
        self.escalations = PastEscalations(past, catalog)
        self.levels = paged_levels(past, self.escalations)
        self.entries: list[Entry] = []
        self.notifications: list[Notification] = []

    def situation(self) -> Situation:
        past, escalations = self.past, self.escalations
        self._declare()
        for escalation in escalations.first or escalations.last:
            self._start(escalation, past.declared_at)
        for escalation in escalations.first:
            self._page(escalation)
        self._move()
        self._change_severity()
        for escalation in escalations.came:
            self._page(escalation)
        taken = self._acknowledge() if past.acknowledged_at is not None else ()
        if past.resolved_at is not None:
            self._log(past.resolved_at, happened.Resolved(message=None))
        over = tuple(self._over(escalation, escalation in taken) for escalation in escalations.all)
        entries = tuple(sorted(self.entries, key=lambda entry: entry.at))
        return Situation(self._incident(), over, tuple(self.notifications), entries=entries)

    def _log(self, at: Instant, event: AnyEvent, by: str | None = None) -> None:
        self.entries.append(entry_of(event, at, by, self.catalog))

    def _incident(self) -> Incident:
        past = self.past
        return Incident(
            id=-1,
            title=past.title,
            severity=past.severity,
            declared_at=past.declared_at,
            updated_at=past.ended_at,
            message=past.message,
            status=IncidentStatus.RESOLVED,
            services=past.services,
            labels={**past.labels, IMPORTED: past.identity},
            declared_by=past.declared_by,
            acknowledged_at=past.acknowledged_at,
            acknowledged_by=past.acknowledged_by,
            resolved_at=past.resolved_at,
            routing=self._routing(),
            open_since=past.declared_at,
            message_since=past.declared_at,
            severity_since=past.declared_at,
        )

    def _routing(self) -> dict[str, object]:
        return {
            "query": self.past.title,
            "match": "given",
            "service": self._first_services[0],
            "candidates": [],
            IMPORTED: True,
        }

    @property
    def _first_services(self) -> tuple[str, ...]:
        return self.past.first_services or self.past.services

    def _declare(self) -> None:
        past = self.past
        declared = happened.Declared(
            title=past.title,
            severity=past.first_severity or past.severity,
            message=past.message,
            imported=True,
        )
        routed = happened.Routed(
            query=past.title,
            match="given",
            service=self._first_services[0],
            imported=True,
            way=happened.Way.IMPORTED,
            services=self._first_services,
        )
        self._log(past.declared_at, declared, past.declared_by)
        self._log(past.declared_at, routed, past.declared_by)

    def _start(self, escalation: Escalation, at: Instant) -> None:
        started = happened.EscalationStarted(
            team=escalation.team,
            policy=escalation.policy.id,
            services=escalation.services,
            because=escalation.because,
            source=escalation.policy.source,
        )
        self._log(at, started)

    def _move(self) -> None:
        """Other services: by nobody that the row names, but by somebody."""
        past = self.past
        if not past.moved:
            return
        before, after = past.first_services, past.services
        added = tuple(service for service in after if service not in before)
        dropped = tuple(service for service in before if service not in after)
        self._log(past.moved_at, happened.ScopeChanged(added=added, dropped=dropped, before=before), IMPORTED)
        for escalation in self.escalations.left:
            stopped = happened.EscalationStopped(
                team=escalation.team, reason="no service in scope leads to it any more"
            )
            self._log(past.moved_at, stopped, IMPORTED)
        for escalation in self.escalations.came:
            self._start(escalation, past.moved_at)

    def _change_severity(self) -> None:
        """Another severity: by nobody that the row names, but by somebody; no rule did it."""
        past = self.past
        if past.first_severity is None or past.first_severity == past.severity:
            return
        rises = self.catalog.severity(past.severity).rank >= self.catalog.severity(past.first_severity).rank
        at = past.severity_changed_at or past.first_paged_at or past.declared_at
        changed = happened.SeverityChanged(before=past.first_severity, after=past.severity, rises=rises)
        self._log(at, changed, IMPORTED)

    def _page(self, escalation: Escalation) -> None:
        levels = self.levels.get(escalation.id, {})
        for page_round, (number, (at, estimated, people)) in enumerate(levels.items(), start=1):
            recipients = tuple(Recipient.person(person) for person in people)
            paged = happened.LevelPaged(
                team=escalation.team,
                policy=escalation.policy.id,
                level=number,
                levels=None,
                cycle=0,
                recipients=recipients,
                missed=(),
                late_seconds=0,
                source=_source(escalation, number),
                estimated=estimated,
            )
            self._log(at, paged)
            for recipient in recipients:
                self._send(recipient, escalation, number, page_round, at)

    def _send(
        self, recipient: Recipient, escalation: Escalation, level: int, page_round: int, at: Instant
    ) -> None:
        reason = Because(Imported(), LevelReached(level, None, escalation.policy.id))
        notification = Notification(
            id=-1000 - len(self.notifications),
            kind=NotificationKind.PAGE,
            recipient=recipient,
            gateway=self.past.gateway or UNKNOWN,
            address="(not recorded)",
            reason=reason,
            because=told_because(reason, self.catalog, recipient),
            due_at=at,
            urgency=self.escalations.urgency,
            status=NotificationStatus.SENT,
            attempts=1,
            escalation_id=escalation.id,
            level=level,
            page_round=page_round,
            sent_at=at,
            source=_source(escalation, level),
            created_at=at,
        )
        sent = happened.Sent(
            what="page",
            notification=notification.id,
            recipient=recipient,
            gateway=notification.gateway,
            attempt=1,
        )
        self.notifications.append(notification)
        self._log(at, sent)

    def _acknowledge(self) -> tuple[Escalation, ...]:
        past = self.past
        taken = self.escalations.acknowledged()
        for escalation in taken:
            paged = highest_paged(past, self.levels.get(escalation.id, {}))
            level = max(past.acknowledged_level or 0, paged)
            event = happened.Acknowledged(team=escalation.team, level=level, everything=False)
            self._log(past.acknowledged_at or 0, event, past.acknowledged_by)
        return taken

    def _over(self, escalation: Escalation, taken: bool) -> Escalation:
        past, levels = self.past, self.levels.get(escalation.id, {})
        return replace(
            escalation,
            status=EscalationStatus.STOPPED,
            level=max(levels, default=0),
            paged=tuple(levels),
            page_round=len(levels),
            acked_by=(past.acknowledged_by,) if taken and past.acknowledged_by else (),
            acknowledged_at=past.acknowledged_at if taken else None,
            acknowledged_by=past.acknowledged_by if taken else None,
        )


def _source(escalation: Escalation, level: int) -> str:
    policy = escalation.policy
    return policy.levels[level - 1].source if level <= escalation.levels else policy.source
