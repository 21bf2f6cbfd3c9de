"""What is wrong with a source of alerts, where each of its values is sound: keys of another kind, services
that there are not, tokens that are shared or written down, alerts that lead to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.config.compile.draft import Draft
from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.masking import has_literal_secret
from escalate_cli.config.schema.source_tables import CHOSEN_BY_KEY, PULLED
from escalate_cli.config.schema.templates import has_placeholder, plain_text
from escalate_cli.config.secrets import references
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.calendar.duration import HOUR, show_duration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.core.routing.words import tokens
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem

_ONLY_HEARTBEAT = {
    "every": "says how often a heartbeat must come",
    "grace": "says how late a heartbeat may be",
}
_NO_HEARTBEAT = {
    "settle": "`grace` says how late it may be",
    "group": "all that it can tell is one thing",
    "labels": "a heartbeat has none",
}
_LONG_SETTLE = HOUR


def check_sources(draft: Draft) -> Iterator[Problem]:
    """Every problem of the sources, and those between them."""
    sources = draft.catalog.sources
    templates = [template for source in sources.values() for template in source.service]
    spoken = _spoken(draft.catalog) if not all(map(has_placeholder, templates)) else frozenset()
    for source in sources.values():
        item = draft.gathered.by_id["sources"][source.id]
        yield from _keys_of_its_kind(item, source)
        yield from _words(item)
        yield from _services(draft, item, source, spoken)
        yield from _nobody(draft, item, source)
        yield from _secrets(item, source)
        if source.settle > _LONG_SETTLE:
            message = f"nobody is paged before an alert has fired for {show_duration(source.settle)}"
            hint = "minutes are usual; what may wait can have a severity of low urgency"
            yield item.problem(("settle",), WARNING, "settle-long", message, hint)
    yield from _tokens(draft)


def _keys_of_its_kind(item: Item, source: Source) -> Iterator[Problem]:
    if source.kind == HEARTBEAT:
        for key, why in (("every", "how often it must come"), ("service", "what is broken when it is late")):
            if not item.raw.get(key):
                hint = f"add `{key} = …`"
                yield item.problem((), ERROR, "missing-key", f"`{key}` is missing: {why}", hint, key=True)
        for key, instead in _NO_HEARTBEAT.items():
            if key in item.raw:
                message = f"`{key}` means nothing for a heartbeat: {instead}"
                yield item.problem((key,), ERROR, "key-unfit", message, f"remove `{key}`", key=True)
    else:
        for key, what in _ONLY_HEARTBEAT.items():
            if key in item.raw:
                hint = f'set kind = "{HEARTBEAT}" or remove `{key}`'
                yield item.problem((key,), ERROR, "key-unfit", f"`{key}` {what}", hint, key=True)
    if source.pull is not None and source.kind not in PULLED:
        message = f'a source of kind "{source.kind}" cannot be asked for its alerts'
        hint = f"only {' and '.join(PULLED)} can; remove `pull`"
        yield item.problem(("pull",), ERROR, "key-unfit", message, hint, key=True)


def _words(item: Item) -> Iterator[Problem]:
    """The monitor's words are compared without case."""
    first: dict[str, str] = {}
    for word in item.raw.get("severity", {}):
        if first.setdefault(word.casefold(), word) != word:
            message = f'"{word}" and "{first[word.casefold()]}" are one word: case makes no difference'
            yield item.problem(("severity", word), ERROR, "word-twice", message, "keep one of them", key=True)


def _spoken(catalog: Catalog) -> frozenset[str]:
    """Every id, name and keyword of a service, as the router compares what is exact."""
    return frozenset(
        _exact(text)
        for service in catalog.services.values()
        for text in (service.id, service.name, *service.keywords)
    )


def _exact(text: str) -> str:
    return "".join(tokens(text))


def _services(draft: Draft, item: Item, source: Source, spoken: frozenset[str]) -> Iterator[Problem]:
    known = draft.gathered.known
    ids = known.ids.get("service", frozenset())
    if "service" in known.unsure or len(draft.catalog.services) < len(ids):
        return  # what cannot be read may have just this name
    for number, template in enumerate(source.service):
        if has_placeholder(template):
            continue
        name = plain_text(template)
        if name in ids or _exact(name) in spoken:
            continue
        loc: Path = ("service", number) if isinstance(item.raw["service"], list) else ("service",)
        message = f'there is no service "{name}"'
        yield item.problem(loc, ERROR, "unknown-reference", message, known.hint("service", name))


def _nobody(draft: Draft, item: Item, source: Source) -> Iterator[Problem]:
    fallback = draft.gathered.single.get("fallback")
    sure = any(not has_placeholder(template) for template in source.service)
    if sure or draft.gathered.broken or draft.catalog.fallback.team:
        return
    if fallback is not None and (not isinstance(fallback.raw, dict) or fallback.raw.get("team")):
        return  # there is one, or was meant to be
    message = (
        f'what source "{source.id}" hands in may lead to nobody: its alerts may name no service, and there is'
        " no fallback team"
    )
    hint = 'name a service at the end of `service`, or set [fallback] team = "…"'
    yield item.problem((), WARNING, "fallback-missing", message, hint, key=True)


def _secrets(item: Item, source: Source) -> Iterator[Problem]:
    """Secrets are referred to, and never written here."""
    hint = "put ${NAME} or ${file:/path} in its place, and change the secret"
    if source.token is not None and not references(source.token):
        message = (
            f'the token of source "{source.id}" is written here; everyone who can read these files can use it'
        )
        yield item.problem(("token",), WARNING, "literal-secret", message, hint)
    if source.pull is not None and has_literal_secret(source.pull):
        message = (
            f'`pull` of source "{source.id}" seems to hold a secret itself; everyone who can read these files'
            " can use it"
        )
        yield item.problem(("pull",), WARNING, "literal-secret", message, hint)


def _tokens(draft: Draft) -> Iterator[Problem]:
    """Two sources with one token. Where the key is all that a sender says, only one of them gets anything."""
    first: dict[str, Source] = {}
    first_of_kind: dict[tuple[str, str], Source] = {}
    for source in draft.catalog.sources.values():
        if source.token is None:
            continue
        other = first.setdefault(source.token, source)
        alike = first_of_kind.setdefault((source.kind, source.token), source)
        item = draft.gathered.by_id["sources"][source.id]
        if alike is not source and source.kind in CHOSEN_BY_KEY:
            message = (
                f'the token of source "{source.id}" is also that of "{alike.id}": senders of kind'
                f' "{source.kind}" name no source but by their key'
            )
            yield item.problem(("token",), ERROR, "token-twice", message, "give each a key of its own")
        elif other is not source:
            message = (
                f'the token of source "{source.id}" is also that of "{other.id}": who may hand in for one may'
                " for both"
            )
            yield item.problem(("token",), WARNING, "token-twice", message, "give each a token of its own")
