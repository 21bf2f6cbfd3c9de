"""Incidents with everything around them: loading a situation, and storing the one that follows."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent, Attempt
from escalate_cli.core.incident.situation import (
    Escalation,
    Incident,
    Maintenance,
    Notification,
    Nudge,
    RuleState,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.incident.worst_first import Standing
from escalate_cli.core.organisation.recipient import as_text, from_text
from escalate_cli.errors import DamagedRow
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import StoredThing, from_row, to_row
from escalate_cli.store.statements import Statements
from escalate_cli.store.without_database.numbers import GIVEN, NUMBERED, Numbers

_sql = Statements("situations")
_facts = Statements("ledger")
_rules = msgspec.json.Decoder(tuple[RuleState, ...])
EVENTS: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent, dec_hook=from_text)
"""reads what the timeline stores of each event"""


def _rules_of(text: str) -> tuple[RuleState, ...]:
    try:
        return _rules.decode(text)
    except ValueError as problem:
        raise DamagedRow(f"a record of the database cannot be read (rules: {problem})") from None


def _json(numbers: Collection[int]) -> str:
    """A list of numbers, as statements take it."""
    return msgspec.json.encode(tuple(numbers)).decode()


def _entry(row: sqlite3.Row) -> Entry:
    try:
        return Entry(row["at"], EVENTS.decode(row["data"]), row["text"], row["by"])
    except ValueError as problem:
        raise DamagedRow(f"a record of the database cannot be read (timeline: {problem})") from None


class Situations:
    """The tables of incidents, escalations, notifications, nudges and the timeline. Writing happens
    inside a transaction.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._numbers = Numbers(database.path)

    def load(self, incident_id: int) -> Situation | None:
        """The situation of this incident, without its stored timeline; None when there is no such
        incident.
        """
        rows = self._db.run(_sql.find_incident, id=incident_id)
        if not rows:
            return None
        of = {"incident_id": incident_id}
        return Situation(
            incident=from_row(Incident, rows[0]),
            escalations=tuple(from_row(Escalation, row) for row in self._db.run(_sql.escalations_of, of)),
            notifications=tuple(
                from_row(Notification, row) for row in self._db.run(_sql.notifications_of, of)
            ),
            nudges=tuple(from_row(Nudge, row) for row in self._db.run(_sql.nudges_of, of)),
            rules=_rules_of(rows[0]["rules"]),
            maintenance=self.maintenance(),
            turns={row["team"]: row["turn"] for row in self._db.run(_sql.turns_of, of)},
            next_turns=self.next_turns(),
            acted={row["by"]: row["at"] for row in self._db.run(_sql.acted_besides, of)},
        )

    def save(self, before: Situation | None, after: Situation) -> Situation:
        """Store what changed from `before` to `after`; the situation comes back with the ids that
        new things were given.
        """
        stored = self.load(self._write(before, after))
        assert stored is not None  # noqa: S101 - written a moment ago in this transaction
        return stored

    def add(self, situation: Situation) -> int:
        """Store a situation that is new throughout; the id of its incident. It is not read back:
        there may be thousands.
        """
        return self._write(None, situation)

    def _write(self, before: Situation | None, after: Situation) -> int:
        incident_id = self._save_incident(before, after)
        names: dict[int, int] = {}
        known = {escalation.id: escalation for escalation in before.escalations} if before else {}
        for escalation in after.escalations:
            self._save_escalation(escalation, known.get(escalation.id), incident_id, names)
        known_nudges = {nudge.id: nudge for nudge in before.nudges} if before else {}
        for nudge in after.nudges:
            self._save_nudge(nudge, known_nudges.get(nudge.id), incident_id, names)
        known_notifications = (
            {notification.id: notification for notification in before.notifications} if before else {}
        )
        for notification in after.notifications:
            self._save_notification(
                notification, known_notifications.get(notification.id), incident_id, names
            )
        for entry in after.entries:
            self.append(incident_id, entry, names)
        for team, turn in after.turns.items():
            if before is None or team not in before.turns:
                self._db.change(_sql.insert_turn, team=team, turn=turn, incident_id=incident_id)
        return incident_id

    def _save_incident(self, before: Situation | None, after: Situation) -> int:
        row = to_row(after.incident) | {"rules": msgspec.json.encode(after.rules).decode()}
        if before is None:
            return self._insert(_sql.insert_incident, row | {"id": self._next_number("incidents")})
        if after.incident != before.incident or after.rules != before.rules:
            self._db.change(_sql.update_incident, row | {"id": after.incident.id})
        return after.incident.id

    def _save_escalation(
        self, escalation: Escalation, before: Escalation | None, incident_id: int, names: dict[int, int]
    ) -> None:
        row = to_row(escalation)
        if escalation.id < 0:
            names[escalation.id] = self._insert(_sql.insert_escalation, row | {"incident_id": incident_id})
        elif escalation != before:
            self._db.change(_sql.update_escalation, row | {"id": escalation.id})

    def _save_nudge(
        self, nudge: Nudge, before: Nudge | None, incident_id: int, names: dict[int, int]
    ) -> None:
        row = to_row(nudge)
        if nudge.id < 0:
            row |= {"id": self._next_number("nudges"), "incident_id": incident_id}
            names[nudge.id] = self._insert(_sql.insert_nudge, row)
        elif nudge != before:
            self._db.change(_sql.update_nudge, row | {"id": nudge.id})

    def _save_notification(
        self, notification: Notification, before: Notification | None, incident_id: int, names: dict[int, int]
    ) -> None:
        """New ones are inserted. Of stored ones the core changes only whether and when they are
        wanted, and never one that is under way.
        """
        if notification.id < 0:
            row = to_row(notification) | {"incident_id": incident_id}
            row["escalation_id"] = names.get(notification.escalation_id or 0, notification.escalation_id)
            row["nudge_id"] = names.get(notification.nudge_id or 0, notification.nudge_id)
            names[notification.id] = self._insert(_sql.insert_notification, row)
        elif before is not None and notification != before:
            self._db.change(
                _sql.change_notification,
                id=notification.id,
                status_before=before.status.value,
                status=notification.status.value,
                due_at=notification.due_at,
                stopped=int(notification.stopped),
            )

    def _insert(self, statement: str, row: dict[str, object]) -> int:
        return int(self._db.run(statement, row)[0]["id"])

    def note_numbers(self) -> None:
        """Have what has been given noted, also by an older version, or where the note was lost."""
        self._numbers.note({table: self._highest(table) for table in NUMBERED})

    def _highest(self, table: str) -> int:
        """The highest number that is in this table; 0 for none."""
        statement = {"incidents": _sql.highest_incident, "nudges": _sql.highest_nudge}[table]
        return int(self._db.run(statement)[0]["highest"] or 0)

    def _next_number(self, table: str) -> int:
        """One above the highest number ever given, also by a database that was here before; noted
        before it can be known to anybody.
        """
        remembered = self._db.run(_facts.find_number, name=GIVEN + table)
        given = int(remembered[0]["number"]) if remembered else 0
        number = max(self._highest(table), given, self._numbers.highest()[table]) + 1
        self._numbers.note({table: number})
        return number

    def append(self, incident_id: int, entry: Entry, names: dict[int, int] | None = None) -> None:
        """Add one entry to the timeline. `names` translates the negative ids of things stored in
        the same transaction.
        """
        event = entry.event
        if isinstance(event, Attempt) and event.notification < 0:
            event = replace(event, notification=(names or {})[event.notification])
        self._db.change(
            _sql.append_entry,
            incident_id=incident_id,
            at=entry.at,
            kind=entry.kind.value,
            by=entry.by,
            text=entry.text,
            data=msgspec.json.encode(event, enc_hook=as_text).decode(),
        )

    def timeline(self, incident_id: int) -> tuple[Entry, ...]:
        """The stored timeline, oldest first."""
        rows = self._db.run(_sql.timeline_of, incident_id=incident_id)
        return tuple(_entry(row) for row in rows)

    def has(self, incident_id: int, event: AnyEvent) -> bool:
        """Whether the timeline of this incident has this event."""
        data = msgspec.json.encode(event, enc_hook=as_text).decode()
        return bool(self._db.run(_sql.has_entry, incident_id=incident_id, data=data))

    def latest_entries(self, limit: int) -> tuple[tuple[int, Entry], ...]:
        """(incident id, entry) of the last things that happened anywhere, oldest first."""
        rows = self._db.run(_sql.latest_entries, limit=limit)
        return tuple((row["incident_id"], _entry(row)) for row in reversed(rows))

    def resolvers(self, incident_ids: tuple[int, ...]) -> dict[int, str | None]:
        """Who ended each of these incidents, the last time that it was."""
        rows = self._db.run(_sql.resolvers, ids=msgspec.json.encode(incident_ids).decode())
        return {row["incident_id"]: row["by"] for row in rows}

    def exists(self, incident_id: int) -> bool:
        """Whether there is such an incident."""
        return bool(self._db.run(_sql.exists, id=incident_id))

    def open_with_key(self, key: str, *, resolved_too: bool = False) -> int | None:
        """The id of the incident with this key that is not resolved; else, if asked, of the last one."""
        rows = self._db.run(_sql.latest_with_key if resolved_too else _sql.open_with_key, key=key)
        return int(rows[0]["id"]) if rows else None

    def with_label(self, name: str) -> frozenset[str]:
        """Every value that the incidents have of this label."""
        rows = self._db.run(_sql.labels_like, pattern=f'%"{name}":%')
        return frozenset(
            labels[name] for row in rows if name in (labels := msgspec.json.decode(row["labels"]))
        )

    def due(self, now: Instant, limit: int) -> tuple[int, ...]:
        """The ids of incidents that ask to be looked at, the longest due first."""
        rows = self._db.run(_sql.due, now=now, limit=limit)
        return tuple(row["id"] for row in rows)

    def push_ahead(self, incident_id: int, until: Instant) -> None:
        """Look at this incident no earlier than `until`: it could not be dealt with and must not
        stop the others.
        """
        self._db.change(_sql.push_ahead, id=incident_id, until=until)

    def next_due_at(self) -> Instant | None:
        """When anything is due next: an incident to look at or a notification to send."""
        at = self._db.run(_sql.next_due_at)[0]["at"]
        return None if at is None else int(at)

    def unreadable(self) -> dict[int, DamagedRow]:
        """The running incidents of which something cannot be read, and what."""
        unreadable: dict[int, DamagedRow] = {}
        for row in self._db.run(_sql.running_ids):
            try:
                self.load(row["id"])
            except DamagedRow as problem:
                unreadable[row["id"]] = problem
        return unreadable

    def listed(
        self, *, running_only: bool, status: str | None = None, without: Collection[int] = ()
    ) -> tuple[Incident, ...]:
        """Incidents, newest first, but for those in `without`."""
        left_out = _json(without)
        if not running_only:
            rows = self._db.run(_sql.list_all, status=status, without=left_out)
        elif status is not None:
            rows = self._db.run(_sql.list_of_status, status=status, without=left_out)
        else:
            rows = self._db.run(_sql.list_running, without=left_out)
        return tuple(from_row(Incident, row) for row in rows)

    def running(self) -> tuple[Standing, ...]:
        """Of everything that runs, how it stands."""
        return tuple(from_row(Standing, row) for row in self._db.run(_sql.running))

    def incidents(self, incident_ids: tuple[int, ...]) -> tuple[Incident, ...]:
        """These incidents, in the order of their ids."""
        rows = self._db.run(_sql.find_incidents, ids=_json(incident_ids))
        return tuple(from_row(Incident, row) for row in rows)

    def escalations(self, incident_ids: tuple[int, ...]) -> dict[int, tuple[Escalation, ...]]:
        """The escalations of several incidents."""
        return self._grouped(_sql.escalations_of_several, Escalation, incident_ids)

    def nudges(self, incident_ids: tuple[int, ...]) -> dict[int, tuple[Nudge, ...]]:
        """The nudges of several incidents."""
        return self._grouped(_sql.nudges_of_several, Nudge, incident_ids)

    def waiting(self, *, without: Collection[int] = ()) -> dict[int, tuple[Notification, ...]]:
        """By incident, what is still to be sent: later notification steps and retries, the soonest first."""
        rows = self._db.run(_sql.waiting)
        waiting: dict[int, tuple[Notification, ...]] = {}
        for row in rows:
            if row["incident_id"] not in without:
                waiting[row["incident_id"]] = (
                    *waiting.get(row["incident_id"], ()),
                    from_row(Notification, row),
                )
        return waiting

    def _grouped(
        self, statement: str, kind: type[StoredThing], incident_ids: tuple[int, ...]
    ) -> dict[int, tuple[StoredThing, ...]]:
        of_incident: dict[int, tuple[StoredThing, ...]] = dict.fromkeys(incident_ids, ())
        for row in self._db.run(statement, ids=_json(incident_ids)):
            of_incident[row["incident_id"]] = (*of_incident[row["incident_id"]], from_row(kind, row))
        return of_incident

    def incident_of_nudge(self, nudge_id: int) -> int | None:
        """The id of the incident that a nudge belongs to."""
        rows = self._db.run(_sql.incident_of_nudge, id=nudge_id)
        return int(rows[0]["incident_id"]) if rows else None

    def open_nudges(self) -> tuple[tuple[int, Nudge], ...]:
        """(incident id, nudge) of every nudge that waits for an answer, oldest first."""
        rows = self._db.run(_sql.open_nudges)
        return tuple((row["incident_id"], from_row(Nudge, row)) for row in rows)

    def maintenance(self) -> tuple[Maintenance, ...]:
        """The maintenances, the one recorded last first: the latest thousand, and those that last longest."""
        return tuple(from_row(Maintenance, row) for row in self._db.run(_sql.latest_maintenance))

    def add_maintenance(self, maintenance: Maintenance) -> None:
        """Record a maintenance, and have every running incident looked at."""
        self._insert(_sql.insert_maintenance, to_row(maintenance))
        self.look_at_all(maintenance.start_at)

    def look_at_all(self, at: Instant) -> None:
        """Have every running incident looked at, at the latest at that instant."""
        self._db.change(_sql.look_at_all, at=at)

    def next_turns(self) -> dict[str, int]:
        """Round robin: each team's next turn."""
        return {row["team"]: row["turn"] for row in self._db.run(_sql.next_turns)}
