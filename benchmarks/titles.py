"""What reporters of the made year type, and how it finds its service: by the real router, or
because the reporter says which it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from benchmarks.planted import WORDS, fact
from escalate_cli.actions.routing import how_routed, routing_record
from escalate_cli.config.english.reading import meanings
from escalate_cli.core.events import Routed, Way
from escalate_cli.core.organisation.catalog import Catalog, Service
from escalate_cli.core.routing.router import Router, Routing

_SHAPES = (
    "{thing} not working{when}", "{thing} failing for {whom}{when}", "{whom} cannot use {thing}",
    "{thing} very slow{when}", "{thing}: errors{when}", "{thing} stopped{when}",
    "{thing} comes and goes{when}", "problem with {thing} for {whom}", "{thing} broken{when}",
    "{thing} stuck{when}", "{thing} wrong for {whom}", "nothing happens with {thing}{when}", "{thing} down",
    "{thing} rejected{when}", "{thing} not accepted{when}", "{thing} refused for {whom}",
    "{thing} shown as invalid{when}",
)  # fmt: skip
_WHOM = (
    "some",
    "several people",
    "a few of us",
    "everybody",
    "two branches",
    "one region",
    "half of the people",
    "many",
    "somebody",
)
_WHEN = (
    "",
    "",
    "",
    " since nine",
    " since this morning",
    " again",
    " since last night",
    " on and off",
    " since lunch",
    " all day",
)
_VAGUE = (
    "something is wrong", "everything feels odd today", "please have a look", "it does not work",
    "several complaints since nine", "strange things going on", "people are unhappy", "help needed",
    "is anybody aware of trouble",
)  # fmt: skip
_TRIES = 6


@dataclass(frozen=True)
class ReportedTitle:
    """A title, and how it was found what it is about: `record` and `routed` are those that
    `declare` stores; no service: the fallback."""

    title: str
    service: str | None
    record: dict[str, Any]
    routed: Routed


class Reporters:
    """Says things about services of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._router = Router(catalog.services.values(), meanings)

    def tell(self, about: str, dice: random.Random) -> ReportedTitle:
        """Plain words about this service. Some name the service; else the words are routed, and the
        reporter chooses where they are not clear. Words that the router takes for another service
        are not said: nothing here is to be learnt from."""
        service = self._catalog.services[about]
        named = dice.random() < 0.35
        for _ in range(_TRIES):
            title = _fill(dice.choice(_SHAPES), dice, thing=_thing(service, dice))
            if named:
                break
            routing = self._router.route(title)
            if routing.service in (about, None):
                return self._routed(title, routing, about)
        return self._given(title, about)

    def mistake(self, dice: random.Random) -> ReportedTitle:
        """The planted words: they are about one service, and are declared as another."""
        planted = fact("keyword")
        title = _fill(dice.choice(_SHAPES), dice, thing=WORDS)
        routing = self._router.route(title)
        mistaken = planted["from_service"]
        if dice.random() < 0.3 or routing.service not in (mistaken, None):
            return self._given(title, mistaken)
        return self._routed(title, routing, mistaken)

    def vague(self, dice: random.Random) -> ReportedTitle:
        """Words about nothing, with nobody to ask: the fallback team gets it."""
        title = dice.choice(_VAGUE)
        routing = self._router.route(title)
        if routing.service is not None:
            raise ValueError(f"{title!r} is about {routing.service}")
        return ReportedTitle(title, None, routing_record(routing), how_routed(routing, None, self._catalog))

    def _given(self, title: str, service: str) -> ReportedTitle:
        record = {"query": title, "match": "given", "service": service, "candidates": []}
        return ReportedTitle(
            title,
            service,
            record,
            Routed(query=title, match="given", service=service, way=Way.NAMED, services=(service,)),
        )

    def _routed(self, title: str, routing: Routing, service: str) -> ReportedTitle:
        return ReportedTitle(
            title,
            service,
            routing_record(routing) | {"service": service},
            how_routed(routing, service, self._catalog),
        )


def _thing(service: Service, dice: random.Random) -> str:
    return dice.choice((*service.keywords, service.name[0].lower() + service.name[1:]))


def _fill(shape: str, dice: random.Random, **words: str) -> str:
    text = shape.format(whom=dice.choice(_WHOM), when=dice.choice(_WHEN), **words)
    return text[0].upper() + text[1:] if dice.random() < 0.6 else text
