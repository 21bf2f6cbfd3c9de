"""What `doctor` finds of how people are reached, and who may hand in alerts: addresses, secrets, tokens,
gateways. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from escalate_cli.config.secrets import BadReference, MissingSecret, expand, fill_in, references
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog, did_you_mean
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.delivery.plugins import find_plugin_modules, known_schemas, schema_of
from escalate_cli.health.doctor.addresses import bad_addresses
from escalate_cli.health.doctor.finding import all_of, listed, well

_WEB = ("http", "https")
_SHORTEST_TOKEN = 16


def contact_looks(catalog: Catalog, context: Context) -> dict[str, Callable[[], Iterable[Problem]]]:
    """Everything to look at, and how. What needs Apprise comes last."""
    return {
        "who has an address": lambda: _people(catalog),
        "whether secrets can be had": lambda: _secrets(catalog, context),
        "whether tokens can be guessed": lambda: _tokens(catalog, context),
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
    used: dict[str, list[tuple[str, str]]] = {}
    for name, effect, template in _referring(catalog):
        try:
            for reference in references(template):
                used.setdefault(reference, []).append((name, effect))
        except BadReference as problem:
            yield Problem(ERROR, "bad-reference", f"{name}: {problem.message}", problem.hint)
    missing = 0
    for reference, users in used.items():
        try:
            expand(reference, "", context.environ)
        except MissingSecret as problem:
            missing += 1
            effects = dict.fromkeys(effect for _, effect in users)
            concerned = "; ".join(
                f"{listed(name for name, its_effect in users if its_effect == effect)} {effect}"
                for effect in effects
            )
            yield Problem(ERROR, "missing-secret", f"{problem.message}: {concerned}", problem.hint)
    if not missing:
        yield well(
            "secrets",
            f"{all_of(len(used), 'secret')} can be had here" if used else "no gateway refers to a secret",
        )


def _referring(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """What may refer to secrets, what does not happen without them, and the text. Where answers are read
    is looked at by `readers`.
    """
    for gateway in catalog.gateways.values():
        yield f"gateway {gateway.id}", "cannot send", gateway.url
    if catalog.heartbeat is not None:
        yield "the heartbeat", "cannot send", catalog.heartbeat.url
    for source in catalog.sources.values():
        yield f"source {source.id}", "cannot hand in alerts", source.token or ""
        yield f"source {source.id}", "cannot be asked for its alerts", source.pull or ""


def _tokens(catalog: Catalog, context: Context) -> Iterator[Problem]:
    """Tokens that can be guessed. One that cannot be had has been told already."""
    for source in catalog.sources.values():
        try:
            token = fill_in(source.token or "", context.environ)
        except (BadReference, MissingSecret):
            continue
        if token and len(token) < _SHORTEST_TOKEN:
            text = (
                f"the token of source {source.id} is shorter than {_SHORTEST_TOKEN} characters: it may be"
                " guessed, and with it anybody can page people"
            )
            yield Problem(WARNING, "short-token", text, "make a longer one: openssl rand -hex 16")


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
