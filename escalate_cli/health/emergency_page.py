"""When the database cannot be used: a declaration is kept in the spool, and the fallback hears of
it directly, not too often.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.lookup import os_user, storable
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Incident, NotificationKind, Situation
from escalate_cli.core.messages.message import Message
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.notification.alarm import addresses
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog, TextForm
from escalate_cli.core.wording.fitting import Text, clip, may_cut
from escalate_cli.core.wording.text import printable
from escalate_cli.delivery.sender import Envelope, Sender
from escalate_cli.engine.dispatch import LEASE_BEYOND_TIMEOUT
from escalate_cli.engine.envelopes import sealed
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError, place_of
from escalate_cli.store.sqlite.failures import FULL, LOCKED, damaged
from escalate_cli.store.sqlite.sharing import SHARE_IT
from escalate_cli.store.without_database.mark import Mark
from escalate_cli.store.without_database.spool import Spool

AGAIN_AFTER = MINUTE
"""how soon to page the fallback again when nobody was reached: a repeat is better than silence"""


def failure(problem: Exception) -> EscalateError:
    """A failure that nobody foresaw, as something that can be told."""
    return EscalateError(
        f"it failed: {type(problem).__name__}{place_of(problem)}", "please report it as a bug", code="bug"
    )


def keep_declaration(context: Context, asked: declaring.Request, problem: EscalateError) -> DatabaseProblem:
    """Keep what could not be stored, tell the fallback where that makes sense, and say in the error
    what has been done.

    Where the user whose database it is could not take it in, the fallback is told of each such
    declaration: nobody else will be.
    """
    name = f"{context.clock.now():020}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    # whoever takes it in is not its reporter
    asked = replace(asked, by=asked.by or storable(os_user(context.environ), "name"))
    spool = _spool(context)
    path = spool.keep(name, msgspec.json.encode(asked))
    alone = path is not None and not spool.in_reach(path)
    done, hint = _kept_how(path, alone), problem.hint
    told = ""
    if problem.code != LOCKED or path is None or alone:
        what = f'declared but not stored ("{clip(printable(asked.title), 60)}")'
        names = page_fallback(context, what, problem, each=alone)
        told = (
            f"; paged directly: {', '.join(names)}"
            if names
            else "; NOBODY could be paged directly"
            if alone
            else ""
        )
    if alone:
        hint = f"see that somebody acts on it now; {SHARE_IT}"
    # whoever tries again, as the hint of a lock says, would declare it twice
    elif problem.code == LOCKED and path:
        hint = "do not declare it again: nothing more needs to be done; `escalate doctor` shows what is kept"
    return DatabaseProblem(f"{problem.message}; {done}{told}", hint, code=problem.code)


def _kept_how(path: Path | None, alone: bool) -> str:
    if path is None:
        return "the declaration could NOT be kept"
    if alone:
        return f"the declaration is kept in {path}, where no other user's tick can take it in"
    return f"the declaration is kept in {path} and is paged by the first tick that can"


def tell_of_unreadable(context: Context, call: Callable[[str, EscalateError], object]) -> list[str]:
    """The lines of what is out of reach; the fallback is told by `call`, once for each change of it."""
    spool = _spool(context)
    lines = spool.out_of_reach()
    if not lines:
        return []
    ledger, news = context.store.ledger, False
    with suppress(DatabaseProblem), context.store.transaction():
        for path in spool.look().unreadable:
            with suppress(OSError):
                fact = f"out of reach: {path} {os.lstat(path).st_mtime_ns}"
                news = news or ledger.fact(fact) is None
                ledger.remember(fact, str(context.clock.now()))
    if news:
        call("It is not stored", DatabaseProblem(lines[0], SHARE_IT))
    return lines


class TakenIn(NamedTuple):
    """What is still kept, if anything, and why; and a line for each thing that could not be used
    for what was declared.
    """

    problem: DatabaseProblem | None
    troubles: tuple[str, ...]


def take_in(context: Context) -> TakenIn:
    """Declare what is kept in the spool. Each is declared once, however often this is interrupted
    and however many do it at once.

    One that cannot be stored, as on a full disk, stays kept, and holds up neither the others nor
    the pass: the problem is returned.
    """
    spool, full = _spool(context), None
    troubles: list[str] = []
    for kept in spool.kept():
        content = spool.read(kept)
        if content is None:
            continue
        try:
            troubles += _declare_kept(context, content, f"spooled {kept.name}")
        except DamagedRow as problem:  # one that stays kept holds up neither the others nor the pass
            full = full or damaged(
                context.store.database.path, f": {problem.message}; a declaration waits in {kept}"
            )
        except DatabaseProblem as problem:
            if problem.code != FULL:
                raise
            full = DatabaseProblem(
                f"{problem.message}; a declaration waits in {kept}", problem.hint, code=FULL
            )
        except Exception as problem:
            text = f"a declaration waits in {kept}: {failure(problem).message}"
            full = full or DatabaseProblem(
                text, "page people for it by other means, and please report it as a bug", code="not-taken-in"
            )
        else:
            spool.drop(kept)
    return TakenIn(full, tuple(troubles))


def _declare_kept(context: Context, content: bytes, fact: str) -> list[str]:
    """Declare it, unless it is declared already; what could not be used for it."""
    if context.store.ledger.fact(fact) is not None:
        return []
    try:
        declared, met = (
            declaring.declare(context, _request(json.loads(content)), lambda routing: None, remember=fact),
            [],
        )
    except DatabaseProblem:
        raise
    except Exception as problem:
        declared = _as_words(context, content, fact, problem)
        expected = isinstance(problem, EscalateError)  # the configuration has changed meanwhile
        met = (
            []
            if expected
            else [f"a kept declaration could be declared by its words only ({words_of(problem)})"]
        )
    return [f"incident {declared.situation.incident.id}: {text}" for text in (*met, *declared.broken)]


def _request(said: dict[str, object]) -> declaring.Request:
    fixed = {name: _fixed(value) for name, value in said.items()}
    return declaring.Request(**fixed)  # type: ignore[arg-type]


def _fixed(value: object) -> object:
    """JSON's lists as the tuples that they were."""
    return tuple(_fixed(one) for one in value) if isinstance(value, list) else value


