"""What a person must hear even if they asked for something else: nobody ticks, the disk is full, the
configuration is broken.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant, show_about
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.note import Note, NoteCode

PASS_EXPECTED_WITHIN = 5 * MINUTE
"""without a pass for this long, nobody would be escalated to"""


def standing_warnings(context: Context) -> list[Note]:
    """What threatens the paging of any incident now. What was met on the way to an answer is told
    by `warnings_met`.
    """
    return [*_full_disk(context), *tick_warning(context), *_out_of_reach(context)]


def warnings_met(context: Context) -> list[Note]:
    """What an answer was given in spite of: a database begun anew, an index that was rebuilt, a
    broken configuration, and what cannot be used of the one in use.
    """
    notes = []
    if context.begun_anew is not None:
        text = f"warning: {context.begun_anew}. A new one has been begun"
        notes.append(Note(NoteCode.DATABASE_BEGUN_ANEW, text))
    if context.rebuilt is not None:
        notes.append(Note(NoteCode.INDEXES_REBUILT, f"warning: {context.rebuilt}"))
    notes += configuration_warning(context)
    if context.known_catalog is not None:
        notes += unusable_warning(context.known_catalog, context.clock.now())
    return notes


def _out_of_reach(context: Context) -> list[Note]:
    return [Note(NoteCode.OUT_OF_REACH, f"warning: {line}") for line in context.spool.out_of_reach()]


def _full_disk(context: Context) -> list[Note]:
    database = context.store.database
    if not database.disk_is_full():
        return []
    return [Note(NoteCode.DISK_FULL, f"warning: {disk_warning(database.path)}")]


def disk_warning(database: Path) -> str:
    """Said while the disk is full and paging still goes on."""
    return f"the disk of {database} is full: paging goes on from the reserve for a while; free some space"


def unusable_warning(catalog: Catalog, now: Instant) -> list[Note]:
    """Said while a time zone, schedule or hours of the configuration cannot be used."""
    try:
        troubles = [problem.text for problem in unusable(catalog, now)]
    except Exception as problem:  # whatever was asked for is answered as ever
        troubles = [f"what can be used could not be looked at ({words_of(problem)})"]
    return [Note(NoteCode.UNUSABLE, f"{text}. `escalate doctor` tells more") for text in troubles]


def configuration_warning(context: Context) -> list[Note]:
    """Said while the last valid configuration stands in for a broken one."""
    problem = context.fallen_back
    if problem is None:
        return []
    # A place that was named may be a typing error: `escalate check` by itself would look elsewhere and find
    # nothing wrong.
    named = (
        context.options.config
        or (not hasattr(problem, "problems") and context.environ.get("ESCALATE_CONFIG"))
        or None
    )
    text = (
        f"warning: the configuration is broken ({problem.message}); the last valid one is used. Run"
        f" {check_command(named)}"
    )
    return [Note(NoteCode.CONFIGURATION_BROKEN, text)]


def check_command(config: Path | str | None) -> str:
    """What to type to have the configuration at this place checked; None: the one that is found
    without a name.
    """
    return f"`escalate --config {shlex.quote(str(config))} check`" if config else "`escalate check`"


def tick_warning(context: Context) -> list[Note]:
    """Said when nobody would be escalated to: something is or comes due, and no tick has run for
    five minutes.
    """
    now, last = context.clock.now(), context.store.ledger.last_pass_at
    if last is not None and now - last < PASS_EXPECTED_WITHIN:
        return []
    if context.store.situations.next_due_at() is None:
        return []
    since = f"no tick has run for {show_about(now - last)}" if last is not None else "no tick has ever run"
    text = (
        f"warning: {since}, so nobody will be escalated to. Run `escalate watch`, or install `escalate cron`"
    )
    return [Note(NoteCode.NO_TICK, text)]
