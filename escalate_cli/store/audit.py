"""The auditor: plain SQL, apart from the engine, that asks whether anything open has been forgotten.

It runs at every pass, so each statement is worded to find its rows by an index: a million past notifications must cost nothing. But not
by the index alone that the engine finds its work by: what that one hides nobody would ever see. What is running is found by its own index.
"""

from __future__ import annotations

from typing import Any

import msgspec

from escalate_cli.core.duration import MINUTE, Instant, show_about
from escalate_cli.store.database import Database

GRACE = 2 * MINUTE
"""what is due is dealt with within a pass; what is still there this much later was forgotten"""

_VAIN = "(n.status = 'failed' OR (n.status = 'retrying' AND n.attempts >= 4))"
"""given up, or tried so often in vain that whoever waits for it should not (what only this machine keeps back is never given up)"""

_RUNNING = "incidents INDEXED BY incidents_running WHERE status <> 'resolved'"

OVERLOOKED = frozenset({"nothing-due", "overdue", "stuck", "unsent"})
"""the codes of what a pass should have dealt with"""
UNREACHED = "unreached"
IN_VAIN = "paged-in-vain"


class Finding(msgspec.Struct, frozen=True):
    """Something that should not be. `incident_id` is the one it is about.

    What has been said about a `subject` (the incident itself, if empty) is not said again, but for an incident declared after it was
    said: `declared_at` is 0 where once is enough for ever.
    """

    code: str
    incident_id: int
    text: str
    subject: str = ""
    declared_at: Instant = 0


def audit(database: Database, now: Instant) -> tuple[Finding, ...]:
    """What has been forgotten and who cannot be reached, at most a hundred findings of each kind."""
    return (
        *_nothing_due(database),
        *_overdue(database, now),
        *_stuck(database, now),
        *_unsent(database, now),
        *_unreached(database, now),
        *_in_vain(database),
    )


def _nothing_due(database: Database) -> list[Finding]:
    # "<> resolved" in so many words: only then SQLite takes the index of what is running, and past incidents cost nothing
    rows = database.run(
        f"SELECT id FROM {_RUNNING} AND status = 'open' AND next_due_at IS NULL ORDER BY id LIMIT 100"  # noqa: S608 - words are ours
    )
    return [Finding("nothing-due", row["id"], "it is open, nobody has acknowledged it, and nothing is due") for row in rows]


def _overdue(database: Database, now: Instant) -> list[Finding]:
    rows = database.run(
        f"SELECT id, next_due_at FROM {_RUNNING} AND next_due_at < ? ORDER BY next_due_at LIMIT 100", (now - GRACE,)  # noqa: S608
    )
    return [Finding("overdue", row["id"], f"it was due {show_about(now - row['next_due_at'])} ago") for row in rows]


def _stuck(database: Database, now: Instant) -> list[Finding]:
    rows = _both_ways(database, "id, incident_id, lease_until AS at", "status = 'sending' AND lease_until < ?", now)
    return [Finding("stuck", row["incident_id"], f"notification {row['id']} is claimed by a process that has gone") for row in rows]


def _unsent(database: Database, now: Instant) -> list[Finding]:
    rows = _both_ways(database, "id, incident_id, due_at AS at", "status IN ('pending', 'retrying') AND due_at < ?", now)
    waiting: dict[int, list[Instant]] = {}
    for row in rows:
        waiting.setdefault(row["incident_id"], []).append(row["at"])
    return [
        Finding("unsent", incident, f"{len(due)} notifications wait, the oldest for {show_about(now - min(due))}")
        for incident, due in waiting.items()
    ]


def _both_ways(database: Database, columns: str, which: str, now: Instant) -> list[Any]:
    """Notifications, the oldest first, a hundred of them: by the index of what is due or claimed, which may be damaged, and by that of
    their incident, as far as that is running."""
    rows = database.run(
        f"SELECT {columns} FROM notifications WHERE {which}"  # noqa: S608 - words are ours
        f" UNION SELECT {columns} FROM notifications INDEXED BY notifications_of"
        f" WHERE incident_id IN (SELECT id FROM {_RUNNING}) AND {which} ORDER BY at, id LIMIT 100",
        (now - GRACE, now - GRACE),
    )
    return [row for row in rows if _is_so(database, row["id"], which, now)]


def _is_so(database: Database, notification_id: int, which: str, now: Instant) -> bool:
    """By the table: an index may show what is no more."""
    return bool(database.run(f"SELECT 1 FROM notifications WHERE id = ? AND {which}", (notification_id, now - GRACE)))  # noqa: S608


def _unreached(database: Database, now: Instant) -> list[Finding]:
    """Its policy leads nowhere: pages were given up, none has arrived, and none is on its way."""
    rows = database.run(
        "SELECT i.id FROM incidents i WHERE i.status <> 'resolved' AND i.status = 'open' AND i.declared_at < ?"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.incident_id = i.id AND n.kind = 'page' AND NOT " + _VAIN +
        " AND n.status <> 'cancelled')"
        " AND EXISTS (SELECT 1 FROM notifications n WHERE n.incident_id = i.id AND n.kind = 'page' AND " + _VAIN + ")"
        " ORDER BY i.id LIMIT 100",
        (now - GRACE,),
    )
    return [Finding(UNREACHED, row["id"], "nobody could be reached: every page was given up") for row in rows]


def _in_vain(database: Database) -> list[Finding]:
    """Its addresses lead nowhere: everything that running incidents sent to a recipient was given up, or called off before it was sent."""
    # Usually nothing was given up, and this is all that is asked. (A cross join, so that SQLite begins with what is running.)
    pages = " FROM incidents i CROSS JOIN notifications n ON n.incident_id = i.id WHERE i.status <> 'resolved' AND n.kind = 'page'"
    if not database.run("SELECT 1" + pages + f" AND {_VAIN} LIMIT 1"):
        return []
    rows = database.run(
        "SELECT vain.recipient, about.id, about.declared_at FROM"
        " (SELECT n.recipient, min(iif(i.status = 'open', i.id, NULL)) AS open, min(i.id) AS running"
        + pages
        + " AND n.status <> 'cancelled' GROUP BY n.recipient HAVING min("
        + _VAIN
        + ") = 1) vain"
        " JOIN incidents about ON about.id = coalesce(vain.open, vain.running) ORDER BY vain.recipient LIMIT 100"
    )
    found = []
    for row in rows:
        text = f"no page reaches {row['recipient']}: each was given up"
        found.append(Finding(IN_VAIN, row["id"], text, row["recipient"], row["declared_at"]))
    return found
