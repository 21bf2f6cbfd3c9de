"""The auditor: SQL (sql/audit.sql), apart from the engine, that asks whether anything open has been
forgotten.
"""

from __future__ import annotations

import sqlite3

from escalate_cli.core.calendar.duration import MINUTE, Instant, show_about
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import Statements

GRACE = 2 * MINUTE
"""a pass deals with what is due; what is still there this much later was forgotten"""

_sql = Statements("audit")

OVERLOOKED = frozenset({"nothing-due", "overdue", "stuck", "unsent"})
"""the codes of what a pass should have dealt with"""
UNREACHED = "unreached"
IN_VAIN = "paged-in-vain"


class Oversight(Problem, frozen=True, kw_only=True):
    """A problem of the incident `incident_id`. What has been reported about a `subject` (the
    incident itself, if empty) is not reported again, except for an incident that was declared
    after that. `declared_at` is 0 where one report is enough for ever.
    """

    incident_id: int
    subject: str = ""
    declared_at: Instant = 0
    concerns_a_page: bool = True
    """whether a page was forgotten, and not only news of the incident"""


def audit(database: Database, now: Instant) -> tuple[Oversight, ...]:
    """What has been forgotten and who cannot be reached, at most a hundred findings of each kind."""
    return (
        *_nothing_due(database),
        *_overdue(database, now),
        *_stuck(database, now),
        *_unsent(database, now),
        *_unreached(database, now),
        *_in_vain(database),
    )


def _nothing_due(database: Database) -> list[Oversight]:
    rows = database.run(_sql.nothing_due)
    return [
        Oversight(
            ERROR,
            "nothing-due",
            "it is open, nobody has acknowledged it, and nothing is due",
            incident_id=row["id"],
        )
        for row in rows
    ]


def _overdue(database: Database, now: Instant) -> list[Oversight]:
    rows = database.run(_sql.overdue, late=now - GRACE)
    return [
        Oversight(
            ERROR, "overdue", f"it was due {show_about(now - row['next_due_at'])} ago", incident_id=row["id"]
        )
        for row in rows
    ]


def _stuck(database: Database, now: Instant) -> list[Oversight]:
    rows = _confirmed(database, _sql.stuck, _sql.is_stuck, now)
    return [
        Oversight(
            ERROR,
            "stuck",
            f"notification {row['id']} is claimed by a process that has gone",
            incident_id=row["incident_id"],
            concerns_a_page=row["kind"] == NotificationKind.PAGE,
        )
        for row in rows
    ]


def _unsent(database: Database, now: Instant) -> list[Oversight]:
    rows = _confirmed(database, _sql.unsent, _sql.is_unsent, now)
    waiting: dict[int, list[Instant]] = {}
    for row in rows:
        waiting.setdefault(row["incident_id"], []).append(row["at"])
    pages = {row["incident_id"] for row in rows if row["kind"] == NotificationKind.PAGE}
    return [
        Oversight(
            ERROR,
            "unsent",
            f"{len(due)} notifications wait, the oldest for {show_about(now - min(due))}",
            incident_id=incident,
            concerns_a_page=incident in pages,
        )
        for incident, due in waiting.items()
    ]


def _confirmed(database: Database, which: str, is_so: str, now: Instant) -> list[sqlite3.Row]:
    """Notifications, the oldest first, a hundred at most; as far as the table itself can be trusted."""
    late = now - GRACE
    return [row for row in database.run(which, late=late) if database.run(is_so, id=row["id"], late=late)]


def _unreached(database: Database, now: Instant) -> list[Oversight]:
    """Its policy leads nowhere: pages were given up, none has arrived, and none is on its way."""
    rows = database.run(_sql.unreached, late=now - GRACE)
    return [
        Oversight(ERROR, UNREACHED, "nobody could be reached: every page was given up", incident_id=row["id"])
        for row in rows
    ]


def _in_vain(database: Database) -> list[Oversight]:
    """Its addresses lead nowhere: everything that running incidents sent to a recipient was given
    up, or called off before it was sent.
    """
    if not database.run(_sql.is_any_in_vain):
        return []
    return [
        Oversight(
            WARNING,
            IN_VAIN,
            f"no page reaches {row['recipient']}: each was given up",
            incident_id=row["id"],
            subject=row["recipient"],
            declared_at=row["declared_at"],
        )
        for row in database.run(_sql.paged_in_vain)
    ]
