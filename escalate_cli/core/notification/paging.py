"""From targets to notifications: whom a paging reaches, by which addresses, and who could not be
reached and why.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.events.reasons import Because, Cause
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import noted, words_of
from escalate_cli.core.incident.situation import (
    Escalation,
    Notification,
    NotificationKind,
    NotificationStatus,
)
from escalate_cli.core.notification.alarm import fallback_targets
from escalate_cli.core.notification.targets import Addressee, Contact, addresses_of, contacts, whom
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import told_because

_MOST_SAID = 2
"""how many of the things that were done without a page names; the timeline has all of them"""


class PagingResult(msgspec.Struct, frozen=True):
    """The outcome of a paging: the recipients told, and the reasons for those who were not.

    `human` says whether the paging did what it was for: a person was reached, or it was only meant
    for channels and one was.
    """

    recipients: tuple[Recipient, ...]
    missed: tuple[str, ...]
    human: bool


class Letter(msgspec.Struct, frozen=True):
    """What a paging says besides its addresses; see `Notification` for the fields."""

    kind: NotificationKind
    cause: Cause | None
    source: str = ""
    team: str | None = None
    """whose it is, where no escalation says so: relative targets are seen from it"""
    escalation: Escalation | None = None
    level: int | None = None
    nudge_id: int | None = None
    note: str | None = None
    late: Span = 0
    chase: bool = True
    """whether later notification steps follow; without it only the first step is used"""
    by: str | None = None
    """whose deed it tells of: they are not told"""

    @property
    def of_team(self) -> str | None:
        """Whose it is."""
        return self.escalation.team if self.escalation is not None else self.team


def tell(targets: Iterable[Target], letter: Letter, decision: Decision) -> PagingResult:
    """Notify everyone that `targets` mean now, each once, along their own notification rules."""
    addressees, missed, wants_person = _whom(targets, letter, decision)
    told: list[Recipient] = []
    for addressee in addressees:
        reason = _tell_one(addressee, letter, decision)
        if reason:
            missed.append(reason)
        else:
            told.append(addressee.recipient)
    person = any(recipient.is_person for recipient in told)
    return PagingResult(tuple(told), tuple(missed), person or (bool(told) and not wants_person))


def _whom(
    targets: Iterable[Target], letter: Letter, decision: Decision
) -> tuple[list[Addressee], list[str], bool]:
    """Whom the targets mean, why some mean nobody, and whether any of them is for people."""
    addressees: dict[Recipient, Addressee] = {}
    missed: list[str] = []
    wants_person = False
    for target in targets:
        reached = whom(target, letter.team, decision)
        wants_person = wants_person or target.kind is not TargetKind.CHANNEL
        if reached.broken:
            decision.note(reached.broken, team=letter.of_team, source=letter.source)
        if reached.reason:
            missed.append(f"{target}: {reached.reason}")
        if target.kind is TargetKind.ROUND_ROBIN and reached.addressees:
            _take_turn(target.name or letter.team, decision)
        for addressee in reached.addressees:
            if letter.by is not None and addressee.recipient == Recipient.person(letter.by):
                continue
            addressees.setdefault(addressee.recipient, addressee)
    return list(addressees.values()), missed, wants_person


def _tell_one(addressee: Addressee, letter: Letter, decision: Decision) -> str:
    """Write to one; why that could not be, "" where it was."""
    recipient = addressee.recipient
    if _just_told(recipient, letter, decision):
        return ""
    written: list[bool] = []
    problem = decision.attempt(lambda: written.append(write_to(addressee, letter, decision)))
    if problem is not None:
        reason = f"{recipient} cannot be written to ({words_of(problem)})"
        decision.note(reason, team=letter.of_team, source=letter.source)
        return reason
    if any(written):
        return ""
    name, urgency = decision.catalog.name_of(recipient), decision.urgency.value
    return f"{name} has no address for {urgency} urgency"


def _just_told(recipient: Recipient, letter: Letter, decision: Decision) -> bool:
    """Whether this escalation has paged this channel at this very instant: a level before this one
    reached no person, and cost no waiting. The channel is told once of both."""
    escalation = letter.escalation
    if recipient.is_person or letter.kind is not NotificationKind.PAGE or escalation is None:
        return False
    return any(
        page.recipient == recipient
        and page.created_at == decision.now
        and (page.live or page.status is NotificationStatus.SENT)
        for page in decision.pages_of(escalation)
    )


def fallback_reaches(decision: Decision) -> bool:
    """Whether `[fallback].page` means a person now who has an address for the urgency. A channel
    cannot acknowledge: it is no end of the walking."""
    catalog = decision.catalog
    return any(
        addressee.recipient.is_person and contacts(addressee.recipient, decision.urgency, catalog)
        for target in fallback_targets(decision)
        for addressee in whom(target, catalog.fallback.team, decision).addressees
    )


def write_to(
    addressee: Addressee, letter: Letter, decision: Decision, *, ways: tuple[Contact, ...] | None = None
) -> bool:
    """Add the notifications for one recipient, by their addresses for the urgency or by these
    `ways`; False when there is none.

    Where their notification rules cannot be used, every address they have is. A page says what was
    done without.
    """
    chosen = _ways_to(addressee.recipient, letter, decision) if ways is None else ways
    wants_answer = letter.kind in (NotificationKind.PAGE, NotificationKind.NUDGE)
    without = noted(decision.situation, letter.of_team) if wants_answer else ()
    reason = Because(addressee.meant, letter.cause, without[:_MOST_SAID])
    because = _in_words(reason, addressee.recipient, letter, decision)
    if not letter.chase:
        chosen = tuple(contact for contact in chosen if contact.after == 0)
    first, escalation = decision.situation.fresh_id(), letter.escalation
    decision.notify(
        Notification(
            id=first - number,
            kind=letter.kind,
            recipient=addressee.recipient,
            gateway=contact.gateway,
            address=contact.address,
            reason=reason,
            because=because,
            due_at=decision.now + contact.after,
            urgency=decision.urgency,
            escalation_id=escalation.id if escalation else None,
            nudge_id=letter.nudge_id,
            level=letter.level,
            page_round=escalation.page_round if escalation else None,
            step=contact.step,
            late=letter.late,
            note=letter.note,
            source=letter.source,
            created_at=decision.now,
        )
        for number, contact in enumerate(chosen)
    )
    return bool(chosen)


def _ways_to(recipient: Recipient, letter: Letter, decision: Decision) -> tuple[Contact, ...]:
    try:
        return contacts(recipient, decision.urgency, decision.catalog)
    except Exception as problem:
        what = f"how {recipient} is to be notified cannot be used ({words_of(problem)})"
    decision.note(f"{what}: every address is", team=letter.of_team)
    return addresses_of(recipient, decision.catalog)


def _in_words(reason: Because, recipient: Recipient, letter: Letter, decision: Decision) -> str:
    """The reason in words. That there are none keeps no page back; the timeline says it."""
    try:
        return told_because(reason, decision.catalog, recipient)
    except Exception as problem:
        text = f"why {recipient} is told cannot be said ({words_of(problem)})"
    decision.note(text, team=letter.of_team, source=letter.source)
    return text


def _take_turn(team: str | None, decision: Decision) -> None:
    situation = decision.situation
    if team is not None and team not in situation.turns:
        turns = {**situation.turns, team: situation.next_turns.get(team, 0)}
        decision.situation = replace(situation, turns=turns)
