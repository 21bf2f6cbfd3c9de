"""What a person must hear even if they asked for something else: nobody ticks, the configuration is
broken.
"""

from __future__ import annotations

from pathlib import Path

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog


def all_warnings(context: Context) -> list[str]:
    """Every warning that applies now, one line each, but for the one about the configuration: the
    frame has it for every command.
    """
    return [*disk_warning(context), *tick_warning(context), *unreadable_warning(context)]


def unreadable_warning(context: Context) -> list[str]:
    """Said while another user's declaration waits where this one cannot read it."""
    return [f"warning: {line}" for line in context.spool.out_of_reach()]


def disk_warning(context: Context) -> list[str]:
    """Said while the disk is full: paging goes on from the reserve, but not for ever."""
    database = context.store.database
    if not database.disk_is_full():
        return []
    from escalate_cli.health import after_pass as vitals

    return [f"warning: {vitals.disk_warning(database.path)}"]


def unusable_warning(catalog: Catalog, now: Instant) -> list[str]:
    """Said while a time zone, schedule or hours of the configuration cannot be used."""
    try:
        return [f"{one.text}. `escalate doctor` tells more" for one in unusable(catalog, now)]
    except Exception as problem:  # whatever was asked for is answered as ever
        return [
            f"what can be used could not be looked at ({words_of(problem)}). `escalate doctor` tells more"
        ]


def configuration_warning(context: Context) -> list[str]:
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
    check = check_command(named)
    return [
        f"warning: the configuration is broken ({problem.message}); the last valid one is used. Run {check}"
    ]


def check_command(config: Path | str | None) -> str:
    """What to type to have the configuration at this place checked; None: the one that is found
    without a name.
    """
    import shlex

    return f"`escalate --config {shlex.quote(str(config))} check`" if config else "`escalate check`"


def tick_warning(context: Context) -> list[str]:
    """Said when nobody would be escalated to: something is or comes due, and no tick has run for
    five minutes.
    """
    from escalate_cli.engine.pass_report import PASS_EXPECTED_WITHIN

    ledger, situations = context.store.ledger, context.store.situations
    now = context.clock.now()
    last = ledger.last_pass_at
    if last is not None and now - last < PASS_EXPECTED_WITHIN:
        return []
    if situations.next_due_at() is None:
        return []
    since = f"no tick has run for {show_about(now - last)}" if last is not None else "no tick has ever run"
    return [
        f"warning: {since}, so nobody will be escalated to. Run `escalate watch`, or install `escalate cron`"
    ]
