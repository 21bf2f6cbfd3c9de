"""Copies of the database: making one, putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import restore as restore_screen
from escalate_cli.context import Context
from escalate_cli.views.copies import backup_data, next_number, restored_data


def backup(
    context: Context,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Where to; else where `tick` keeps the daily ones")
    ] = None,
) -> Answer:
    """Write a sound copy of the database, also while it is in use. `tick` makes one a day and keeps seven."""
    from escalate_cli.health.backups import back_up

    path, note = back_up(context, Path(file) if file else None)
    notes = [note] if note else []
    return Answer(backup_data(path), f"copied to {path}", notes=notes, acted=True)


def restore(
    context: Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The copy to put back")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: put it back, whatever that changes")
    ] = False,
) -> Answer:
    """Put a copy of the database back, once you have agreed to what that changes. The present one
    is kept beside it; a copy that is damaged or of a newer version changes nothing. Numbers are not
    used again.
    """
    from escalate_cli.actions.copies import put_back

    path = context.database_path
    done = put_back(
        context,
        Path(file),
        None if yes else lambda comparison: restore_screen.agree(context, comparison, file),
    )
    kept = f"; what was there is now {done.aside}" if done.aside else ""
    text = f"{path} is as {file} was{kept}; the next incident is #{next_number(done)}"
    notes = restore_screen.lines(done.comparison) if yes else []
    if done.rebuilt is not None:
        notes.append(f"an index of {file} was damaged ({done.rebuilt}): it was rebuilt from its table")
    return Answer(restored_data(path, done), text, notes=notes, acted=True)
