"""Which gateways are read for answers now: those that something waits for, and no other. An idle pass
asks the database once, and nobody else.
"""

from __future__ import annotations

import hashlib

import msgspec

from escalate_cli.config.secrets import expand
from escalate_cli.context import Context
from escalate_cli.core.answers.address import BY_COMMAND, AnswersAddress, BadAddress, parse_answers
from escalate_cli.core.answers.recognise import TOLERANCE
from escalate_cli.core.calendar.duration import HOUR, MINUTE, Instant
from escalate_cli.core.organisation.catalog import Catalog, Gateway
from escalate_cli.errors import ConfigurationProblem
from escalate_cli.reception.look import CannotRead, begins_at
from escalate_cli.store.readers import ReaderPlace

AFTER_THE_END = HOUR
"""how long after the end of an incident its answers are still read"""
BOUNCES_COME = 10 * MINUTE
"""how long after a mail it is looked whether it has come back"""


class DueReader(msgspec.Struct, frozen=True):
    """A gateway that is to be read. `since` is when the first of what waits was made; `paging` the latest
    incident that somebody is being paged about by it (0: none).
    """

    gateway: Gateway
    since: Instant
    paging: int


class Reachable(msgspec.Struct, frozen=True):
    """Where it is read, `source` the same without a secret, and what must not be shown."""

    address: AnswersAddress
    source: str
    secrets: tuple[str, ...]


def due_readers(context: Context, now: Instant) -> list[DueReader]:
    """The readers that are due, by gateway. Where no gateway listens, nothing is asked at all."""
    catalog = context.running_catalog
    listening = _listening(catalog)
    if not listening:
        return []
    mail = [name for name, gateway in listening.items() if (gateway.answers or "").startswith("imap")]
    waits = context.store.readers.waits(now - AFTER_THE_END, now - BOUNCES_COME, now, mail)
    return [
        DueReader(listening[each.gateway], each.since, each.paging)
        for each in waits
        if each.gateway in listening
    ]


def _listening(catalog: Catalog) -> dict[str, Gateway]:
    gateways = catalog.gateways.items()
    return {name: gateway for name, gateway in gateways if gateway.listens and gateway.answers != BY_COMMAND}


def reachable(gateway: Gateway, context: Context) -> Reachable:
    """Where a gateway is read; `CannotRead` where its secrets cannot be had."""
    try:
        expanded = expand(gateway.answers or "", "", context.environ)
        address = parse_answers(expanded.url)
    except ConfigurationProblem as problem:
        raise CannotRead(problem.message, for_good=True) from None
    except BadAddress as problem:
        raise CannotRead(problem.message, for_good=True) from None
    account = hashlib.sha256((address.user or address.password).encode()).hexdigest()[:16]
    parts = (address.scheme, account, address.host, str(address.port), address.topic, *address.folders)
    return Reachable(address, " ".join(filter(None, parts)), (*expanded.secrets, *address.secrets))


def place_of_next_look(state: ReaderPlace, source: str, since: Instant) -> str:
    """From where to read: the place of the last look, where that was of the same source and something
    has waited ever since. Else from when the first of what waits was made, and nothing older.
    """
    goes_on = state.source == source and state.read_at is not None and state.read_at >= since
    return state.place if goes_on and state.place is not None else begins_at(since - TOLERANCE)
