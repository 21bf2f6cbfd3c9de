"""What the installation remembers besides incidents: passes, the clock, configurations that were valid."""

from __future__ import annotations

import zlib

from escalate_cli.core.duration import SECOND, Instant, Span
from escalate_cli.store.database import Database

CLOCK_TOLERANCE = 2 * SECOND
"""so much the readings of two processes may disagree"""
_LAST_LOOK = "last_pass_at"
_SEEN = "clock_seen_at"


class Ledger:
    """The tables of facts and configurations. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def fact(self, name: str) -> str | None:
        """A remembered value."""
        rows = self._db.run("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0]["value"] if rows else None

    def remember(self, name: str, value: str) -> None:
        """Remember a value under a name."""
        self._db.change(
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    @property
    def last_pass_at(self) -> Instant | None:
        """When `tick` or `watch` last looked."""
        value = self.fact(_LAST_LOOK)
        return int(value) if value else None

    def note_pass(self, now: Instant) -> None:
        """A pass looked at `now`."""
        self.remember(_LAST_LOOK, str(now))

    @property
    def clock_seen_at(self) -> Instant | None:
        """The latest reading of the clock that is remembered."""
        value = self.fact(_SEEN)
        return int(value) if value else None

    def clock_set_back(self, now: Instant, tolerance: Span) -> Span:
        """How far the clock is behind an earlier reading; 0 within `tolerance`. Remembers this reading."""
        value = self.fact(_SEEN)
        behind = int(value) - now if value else 0
        if behind > tolerance or behind <= 0:
            self.remember(_SEEN, str(now))
        return behind if behind > tolerance else 0

    def mind_the_clock(self, now: Instant) -> Span:
        """Remember this reading of the clock. Where it was set back, move what is still to come with it; by how much, else 0."""
        behind = self.clock_set_back(now, CLOCK_TOLERANCE)
        if behind:
            self.move_back(behind)
        return behind

    def move_back(self, span: Span) -> None:
        """The clock was set back by `span`: so that nothing waits longer than it should, all that is still to come moves with it."""
        moves = {
            "incidents": ("next_due_at", "open_since", "unacknowledged_since", "message_since", "severity_since"),
            "escalations": ("next_at", "snoozed_until"),
            "notifications": ("due_at", "lease_until"),
            "nudges": ("expires_at",),
            "maintenance": ("start_at", "until_at"),
        }
        wheres = {
            "incidents": "status <> 'resolved'",
            "escalations": "status <> 'stopped'",
            "notifications": "status IN ('pending', 'retrying', 'sending')",
            "nudges": "status = 'open'",
            "maintenance": "until_at > 0",
        }
        for table, names in moves.items():
            settings = ", ".join(f"{name} = {name} - {int(span)}" for name in names)
            self._db.change(f"UPDATE {table} SET {settings} WHERE {wheres[table]}")  # noqa: S608 - words are ours
        last = self.last_pass_at
        if last is not None:
            self.note_pass(last - span)

    def keep_configuration(self, version: str, document: bytes, now: Instant) -> None:
        """Remember a configuration that was valid, as the last one used."""
        self._db.change(
            "INSERT INTO configurations (version, used_at, document) VALUES (?, ?, ?)"
            " ON CONFLICT (version) DO UPDATE SET used_at = excluded.used_at",
            (version, now, zlib.compress(document, 6)),
        )

    @property
    def last_version(self) -> str | None:
        """Which valid configuration was used last."""
        rows = self._db.run("SELECT version FROM configurations ORDER BY used_at DESC LIMIT 1")
        return rows[0]["version"] if rows else None

    def has_configuration(self, version: str) -> bool:
        """Whether this configuration is the one that was used last."""
        return self.last_version == version

    def configuration(self, version: str | None = None) -> bytes | None:
        """A kept configuration: the one with this version, or the one used last."""
        if version is None:
            rows = self._db.run("SELECT document FROM configurations ORDER BY used_at DESC LIMIT 1")
        else:
            rows = self._db.run("SELECT document FROM configurations WHERE version = ?", (version,))
        return zlib.decompress(rows[0]["document"]) if rows else None
