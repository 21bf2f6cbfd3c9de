"""Setting the scene without waiting for it: incidents declared at any instant, as if everything so
far had been delivered.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from escalate_cli.actions import declare as declaring
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import Instant


class StoppedClock(Clock):
    """Stands where it is set."""

    def __init__(self) -> None:
        self.at: Instant = super().now()

    def now(self) -> Instant:
        return self.at


def declare_incidents(
    config: Path, db: Path, services: Sequence[str], declared_at: Sequence[Instant], *, delivered: bool
) -> None:
    """Store one incident a service at its instant. With `delivered` its first messages count as
    sent, else they wait for a tick.
    """
    clock = StoppedClock()
    context = Context(
        Options(config=config, db=db), dict(os.environ) | {"XDG_CACHE_HOME": str(db.parent / "cache")}, clock
    )
    # of this connection only: the scene may be set quickly
    context.store.database.run("PRAGMA synchronous=OFF")
    for number, (service, instant) in enumerate(zip(services, declared_at, strict=True)):
        clock.at = instant
        asked = declaring.Request(f"Trouble number {number} with {service}", (service,), by="benchmark")
        declaring.store_declaration(context, asked)
    context.close()
    if delivered:
        with sqlite3.connect(db) as connection:
            connection.execute(
                "UPDATE notifications SET status = 'sent', attempts = 1, sent_at = due_at WHERE status ="
                " 'pending'"
            )
        connection.close()


def add_past(db: Path, incidents: int) -> None:
    """Multiply the database's first incident into as many resolved ones, each with its
    notifications, ten attempts and a timeline.
    """
    with sqlite3.connect(db) as connection:
        run = connection.execute
        run("PRAGMA synchronous=OFF")
        run(
            "UPDATE incidents SET status = 'resolved', next_due_at = NULL, resolved_at = declared_at, key ="
            " NULL WHERE id = 1"
        )
        run("UPDATE escalations SET status = 'stopped', next_at = NULL WHERE incident_id = 1")
        run("UPDATE notifications SET status = 'sent', attempts = 10, sent_at = due_at WHERE incident_id = 1")
        run("CREATE TEMP TABLE numbers AS WITH RECURSIVE n(id) AS"
            " (SELECT 2 UNION ALL SELECT id + 1 FROM n WHERE id < ?) SELECT id FROM n",
            (incidents,))  # fmt: skip
        _multiply(connection, "incidents", {"id": "numbers.id"})
        for table in ("escalations", "notifications", "timeline"):
            _multiply(connection, table, {"id": "NULL", "incident_id": "numbers.id"}, "WHERE incident_id = 1")
        run(
            "CREATE TEMP TABLE tries AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n"
            " WHERE id < 10) SELECT id FROM n"
        )
        run("INSERT INTO attempts (notification_id, number, began_at, ended_at, outcome)"
            " SELECT notifications.id, tries.id, due_at, due_at, 'sent'"
            " FROM notifications, tries")  # fmt: skip
    connection.close()


def _multiply(
    connection: sqlite3.Connection, table: str, given: dict[str, str], where: str = "WHERE things.id = 1"
) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(given.get(name, f"things.{name}") for name in names)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} AS things, numbers {where}"
    )
