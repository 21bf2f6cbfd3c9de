"""Where a configuration may refer to secrets."""

from __future__ import annotations

from escalate_cli.core.answers.address import BY_COMMAND
from escalate_cli.core.organisation.catalog import Catalog


def secret_templates(catalog: Catalog) -> tuple[str, ...]:
    """Every text that may hold a reference to a secret, each once."""
    texts: list[str | None] = []
    for gateway in catalog.gateways.values():
        texts += [gateway.url, gateway.answers]
    for source in catalog.sources.values():
        texts += [source.token, source.pull]
    if catalog.heartbeat is not None:
        texts.append(catalog.heartbeat.url)
    return tuple(dict.fromkeys(text for text in texts if text and text != BY_COMMAND))
