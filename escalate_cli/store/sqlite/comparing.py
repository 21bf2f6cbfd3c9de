"""What would change for incidents if a copy of the database were put back: which incidents are not
in the copy, and which are open again in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing, nullcontext
from pathlib import Path

import msgspec

from escalate_cli.store.statements import Statements
from escalate_cli.store.without_database.numbers import GIVEN, NUMBERED, Numbers

_sql = Statements("situations")
_facts = Statements("ledger")


class KnownIncident(msgspec.Struct, frozen=True):
    """An incident, with what is compared."""

    id: int
    title: str
    status: str


class Comparison(msgspec.Struct, frozen=True):
    """A copy compared with what is there now. `unreadable`: what is there cannot be read, so that
    nothing can be said about it.
    """

    missing: tuple[KnownIncident, ...] = ()
    """incidents that are not in the copy, as they are now"""
    open_again: tuple[KnownIncident, ...] = ()
    """incidents that are open or acknowledged in the copy though they are over now, or open in it
    though somebody has them now; as they are now
    """
    running: tuple[KnownIncident, ...] = ()
    """everything that is not resolved in the copy, as it is there"""
    unreadable: bool = False
    gone: bool = False
    """there is no database at the path, or a new one: the one that was there before is gone"""
    highest: Mapping[str, int] = msgspec.field(default_factory=dict)
    """by table, the highest number that was ever given, as far as is known"""
    known_up_to: int = 0
    """the highest number of an incident in the copy or in what is there"""

    @property
    def has_lost_some(self) -> bool:
        """Whether incidents were declared of which nothing is known any more."""
        return self.gone and self.highest.get("incidents", 0) > self.known_up_to

    def says_all_of(self, other: Comparison) -> bool:
        """Whether a yes to this is also a yes to the other."""
        return set(other.missing) <= set(self.missing) and set(other.open_again) <= set(self.open_again)


def compare(copy: Path, present: Path, held: sqlite3.Connection | None = None) -> Comparison:
    """Compare the sound database `copy` with whatever is at `present`. `held` is the connection
    that keeps others away from it, if there is one.
    """
    with closing(_open(copy)) as there:
        of_copy, given = _read(there)
    noted = Numbers(present).highest()
    unreadable = False
    now: dict[int, KnownIncident] = {}
    try:
        empty = not present.exists() or not present.stat().st_size
        if not empty:
            with closing(_open(present)) if held is None else nullcontext(held) as database:
                now, given_now = _read(database)
            given = {name: max(given[name], given_now[name]) for name in NUMBERED}
    except (sqlite3.Error, OSError, ValueError):
        empty, unreadable = False, True
    missing = tuple(incident for incident in now.values() if incident.id not in of_copy)
    again = tuple(
        incident
        for incident in now.values()
        if incident.id in of_copy and _is_open_again(of_copy[incident.id], incident)
    )
    running = tuple(incident for incident in of_copy.values() if incident.status != "resolved")
    highest = {name: max(given[name], noted[name]) for name in NUMBERED}
    known_up_to = max((*of_copy, *now), default=0)
    gone = not unreadable and (empty or highest["incidents"] > known_up_to)
    return Comparison(missing, again, running, unreadable, gone, highest, known_up_to)


def _is_open_again(before: KnownIncident, now: KnownIncident) -> bool:
    order = ("open", "acknowledged", "resolved")
    return (
        before.status in order
        and now.status in order
        and order.index(before.status) < order.index(now.status)
    )


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)


def _read(database: sqlite3.Connection) -> tuple[dict[int, KnownIncident], dict[str, int]]:
    """Every incident by its number, and the highest numbers, by table."""
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    rows = database.execute(_sql.known_incidents).fetchall()
    highest = {}
    for table, statement in (("incidents", _sql.highest_incident), ("nudges", _sql.highest_nudge)):
        (largest,) = database.execute(statement).fetchone()
        fact = database.execute(_facts.find_fact, {"name": GIVEN + table}).fetchone()
        highest[table] = max(largest or 0, int(fact[0]) if fact else 0)
    return {row[0]: KnownIncident(*row) for row in rows}, highest
