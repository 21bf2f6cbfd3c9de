"""What is known of the alerts that monitors hand in."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from escalate_cli.core.alerts.heard import HeardAlert
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import from_row, to_row
from escalate_cli.store.statements import Statements

_sql = Statements("alerts")


class HeardAlerts(msgspec.Struct):
    """The table of alerts. Writing happens inside a transaction."""

    database: Database

    def find(self, source: str, key: str) -> HeardAlert | None:
        """What is known of this alert."""
        rows = self.database.run(_sql.find_alert, source=source, key=key)
        return from_row(HeardAlert, rows[0]) if rows else None

    def keep(self, heard: HeardAlert) -> None:
        """Remember how it stands now."""
        self.database.change(_sql.keep_alert, to_row(heard))

    def due(self, now: Instant, limit: int) -> tuple[HeardAlert, ...]:
        """Those about which something is to be done by now, the longest due first."""
        return tuple(
            from_row(HeardAlert, row) for row in self.database.run(_sql.due_alerts, now=now, limit=limit)
        )

    def firing(self, incident: int) -> int:
        """How many alerts of this incident still fire."""
        return int(self.database.run(_sql.firing_alerts, incident_id=incident)[0]["number"])

    def of_incident(self, incident: int) -> tuple[HeardAlert, ...]:
        """The alerts of this incident, in the order in which they began."""
        return tuple(
            from_row(HeardAlert, row) for row in self.database.run(_sql.alerts_of, incident_id=incident)
        )

    def not_over(self, source: str) -> tuple[HeardAlert, ...]:
        """The alerts of this source that fire, or settle."""
        return tuple(
            from_row(HeardAlert, row) for row in self.database.run(_sql.firing_of_source, source=source)
        )

    def forget_before(self, before: Instant) -> None:
        """Forget those that were over by then."""
        self.database.change(_sql.forget_alerts, before=before)

    def forget(self, heard: HeardAlert) -> None:
        """Nothing more is known of it."""
        self.database.change(_sql.forget_alert, source=heard.source, key=heard.key)

    def open_about(self, services: Collection[str]) -> tuple[int, ...]:
        """The open incidents that are about one of these services, the oldest first, not more than a few."""
        if not services:
            return ()
        rows = self.database.run(_sql.open_about, services=msgspec.json.encode(tuple(services)).decode())
        return tuple(row["id"] for row in rows)
