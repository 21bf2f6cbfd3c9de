"""The names that people know things by; an id stands for what the configuration does not have (any more)."""

from __future__ import annotations

from escalate_cli.core.catalog import Catalog


def name_of(recipient: str, catalog: Catalog | None) -> str:
    """Of a recipient: "person:ana" → "Ana Ruiz". Without a catalog, its id."""
    kind, _, identifier = recipient.partition(":")
    if catalog is not None and kind == "person" and identifier in catalog.people:
        return catalog.people[identifier].name
    if catalog is not None and kind == "channel" and identifier in catalog.channels:
        return catalog.channels[identifier].name
    return identifier or recipient


def team_name(team: str, catalog: Catalog | None) -> str:
    """Of a team."""
    return catalog.teams[team].name if catalog is not None and team in catalog.teams else team


def service_name(service: str, catalog: Catalog | None) -> str:
    """Of a service."""
    return catalog.services[service].name if catalog is not None and service in catalog.services else service
