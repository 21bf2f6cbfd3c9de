"""The last look of the process that sends: whether what it was given is still wanted, and still its own to send.

Between a claim and the first byte anything may happen: the sender is stopped and continued, somebody acknowledges, another process takes
over what seems abandoned. So the child asks the database itself, with the statement that it was given, and by the clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from escalate_cli.clock import Clock

_PATIENCE_SECONDS = 1.0


class Withdrawn(BaseException):
    """The attempt may not begin. Not an `Exception`, so that no plugin takes it for a provider's failure and goes on."""


def look(question: Sequence[Any] | None) -> None:
    """Raise `Withdrawn` where the answer is no. A database that cannot be asked is no answer: then the message goes, it is wanted as far
    as is known. Nothing to ask: nothing to do."""
    if question is None:
        return
    path, statement, claim, until = question
    if Clock().now() >= until:
        raise Withdrawn("its claim is over")
    try:
        with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)) as database:
            wanted = database.execute(statement, (claim,)).fetchone() is not None
    except sqlite3.Error:
        return
    if not wanted:
        raise Withdrawn("it is no longer wanted")
