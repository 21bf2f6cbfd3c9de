"""The heartbeat: a ping that says all is well. When it stays away, somebody else raises the alarm."""

from __future__ import annotations

from escalate_cli.config.secrets import expand
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.delivery.ping import ping
from escalate_cli.store.remembered_troubles import is_put_off, remember_troubles, remembered_troubles

_BEAT = "last_heartbeat_at"


def beat(context: Context) -> None:
    """Ping `[heartbeat].url` when it is time, after a pass in which all was well. What earlier
    passes had to put off counts, too.
    """
    if _heed_deliveries(context) or is_put_off(context.store.ledger, context.clock.now()):
        return
    heartbeat = context.running_catalog.heartbeat
    if heartbeat is None or not _is_older_than(context, heartbeat.every - SECOND):
        return
    with context.store.transaction():
        context.store.ledger.remember(_BEAT, str(context.clock.now()))
    ping(expand(heartbeat.url, "", context.environ).url)


def _is_older_than(context: Context, span: Span) -> bool:
    last = context.store.ledger.fact(_BEAT)
    return last is None or abs(context.clock.now() - int(last)) >= span


def _heed_deliveries(context: Context) -> bool:
    """Whether something went wrong since the last pass, for instance in a declaration: that costs
    one heartbeat.
    """
    ledger, now = context.store.ledger, context.clock.now()
    troubles = remembered_troubles(ledger, now)
    if troubles is None or troubles.heeded:
        return False
    with context.store.transaction():
        remember_troubles(ledger, troubles.at, troubles.lines, heeded=True)
    return True
