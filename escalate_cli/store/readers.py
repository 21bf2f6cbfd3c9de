"""Where each gateway's reader is, who reads now, and whether it can be read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import from_row
from escalate_cli.store.statements import Statements

_sql = Statements("readers")


class WaitsFor(msgspec.Struct, frozen=True):
    """A gateway by which answers may come: since when somebody may answer, and the latest incident that
    is being paged about by it (0: none).
    """

    gateway: str
    since: Instant
    paging: int = 0


class ReaderPlace(msgspec.Struct, frozen=True):
    """How far a gateway has been read. `source` says where (without a secret): a place is one of it alone.
    `looked_at` is the last look, `read_at` the last good one, `failing_since`
    the first that was not good after it. `told`: the fallback has heard of that.
    """

    gateway: str
    source: str
    place: str | None = None
    looked_at: Instant | None = None
    read_at: Instant | None = None
    failing_since: Instant | None = None
    trouble: str | None = None
    told: bool = False
    token: str | None = None
    lease_until: Instant | None = None


class ReaderStates:
    """The table of readers. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waits(self, ended: Instant, mailed: Instant, now: Instant, mail: Sequence[str]) -> list[WaitsFor]:
        """By which gateways answers may come: of incidents that run or have ended after `ended`, and by
        those of `mail` also where anything went out after `mailed`: it may bounce. And those by which a
        test message waits `now`.
        """
        values = {
            "ended": ended,
            "mailed": mailed,
            "now": now,
            "mail": msgspec.json.encode(list(mail)).decode(),
        }
        return [from_row(WaitsFor, row) for row in self._db.run(_sql.what_waits, values)]

    def waiting_incidents(self, gateway: str) -> list[int]:
        """The numbers of the running incidents of which somebody was asked by this gateway."""
        return [row["id"] for row in self._db.run(_sql.waiting_incidents, gateway=gateway)]

    def unanswered(self, gateway: str, ended: Instant) -> list[str]:
        """The provider's ids of what asks people by this gateway, of incidents that run or have ended after
        `ended`, and of which no answer is known; the latest first.
        """
        return [row["id"] for row in self._db.run(_sql.unanswered, gateway=gateway, ended=ended)]

    def lease(self, gateway: str, token: str, now: Instant, span: Span) -> ReaderPlace | None:
        """Be the reader of this gateway for `span`; None where another is. Whoever is already goes on."""
        values = {"token": token, "now": now, "until": now + span, "longest": now + 2 * span}
        rows = self._db.run(_sql.lease_reader, {"gateway": gateway, **values})
        return from_row(ReaderPlace, rows[0]) if rows else None

    def release(self, gateway: str, token: str) -> None:
        """Be its reader no more."""
        self._db.change(_sql.release_reader, gateway=gateway, token=token)

    def find(self, gateway: str) -> ReaderPlace | None:
        """How far it has been read."""
        rows = self._db.run(_sql.find_reader, gateway=gateway)
        return from_row(ReaderPlace, rows[0]) if rows else None

    def note_look(self, gateway: str, token: str, source: str, place: str, now: Instant) -> None:
        """A look was good; the next one goes on from `place`."""
        values = {"source": source, "place": place, "now": now}
        self._db.change(_sql.note_look, {"gateway": gateway, "token": token, **values})

    def note_failing(self, gateway: str, token: str, trouble: str, now: Instant) -> None:
        """A look was not good."""
        self._db.change(_sql.note_failing, gateway=gateway, token=token, trouble=trouble, now=now)

    def note_told(self, gateway: str) -> None:
        """The fallback has heard that it cannot be read."""
        self._db.change(_sql.note_told, gateway=gateway)
