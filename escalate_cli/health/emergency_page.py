"""The page to `[fallback].page` that needs no database, sent where escalate itself cannot do its work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from escalate_cli.config.secrets import expand
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Incident, NotificationKind, Situation
from escalate_cli.core.messages.message import Message
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.notification.alarm import addresses
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog, TextForm
from escalate_cli.core.wording.fitting import Text, may_cut
from escalate_cli.core.wording.text import printable
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from escalate_cli.engine.claiming import LEASE_BEYOND_TIMEOUT
from escalate_cli.engine.envelopes import sealed
from escalate_cli.errors import DatabaseProblem, EscalateError, place_of
from escalate_cli.store.without_database.mark import Mark

NOBODY_IS_PAGED = "Nobody is being escalated to"
_AGAIN_AFTER = MINUTE
"""how soon to page the fallback again when nobody was reached: a repeat is better than silence"""


def failure(problem: Exception) -> EscalateError:
    """A failure that nobody foresaw, as something that can be told."""
    return EscalateError(
        f"it failed: {type(problem).__name__}{place_of(problem)}", "please report it as a bug", code="bug"
    )


class EmergencyPage:
    """A page to `[fallback].page`: begun, looked after until its attempts have ended, and then forgotten.

    It leaves no record but a mark in the spool: at most once every `[fallback].every`; again after
    a minute when it reached nobody, as far as is known, and after the limit of its attempts when
    the process that sent it has died. `sender` is for this page alone, if something else is sent at
    the same time; else the context's.
    """

    def __init__(self, context: Context, sender: Sender | None = None) -> None:
        self._context = context
        self._own_sender = sender
        spool = context.spool
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

    def begin(self, what: str, problem: EscalateError, *, even_again: bool = False) -> None:
        """Begin it, where it is time for one; `even_again`: whenever that was, since nobody else will
        hear of this.
        """
        catalog, now = self._catalog(), self._context.clock.now()
        if self.running or catalog is None:
            return
        limit = (
            max((gateway.timeout for gateway in catalog.gateways.values()), default=0) + LEASE_BEYOND_TIMEOUT
        )
        if not self._mark.take(now, limit) and not even_again:
            return
        self._began, self._every, self.reached = now, catalog.fallback.every, []
        wrong = "cannot use its database" if isinstance(problem, DatabaseProblem) else "cannot do its work"
        full, short = _messages(wrong, what, problem, catalog)
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
            self._mark.put(self._context.clock.now(), min(_AGAIN_AFTER, self._every))
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
        nothing = Situation(Incident(0, "escalate itself", "", now, now))
        for address in addresses(Decision(nothing, catalog, now)):
            gateway = catalog.gateways[address.contact.gateway]
            try:
                expanded = expand(gateway.url, address.contact.address, self._context.environ)
                message = short if gateway.text is TextForm.SHORT else full
                envelope = sealed(gateway, expanded, message, short, NotificationKind.PAGE)
            except Exception:  # noqa: S112 - the other addresses are what is left
                continue
            yield catalog.name_of(address.recipient), envelope


def _messages(wrong: str, what: str, problem: EscalateError, catalog: Catalog) -> tuple[Message, Message]:
    """The message, full and short. Where it cannot be put into words, the first of them are enough."""
    try:
        return _full_and_short(wrong, what, problem, catalog)
    except Exception:
        plain = f"Page people by hand: escalate {wrong}."
        return Message(f"[escalate] it {wrong}", plain), Message("", plain)


def _full_and_short(
    wrong: str, what: str, problem: EscalateError, catalog: Catalog
) -> tuple[Message, Message]:
    """What to do comes first, so that it is there however little of the rest fits."""
    first = Text(f"Page people by hand: escalate {wrong}. ")
    happened = may_cut(words(what), 1, least=60)
    short = one_sms(first + happened + ". " + may_cut(words(problem.message), 2))
    full = (
        first
        + happened
        + ".\n\n"
        + may_cut(printable(problem.message), 2)
        + f"\n\nWhat is wrong: {catalog.to_type('escalate doctor')}\n"
    )
    return Message(f"[escalate] it {wrong}", full.text, full.loose), Message("", short.text, short.loose)


def page_directly(
    context: Context, what: str, problem: EscalateError, *, even_again: bool = False
) -> list[str]:
    """Page `[fallback].page` directly and wait for how that ends; who was reached."""
    busy = context.sender.running  # how the messages of a pass end is not for this page to take in
    page = EmergencyPage(context, Sender(clock=context.clock) if busy else None)
    page.begin(what, problem, even_again=even_again)
    while page.running:
        page.look(1.0)
    return page.reached
