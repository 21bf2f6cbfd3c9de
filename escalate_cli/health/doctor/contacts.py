"""What `doctor` finds of how people are reached: addresses, secrets, gateways. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from escalate_cli.config.secrets import BadReference, MissingSecret, expand, references
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog, did_you_mean
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.delivery.plugins import find_plugin_modules, known_schemas, schema_of
from escalate_cli.health.doctor.addresses import bad_addresses
from escalate_cli.health.doctor.finding import all_of, listed, well

_WEB = ("http", "https")


def contact_looks(catalog: Catalog, context: Context) -> dict[str, Callable[[], Iterable[Problem]]]:
    """Everything to look at, and how. What needs Apprise comes last."""
    return {
        "who has an address": lambda: _people(catalog),
        "whether secrets can be had": lambda: _secrets(catalog, context),
        "what gateways there are": lambda: _gateways(catalog),
        "whether addresses are possible": lambda: _addresses(catalog, context),
    }


def _people(catalog: Catalog) -> Iterator[Problem]:
    for kind, ids in (
        (
            "people",
            [
                person.id
                for person in catalog.people.values()
                if not set(person.contact) & set(catalog.gateways)
            ],
        ),
        (
            "channels",
            [
                channel.id
                for channel in catalog.channels.values()
                if not set(channel.contact) & set(catalog.gateways)
            ],
        ),
    ):
        if ids:
            text = f"{kind} without any address: {listed(ids)}"
            yield Problem(
                WARNING, f"{kind}-without-address", text, "give them a contact: contact = { email = … }"
            )
        elif kind == "people":
            yield well("people", "everybody has an address")


def _secrets(catalog: Catalog, context: Context) -> Iterator[Problem]:
    """Every reference that cannot be resolved here, by its name. Values are never shown, and none
    is looked up twice.
    """
    used: dict[str, list[str]] = {}
    urls = {f"gateway {gateway.id}": gateway.url for gateway in catalog.gateways.values()}
    if catalog.heartbeat is not None:
        urls["the heartbeat"] = catalog.heartbeat.url
    for name, url in urls.items():
        try:
            for reference in references(url):
                used.setdefault(reference, []).append(name)
        except BadReference as problem:
            yield Problem(ERROR, "bad-reference", f"{name}: {problem.message}", problem.hint)
    missing = 0
    for reference, users in used.items():
        try:
            expand(reference, "", context.environ)
        except MissingSecret as problem:
            missing += 1
            yield Problem(
                ERROR, "missing-secret", f"{problem.message}: {listed(users)} cannot send", problem.hint
            )
    if not missing:
        yield well(
            "secrets",
            f"{all_of(len(used), 'secret')} can be had here" if used else "no gateway refers to a secret",
        )


def _gateways(catalog: Catalog) -> Iterator[Problem]:
    """last, since this is the one question that needs Apprise"""
    if not catalog.gateways:
        yield Problem(
            ERROR,
            "no-gateways",
            "the configuration has no gateway: nobody can be reached",
            "`escalate init` shows some",
        )
        return
    schemas = {gateway.id: schema_of(gateway.url) for gateway in catalog.gateways.values()}
    # A web address may be one that Apprise recognises as some provider's own.
    doubtful = {
        gateway: schema
        for gateway, schema in schemas.items()
        if schema not in _WEB and not find_plugin_modules(schema)
    }
    known = known_schemas() if doubtful else frozenset()
    unknown = {gateway: schema for gateway, schema in doubtful.items() if schema not in known}
    for gateway, schema in unknown.items():
        meant = did_you_mean(schema, known)
        hint = (
            f'did you mean "{meant}://"?'
            if meant
            else "the services that Apprise knows are listed at https://appriseit.com"
        )
        where = f" ({catalog.gateways[gateway].source})" if catalog.gateways[gateway].source else ""
        yield Problem(
            ERROR,
            "unknown-service",
            f'gateway {gateway}: Apprise knows no service "{schema}://"{where}',
            hint,
        )
    if not unknown:
        yield well("gateways", f"Apprise knows the services of {all_of(len(schemas), 'gateway')}")


def _addresses(catalog: Catalog, context: Context) -> Iterator[Problem]:
    """Every contact tried on its gateway, without sending. Services that Apprise does not know have
    been reported already.
    """
    problems = bad_addresses(catalog, context.environ)
    if problems is None:
        text = "the addresses could not be tried: Apprise cannot be loaded here, or took too long"
        yield Problem(WARNING, "addresses-untried", text, "`escalate test-page` tries one for real")
        return
    for problem in problems:
        where = f"{problem.gateway} of {problem.id}" if problem.gateway else f"gateway {problem.id}"
        level = ERROR if problem.sure else WARNING
        yield Problem(level, problem.code, f"{where}: {problem.message}", problem.hint)
    if not problems and catalog.gateways:
        yield well("addresses", "every address is one that its gateway takes")
