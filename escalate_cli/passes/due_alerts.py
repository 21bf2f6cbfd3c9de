"""Alerts about which something is to be done without a further word: those that have fired for long
enough, and heartbeats that are late.
"""

from __future__ import annotations

from escalate_cli.actions.alert_intake import AlertIntake
from escalate_cli.actions.signs_of_life import await_signs_of_life, declare_late
from escalate_cli.alerts.kinds import kind_named
from escalate_cli.context import Context
from escalate_cli.core.alerts.heard import HeardAlert
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.engine.rebuilding import with_sound_indexes

_AT_ONCE = 200
"""in one pass: the next one goes on"""


def begin_due_alerts(context: Context) -> None:
    """Declare what is due. Each is a transaction of its own."""
    await_signs_of_life(context)
    for heard in context.store.alerts.due(context.clock.now(), _AT_ONCE):
        source = context.running_catalog.sources.get(heard.source)
        if heard.key == HEARTBEAT and (source is None or source.kind == HEARTBEAT):
            _heartbeat(context, source, heard)
            continue
        source = source or Source(id=heard.source, kind="json")
        intake = AlertIntake(context, source, kind_named(source.kind).severities)
        with_sound_indexes(context, lambda heard=heard, intake=intake: intake.look_again(heard))  # type: ignore[misc]


def _heartbeat(context: Context, source: Source | None, heard: HeardAlert) -> None:
    if source is not None:
        declare_late(context, source, heard)
        return
    with context.store.transaction():  # nobody waits for it any more
        context.store.alerts.forget(heard)
