"""Memos that are still to be sent. Each is a fact of its own; it is forgotten when it was sent, or
given up.

A memo is claimed as a page is: its attempt is counted and has a lease before anything is sent, so that
a crash can repeat it and never lose it.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.notification.memo import Memo
from escalate_cli.core.organisation.recipient import as_text, from_text
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.statements import Statements

_PREFIX = "memo:"
_AFTER_PREFIX = "memo;"
_sql = Statements("ledger")
_decoder = msgspec.json.Decoder(Memo, dec_hook=from_text)


class Memos:
    """The memos among the facts. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, memo: Memo) -> None:
        """Remember a memo as it stands now."""
        value = msgspec.json.encode(memo, enc_hook=as_text).decode()
        self._db.change(_sql.remember_fact, name=_PREFIX + memo.id, value=value)

    def forget(self, memo_id: str) -> None:
        """It needs nothing more."""
        self._db.change(_sql.forget_fact, name=_PREFIX + memo_id)

    def all(self) -> list[Memo]:
        """Every memo that is not done. One that cannot be read is left out."""
        return [memo for memo in map(self._read, self._rows()) if memo is not None]

    def find(self, memo_id: str) -> Memo | None:
        """This memo, as it stands now; None where it is done."""
        rows = self._db.run(_sql.find_fact, name=_PREFIX + memo_id)
        return self._read((memo_id, rows[0]["value"])) if rows else None

    def _rows(self) -> list[tuple[str, str]]:
        rows = self._db.run(_sql.facts_between, first=_PREFIX, last=_AFTER_PREFIX)
        return [(row["name"], row["value"]) for row in rows]

    @staticmethod
    def _read(row: tuple[str, str]) -> Memo | None:
        try:
            return _decoder.decode(row[1])
        except ValueError:
            return None
