"""A copy of the database is put in the place of the one in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from escalate_cli.context import Context
from escalate_cli.store.sqlite.comparing import Comparison
from escalate_cli.store.sqlite.restoring import Restoration, restore


def put_back(context: Context, copy: Path, agree: Callable[[Comparison], object] | None) -> Restoration:
    """Put it back. `agree` is told what that changes, and raises if that is not wanted; without it
    nobody is asked.
    """
    return restore(copy, context.database_path, context.clock, agree)
