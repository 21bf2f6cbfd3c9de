"""The store: one database, seen as situations, an outbox and a ledger."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from escalate_cli.clock import Clock
from escalate_cli.store.ledger import Ledger
from escalate_cli.store.memos import Memos
from escalate_cli.store.outbox import Outbox
from escalate_cli.store.readers import ReaderStates
from escalate_cli.store.situations import Situations
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.whereabouts import Whereabouts

if TYPE_CHECKING:
    from escalate_cli.store.alerts import HeardAlerts
    from escalate_cli.store.answers import Answers
    from escalate_cli.store.history import History
    from escalate_cli.store.trials import Trials


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
        self.readers = ReaderStates(self.database)

    @cached_property
    def answers(self) -> Answers:
        """What people answered, and what they were asked."""
        from escalate_cli.store.answers import Answers

        return Answers(self.database)

    @cached_property
    def alerts(self) -> HeardAlerts:
        """What monitors say, alert by alert."""
        from escalate_cli.store.alerts import HeardAlerts

        return HeardAlerts(self.database)

    @cached_property
    def trials(self) -> Trials:
        """Test messages that wait for an answer."""
        from escalate_cli.store.trials import Trials

        return Trials(self.database)

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
