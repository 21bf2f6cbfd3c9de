"""Somebody has it: the channels of the incident's teams hear, and, quietly, everybody who was paged
and has not acted. Never whoever did it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import ToldWhoHasIt
from escalate_cli.core.events.reasons import SomebodyHasIt, Taking, TookIt, WasPaged, WasTold
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.holding import holders_now, stands_acknowledged
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, NotificationKind, Situation
from escalate_cli.core.notification.hearsay import who_heard
from escalate_cli.core.notification.paging import Letter, write_to
from escalate_cli.core.notification.reached import may_have_arrived, quietly, ways_that_reached
from escalate_cli.core.notification.reporter import tell_reporter_who
from escalate_cli.core.notification.targets import Addressee, teams_in, whom
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import DeedNews, Since, who_has_it

_NOBODY_TAKES_IT = (Taking.LEADS, Taking.PASSED, Taking.GIVEN_BACK)
"""what is no news for whoever reported it"""


def tell_who_has_it(
    deed: DeedNews, before: Situation, decision: Decision, *, by: str | None = None, channels: bool = True
) -> None:
    """Tell of a deed, once; `before` is the incident as it was. `by` is who said so, where that is
    not who has it. Without `channels` these hear it otherwise.

    Whoever had it, or led it, before hears that somebody else does now; whoever heard that they have
    it, that they have given it back. That it cannot be told is no reason to undo it.
    """
    decision.part(lambda: _tell(deed, by, before, decision, channels=channels), "telling who has it")
    if deed.how not in _NOBODY_TAKES_IT:
        decision.part(lambda: tell_reporter_who(deed, before, decision), "telling who reported it")


def _tell(deed: DeedNews, by: str | None, before: Situation, decision: Decision, *, channels: bool) -> None:
    deed = replace(deed, since=_since(deed, before, decision.now), paging=_still_paged(decision.situation))
    letter = Letter(
        NotificationKind.INFORM,
        SomebodyHasIt(deed.by, deed.how),
        note=who_has_it(deed, decision.catalog),
        chase=False,
    )
    told: list[Recipient] = []
    missed: list[str] = []
    paged = ways_that_reached(decision, (NotificationKind.PAGE,), since=before.incident.open_since)
    for addressee in _hearers(deed, before, paged, decision, channels=channels):
        recipient = addressee.recipient
        if recipient == Recipient.person(by or deed.by):
            continue
        if write_to(addressee, letter, decision, ways=quietly(recipient, paged, decision)):
            told.append(recipient)
        else:
            missed.append(f"{decision.catalog.name_of(recipient)} has no address")
    if told or missed:
        event = ToldWhoHasIt(recipients=tuple(told), person=deed.by, how=deed.how, missed=tuple(missed))
        decision.log(event)


def _hearers(
    deed: DeedNews, before: Situation, paged: Iterable[Recipient], decision: Decision, *, channels: bool
) -> list[Addressee]:
    """The teams' channels, then whoever was paged and has not acted; each once."""
    catalog = decision.catalog
    hearers: dict[Recipient, Addressee] = {}
    for team in teams_in(decision.situation) if channels else ():
        if team in catalog.teams and catalog.teams[team].channel:
            for addressee in whom(Target(TargetKind.CHANNEL, None), team, decision).addressees:
                hearers.setdefault(addressee.recipient, addressee)
    silent = _have_acted(decision.situation) | {deed.by}
    wanted = [
        Addressee(recipient, WasPaged())
        for recipient in paged
        if not (recipient.is_person and recipient.id in silent)
    ]
    held = WasTold() if deed.how is Taking.LEADS else TookIt()
    wanted += [
        Addressee(Recipient.person(person), held) for person in _had_it(deed, before, decision.situation)
    ]
    wanted += [Addressee(recipient, WasTold()) for recipient in _heard_before(deed, before, decision)]
    for addressee in wanted:
        recipient = addressee.recipient
        known = catalog.people if recipient.is_person else catalog.channels
        if recipient.id in known and (channels or recipient.is_person):
            hearers.setdefault(recipient, addressee)
    return list(hearers.values())


def _heard_before(deed: DeedNews, before: Situation, decision: Decision) -> list[Recipient]:
    """Who heard that somebody has what is given back now."""
    if deed.how is not Taking.GIVEN_BACK:
        return []
    given_back = [
        escalation
        for escalation in before.escalations
        if stands_acknowledged(escalation)
        and escalation.acknowledged_by == deed.by
        and not stands_acknowledged(decision.escalation(escalation.id))
    ]
    return who_heard(given_back, before, decision.situation)


def _have_acted(situation: Situation) -> set[str]:
    """Everybody who has taken it, or their part of it, or passed it on, as it stands now; and whoever has
    answered what they were paged for besides, and was not paged again since.
    """
    acted = {holding.person for holding in holders_now(situation)}
    for escalation in situation.escalations:
        if _is_of_before(escalation, situation.incident.open_since):
            continue
        acted |= {*escalation.acked_by, *escalation.passed}
    return acted | {person for person in situation.acted if not _paged_since(person, situation)}


def _paged_since(person: str, situation: Situation) -> bool:
    return any(
        page.kind is NotificationKind.PAGE
        and page.recipient == Recipient.person(person)
        and page.created_at > situation.acted[person]
        and may_have_arrived(page)
        for page in situation.notifications
    )


def _is_of_before(escalation: Escalation, open_since: Instant) -> bool:
    """Whether it ended before the incident was reopened: what people did about it then is no act now."""
    ended = escalation.status is EscalationStatus.STOPPED
    return ended and (escalation.acknowledged_at or 0) <= open_since


def _had_it(deed: DeedNews, before: Situation, after: Situation) -> list[str]:
    """Whom it was taken over from: they have acted, and hear it all the same."""
    if deed.how is Taking.LEADS:
        had, have = {before.incident.lead: None}, {deed.by}
    else:
        had = {holding.person: None for holding in holders_now(before)}
        have = {deed.by, *(holding.person for holding in holders_now(after))}
    return [person for person in had if person is not None and person not in have]


def _still_paged(situation: Situation) -> tuple[str, ...]:
    waiting = (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
    teams = (escalation.team for escalation in situation.escalations if escalation.status in waiting)
    return tuple(dict.fromkeys(teams))


def _since(deed: DeedNews, before: Situation, now: Instant) -> Since | None:
    """How long after the page that reached whoever acts; where none did, after the first page to
    anybody, else after the declaration. Nothing where it was somebody's already.
    """
    incident = before.incident
    besides = deed.how is Taking.BESIDES
    since = incident.open_since if besides else incident.unacknowledged_since
    if since is None:
        return None
    pages = [
        (page.sent_at or page.created_at, page.recipient)
        for page in before.notifications
        if page.kind is NotificationKind.PAGE and may_have_arrived(page) and page.created_at >= since
    ]
    mine = [at for at, recipient in pages if recipient == Recipient.person(deed.by)]
    if mine:
        return Since(now - (max(mine) if besides else min(mine)), "the page")
    if pages:
        return Since(now - min(at for at, _ in pages), "the first page")
    return Since(now - since, "it was declared" if since == incident.declared_at else "it was open again")
