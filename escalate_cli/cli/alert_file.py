"""A file with what a monitor would send, as the declaration that it would make."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from escalate_cli import files
from escalate_cli.actions.alert_declaration import DeclaredAlert, declared_alert
from escalate_cli.actions.alert_delivery import find_source
from escalate_cli.alerts.kinds import kind_named
from escalate_cli.alerts.payload import Payload, UnreadablePayload
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.alerts.alert import AlertState
from escalate_cli.core.alerts.effects import join_alerts
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.joining import Joining
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.core.wording.events import sentence
from escalate_cli.errors import UsageProblem
from escalate_cli.foresight.simulation import Happening

_LARGEST = 32 << 20
_ANYTHING = "json"
"""the kind that reads what others can read, too"""


def declared_by_alert(
    file: str, source: str | None, context: Context
) -> tuple[Declaration, Sequence[Happening], list[str]]:
    """The declaration that the first alert of the file makes that fires; what the others of the same
    incident add at once; and what there is to say about how it was understood.
    """
    catalog, body = context.catalog, _content(file)
    chosen, alerts = _read(body, source, catalog, context.clock.now())
    if not alerts:
        raise UsageProblem(f"{file}: nothing in it fires", "take one that the monitor sends when it begins")
    first, *others = alerts
    together = [
        Joining(other.declaration, replace(other.declaration.heard, joins=True))
        for other in others
        if other.key == first.key and other.declaration.heard is not None
    ]
    apart = len({other.key for other in others} - {first.key})
    heard = first.declaration.heard
    notes = [sentence(heard, 0, chosen.id, catalog)] if heard else []
    notes += [sentence(first.declaration.routed, 0, chosen.id, catalog)] if first.declaration.routed else []
    notes += (
        [f"{apart} more incident{'s' * (apart != 1)} would be declared; this is the first"] if apart else []
    )
    return first.declaration, [_further(together, chosen)] if together else [], notes


def _further(joining: Sequence[Joining], source: Source) -> Happening:
    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return join_alerts(situation, joining, source, catalog, now, meanings)

    return Happening(0, act)


def _content(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(_LARGEST)
        with files.open_regular(Path(file)) as opened:
            return opened.read(_LARGEST)
    except OSError as problem:
        raise UsageProblem(
            f"{file}: it cannot be read: {problem.strerror or problem}",
            "--alert FILE, with what the monitor sends",
        ) from None


def _read(
    body: bytes, word: str | None, catalog: Catalog, now: Instant
) -> tuple[Source, list[DeclaredAlert]]:
    """The source, and its alerts that fire. Without a name it is the one that can read the body."""
    if word is not None:
        source = find_source(word, catalog)
        return source, _alerts(body, source, catalog, now)
    readable: list[tuple[Source, list[DeclaredAlert]]] = []
    problems: list[UsageProblem] = []
    for source in catalog.sources.values():
        if source.kind == HEARTBEAT:
            continue
        try:
            alerts = _alerts(body, source, catalog, now)
        except UsageProblem as problem:
            problems.append(problem)
            continue
        readable += [(source, alerts)] if alerts else []
    own = [each for each in readable if each[0].kind != _ANYTHING] or readable
    if len(own) == 1:
        return own[0]
    if not catalog.sources:
        raise UsageProblem("no source of alerts is configured", "write one: [sources.prometheus]")
    if not readable and len(problems) == 1:
        raise problems[0]
    among = ", ".join(source.id for source, _ in own) or ", ".join(catalog.sources)
    how = f"{len(own)} sources can read it" if readable else "no source can read it"
    raise UsageProblem(f"{how}: {among}", "say which: --source S")


def _alerts(body: bytes, source: Source, catalog: Catalog, now: Instant) -> list[DeclaredAlert]:
    kind = kind_named(source.kind)
    try:
        alerts = kind.read(Payload(body=body, arrived_at=now))
    except UnreadablePayload as problem:
        raise UsageProblem(
            f"{source.id} (kind {source.kind}) cannot read it: {problem}",
            "see that it is what the monitor sends",
        ) from None
    return [
        declared_alert(alert, source, kind.severities, catalog)
        for alert in alerts
        if alert.state is AlertState.FIRING
    ]
