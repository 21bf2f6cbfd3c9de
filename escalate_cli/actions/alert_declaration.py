"""An alert as a declaration: what it becomes where no open incident is about it."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.routing import routed_safely
from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.alerts.reading import AlertReading, SeverityRanks, read_alert
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.events import Routed, Way
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import Source


class DeclaredAlert(msgspec.Struct, frozen=True):
    """An alert, read; the declaration that it makes has its key and tells of it."""

    alert: Alert
    reading: AlertReading
    declaration: Declaration
    key: str

    @property
    def service(self) -> str | None:
        """The service that was found for it."""
        return next(iter(self.declaration.services), None)


def declared_alert(
    alert: Alert, source: Source, ranks: SeverityRanks, catalog: Catalog, *, routed: bool = True
) -> DeclaredAlert:
    """The service is the one that the alert names; else its title is routed like a reporter's words, or,
    if it is not to be `routed`, the fallback team's.
    """
    reading = read_alert(alert, source, ranks, catalog)
    declaration = Declaration(
        title=reading.title,
        severity=reading.severity,
        message=reading.message,
        by=source.id,
        labels=dict(reading.labels),
    )
    if reading.service is not None:
        declaration = _named(declaration, reading, reading.service)
    elif routed:
        declaration = routed_safely(declaration, catalog)
    else:
        declaration = _to_fallback(declaration, catalog)
    service = next(iter(declaration.services), None)
    key = reading.key(alert, source, service)
    heard = reading.heard(alert, source, service)
    return DeclaredAlert(alert, reading, replace(declaration, key=key, heard=heard), key)


def _named(declaration: Declaration, reading: AlertReading, service: str) -> Declaration:
    routed = Routed(
        query=reading.title,
        match="given",
        service=service,
        way=Way.ALERT,
        services=(service,),
        because=f'{reading.template} is "{reading.named}"',
    )
    routing = {"query": reading.title, "match": "given", "service": service, "candidates": []}
    return replace(declaration, services=(service,), routing=routing, routed=routed)


def _to_fallback(declaration: Declaration, catalog: Catalog) -> Declaration:
    team = catalog.fallback.team
    fallback = team if team in catalog.teams else None
    routed = Routed(query="", match="none", service=None, way=Way.NOBODY, fallback=fallback)
    routing: dict[str, object] = {"query": "", "match": "none", "service": None, "candidates": []}
    return replace(declaration, routing=routing, routed=routed)
