"""Incidents with everything around them: loading a situation, and storing the one that follows."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.core.duration import Instant
from escalate_cli.core.events import AnyEvent, Attempt
from escalate_cli.core.model import Entry, Escalation, Incident, Maintenance, Notification, Nudge, RuleState, Situation
from escalate_cli.errors import DamagedRow
from escalate_cli.store.database import Database
from escalate_cli.store.numbers import GIVEN, NUMBERED, Numbers
from escalate_cli.store.rows import Thing, from_row, to_row

_rules = msgspec.json.Decoder(tuple[RuleState, ...])
EVENTS: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
"""reads what the timeline stores of each event"""


def _rules_of(text: str) -> tuple[RuleState, ...]:
    try:
        return _rules.decode(text)
    except ValueError as problem:
        raise DamagedRow(f"a record of the database cannot be read (rules: {problem})") from None


def _entry(row: sqlite3.Row) -> Entry:
    try:
        return Entry(row["at"], EVENTS.decode(row["data"]), row["text"], row["by"])
    except ValueError as problem:
        raise DamagedRow(f"a record of the database cannot be read (timeline: {problem})") from None


class Situations:
    """The tables of incidents, escalations, notifications, nudges and the timeline. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._numbers = Numbers(database.path)

    def load(self, incident_id: int) -> Situation | None:
        """The situation of this incident, without its stored timeline; None when there is no such incident."""
        rows = self._db.run("SELECT * FROM incidents WHERE id = ?", (incident_id,))
        if not rows:
            return None
        return Situation(
            incident=from_row(Incident, rows[0]),
            escalations=tuple(
                from_row(Escalation, row)
                for row in self._db.run("SELECT * FROM escalations WHERE incident_id = ? ORDER BY id", (incident_id,))
            ),
            notifications=tuple(
                from_row(Notification, row)
                for row in self._db.run("SELECT * FROM notifications WHERE incident_id = ? ORDER BY id", (incident_id,))
            ),
            nudges=tuple(
                from_row(Nudge, row) for row in self._db.run("SELECT * FROM nudges WHERE incident_id = ? ORDER BY id", (incident_id,))
            ),
            rules=_rules_of(rows[0]["rules"]),
            maintenance=self.maintenance(),
            turns={row["team"]: row["turn"] for row in self._db.run("SELECT team, turn FROM turns WHERE incident_id = ?", (incident_id,))},
            next_turns=self.next_turns(),
        )

    def save(self, before: Situation | None, after: Situation) -> Situation:
        """Store what changed from `before` to `after`; the situation comes back with the ids that new things were given."""
        stored = self.load(self._write(before, after))
        assert stored is not None  # noqa: S101 - written a moment ago in this transaction
        return stored

    def add(self, situation: Situation) -> int:
        """Store a situation that is new throughout; the id of its incident. It is not read back: there may be thousands."""
        return self._write(None, situation)

    def _write(self, before: Situation | None, after: Situation) -> int:
        incident_id = self._save_incident(before, after)
        names: dict[int, int] = {}
        known = {one.id: one for one in before.escalations} if before else {}
        for escalation in after.escalations:
            self._save_thing("escalations", escalation, known.get(escalation.id), incident_id, names)
        known_nudges = {one.id: one for one in before.nudges} if before else {}
        for nudge in after.nudges:
            self._save_thing("nudges", nudge, known_nudges.get(nudge.id), incident_id, names)
        known_notifications = {one.id: one for one in before.notifications} if before else {}
        for notification in after.notifications:
            self._save_notification(notification, known_notifications.get(notification.id), incident_id, names)
        for entry in after.entries:
            self.append(incident_id, entry, names)
        for team, turn in after.turns.items():
            if before is None or team not in before.turns:
                self._db.change("INSERT INTO turns (team, turn, incident_id) VALUES (?, ?, ?)", (team, turn, incident_id))
        return incident_id

    def _save_incident(self, before: Situation | None, after: Situation) -> int:
        row = to_row(after.incident) | {"rules": msgspec.json.encode(after.rules).decode()}
        if before is None:
            return self._insert("incidents", row)
        if after.incident != before.incident or after.rules != before.rules:
            self._update("incidents", after.incident.id, row)
        return after.incident.id

    def _save_thing(self, table: str, thing: Escalation | Nudge, before: object, incident_id: int, names: dict[int, int]) -> None:
        if thing.id < 0:
            names[thing.id] = self._insert(table, to_row(thing) | {"incident_id": incident_id})
        elif thing != before:
            self._update(table, thing.id, to_row(thing))

    def _save_notification(
        self, notification: Notification, before: Notification | None, incident_id: int, names: dict[int, int]
    ) -> None:
        """New ones are inserted. Of stored ones the core changes only whether and when they are wanted, and never one that is under way."""
        if notification.id < 0:
            row = to_row(notification) | {"incident_id": incident_id}
            row["escalation_id"] = names.get(notification.escalation_id or 0, notification.escalation_id)
            row["nudge_id"] = names.get(notification.nudge_id or 0, notification.nudge_id)
            names[notification.id] = self._insert("notifications", row)
        elif before is not None and notification != before:
            self._db.change(
                "UPDATE notifications SET status = ?, due_at = ?, stopped = ? WHERE id = ? AND status = ?",
                (notification.status.value, notification.due_at, int(notification.stopped), notification.id, before.status.value),
            )

    def _insert(self, table: str, row: dict[str, object]) -> int:
        if table in NUMBERED:
            row = {"id": self._next_number(table), **row}
        marks = ", ".join("?" * len(row))
        statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id"  # noqa: S608 - names are ours
        return int(self._db.run(statement, tuple(row.values()))[0]["id"])

    def note_numbers(self) -> None:
        """Have what has been given noted, also by an older version, or where the note was lost."""
        tables = {table: self._db.run(f"SELECT max(id) AS highest FROM {table}")[0]["highest"] for table in NUMBERED}  # noqa: S608 - ours
        self._numbers.note({table: highest or 0 for table, highest in tables.items()})

    def _next_number(self, table: str) -> int:
        """One above the highest number ever given, also by a database that was here before; noted before it can be known to anybody."""
        rows = self._db.run(
            f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0),"  # noqa: S608 - names are ours
            " coalesce((SELECT CAST(value AS INTEGER) FROM facts WHERE name = ?), 0)) AS highest",
            (GIVEN + table,),
        )
        number = max(int(rows[0]["highest"]), self._numbers.highest()[table]) + 1
        self._numbers.note({table: number})
        return number

    def _update(self, table: str, thing_id: int, row: dict[str, object]) -> None:
        settings = ", ".join(f"{name} = ?" for name in row)
        self._db.change(f"UPDATE {table} SET {settings} WHERE id = ?", (*row.values(), thing_id))  # noqa: S608 - names are ours

    def append(self, incident_id: int, entry: Entry, names: dict[int, int] | None = None) -> None:
        """Add one entry to the timeline. `names` translates the negative ids of things stored in the same transaction."""
        event = entry.event
        if isinstance(event, Attempt) and event.notification < 0:
            event = replace(event, notification=(names or {})[event.notification])
        self._db.change(
            "INSERT INTO timeline (incident_id, at, kind, by, text, data) VALUES (?, ?, ?, ?, ?, ?)",
            (incident_id, entry.at, entry.kind.value, entry.by, entry.text, msgspec.json.encode(event).decode()),
        )

    def timeline(self, incident_id: int) -> tuple[Entry, ...]:
        """The stored timeline, oldest first."""
        rows = self._db.run("SELECT at, by, text, data FROM timeline WHERE incident_id = ? ORDER BY id", (incident_id,))
        return tuple(_entry(row) for row in rows)

    def has(self, incident_id: int, event: AnyEvent) -> bool:
        """Whether the timeline of this incident has this event."""
        data = msgspec.json.encode(event).decode()
        return bool(self._db.run("SELECT 1 FROM timeline WHERE incident_id = ? AND data = ? LIMIT 1", (incident_id, data)))

    def latest_entries(self, limit: int) -> tuple[tuple[int, Entry], ...]:
        """(incident id, entry) of the last things that happened anywhere, oldest first."""
        rows = self._db.run("SELECT incident_id, at, by, text, data FROM timeline ORDER BY id DESC LIMIT ?", (limit,))
        return tuple((row["incident_id"], _entry(row)) for row in reversed(rows))

    def exists(self, incident_id: int) -> bool:
        """Whether there is such an incident."""
        return bool(self._db.run("SELECT 1 FROM incidents WHERE id = ?", (incident_id,)))

    def open_with_key(self, key: str) -> int | None:
        """The id of the incident with this key that is not resolved."""
        rows = self._db.run("SELECT id FROM incidents WHERE key = ? AND status <> 'resolved'", (key,))
        return int(rows[0]["id"]) if rows else None

    def with_label(self, name: str) -> frozenset[str]:
        """Every value that the incidents have of this label."""
        rows = self._db.run("SELECT labels FROM incidents WHERE labels LIKE ?", (f'%"{name}":%',))
        return frozenset(labels[name] for row in rows if name in (labels := msgspec.json.decode(row["labels"])))

    def due(self, now: Instant, limit: int) -> tuple[int, ...]:
        """The ids of incidents that ask to be looked at, the longest due first."""
        rows = self._db.run("SELECT id FROM incidents WHERE next_due_at <= ? ORDER BY next_due_at, id LIMIT ?", (now, limit))
        return tuple(row["id"] for row in rows)

    def push_ahead(self, incident_id: int, until: Instant) -> None:
        """Look at this incident no earlier than `until`: it could not be dealt with and must not stop the others."""
        self._db.change("UPDATE incidents SET next_due_at = ? WHERE id = ?", (until, incident_id))

    def next_due_at(self) -> Instant | None:
        """When anything is due next: an incident to look at or a notification to send."""
        rows = self._db.run(
            "SELECT min(at) AS at FROM (SELECT min(next_due_at) AS at FROM incidents WHERE next_due_at IS NOT NULL"
            " UNION ALL SELECT min(due_at) FROM notifications WHERE status IN ('pending', 'retrying')"
            " UNION ALL SELECT min(lease_until) FROM notifications WHERE status = 'sending')"
        )
        at = rows[0]["at"]
        return None if at is None else int(at)

    def unreadable(self) -> dict[int, DamagedRow]:
        """The running incidents of which something cannot be read, and what."""
        found: dict[int, DamagedRow] = {}
        for row in self._db.run("SELECT id FROM incidents WHERE status <> 'resolved' ORDER BY id"):
            try:
                self.load(row["id"])
            except DamagedRow as problem:
                found[row["id"]] = problem
        return found

    def listed(
        self, *, running_only: bool, status: str | None, limit: int | None, without: Collection[int] = ()
    ) -> tuple[Incident, ...]:
        """Incidents, newest first, but for those in `without`."""
        where, values = "1 = 1", []
        if status is not None:
            where, values = "status = ?", [status]
        elif running_only:
            where = "status <> 'resolved'"
        if without:
            where += f" AND id NOT IN ({', '.join(str(int(one)) for one in without)})"
        tail = f" LIMIT {int(limit)}" if limit is not None else ""
        order = "id DESC" if running_only else "declared_at DESC, id DESC"  # what was imported is older than its number
        rows = self._db.run(f"SELECT * FROM incidents WHERE {where} ORDER BY {order}{tail}", values)  # noqa: S608 - words are ours
        return tuple(from_row(Incident, row) for row in rows)

    def worst(self, severities: Sequence[str], limit: int) -> tuple[Incident, ...]:
        """What runs, the gravest first (`severities` are in order, least first), of these what nobody has taken, then the newest."""
        # A severity that the configuration no longer has counts as the gravest.
        ranks = f"CASE severity {'WHEN ? THEN ? ' * len(severities)} ELSE -1 END" if severities else "-1"
        values = [value for rank, one in enumerate(reversed(severities)) for value in (one, rank)]
        rows = self._db.run(
            f"SELECT * FROM incidents WHERE status <> 'resolved' ORDER BY {ranks}, status = 'acknowledged', id DESC LIMIT ?",  # noqa: S608
            (*values, limit),
        )
        return tuple(from_row(Incident, row) for row in rows)

    def running_by_severity(self) -> dict[str, int]:
        """How many incidents of each severity run."""
        rows = self._db.run("SELECT severity, count(*) AS many FROM incidents WHERE status <> 'resolved' GROUP BY severity")
        return {row["severity"]: row["many"] for row in rows}

    def incidents(self, incident_ids: tuple[int, ...]) -> tuple[Incident, ...]:
        """These incidents, in the order of their ids."""
        found: list[Incident] = []
        for start in range(0, len(incident_ids), 500):
            some = incident_ids[start : start + 500]
            marks = ", ".join("?" * len(some))
            rows = self._db.run(f"SELECT * FROM incidents WHERE id IN ({marks}) ORDER BY id", some)  # noqa: S608 - marks only
            found += [from_row(Incident, row) for row in rows]
        return tuple(found)

    def escalations(self, incident_ids: tuple[int, ...]) -> dict[int, tuple[Escalation, ...]]:
        """The escalations of several incidents."""
        return self._grouped("escalations", Escalation, incident_ids)

    def nudges(self, incident_ids: tuple[int, ...]) -> dict[int, tuple[Nudge, ...]]:
        """The nudges of several incidents."""
        return self._grouped("nudges", Nudge, incident_ids)

    def waiting(self, *, without: Collection[int] = ()) -> dict[int, tuple[Notification, ...]]:
        """By incident, what is still to be sent: later notification steps and retries, the soonest first."""
        rows = self._db.run("SELECT * FROM notifications WHERE status IN ('pending', 'retrying') ORDER BY due_at, id")
        found: dict[int, tuple[Notification, ...]] = {}
        for row in rows:
            if row["incident_id"] not in without:
                found[row["incident_id"]] = (*found.get(row["incident_id"], ()), from_row(Notification, row))
        return found

    def _grouped(self, table: str, kind: type[Thing], incident_ids: tuple[int, ...]) -> dict[int, tuple[Thing, ...]]:
        found: dict[int, tuple[Thing, ...]] = dict.fromkeys(incident_ids, ())
        for start in range(0, len(incident_ids), 500):
            some = incident_ids[start : start + 500]
            marks = ", ".join("?" * len(some))
            for row in self._db.run(f"SELECT * FROM {table} WHERE incident_id IN ({marks}) ORDER BY id", some):  # noqa: S608 - names are ours
                found[row["incident_id"]] = (*found[row["incident_id"]], from_row(kind, row))
        return found

    def incident_of_nudge(self, nudge_id: int) -> int | None:
        """The id of the incident that a nudge belongs to."""
        rows = self._db.run("SELECT incident_id FROM nudges WHERE id = ?", (nudge_id,))
        return int(rows[0]["incident_id"]) if rows else None

    def open_nudges(self) -> tuple[tuple[int, Nudge], ...]:
        """(incident id, nudge) of every nudge that waits for an answer, oldest first."""
        rows = self._db.run("SELECT * FROM nudges WHERE status = 'open' ORDER BY id")
        return tuple((row["incident_id"], from_row(Nudge, row)) for row in rows)

    def maintenance(self) -> tuple[Maintenance, ...]:
        """The maintenances, the one recorded last first: the latest thousand, and those that last longest."""
        rows = self._db.run(
            "SELECT * FROM maintenance WHERE id IN (SELECT id FROM maintenance ORDER BY id DESC LIMIT 1000)"
            " OR id IN (SELECT id FROM maintenance ORDER BY until_at DESC LIMIT 100) ORDER BY id DESC"
        )
        return tuple(from_row(Maintenance, row) for row in rows)

    def add_maintenance(self, maintenance: Maintenance) -> None:
        """Record a maintenance, and have every running incident looked at."""
        row = to_row(maintenance)
        self._insert("maintenance", row)
        self.look_at_all(maintenance.start_at)

    def look_at_all(self, at: Instant) -> None:
        """Have every running incident looked at, at the latest at that instant."""
        self._db.change("UPDATE incidents SET next_due_at = min(coalesce(next_due_at, ?1), ?1) WHERE status <> 'resolved'", (at,))

    def next_turns(self) -> dict[str, int]:
        """Round robin: each team's next turn."""
        return {row["team"]: row["turn"] for row in self._db.run("SELECT team, max(turn) + 1 AS turn FROM turns GROUP BY team")}
