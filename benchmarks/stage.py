"""Setting the scene without waiting for it: incidents declared at any instant, as if everything so far had been delivered."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from escalate_cli import operations
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.duration import Instant


class _StoppedClock(Clock):
    """Stands where it is set."""

    def __init__(self) -> None:
        self.at: Instant = super().now()

    def now(self) -> Instant:
        return self.at


def declare_incidents(config: Path, db: Path, services: Sequence[str], declared_at: Sequence[Instant], *, delivered: bool) -> None:
    """Store one incident a service at its instant. With `delivered` its first messages count as sent, else they wait for a tick."""
    clock = _StoppedClock()
    context = Context(Options(config=config, db=db), dict(os.environ) | {"XDG_CACHE_HOME": str(db.parent / "cache")}, clock)
    context.store.database.run("PRAGMA synchronous=OFF")  # of this connection only: the scene may be set quickly
    for number, (service, instant) in enumerate(zip(services, declared_at, strict=True)):
        clock.at = instant
        asked = operations.Request(f"Trouble number {number} with {service}", (service,), by="benchmark")
        operations.declare(context, asked, lambda routing: None)
    context.close()
    if delivered:
        with sqlite3.connect(db) as connection:
            connection.execute("UPDATE notifications SET status = 'sent', attempts = 1, sent_at = due_at WHERE status = 'pending'")
        connection.close()
