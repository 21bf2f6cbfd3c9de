"""Test messages that wait for an answer: which ones, until when, and what was heard."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import from_row
from escalate_cli.store.statements import Statements

_sql = Statements("trials")
_KEPT_FOR = 30 * DAY


class AddressTrial(msgspec.Struct, frozen=True):
    """One test message to one address, which waits for an answer until `until`. `line` is what was
    written back, `heard` how it was recognised, or why it was no answer; `answered_at` is None as long
    as none was understood.
    """

    id: int
    code: str
    recipient: Recipient
    gateway: str
    address: str
    created_at: Instant
    until: Instant
    sent_at: Instant | None = None
    external_id: str | None = None
    answered_at: Instant | None = None
    line: str = ""
    heard: str = ""


class Trials:
    """The table of test messages that wait. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(
        self, code: str, recipient: Recipient, gateway: str, address: str, now: Instant, until: Instant
    ) -> int:
        """One is about to go out; its number. Those of a month ago are forgotten."""
        self._db.change(_sql.forget_trials, before=now - _KEPT_FOR)
        values = {"recipient": recipient, "gateway": gateway, "address": address}
        rows = self._db.run(_sql.insert_trial, {"code": code, "created_at": now, "until": until, **values})
        return int(rows[0]["id"])

    def note_sent(self, trial: int, sent_at: Instant | None, external_id: str | None, until: Instant) -> None:
        """What became of sending it. It waits until `until`."""
        values = {"sent_at": sent_at, "external_id": external_id, "until": until}
        self._db.change(_sql.note_trial_sent, {"id": trial, **values})

    def note_heard(self, trial: int, line: str, heard: str, answered_at: Instant | None) -> None:
        """What came back to it. Once it was answered, nothing else counts."""
        self._db.change(
            _sql.note_trial_heard, {"id": trial, "line": line, "heard": heard, "answered_at": answered_at}
        )

    def end(self, trial: int, now: Instant) -> None:
        """Nobody waits for it any more."""
        self._db.change(_sql.end_trial, id=trial, now=now)

    def find(self, numbers: Sequence[int]) -> list[AddressTrial]:
        """These, as they stand."""
        ids = msgspec.json.encode(list(numbers)).decode()
        return [from_row(AddressTrial, row) for row in self._db.run(_sql.find_trials, ids=ids)]

    # ── as answers refer to them; lists are JSON ───────────────────────────────────────

    def by_codes(self, codes: str) -> list[AskedMessage]:
        """Those with one of these long codes."""
        return _asked(self._db.run(_sql.trials_by_codes, codes=codes))

    def by_short_codes(self, gateway: str, codes: str) -> list[AskedMessage]:
        """Those of a gateway whose code begins so."""
        return _asked(self._db.run(_sql.trials_by_short_codes, gateway=gateway, codes=codes))

    def by_external_ids(self, gateway: str, ids: str) -> list[AskedMessage]:
        """Those of a gateway that its provider knows so."""
        return _asked(self._db.run(_sql.trials_by_external_ids, gateway=gateway, ids=ids))

    def of_people(self, gateway: str, recipients: str, now: Instant) -> list[AskedMessage]:
        """Those of a gateway to these recipients that still wait."""
        values = {"gateway": gateway, "recipients": recipients, "now": now}
        return _asked(self._db.run(_sql.trials_of_people, values))


def _asked(rows: Sequence[sqlite3.Row]) -> list[AskedMessage]:
    return [from_row(AskedMessage, row) for row in rows]
