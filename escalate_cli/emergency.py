"""When the database cannot be used: a declaration is kept in the spool, and the fallback hears of it directly, not too often."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict

from escalate_cli import declaring
from escalate_cli.config.find import find_db
from escalate_cli.context import Context
from escalate_cli.core.attempt import OutcomeKind
from escalate_cli.core.catalog import TextForm
from escalate_cli.core.declaration import Declaration, declare
from escalate_cli.core.duration import Span
from escalate_cli.core.message import SHORT_LIMIT, clip
from escalate_cli.core.model import NotificationKind, Situation
from escalate_cli.core.paging import Letter, tell
from escalate_cli.core.targets import name_of
from escalate_cli.core.text import printable
from escalate_cli.delivery.sender import Envelope
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.store.spool import Spool
from escalate_cli.store.trouble import FULL, LOCKED


def keep_declaration(context: Context, asked: declaring.Request, problem: DatabaseProblem) -> DatabaseProblem:
    """Keep what could not be stored, tell the fallback where that makes sense, and say in the error what has been done."""
    name = f"{context.clock.now():020}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    path = _spool(context).keep(name, json.dumps(asdict(asked)).encode())
    done = f"the declaration is kept in {path} and is paged by the first tick that can" if path else "the declaration could NOT be kept"
    told = ""
    if problem.code != LOCKED or path is None:
        names = page_fallback(context, f'declared but not stored ("{clip(printable(asked.title), 60)}")', problem)
        told = f"; paged directly: {', '.join(names)}" if names else ""
    hint = problem.hint
    if problem.code == LOCKED and path:  # whoever tries again, as the hint of a lock says, would declare it twice
        hint = "do not declare it again: nothing more needs to be done; `escalate doctor` shows what is kept"
    return DatabaseProblem(f"{problem.message}; {done}{told}", hint, code=problem.code)


def take_in(context: Context) -> DatabaseProblem | None:
    """Declare what is kept in the spool. Each is declared once, however often this is interrupted and however many do it at once.

    One that does not fit on a full disk stays kept, and holds up neither the others nor the pass: the problem is returned.
    """
    spool, full = _spool(context), None
    for kept in spool.kept():
        content = spool.read(kept)
        if content is None:
            continue
        try:
            _declare_kept(context, content, f"spooled {kept.name}")
        except DatabaseProblem as problem:
            if problem.code != FULL:
                raise
            full = DatabaseProblem(f"{problem.message}; a declaration waits in {kept}", problem.hint, code=FULL)
        else:
            spool.drop(kept)
    return full


def _declare_kept(context: Context, content: bytes, fact: str) -> None:
    if context.store.ledger.fact(fact) is not None:
        return
    try:
        declaring.declare(context, _request(json.loads(content)), lambda routing: None, remember=fact)
    except DatabaseProblem:
        raise
    except (EscalateError, ValueError, TypeError, KeyError) as problem:
        _as_words(context, content, fact, problem)


def _request(said: dict[str, object]) -> declaring.Request:
    fixed = {name: _fixed(value) for name, value in said.items()}
    return declaring.Request(**fixed)  # type: ignore[arg-type]


def _fixed(value: object) -> object:
    """JSON's lists as the tuples that they were."""
    return tuple(_fixed(one) for one in value) if isinstance(value, list) else value


def _as_words(context: Context, content: bytes, fact: str, problem: Exception) -> None:
    """A kept declaration that no longer fits the configuration is declared by its words alone: it must not be lost."""
    text = content.decode("utf-8", "backslashreplace")
    try:
        title = str(json.loads(content)["title"])
    except (ValueError, TypeError, KeyError):
        title = "A kept declaration that cannot be read"
    asked = declaring.Request(title, message=f"Kept while the database could not be used ({printable(str(problem))}): {clip(text, 2000)}")
    declaring.declare(context, asked, lambda routing: None, remember=fact)


def _spool(context: Context) -> Spool:
    return Spool(find_db(context.options.db, context.environ))


def page_fallback(context: Context, what: str, problem: DatabaseProblem) -> list[str]:
    """Page `[fallback].page` directly, without a record; who was reached. At most once every `[fallback].every`, by a mark in the spool."""
    try:
        catalog = context.catalog
    except EscalateError:
        return []
    if not catalog.fallback.page or not _mark(context, catalog.fallback.every):
        return []
    now = context.clock.now()
    situation: Situation = declare(Declaration("escalate itself", catalog.settings.default_severity), catalog, now).situation
    blank = Situation(situation.incident)
    told = tell(catalog.fallback.page, Letter(NotificationKind.PAGE, ""), blank, catalog, now, catalog.fallback.team)
    text = f"escalate cannot use its database: {problem.message}. {what}. Page people by hand; run escalate doctor."
    from escalate_cli.config.secrets import expand

    sender = context.sender
    for ticket, one in enumerate(told.situation.notifications):
        gateway = catalog.gateways[one.gateway]
        try:
            expanded = expand(gateway.url, one.address, context.environ)
        except EscalateError:
            continue
        short = gateway.text is TextForm.SHORT
        title = "" if short else "[escalate] the database cannot be used"
        body = clip(text, SHORT_LIMIT) if short else text
        sender.begin(ticket, Envelope(expanded.url, expanded.secrets, title, body, "page", gateway.timeout))
    reached: dict[str, None] = {}
    while sender.running:
        for ticket, outcome in sender.outcomes(1.0):
            if outcome.kind is OutcomeKind.SENT:
                reached[name_of(told.situation.notifications[ticket].recipient, catalog)] = None
    return list(reached)


def _mark(context: Context, every: Span) -> bool:
    """Whether it is time again; notes that it was done. Where no mark can be made, it is time."""
    now = context.clock.now()
    for place in _spool(context).places:
        mark = place / ".emergency"
        try:
            if abs(now - int(mark.read_text())) < every:
                return False
        except (OSError, ValueError):
            pass
    for place in _spool(context).places:
        try:
            if place.parent.is_dir():
                place.mkdir(mode=0o700, exist_ok=True)
                (place / ".emergency").write_text(str(now))
                break
        except OSError:
            continue
    return True


