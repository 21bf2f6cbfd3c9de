"""Turns under way that an edited configuration takes from somebody, as problems of it."""

from __future__ import annotations

from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.turns import message_of
from escalate_cli.core.wording.problem import WARNING, Place, Problem
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.remembered_turns import turns_taken


def turn_problems(context: Context, catalog: Catalog) -> list[Problem]:
    """The turns under way that these files take from somebody, by what the database remembers; none
    where there is no database to ask.
    """
    now = context.clock.now()
    try:
        if not context.database_path.is_file():
            return []
        taken = turns_taken(context.store.ledger, catalog, now)
    except DatabaseProblem:
        return []  # `doctor` says what is wrong with it
    return [
        Problem(WARNING, "turn-taken", *message_of(turn, catalog, now), Place.of(turn.source))
        for _, turns in taken.values()
        for turn in turns
    ]
