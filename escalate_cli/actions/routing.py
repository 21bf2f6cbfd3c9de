"""Whose a declared title is: the service that it is routed to, and the record of how that was found."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.events import Routed, Way
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.doubt import guess
from escalate_cli.core.routing.router import Router, Routing
from escalate_cli.core.wording.events import sentence
from escalate_cli.errors import EscalateError


def routed_safely(declaration: Declaration, catalog: Catalog) -> Declaration:
    """A title that cannot be routed goes to the fallback team: a declaration is never refused for
    want of a service.
    """
    try:
        return _routed(declaration, catalog)
    except EscalateError:
        raise
    except Exception as problem:
        routed = Routed(
            query=declaration.title, match="none", service=None, way=Way.FAILED, because=words_of(problem)
        )
        broken = "; ".join(text for text in (declaration.broken, sentence(routed, 0, None, catalog)) if text)
        routing: dict[str, Any] = {
            "query": declaration.title,
            "match": "none",
            "service": None,
            "candidates": [],
        }
        return replace(declaration, routing=routing, routed=routed, broken=broken)


def _routed(declaration: Declaration, catalog: Catalog) -> Declaration:
    routing = Router.over(catalog.services.values(), meanings).route(declaration.title)
    service = routing.service
    guessed = guess(routing, catalog.settings.in_doubt) if service is None else ()
    routed = how_routed(routing, service, catalog, guessed)
    return replace(
        declaration,
        services=routed.services,
        routing=routing_record(routing) | {"service": service, "guess": list(guessed)},
        routed=routed,
    )


def how_routed(
    routing: Routing, service: str | None, catalog: Catalog, guessed: tuple[str, ...] = ()
) -> Routed:
    """How this service was found by the title, or chosen by the reporter where the title alone did
    not say it; None: neither, and then `guessed` are those that get it all the same.
    """
    if service is not None:
        way = Way.TITLE if routing.service is not None else Way.CHOSEN
    else:
        way = Way.GUESSED if guessed else Way.NOBODY
    services = (service,) if service is not None else guessed
    return Routed(
        query=routing.query,
        match=routing.match.value,
        service=service,
        candidates=tuple(routing_record(routing)["candidates"]),
        way=way,
        services=services,
        because=next(
            (
                ", ".join(candidate.because)
                for candidate in routing.candidates
                if candidate.service in services[:1]
            ),
            "",
        ),
        fallback=(catalog.fallback.team if not services and catalog.fallback.team in catalog.teams else None),
    )


def routing_record(routing: Routing) -> dict[str, Any]:
    """A routing as it is stored and shown in JSON."""
    return {
        "query": routing.query,
        "match": routing.match.value,
        "service": routing.service,
        "candidates": [
            {
                "service": candidate.service,
                "name": candidate.name,
                "team": candidate.team,
                "score": candidate.score,
                "because": list(candidate.because),
            }
            for candidate in routing.candidates
        ],
    }
