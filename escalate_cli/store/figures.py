"""How things stand, in a few numbers, for a monitor."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import Statements

_sql = Statements("figures")


class Figures(msgspec.Struct, frozen=True):
    """What runs, and what waits."""

    open: int
    acknowledged: int
    unacknowledged_since: Instant | None
    """since when the one that has waited longest has been waiting; None where nobody waits"""
    waiting: int
    """notifications that are due and not sent"""


def count_up(database: Database, now: Instant) -> Figures:
    """The figures of this moment."""
    running = {row["status"]: row["many"] for row in database.run(_sql.running_by_status)}
    return Figures(
        running.get("open", 0),
        running.get("acknowledged", 0),
        database.run(_sql.unacknowledged_since)[0]["since"],
        database.run(_sql.count_waiting, now=now)[0]["many"],
    )


def running_titles(database: Database) -> dict[int, str]:
    """The title of everything that runs, by number."""
    return {row["id"]: row["title"] for row in database.run(_sql.running_titles)}
