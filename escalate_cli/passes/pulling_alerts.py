"""Monitors are asked for their alerts, so that what was missed while nobody listened still comes, and what
they no longer have is over.

A monitor that was begun anew may know nothing for minutes: what it does not have is over only once it has
answered for `_SILENT_FOR` without a gap, and has not had it for as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from escalate_cli.actions.alert_intake import store_alerts
from escalate_cli.alerts.kinds import kind_named
from escalate_cli.alerts.payload import Payload, UnreadablePayload
from escalate_cli.alerts.pulling import PULL_SECONDS, pull_address
from escalate_cli.config.secrets import expand
from escalate_cli.context import Context
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant
from escalate_cli.core.organisation.source import Source
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import ConfigurationProblem
from escalate_cli.processes.starting import ask_process

_AGAIN = 30 * SECOND
"""how soon the same monitor is asked again"""
_SILENT_FOR = 5 * MINUTE


def pull_alerts(context: Context, report: PassReport) -> None:
    """Ask every monitor that is due, side by side, and take in what they say. Takes 8 s at most."""
    now = context.clock.now()
    due = [source for source in context.running_catalog.sources.values() if _is_due(context, source, now)]
    if not due:
        return
    with context.store.transaction():
        for source in due:
            context.store.ledger.remember(f"pulled {source.id}", str(now))
    for source, answer in zip(due, _ask(context, due), strict=True):
        trouble = _taken_in(context, source, answer, now) if isinstance(answer, bytes) else answer
        with context.store.transaction():
            ledger, fact = context.store.ledger, f"pulled {source.id} since"
            ledger.remember(fact, (ledger.fact(fact) or str(now)) if trouble is None else "")
        if trouble is not None:
            report.trouble(f"alerts of {source.id} cannot be asked for: {trouble}")


def _is_due(context: Context, source: Source, now: Instant) -> bool:
    if source.pull is None:
        return False
    last = context.store.ledger.fact(f"pulled {source.id}")
    return last is None or abs(now - int(last)) >= _AGAIN


def _ask(context: Context, sources: Sequence[Source]) -> list[bytes | str]:
    """What each says, or why it says nothing."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=8) as threads:
        return list(threads.map(lambda source: _asked(source, context.environ), sources))


def _asked(source: Source, environ: Mapping[str, str]) -> bytes | str:
    from subprocess import CalledProcessError, SubprocessError

    try:
        url = pull_address(source.kind, expand(source.pull or "", "", environ).url)
        return ask_process("escalate_cli.alerts.pulling", "pull_for_parent", url.encode(), PULL_SECONDS)
    except ConfigurationProblem as problem:
        return problem.message
    except CalledProcessError as problem:
        return (problem.stdout or b"").decode(errors="replace")[:200] or f"no answer within {PULL_SECONDS} s"
    except (SubprocessError, OSError):
        return f"no answer within {PULL_SECONDS} s"


def _taken_in(context: Context, source: Source, answer: bytes, now: Instant) -> str | None:
    """Take in what it has, and end what it has not; why it cannot be read, if so."""
    kind = kind_named(source.kind)
    try:
        alerts = [*kind.read(Payload(body=answer, arrived_at=now))] if answer.strip() != b"[]" else []
    except UnreadablePayload as problem:
        return str(problem)
    # how long such an alert counts is said by its absence here, and not by a time
    firing = [replace(alert, until=None) for alert in alerts if alert.state is AlertState.FIRING]
    store_alerts(context, source, kind.severities, firing)
    since = context.store.ledger.fact(f"pulled {source.id} since")
    if since and now - int(since) >= _SILENT_FOR:
        has = {alert.key for alert in alerts}
        gone = [
            Alert(key=heard.key, state=AlertState.OVER, labels=heard.alert.labels, title=heard.alert.title)
            for heard in context.store.alerts.not_over(source.id)
            if heard.key not in has and heard.heard_at <= now - _SILENT_FOR
        ]
        store_alerts(context, source, kind.severities, gone)
    return None
