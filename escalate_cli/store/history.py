"""Many incidents at once, for statistics: a few scans of the tables instead of a look at each incident."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent, EntryKind
from escalate_cli.core.incident.record import (
    TYPED,
    AckRecord,
    Delivery,
    Failure,
    NudgeRecord,
    Page,
    Paging,
    Record,
    ScopeChange,
    SeverityChange,
    WayAnswered,
)
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.store.situations import EVENTS
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import Statements

_sql = Statements("history")
_Row = tuple[Any, ...]


_names = msgspec.json.Decoder(tuple[str, ...])
_map = msgspec.json.Decoder(dict[str, Any])


class History:
    """The past, for those who want to learn from it. Reads only."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def records(
        self, since: Instant | None = None, until: Instant | None = None
    ) -> tuple[tuple[Record, ...], tuple[int, ...]]:
        """The records of the incidents declared from `since` until `until` (half-open; None: no
        limit), oldest first; and the ids of those that cannot be read."""
        first, end = -(2**62) if since is None else since, 2**62 if until is None else until
        rows = self._db.run(_sql.declared_between, since=first, until=end)
        if not rows:
            return (), ()
        ids = [row["id"] for row in rows]
        span = {"first": min(ids), "last": max(ids)}
        told = self._by_incident(_sql.events, span)
        team = dict(self._db.plain(_sql.teams, span)).get  # of an escalation
        others: list[tuple[str, Callable[[_Row], Any], dict[int, list[_Row]]]] = [
            (name, make, self._by_incident(statement, span))
            for name, statement, make in (
                (
                    "pages",
                    _sql.pages,
                    lambda row: Page(row[1], row[2], row[3], team(row[4]), row[5], (row[4], row[6], row[7])),
                ),
                ("deliveries", _sql.deliveries, lambda row: Delivery(row[1], team(row[2]), *row[3:6])),
                (
                    "failures",
                    _sql.failures,
                    lambda row: Failure(row[1], team(row[2]), Recipient(row[3]), row[4]),
                ),
                ("nudges", _sql.nudges, lambda row: NudgeRecord(*row[1:])),
            )
        ]
        records, damaged = [], []
        for row in rows:
            number = row["id"]
            try:
                parts = {
                    name: [make(part) for part in of[number]] for name, make, of in others if number in of
                }
                records.append(_record(row, told.get(number, ()), parts))
            except (msgspec.DecodeError, msgspec.ValidationError, TypeError):
                damaged.append(number)
        return tuple(records), tuple(damaged)

    def _by_incident(self, statement: str, span: dict[str, int]) -> dict[int, list[_Row]]:
        """The rows of each incident between two ids, as plain tuples, in order; the first column is
        the incident's id.
        """
        return {
            number: list(rows) for number, rows in groupby(self._db.plain(statement, span), key=itemgetter(0))
        }


def _record(row: sqlite3.Row, told: Sequence[_Row], parts: dict[str, list[Any]]) -> Record:
    for _, at, by, data in told:
        part = _part(at, EVENTS.decode(data), by)
        if part is not None:
            parts.setdefault(part[0], []).append(part[1])
    return Record(
        id=row["id"],
        title=row["title"],
        message=row["message"],
        first_title=parts["titles"][0] if "titles" in parts else row["title"],
        severity=row["severity"],
        services=_names.decode(row["services"]),
        labels=_map.decode(row["labels"]),
        status=row["status"],
        declared_by=row["declared_by"],
        declared_at=row["declared_at"],
        resolved_at=row["resolved_at"],
        config_version=row["config_version"],
        pages=parts.get("pages", ()),
        deliveries=parts.get("deliveries", ()),
        failures=parts.get("failures", ()),
        pagings=parts.get("pagings", ()),
        acks=parts.get("acks", ()),
        raised=parts.get("raised", ()),
        scopes=parts.get("scopes", ()),
        nudges=parts.get("nudges", ()),
        snoozes=parts.get("snoozes", ()),
        hurried=parts.get("hurried", ()),
        exhausted=parts.get("exhausted", ()),
        joined=parts.get("joined", ()),
    )


def _part(at: Instant, event: AnyEvent, by: str | None) -> tuple[str, Any] | None:
    """What an event adds to its incident's record."""
    if isinstance(event, happened.Declared):
        return "titles", event.title
    if isinstance(event, happened.LevelPaged):
        if event.recipients:
            paging = Paging(
                at,
                event.team,
                event.level,
                event.cycle,
                event.recipients,
                event.source,
                event.estimated,
                event.policy,
            )
            return "pagings", paging
    elif isinstance(event, happened.Acknowledged):
        return "acks", AckRecord(at, by, event.team, event.level, False, _way(event))
    elif isinstance(event, happened.AcknowledgedInPart):
        return "acks", AckRecord(at, by, event.team, event.level, True, _way(event))
    elif isinstance(event, happened.AcknowledgedBesides):
        return "acks", AckRecord(at, by, None, None, True, _way(event))
    elif isinstance(event, happened.EscalationStarted):
        return "joined", (at, event.team, event.policy)
    elif isinstance(event, happened.GoneOnByHand):
        return "hurried", (at, event.team)
    elif isinstance(event, happened.Snoozed):
        return "snoozes", (at, by)
    elif isinstance(event, happened.Exhausted) or (
        isinstance(event, happened.TeamReaching)
        and event.kind is EntryKind.EXHAUSTED
        and not event.recipients
    ):
        return "exhausted", (at, event.team)
    elif isinstance(event, happened.SeverityChanged):
        return "raised", SeverityChange(at, event.before, event.after, by)
    elif isinstance(event, happened.ScopeChanged):
        return "scopes", ScopeChange(at, event.added, event.dropped, event.before, by)
    return None


def _way(event: happened.Event) -> WayAnswered:
    """How somebody acknowledged, and by which gateway."""
    way = event.answered
    return TYPED if way is msgspec.UNSET else WayAnswered(way.how, way.gateway)
