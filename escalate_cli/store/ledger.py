"""What the installation remembers besides incidents: passes, the clock, configurations that were valid."""

from __future__ import annotations

import zlib

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import Statements

CLOCK_TOLERANCE = 2 * SECOND
"""how far the clocks of two processes may disagree"""
_LAST_LOOK = "last_pass_at"
_SEEN = "clock_seen_at"
_sql = Statements("ledger")


class Ledger:
    """The tables of facts and configurations. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def fact(self, name: str) -> str | None:
        """A remembered value."""
        rows = self._db.run(_sql.find_fact, name=name)
        return rows[0]["value"] if rows else None

    def remember(self, name: str, value: str) -> None:
        """Remember a value under a name."""
        self._db.change(_sql.remember_fact, name=name, value=value)

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
        """How far the clock is behind an earlier reading; 0 within `tolerance`. This reading is
        remembered.
        """
        value = self.fact(_SEEN)
        behind = int(value) - now if value else 0
        if behind > tolerance or behind <= 0:
            self.remember(_SEEN, str(now))
        return behind if behind > tolerance else 0

    def mind_the_clock(self, now: Instant) -> Span:
        """Remember this reading of the clock. If the clock was set back, move everything that is
        still to come by the same span. Returns that span, else 0.
        """
        behind = self.clock_set_back(now, CLOCK_TOLERANCE)
        if behind:
            self.move_back(behind)
        return behind

    def move_back(self, span: Span) -> None:
        """The clock was set back by `span`. Everything that is still to come moves with it, so that
        nothing waits longer than it should.
        """
        self._db.change(_sql.move_incidents_back, span=span)
        self._db.change(_sql.move_escalations_back, span=span)
        self._db.change(_sql.move_notifications_back, span=span)
        self._db.change(_sql.move_nudges_back, span=span)
        self._db.change(_sql.move_maintenance_back, span=span)
        self._db.change(_sql.move_alerts_back, span=span)
        last = self.last_pass_at
        if last is not None:
            self.note_pass(last - span)

    def keep_configuration(self, version: str, document: bytes, now: Instant) -> None:
        """Remember a configuration that was valid, as the last one used."""
        packed = zlib.compress(document, 6)
        self._db.change(_sql.keep_configuration, version=version, used_at=now, document=packed)

    @property
    def last_version(self) -> str | None:
        """Which valid configuration was used last."""
        rows = self._db.run(_sql.last_version)
        return rows[0]["version"] if rows else None

    def has_configuration(self, version: str) -> bool:
        """Whether this configuration is the one that was used last."""
        return self.last_version == version

    def configuration(self, version: str | None = None) -> bytes | None:
        """A kept configuration: the one with this version, or the one used last."""
        wanted = self.last_version if version is None else version
        rows = self._db.run(_sql.find_configuration, version=wanted)
        return zlib.decompress(rows[0]["document"]) if rows else None
