"""Which gateway takes an address that no person of the catalog has.

`email:pat@example.com` names it. A bare address goes by a gateway by which somebody of the catalog
has an address of the same shape (mail, +phone number, number, @name, #room), or that sends mail by its URL.
Of several: the first that `[notify].low` uses, then one that writes before one that calls, then the
first in the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from escalate_cli.core.organisation.catalog import Catalog, Gateway
from escalate_cli.core.organisation.recipient import ReporterAddress

_SHAPES = {
    "mail": re.compile(r"[^@\s,;:]+@[^@\s,;]+"),
    "phone": re.compile(r"\+[\d\s()./-]*\d"),
    "number": re.compile(r"\d[\d\s()./-]*"),
    "name": re.compile(r"@\S+"),
    "room": re.compile(r"[#!]\S+"),
}


def shape_of(address: str) -> str | None:
    """What an address looks like: mail, phone, number, name, room; None for anything else."""
    return next((shape for shape, looks in _SHAPES.items() if looks.fullmatch(address)), None)


def address_of_reporter(text: str, catalog: Catalog) -> ReporterAddress | None:
    """The gateway and the address that `text` means; None where no gateway fits."""
    text = text.strip()
    gateway, colon, address = text.partition(":")
    if colon and gateway in catalog.gateways:
        return ReporterAddress(gateway, address.strip()) if address.strip() else None
    shape = shape_of(text)
    fitting = [
        gateway for gateway in catalog.gateways.values() if shape in set(_shapes_taken(gateway, catalog))
    ]
    if shape is None or not fitting:
        return None
    return ReporterAddress(min(fitting, key=lambda gateway: _rank(gateway, catalog)).id, _tidy(text, shape))


def _shapes_taken(gateway: Gateway, catalog: Catalog) -> Iterator[str]:
    """The shapes of the addresses that go by a gateway."""
    if gateway.url.partition("://")[0] in ("mailto", "mailtos"):
        yield "mail"
        return
    contacts = [person.contact for person in catalog.people.values()]
    contacts += [channel.contact for channel in catalog.channels.values()]
    for contact in contacts:
        shape = shape_of(contact.get(gateway.id, ""))
        if shape is not None:
            yield shape


def _rank(gateway: Gateway, catalog: Catalog) -> tuple[int, bool]:
    quiet = [via for step in catalog.notify_low for via in step.via]
    place = quiet.index(gateway.id) if gateway.id in quiet else len(quiet)
    return place, "method=call" in gateway.url


def _tidy(address: str, shape: str) -> str:
    """A phone number as providers take it."""
    return re.sub(r"[\s()./-]", "", address) if shape == "phone" else address
