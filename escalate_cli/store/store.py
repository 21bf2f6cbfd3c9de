"""The store: one database, seen as situations, an outbox and a ledger."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from escalate_cli.clock import Clock
from escalate_cli.store.answers import Answers
from escalate_cli.store.ledger import Ledger
from escalate_cli.store.memos import Memos
from escalate_cli.store.outbox import Outbox
from escalate_cli.store.readers import ReaderStates
from escalate_cli.store.situations import Situations
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.whereabouts import Whereabouts
from escalate_cli.store.trials import Trials

if TYPE_CHECKING:
    from escalate_cli.store.history import History


class Store:
    """Everything that is kept. Reading may happen at any time; writing only inside `transaction()`."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        create_directory: bool = False,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self.database = Database(path, clock, create_directory=create_directory, whereabouts=whereabouts)
        self.situations = Situations(self.database)
        self.outbox = Outbox(self.database)
        self.ledger = Ledger(self.database)
        self.memos = Memos(self.database)
        self.answers = Answers(self.database)
        self.readers = ReaderStates(self.database)
        self.trials = Trials(self.database)

    @property
    def history(self) -> History:
        """Many incidents at once, for statistics."""
        from escalate_cli.store.history import History

        return History(self.database)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; see `Database.transaction`."""
        return self.database.transaction()

    def part(self) -> AbstractContextManager[None]:
        """A part of a transaction that can be undone by itself; see `Database.part`."""
        return self.database.part()

    def close(self) -> None:
        """Close the database."""
        self.database.close()
