"""Asking whoever declares which service it is, where the title fits several: only once the incident is
stored, so that nothing that happens to the question loses it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import msgspec

from escalate_cli.actions.intents import Revision
from escalate_cli.actions.perform import carry_out
from escalate_cli.actions.splitting import split
from escalate_cli.context import Context
from escalate_cli.core.changes.joining import OutageBehind
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.wording.note import Note, NoteCode
from escalate_cli.errors import EscalateError

_SURE = ("given", "exact", "confident")


class Doubt(msgspec.Struct, frozen=True):
    """A stored incident whose title fits several services, `candidates` as the routing has them.
    `page` delivers what is due of it as things stand: for whoever asks, when no answer comes.
    """

    situation: Situation
    candidates: Sequence[Mapping[str, Any]]
    page: Callable[[], object]


Ask = Callable[[Doubt], str | None]
"""asks whoever declares; the id of a service, or None for none of them"""


def settle_doubt(
    context: Context,
    situation: Situation,
    routing: Mapping[str, Any],
    ask: Ask,
    page: Callable[[], object],
    by: str | None,
) -> list[Note]:
    """Ask which service a declared incident is about, and have it so by an update; what is to be said
    of it. No answer, a Ctrl-C and a terminal that goes away leave the incident as it is stored.
    """
    candidates = routing.get("candidates") or ()
    if routing.get("match") in _SURE or not candidates:
        return []
    try:
        with _going_away_interrupts():
            service = ask(Doubt(situation, candidates, page))
    except (KeyboardInterrupt, Exception):
        return [_left_as_it_is(situation)]
    return _adopt(context, situation, service, by)


class ToBeJoined(msgspec.Struct, frozen=True):
    """A declaration that became a part of an open incident; `page` delivers what is due of that as things
    stand.
    """

    situation: Situation
    behind: OutageBehind
    service: str
    page: Callable[[], object]


AskApart = Callable[[ToBeJoined], bool]
"""asks whoever declares; whether it is something else, and its team is to be paged"""


def settle_joining(context: Context, joined: ToBeJoined, ask: AskApart, by: str | None) -> int:
    """Ask whether it is the same outage; the number of the incident that it is in the end. No answer, a
    Ctrl-C and a terminal that goes away leave it joined.
    """
    number = joined.situation.incident.id
    try:
        with _going_away_interrupts():
            apart = ask(joined)
    except (KeyboardInterrupt, Exception):
        return number
    return split(context, number, joined.service, by) if apart else number


def _adopt(context: Context, situation: Situation, service: str | None, by: str | None) -> list[Note]:
    """Put what was answered in place of what was guessed."""
    number, guessed = situation.incident.id, situation.incident.services
    chosen = (service,) if service is not None else ()
    others = tuple(guess for guess in guessed if guess != service)
    if not chosen and not others:
        return []
    try:
        revision = Revision(add_services=chosen, drop_services=others, by=by, of_declaration=True)
        carry_out(context, number, revision.prepare(context))
    except Exception as problem:  # it is stored, and goes on as it is
        why = problem.message if isinstance(problem, EscalateError) else words_of(problem)
        text = f"the answer could not be stored ({why}); say it again: escalate update {number} --service S"
        return [Note(NoteCode.TROUBLE, text, number)]
    return []


def _left_as_it_is(situation: Situation) -> Note:
    number = situation.incident.id
    text = (
        f"incident {number} is stored and paged for, without an answer to the question; the service:"
        f" escalate update {number} --service S; a mistake: escalate resolve {number}"
    )
    return Note(NoteCode.UNANSWERED, text, number)


@contextmanager
def _going_away_interrupts() -> Iterator[None]:
    """A terminal that is closed, and a polite kill, end the question as a Ctrl-C does, and not the
    process, which has to page."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, interrupt)
        yield
    finally:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, handler)
