"""Declaring an incident: from the words of whoever reports it to an incident with its first
notifications, stored.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.lookup import (
    find_address,
    find_incident,
    find_person,
    find_service,
    pick_severity,
    reporter,
    storable,
)
from escalate_cli.actions.outage import join_declaration, outage_behind
from escalate_cli.actions.routing import routed_safely
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.again import News, declare_again
from escalate_cli.core.changes.declare import Declaration, declare, declare_plainly
from escalate_cli.core.changes.joining import OutageBehind
from escalate_cli.core.events import Routed, Way
from escalate_cli.core.incident.doing_without import noted, words_of
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import Conflict, DamagedRow, EscalateError, UsageProblem
from escalate_cli.failpoints import Failpoints
from escalate_cli.store.remembered_troubles import remember_troubles

NEVER = "never"
"""for `join`: an incident of its own"""


class Request(msgspec.Struct, frozen=True):
    """What `declare` was asked for, as typed."""

    title: str
    services: tuple[str, ...] = ()
    severity: str | None = None
    message: str | None = None
    by: str | None = None
    lead: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    key: str | None = None
    tell: tuple[str, ...] = ()
    """where the reporter hears what becomes of it"""
    join: str | None = None
    """the number of the open incident that it is a part of; "never": an incident of its own; None: as the
    services depend on each other"""


class StoredDeclaration(msgspec.Struct, frozen=True):
    """A declaration as it is stored; `created` is False when one with the key was open already."""

    situation: Situation
    created: bool
    routing: dict[str, Any]
    broken: tuple[str, ...] = ()
    """what could not be used, as sentences: the page went on without it"""
    news: tuple[News, ...] = ()
    """of one that was open already: what this declaration changed, and what of it was noted"""
    joined: OutageBehind | None = None
    """the outage that it is a part of: then the incident is that"""


def store_declaration(context: Context, asked: Request, *, remember: str | None = None) -> StoredDeclaration:
    """Store the incident, its routing and its first notifications in one transaction. Sending is
    the caller's next step.

    `remember` is a fact to store with it, so that a kept declaration is not declared twice, be it
    by two processes at once.
    """
    title = storable(asked.title, "title")
    if not title.strip():
        raise UsageProblem(
            "the title is empty", 'say what is broken: escalate declare "customers cannot log in"'
        )
    catalog = context.running_catalog
    declaration = _declaration(context, asked, title, catalog)
    declaration, existing = with_sound_indexes(
        context, lambda: _open_already(context, declaration, asked, remember)
    )
    if existing is not None:
        return existing
    if not declaration.services:
        declaration = routed_safely(declaration, catalog)
    context.keep_catalog()
    try:
        return with_sound_indexes(context, lambda: _store(context, declaration, catalog, remember, asked))
    except EscalateError as problem:
        if not isinstance(problem, DamagedRow):
            raise
        return _store(context, declaration, catalog, remember, asked, spoilt=problem)
    except Exception as problem:
        return _store(context, declaration, catalog, remember, asked, spoilt=problem)


def _store(
    context: Context,
    declaration: Declaration,
    catalog: Catalog,
    remember: str | None,
    asked: Request,
    *,
    spoilt: Exception | None = None,
) -> StoredDeclaration:
    """One transaction. `spoilt` is why what was planned could not be stored: then the incident is,
    and a page to the fallback.
    """
    store, reach = context.store, Failpoints(context.environ).reach
    with store.transaction():
        before = store.ledger.fact(remember) if remember is not None else None
        if before is not None:
            return StoredDeclaration(find_incident(context, int(before)), False, dict(declaration.routing))
        existing = _existing(context, declaration, asked, remember)
        if existing is not None:
            return existing
        joined = _joined(context, declaration, asked, remember) if spoilt is None else None
        if joined is not None:
            return joined
        now, situations = context.moment(), store.situations
        if spoilt is not None:
            planned = declare_plainly(declaration, catalog, now, spoilt)
        else:
            planned = declare(
                declaration,
                catalog,
                now,
                maintenance=situations.maintenance(),
                next_turns=situations.next_turns(),
            )
        stored = situations.save(None, planned.situation)
        if remember is not None:
            store.ledger.remember(remember, str(stored.incident.id))
        broken = _broken(planned.situation)
        remember_troubles(store.ledger, now, [f"incident {stored.incident.id}: {text}" for text in broken])
        reach("declaring")
    reach("declared")
    return StoredDeclaration(stored, True, dict(declaration.routing), broken)


def _joined(
    context: Context, declaration: Declaration, asked: Request, remember: str | None
) -> StoredDeclaration | None:
    """The open incident that is behind this one, with it as an update; inside a transaction. Only what is
    known for sure to be about one service joins by itself.
    """
    if asked.join == NEVER:
        return None
    if asked.join is not None:
        behind: OutageBehind | None = OutageBehind(_number(asked.join), None)
    else:
        sure = len(declaration.services) == 1 and not dict(declaration.routing).get("guess")
        behind = outage_behind(context, declaration.services[0]) if sure else None
    if behind is None:
        return None
    stored = join_declaration(context, declaration, behind)
    if remember is not None:
        context.store.ledger.remember(remember, str(behind.incident))
    news = News("joined", "added", f"it is a part of incident {behind.incident}")
    return StoredDeclaration(stored, False, dict(declaration.routing), news=(news,), joined=behind)


def _number(word: str) -> int:
    digits = word.strip().removeprefix("#")
    if not digits.isdecimal():
        raise UsageProblem(f'--join: "{word}" is no incident', 'write its number, or "never"')
    return int(digits)


def _broken(situation: Situation) -> tuple[str, ...]:
    """What the plan did without; it is stored already, whatever cannot be said of it."""
    try:
        return noted(situation, everything=True)
    except Exception as problem:
        return (f"what could not be used cannot be told ({words_of(problem)})",)


def _declaration(context: Context, asked: Request, title: str, catalog: Catalog) -> Declaration:
    services = tuple(find_service(service, catalog).id for service in asked.services)
    routing = {"query": title, "match": "given", "service": services[0], "candidates": []} if services else {}
    named = (
        Routed(query=title, match="given", service=services[0], way=Way.NAMED, services=services)
        if services
        else None
    )
    return Declaration(
        title=title,
        severity=pick_severity(asked.severity, catalog),
        services=services,
        message=storable(asked.message, "message") if asked.message else None,
        key=storable(asked.key, "key") if asked.key else None,
        lead=find_person(asked.lead, catalog).id if asked.lead else None,
        by=reporter(asked.by, context),
        labels={storable(name, "label"): storable(value, "label") for name, value in asked.labels},
        routing=routing,
        routed=named,
        tell=tuple(dict.fromkeys(find_address(storable(to, "address"), catalog) for to in asked.tell)),
    )


def _open_already(
    context: Context, declaration: Declaration, asked: Request, remember: str | None
) -> tuple[Declaration, StoredDeclaration | None]:
    """The open incident with the key of this declaration, changed by what it says anew. One that
    cannot be read or changed is left alone, for the next pass to tell the fallback of: the
    declaration goes on without the key."""
    open_id = context.store.situations.open_with_key(declaration.key) if declaration.key is not None else None
    if open_id is None:
        return declaration, None
    try:
        with context.store.transaction():
            return declaration, _existing(context, declaration, asked, remember)
    except EscalateError as problem:
        if not isinstance(problem, DamagedRow):
            raise
        why = problem.message
    except Exception as problem:
        why = words_of(problem)
    text = (
        f'the incident with the key "{declaration.key}" cannot be read, so this one is declared without it'
        f" ({why})"
    )
    with context.store.transaction():
        context.store.outbox.look_again(open_id, context.moment())
    return replace(declaration, key=None, broken=text), None


def _existing(
    context: Context, declaration: Declaration, asked: Request, remember: str | None
) -> StoredDeclaration | None:
    """The open incident with the key of this declaration, changed by what it says anew; inside a
    transaction.
    """
    situations, catalog, now = context.store.situations, context.running_catalog, context.moment()
    open_id = situations.open_with_key(declaration.key) if declaration.key is not None else None
    if open_id is None:
        return None
    before = find_incident(context, open_id)
    if not asked.services:
        # those that the title was routed to meanwhile: nobody has named them
        declaration = replace(declaration, services=())
    _refuse_another_service(declaration, before)
    news: tuple[News, ...] = ()

    def again(situation: Situation) -> Situation:
        nonlocal news
        severity = declaration.severity if asked.severity else None
        known = partial(situations.has, open_id)
        situation, news = declare_again(
            situation, declaration, catalog, now, severity=severity, is_known=known, meanings=meanings
        )
        return situation

    after = acting(before, catalog, now, again)
    stored = before if after is before else situations.save(before, after)
    if remember is not None:
        context.store.ledger.remember(remember, str(open_id))
    return StoredDeclaration(stored, False, dict(stored.incident.routing), news=news)


def _refuse_another_service(declaration: Declaration, situation: Situation) -> None:
    """A key stands for one thing: a declaration about none of the services in scope is about
    another. Beside one of them, or where no service is known yet, those that are named join the
    scope."""
    incident = situation.incident
    if declaration.services and incident.services and not set(declaration.services) & set(incident.services):
        raise Conflict(
            f'the key "{declaration.key}" is in use by incident {incident.id}, which is about'
            f" {', '.join(incident.services)}",
            f"use another key, or add the service: escalate update {incident.id} --service"
            f" {declaration.services[0]}",
            code="key-in-use",
        )
