"""Damaged indexes: an index that disagrees with its table hides what is due, or shows what is not.
It is found, and after a copy was made, where there is room for one, it is rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.errors import DamagedRow, DatabaseProblem
from escalate_cli.store.sqlite.copying import NoRoomForCopy
from escalate_cli.store.sqlite.failures import DAMAGED, damaged
from escalate_cli.store.sqlite.soundness import Damage

_Result = TypeVar("_Result")

_AGAIN_AFTER = 10 * MINUTE
"""how soon a mere suspicion may start the whole check again: it reads the whole file"""
_LOOKED = "indexes_looked_at"


def rebuild_if_damaged(context: Context) -> str | None:
    """Check the database and rebuild damaged indexes. Returned is a sentence that says so; None if
    nothing was wrong. `DatabaseProblem` if more than indexes is damaged.
    """
    database, now = context.store.database, context.clock.now()
    with context.store.transaction():
        context.store.ledger.remember(_LOOKED, str(now))
    damage = database.check()
    if damage is None:
        return None
    if not damage.indexes_only:
        raise damaged(database.path, f": {damage.text}")
    copy = database.path.with_name(f"{database.path.name}.before-rebuilding")
    try:
        database.copy_to(copy)
        kept = f"a copy from before is {copy}"
    except NoRoomForCopy:  # its table has every row; what the index hides would be paged to nobody
        kept = "there was no room for a copy from before"
    database.rebuild_indexes()
    return f"{rebuilt(context, damage)}; {kept}"


def with_sound_indexes(context: Context, do: Callable[[], _Result]) -> _Result:
    """The result of `do`. SQLite refuses to change a row that is not in its index where it should
    be. Then the indexes are rebuilt, `context.rebuilt` says so, and `do` is called once more.

    So `do` must not do again what it has stored already. `DatabaseProblem` if more than indexes is
    damaged.
    """
    try:
        return do()
    except DatabaseProblem as problem:
        if problem.code != DAMAGED or isinstance(problem, DamagedRow):
            raise
        note = rebuild_if_damaged(context)
        if note is None:
            raise
    context.rebuilt = note
    return do()


def rebuilt(context: Context, damage: Damage) -> str:
    """What is said of indexes that have been put right."""
    return (
        f"an index of the database {context.store.database.path} was damaged ({damage.text}): it has been"
        " rebuilt from its table"
    )


def is_time_to_look(context: Context) -> bool:
    """Whether a suspicion justifies the whole check: not too soon after the last one."""
    looked = context.store.ledger.fact(_LOOKED)
    return looked is None or abs(context.clock.now() - int(looked)) >= _AGAIN_AFTER