def _as_words(context: Context, content: bytes, fact: str, problem: Exception) -> declaring.Declared:
    """A kept declaration that no longer fits the configuration is declared by its words alone: it
    must not be lost.
    """
    text = content.decode("utf-8", "backslashreplace")
    try:
        title = str(json.loads(content)["title"])
    except (ValueError, TypeError, KeyError):
        title = "A kept declaration that cannot be read"
    asked = declaring.Request(
        title,
        message=f"Kept while the database could not be used ({printable(str(problem))}): {clip(text, 2000)}",
    )
    return declaring.declare(context, asked, lambda routing: None, remember=fact)


def _spool(context: Context) -> Spool:
    return context.spool


class Page:
    """The page to `[fallback].page` that needs no database: begun, looked after until its attempts
    have ended, and then forgotten.

    It leaves no record but a mark in the spool: at most once every `[fallback].every`; again after
    a minute when it reached nobody, as far as is known, and after the limit of its attempts when
    the process that sent it has died. `sender` is for this page alone, if something else is sent at
    the same time; else the context's.
    """

    def __init__(self, context: Context, sender: Sender | None = None) -> None:
        self._context = context
        self._own_sender = sender
        spool = _spool(context)
        self._mark = Mark(spool.marks, spool.group)
        self._known: Catalog | None = None
        self._underway: dict[int, str] = {}
        self._began, self._every = 0, 0
        self.reached: list[str] = []
        """whom it has reached, by name"""

    @property
    def running(self) -> bool:
        """Whether an attempt is under way."""
        return bool(self._underway)

    @property
    def _sender(self) -> Sender:
        return self._own_sender or self._context.sender

    def begin(self, what: str, problem: EscalateError, *, each: bool = False) -> None:
        """Begin it, where it is time for one; `each`: whenever that was, since nobody else will
        hear of this.
        """
        catalog, now = self._catalog(), self._context.clock.now()
        if self.running or catalog is None:
            return
        limit = (
            max((gateway.timeout for gateway in catalog.gateways.values()), default=0) + LEASE_BEYOND_TIMEOUT
        )
        if not self._mark.take(now, limit) and not each:
            return
        self._began, self._every, self.reached = now, catalog.fallback.every, []
        wrong = "cannot use its database" if isinstance(problem, DatabaseProblem) else "cannot do its work"
        full, short = _messages(wrong, what, problem)
        for ticket, (name, envelope) in enumerate(self._envelopes(full, short, catalog, now)):
            with suppress(Exception):  # an address that cannot be written to keeps no other from being
                self._sender.begin(ticket, envelope)
                self._underway[ticket] = name
        if not self.running:
            self._end()

    def look(self, patience: float = 0.0) -> None:
        """Take in how attempts have ended; `patience` is how many seconds to wait for one."""
        if not self.running:
            return
        for ticket, outcome in self._sender.outcomes(patience):
            name = self._underway.pop(ticket)
            if outcome.kind is OutcomeKind.SENT and name not in self.reached:
                self.reached.append(name)
                self._mark.put(self._began, self._every)
        if not self.running:
            self._end()

    def _end(self) -> None:
        if not self.reached:
            self._mark.put(self._context.clock.now(), min(AGAIN_AFTER, self._every))
        if self._own_sender is not None:
            self._own_sender.close(wait=False)

    def _catalog(self) -> Catalog | None:
        """The configuration in use, else the last one that this process knew."""
        with suppress(Exception):
            self._known = self._context.running_catalog
        return self._known

    def _envelopes(
        self, full: Message, short: Message, catalog: Catalog, now: Instant
    ) -> Iterator[tuple[str, Envelope]]:
        """Whom to tell, by name, and what. It needs an address and nothing else: what cannot be
        used is gone without.
        """
        from escalate_cli.config.secrets import expand

        nothing = Situation(Incident(0, "escalate itself", "", now, now))
        for address in addresses(nothing, catalog, now):
            gateway = catalog.gateways[address.contact.gateway]
            try:
                expanded = expand(gateway.url, address.contact.address, self._context.environ)
                message = short if gateway.text is TextForm.SHORT else full
                envelope = sealed(gateway, expanded, message, short, NotificationKind.PAGE)
            except Exception:  # noqa: S112 - the other addresses are what is left
                continue
            yield catalog.name_of(address.recipient.address), envelope


def _messages(wrong: str, what: str, problem: EscalateError) -> tuple[Message, Message]:
    """The message, full and short: what to do comes first, so that it is there however little of
    the rest fits.
    """
    first = Text(f"Page people by hand: escalate {wrong}. ")
    happened = may_cut(words(what), 1, least=60)
    short = one_sms(first + happened + ". " + may_cut(words(problem.message), 2))
    full = (
        first
        + happened
        + ".\n\n"
        + may_cut(printable(problem.message), 2)
        + "\n\nWhat is wrong: escalate doctor\n"
    )
    return Message(f"[escalate] it {wrong}", full.text, full.loose), Message("", short)


def page_fallback(context: Context, what: str, problem: EscalateError, *, each: bool = False) -> list[str]:
    """Page `[fallback].page` directly and wait for how that ends; who was reached."""
    busy = context.sender.running  # how the messages of a pass end is not for this page to take in
    page = Page(context, Sender(clock=context.clock) if busy else None)
    page.begin(what, problem, each=each)
    while page.running:
        page.look(1.0)
    return page.reached
