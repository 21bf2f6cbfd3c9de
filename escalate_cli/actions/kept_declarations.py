"""Declarations that could not be stored: kept in the spool, told to the fallback directly, and
declared by the first pass that can.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.kept_things import KEPT_ALERTS
from escalate_cli.actions.lookup import os_user, storable
from escalate_cli.context import Context
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.escalation.levels import NOTICEABLY_LATE
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.health.emergency_page import failure, page_directly
from escalate_cli.store.sqlite.failures import FULL, PASSING, damaged
from escalate_cli.store.sqlite.sharing import SHARE_IT

if TYPE_CHECKING:
    from escalate_cli.actions import declare as declaring


_MADE_AT = re.compile(r"(\d{20})-")
"""in the name of a kept declaration, the moment in which it was made"""


class KeptDeclaration(DatabaseProblem):
    """A declaration that could not be stored. It is kept in `path` for the first pass that can take
    it in; None: it could not be kept either. `reached` are the names of those paged directly.
    """

    def __init__(
        self, message: str, hint: str, *, code: str, path: Path | None, reached: tuple[str, ...]
    ) -> None:
        super().__init__(message, hint, code=code)
        self.path = path
        self.reached = reached


def keep_declaration(context: Context, asked: declaring.Request, problem: EscalateError) -> KeptDeclaration:
    """Keep what could not be stored, tell the fallback where that makes sense, and say in the error
    what has been done.

    Where the user whose database it is could not take it in, the fallback is told of each such
    declaration: nobody else will be.
    """
    name = f"{context.clock.now():020}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    # whoever takes it in is not its reporter
    asked = replace(asked, by=asked.by or storable(os_user(context.environ), "name"))
    spool = context.spool
    # in ASCII: what was typed may be no UTF-8
    path = spool.keep(name, json.dumps(msgspec.to_builtins(asked), separators=(",", ":")).encode())
    alone = path is not None and not spool.in_reach(path)
    done, hint = _kept_how(path, alone), problem.hint
    told, names = "", list[str]()
    if problem.code not in PASSING or path is None or alone:
        what = f'declared but not stored ("{clip(printable(asked.title), 60)}")'
        names = page_directly(context, what, problem, even_again=alone)
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
    elif problem.code in PASSING and path:
        hint = "do not declare it again: nothing more needs to be done; `escalate doctor` shows what is kept"
    message = f"{problem.message}; {done}{told}"
    return KeptDeclaration(message, hint, code=problem.code, path=path, reached=tuple(names))


def _kept_how(path: Path | None, alone: bool) -> str:
    if path is None:
        return "the declaration could NOT be kept"
    if alone:
        return f"the declaration is kept in {path}, where no other user's tick can take it in"
    return f"the declaration is kept in {path} and is paged by the first tick that can"


def tell_of_unreadable(context: Context, call: Callable[[str, EscalateError], object]) -> list[str]:
    """The lines of what is out of reach; the fallback is told by `call`, once for each change of it."""
    spool = context.spool
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
    spool, full = context.spool, None
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
    """Declare it, unless it is declared already; what could not be used for it. One that waited for
    long says since when, below what its reporter wrote.
    """
    if context.store.ledger.fact(fact) is not None:
        return []
    from escalate_cli.actions import declare as declaring

    try:
        fields = json.loads(content)
        if isinstance(fields, dict) and KEPT_ALERTS in fields:
            return _take_in_alerts(context, fields)
        asked = _saying_since_when(_request(fields), fact, context)
        declared, met = declaring.store_declaration(context, asked, remember=fact), list[str]()
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


def _take_in_alerts(context: Context, fields: dict[str, object]) -> list[str]:
    from escalate_cli.actions.alert_delivery import take_in_kept_delivery

    take_in_kept_delivery(context, fields)
    return []


def _saying_since_when(asked: declaring.Request, fact: str, context: Context) -> declaring.Request:
    made, now = _MADE_AT.search(fact), context.clock.now()
    if made is None or now - int(made[1]) < NOTICEABLY_LATE:
        return asked
    since = named_wall_time(int(made[1]), context.running_catalog.settings.timezone, now)
    waited = f"(declared at {since}; it could not be stored before now)"
    return replace(asked, message="\n".join(filter(None, (asked.message, waited))))


def _request(fields: dict[str, object]) -> declaring.Request:
    from escalate_cli.actions import declare as declaring

    fixed = {name: _fixed(value) for name, value in fields.items()}
    return declaring.Request(**fixed)  # type: ignore[arg-type]


def _fixed(value: object) -> object:
    """JSON's lists as the tuples that they were."""
    return tuple(_fixed(part) for part in value) if isinstance(value, list) else value


def _as_words(context: Context, content: bytes, fact: str, problem: Exception) -> declaring.StoredDeclaration:
    """A kept declaration that no longer fits the configuration is declared by its words alone: it
    must not be lost.
    """
    from escalate_cli.actions import declare as declaring

    text = content.decode("utf-8", "backslashreplace")
    try:
        title = str(json.loads(content)["title"])
    except (ValueError, TypeError, KeyError):
        title = "A kept declaration that cannot be read"
    asked = declaring.Request(
        title,
        message=f"Kept while the database could not be used ({printable(str(problem))}): {clip(text, 2000)}",
    )
    return declaring.store_declaration(context, asked, remember=fact)
