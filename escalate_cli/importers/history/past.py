"""A past incident that came from outside, as the record that it would have left had it been here:
over, with nothing due.

Its timeline has the kinds and data of a real one, so that reports, lessons and replays need not
tell the two apart; what a row does not say is left out, or marked as `estimated`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.escalation.scope import Involvement, involvements, policy_for
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.events.reasons import Because, Imported, LevelReached
from escalate_cli.core.incident.situation import (
    Entry,
    Escalation,
    EscalationStatus,
    Incident,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
    entry_of,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Policy
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import told_because
from escalate_cli.importers.history.past_incident import Paged, PastIncident
from escalate_cli.insight.document import IMPORTED

UNKNOWN = "unknown"
"""the team, person or gateway of what a row does not name"""


class _Level(NamedTuple):
    """When a level was paged, whether that is an estimate, and whom."""

    at: Instant
    estimated: bool
    people: tuple[str, ...]


_Levels = Mapping[int, _Level]


def situation_of(past: PastIncident, catalog: Catalog) -> Situation:
    """The whole situation of a past incident, for storing; ids are negative."""
    return _Telling(past, catalog).told()


def _paged_by(past: PastIncident, levels: Mapping[int, _Level]) -> int:
    """The highest level that had been paged before somebody acknowledged. At the very instant of it
    the level that is named counts.
    """
    at, named = past.acknowledged_at or 0, past.acknowledged_level is not None
    return max(
        (number for number, level in levels.items() if level.at < at or (level.at == at and not named)),
        default=0,
    )


class _Telling:
    """Tells one past incident, act by act. The order of acts decides among entries of one instant."""

    def __init__(self, past: PastIncident, catalog: Catalog) -> None:
        self.past = past
        self.catalog = catalog
        self.urgency = catalog.severity(past.first_severity or past.severity).urgency
        self.first = self._escalations(past.first_services) if past.moved else ()
        self.last = self._aligned(self._escalations(past.services, past.team, number=len(self.first)))
        self.left = tuple(escalation for escalation in self.first if escalation not in self.last)
        self.came = tuple(escalation for escalation in self.last if escalation not in self.first)
        self.entries: list[Entry] = []
        self.notifications: list[Notification] = []

    def told(self) -> Situation:
        past = self.past
        self._declare()
        for escalation in self.first or self.last:
            self._start(escalation, past.declared_at)
        levels = self._levels()
        for escalation in self.first:
            self._page(escalation, levels.get(escalation.id, {}))
        self._change()
        for escalation in self.came:
            self._page(escalation, levels.get(escalation.id, {}))
        taken = self._acknowledge(levels) if past.acknowledged_at is not None else ()
        if past.resolved_at is not None:
            self._log(past.resolved_at, happened.Resolved(message=None))
        escalations = tuple(
            self._over(escalation, levels.get(escalation.id, {}), escalation in taken)
            for escalation in self._all
        )
        entries = tuple(sorted(self.entries, key=lambda entry: entry.at))
        return Situation(self._incident(), escalations, tuple(self.notifications), entries=entries)

    @property
    def _all(self) -> tuple[Escalation, ...]:
        return (*self.first, *self.came) if self.first else self.last

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

    def _routing(self) -> dict[str, Any]:
        services = self.past.first_services or self.past.services
        return {
            "query": self.past.title,
            "match": "given",
            "service": services[0],
            "candidates": [],
            IMPORTED: True,
        }

    # ── the acts ───────────────────────────────────────────────────────────────────────

    def _declare(self) -> None:
        past = self.past
        severity = past.first_severity or past.severity
        at = past.declared_at
        self._log(
            at,
            happened.Declared(title=past.title, severity=severity, message=past.message, imported=True),
            past.declared_by,
        )
        services = past.first_services or past.services
        routed = happened.Routed(
            query=past.title,
            match="given",
            service=services[0],
            imported=True,
            way=happened.Way.IMPORTED,
            services=services,
        )
        self._log(at, routed, past.declared_by)

    def _start(self, escalation: Escalation, at: Instant) -> None:
        policy = escalation.policy
        event = happened.EscalationStarted(
            team=escalation.team,
            policy=policy.id,
            services=escalation.services,
            because=escalation.because,
            source=policy.source,
        )
        self._log(at, event)

    def _change(self) -> None:
        """Other services, and another severity; by nobody that the row names, but by somebody: no
        rule did it.
        """
        past = self.past
        if past.moved:
            before, after = past.first_services, past.services
            added, dropped = (
                (service for service in after if service not in before),
                (service for service in before if service not in after),
            )
            self._log(
                past.moved_at,
                happened.ScopeChanged(added=tuple(added), dropped=tuple(dropped), before=before),
                IMPORTED,
            )
            for escalation in self.left:
                stopped = happened.EscalationStopped(
                    team=escalation.team, reason="no service in scope leads to it any more"
                )
                self._log(past.moved_at, stopped, IMPORTED)
            for escalation in self.came:
                self._start(escalation, past.moved_at)
        if past.first_severity is not None and past.first_severity != past.severity:
            before_rank, after_rank = (
                self.catalog.severity(severity).rank for severity in (past.first_severity, past.severity)
            )
            at = past.severity_changed_at or past.first_paged_at or past.declared_at
            rises = after_rank >= before_rank
            self._log(
                at,
                happened.SeverityChanged(before=past.first_severity, after=past.severity, rises=rises),
                IMPORTED,
            )

    def _page(self, escalation: Escalation, levels: _Levels) -> None:
        past = self.past
        for round_, (number, (at, estimated, people)) in enumerate(levels.items(), start=1):
            recipients = tuple(Recipient.person(person) for person in people)
            source = self._source(escalation, number)
            paged = happened.LevelPaged(
                team=escalation.team,
                policy=escalation.policy.id,
                level=number,
                levels=None,
                cycle=0,
                recipients=recipients,
                missed=(),
                late_seconds=0,
                source=source,
                estimated=estimated,
            )
            self._log(at, paged)
            gateway = past.gateway or UNKNOWN
            for recipient in recipients:
                number_of = -1000 - len(self.notifications)
                self.notifications.append(
                    Notification(
                        id=number_of,
                        kind=NotificationKind.PAGE,
                        recipient=recipient,
                        gateway=gateway,
                        address="(not recorded)",
                        reason=(
                            reason := Because(Imported(), LevelReached(number, None, escalation.policy.id))
                        ),
                        because=told_because(reason, self.catalog),
                        due_at=at,
                        urgency=self.urgency,
                        status=NotificationStatus.SENT,
                        attempts=1,
                        escalation_id=escalation.id,
                        level=number,
                        page_round=round_,
                        sent_at=at,
                        source=source,
                        created_at=at,
                    )
                )
                self._log(
                    at,
                    happened.Sent(
                        what="page", notification=number_of, recipient=recipient, gateway=gateway, attempt=1
                    ),
                )

    def _acknowledge(self, levels: Mapping[int, _Levels]) -> tuple[Escalation, ...]:
        """As `ack` does it: the escalations of the teams that whoever acknowledged belongs to, all
        of them if that is none.
        """
        past = self.past
        mine = self.catalog.teams_of(past.acknowledged_by) if past.acknowledged_by else frozenset()
        early = bool(self.first) and (past.acknowledged_at or 0) < past.moved_at
        running = (self.first, self.last) if early else (self.last,)
        taken = next(
            (
                own
                for group in running
                if (own := tuple(escalation for escalation in group if escalation.team in mine))
            ),
            running[0],
        )
        for escalation in taken:
            current = max(past.acknowledged_level or 0, _paged_by(past, levels.get(escalation.id, {})))
            event = happened.Acknowledged(team=escalation.team, level=current, everything=False)
            self._log(past.acknowledged_at or 0, event, past.acknowledged_by)
        return taken

    # ── who, where and when ────────────────────────────────────────────────────────────

    def _escalations(
        self, services: tuple[str, ...], team: str | None = None, *, number: int = 0
    ) -> tuple[Escalation, ...]:
        known = tuple(service for service in services if service in self.catalog.services)
        if team is not None:
            asked: tuple[Involvement, ...] = (
                Involvement(team, policy_for(team, None, self.catalog), services, "the imported row says so"),
            )
        elif known:
            asked = involvements(known, self.catalog)
        else:
            asked = (
                Involvement(
                    UNKNOWN, Policy(UNKNOWN, ()), services, "its service is not in the configuration any more"
                ),
            )
        return tuple(
            Escalation(
                -(number + count),
                start.team,
                start.policy,
                because=start.because,
                services=start.services,
                urgency=self.urgency,
            )
            for count, start in enumerate(asked, start=1)
        )

    def _aligned(self, asked: tuple[Escalation, ...]) -> tuple[Escalation, ...]:
        """Those that the services of the end ask for. Of a team that was there from the beginning
        the escalation goes on: that another of its services was meant has re-routed nothing. Where
        the team has several, the one with the policy that is asked for."""
        remaining = list(self.first)
        found: dict[int, Escalation] = {}
        for alike in (
            lambda escalation, ask: (escalation.team, escalation.policy.id) == (ask.team, ask.policy.id),
            lambda escalation, ask: escalation.team == ask.team,
        ):
            for number, ask in enumerate(asked):
                going_on = (
                    next((escalation for escalation in remaining if alike(escalation, ask)), None)
                    if number not in found
                    else None
                )
                if going_on is not None:
                    remaining.remove(going_on)
                    found[number] = going_on
        return tuple(found.get(number, ask) for number, ask in enumerate(asked))

    def _levels(self) -> dict[int, dict[int, _Level]]:
        """What was paged of each escalation, by its id."""
        past = self.past
        if past.first_paged_at is None:
            return {}
        named: dict[int, dict[int, list[Paged]]] = {}
        for paged in self._everybody():
            level = paged.level or 1
            named.setdefault(self._escalation_of(paged.person), {}).setdefault(level, []).append(paged)
        # A first page before the re-routing went to a first team, whoever is named.
        early = past.moved and past.moved_at > past.first_paged_at
        at_first = early or any(escalation.id in named for escalation in self.first)
        home = self.first[0] if self.first and at_first else self.last[0]
        candidates = {escalation.id for escalation in self.first} if early else named
        if not any(1 in levels for team, levels in named.items() if team in candidates):
            named.setdefault(home.id, {})[1] = [Paged(UNKNOWN, 1)]
        levels_of: dict[int, dict[int, _Level]] = {}
        for escalation in self._all:
            second = home in self.first and escalation in self.came
            for level, people in sorted(named.get(escalation.id, {}).items()):
                levels_of.setdefault(escalation.id, {})[level] = self._level(
                    escalation, level, people, second=second
                )
        return levels_of

    def _everybody(self) -> list[Paged]:
        """Those named, and whoever acknowledged at the level that the row gives."""
        past = self.past
        by, level = past.acknowledged_by, past.acknowledged_level
        everybody = [
            replace(paged, level=level) if paged.person == by and paged.level is None else paged
            for paged in past.paged
        ]
        if (
            by is not None
            and level is not None
            and not any((paged.person, paged.level) == (by, level) for paged in everybody)
        ):
            everybody.append(Paged(by, level))
        return everybody

    def _escalation_of(self, person: str) -> int:
        """The escalation in which a person was paged: their team's, the last one first."""
        teams = self.catalog.teams_of(person)
        for escalation in (*self.last, *self.first):
            if escalation.team in teams:
                return escalation.id
        return self.last[0].id

    def _level(self, escalation: Escalation, number: int, people: list[Paged], *, second: bool) -> _Level:
        """When a level was paged and whom. What the row does not say of it is estimated: by the
        waits of the policy as it is now, no later than what ended it; in an escalation that came
        `second`, from the re-routing on."""
        past = self.past
        first_at = past.first_paged_at or 0
        who = tuple(dict.fromkeys(person.person for person in people))
        if number == 1 and not second:
            return _Level(first_at, False, who)
        afters = [person.after for person in people if person.after is not None]
        if afters:
            return _Level(first_at + min(afters), False, who)
        begun_at = max(first_at, past.moved_at) if second else first_at
        waits = [
            escalation.policy.levels[n].wait if n < escalation.levels else 5 * MINUTE
            for n in range(number - 1)
        ]
        ends = [at for at in (past.acknowledged_at, past.resolved_at) if at is not None]
        return _Level(max(min([begun_at + sum(waits), *ends]), first_at), True, who)

    def _over(self, escalation: Escalation, levels: _Levels, taken: bool) -> Escalation:
        past = self.past
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

    def _source(self, escalation: Escalation, level: int) -> str:
        return (
            escalation.policy.levels[level - 1].source
            if level <= escalation.levels
            else escalation.policy.source
        )
