"""Whoever reported it, and is not in the middle of it, hears that somebody has it, that it is over, and
that it is open again: a person of the catalog, or the addresses that were given with the declaration.
"""

from __future__ import annotations

from functools import partial

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.events import ReporterTold
from escalate_cli.core.events.reasons import ForReporter
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import NotificationKind, Situation
from escalate_cli.core.notification.paging import Letter, write_to
from escalate_cli.core.notification.reached import Ways, at_low_urgency, ways_that_reached
from escalate_cli.core.notification.targets import Addressee, Contact, contacts
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import (
    DeedNews,
    reporter_hears_again,
    reporter_hears_end,
    reporter_hears_who,
)

_TOLD_AS_OTHERS = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE)


def tell_reporter_who(deed: DeedNews, before: Situation, decision: Decision) -> None:
    """That somebody has it: once, until it is over."""
    opened = before.incident.open_since
    known = any(
        notification.reason.cause == ForReporter(over=False) and notification.created_at >= opened
        for notification in before.notifications
    )
    if not known:
        note = reporter_hears_who(deed, decision.incident.title, decision.catalog)
        _tell(deed.by, note, ForReporter(), decision)


def tell_reporter_end(by: str | None, lasted: Span, message: str | None, decision: Decision) -> None:
    """That it is over."""
    note = reporter_hears_end(by, lasted, message, decision.incident.title, decision.catalog)
    _tell(by, note, ForReporter(over=True), decision)


def tell_reporter_again(by: str | None, message: str | None, decision: Decision) -> None:
    """That it is open again."""
    note = reporter_hears_again(by, message, decision.incident.title, decision.catalog)
    _tell(by, note, ForReporter(again=True), decision)


def _tell(by: str | None, note: str, news: ForReporter, decision: Decision) -> None:
    kind = NotificationKind.RESOLVED if news.over else NotificationKind.INFORM
    letter = Letter(kind, news, note=note, chase=False)
    told: list[Recipient] = []
    missed: list[str] = []
    for recipient, ways in _reporters(by, decision).items():
        done = decision.attempt(partial(write_to, Addressee(recipient, None), letter, decision, ways=ways))
        if done is None and ways:
            told.append(recipient)
        else:
            missed.append(f"{decision.catalog.name_of(recipient)} has no address")
    if told or missed:
        event = ReporterTold(recipients=tuple(told), over=news.over, again=news.again, missed=tuple(missed))
        decision.log(event)


def _reporters(by: str | None, decision: Decision) -> dict[Recipient, Ways]:
    """Who is told, by which ways. Not whoever did it, nor who hears it as one of those who were
    written to.
    """
    incident, catalog = decision.incident, decision.catalog
    own = catalog.people[by].contact if by in catalog.people else {}
    ways: dict[Recipient, Ways] = {
        Recipient.reporter(to.address): (Contact(to.gateway, to.address, 0, 0),)
        for to in incident.tell
        if own.get(to.gateway) != to.address
    }
    person = incident.declared_by
    if incident.tell or person is None or person not in catalog.people or person == by:
        return ways
    recipient = Recipient.person(person)
    if recipient not in ways_that_reached(decision, _TOLD_AS_OTHERS):
        ways[recipient] = at_low_urgency(recipient, decision) or _loudly(recipient, decision)
    return ways


def _loudly(recipient: Recipient, decision: Decision) -> Ways:
    try:
        ways = contacts(recipient, Urgency.HIGH, decision.catalog)
    except Exception:
        return ()
    return tuple(way for way in ways if way.after == 0)
