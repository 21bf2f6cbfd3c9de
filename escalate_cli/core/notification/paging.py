"""From targets to notifications: whom a paging reaches, by which addresses, and who could not be
reached and why.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events import LaterStepsHurried
from escalate_cli.core.events.reasons import Because, Cause
from escalate_cli.core.incident.doing_without import note, noted, words_of
from escalate_cli.core.incident.situation import (
    Escalation,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.alarm import fallback_targets
from escalate_cli.core.notification.targets import Contact, Recipient, addresses_of, contacts, resolve
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.reasons import told_because

_MOST_SAID = 2
"""how many of the things that were done without a page names; the timeline has all of them"""


class Told(msgspec.Struct, frozen=True):
    """The outcome of a paging: the situation with its notifications, the recipients told, and the
    reasons for those who were not.

    `human` says whether the paging did what it was for: a person was reached, or it was only meant
    for channels and one was.
    """

    situation: Situation
    recipients: tuple[str, ...]
    missed: tuple[str, ...]
    human: bool


class Letter(msgspec.Struct, frozen=True):
    """What a paging says besides its addresses; see `Notification` for the fields."""

    kind: NotificationKind
    cause: Cause | None
    source: str = ""
    escalation: Escalation | None = None
    level: int | None = None
    nudge_id: int | None = None
    note: str | None = None
    late: Span = 0
    chase: bool = True
    """whether later notification steps follow; without it only the first step is used"""


def tell(
    targets: Iterable[Target],
    letter: Letter,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    team: str | None = None,
) -> Told:
    """Notify everyone that `targets` mean at `now`, each once, along their own notification rules."""
    recipients: dict[str, Recipient] = {}
    missed: list[str] = []
    wants_person = False
    for target in targets:
        reached = resolve(target, team, situation, catalog, now)
        wants_person = wants_person or target.kind is not TargetKind.CHANNEL
        if reached.broken:
            situation = note(
                situation, now, reached.broken, team=_team_of(letter, team), source=letter.source
            )
        if reached.reason:
            missed.append(f"{target}: {reached.reason}")
        if target.kind is TargetKind.ROUND_ROBIN and reached.recipients:
            situation = _take_turn(situation, target.name or team)
        for recipient in reached.recipients:
            recipients.setdefault(recipient.address, recipient)
    told: list[str] = []
    for recipient in recipients.values():
        if _just_told(recipient, letter, situation, now):
            told.append(recipient.address)
            continue
        try:
            situation, wrote = write_to(recipient, letter, situation, catalog, now)
        except Exception as problem:
            missed.append(f"{recipient.address} cannot be written to ({words_of(problem)})")
            situation = note(situation, now, missed[-1], team=_team_of(letter, team), source=letter.source)
            continue
        if wrote:
            told.append(recipient.address)
        else:
            missed.append(
                f"{catalog.name_of(recipient.address)} has no address for"
                f" {urgency_of(situation, catalog).value} urgency"
            )
    person = any(one.startswith("person:") for one in told)
    return Told(situation, tuple(told), tuple(missed), person or (bool(told) and not wants_person))


def _team_of(letter: Letter, team: str | None) -> str | None:
    return letter.escalation.team if letter.escalation is not None else team


def _just_told(recipient: Recipient, letter: Letter, situation: Situation, now: Instant) -> bool:
    """Whether this escalation has paged this channel at this very instant: a level before this one
    reached no person, and cost no waiting. The channel is told once of both."""
    escalation = letter.escalation
    if recipient.kind != "channel" or letter.kind is not NotificationKind.PAGE or escalation is None:
        return False
    return any(
        (notification.recipient, notification.kind, notification.escalation_id, notification.created_at)
        == (recipient.address, letter.kind, escalation.id, now)
        and (notification.live or notification.status is NotificationStatus.SENT)
        for notification in situation.notifications
    )


def fallback_reaches(situation: Situation, catalog: Catalog, now: Instant) -> bool:
    """Whether `[fallback].page` means a person at `now` who has an address for the urgency. A
    channel cannot acknowledge: it is no end of the walking."""
    fallback, urgency = catalog.fallback, urgency_of(situation, catalog)
    targets = fallback_targets(situation, catalog, now)
    meant = (
        recipient
        for target in targets
        for recipient in resolve(target, fallback.team, situation, catalog, now).recipients
    )
    return any(one.kind == "person" and contacts(one, urgency, catalog) for one in meant)


def urgency_of(situation: Situation, catalog: Catalog) -> Urgency:
    """The urgency of the incident's severity."""
    return catalog.severity(situation.incident.severity).urgency


def write_to(
    recipient: Recipient,
    letter: Letter,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    *,
    ways: tuple[Contact, ...] | None = None,
) -> tuple[Situation, bool]:
    """Add the notifications for one recipient, by their addresses for the urgency or by these
    `ways`; False when there is none.

    Where their notification rules cannot be used, every address they have is. A page says what was
    done without.
    """
    urgency = urgency_of(situation, catalog)
    try:
        found = contacts(recipient, urgency, catalog) if ways is None else ways
    except Exception as problem:
        text = (
            f"how {recipient.address} is to be notified cannot be used ({words_of(problem)}): every"
            " address is"
        )
        situation, found = (
            note(situation, now, text, team=_team_of(letter, None)),
            addresses_of(recipient, catalog),
        )
    wants_answer = letter.kind in (NotificationKind.PAGE, NotificationKind.NUDGE)
    without = noted(situation, _team_of(letter, None)) if wants_answer else ()
    reason = Because(recipient.meant, letter.cause, without[:_MOST_SAID])
    situation, because = _told(reason, recipient, letter, situation, catalog, now)
    if not letter.chase:
        found = tuple(contact for contact in found if contact.after == 0)
    first = situation.fresh_id()
    escalation = letter.escalation
    added = tuple(
        Notification(
            id=first - number,
            kind=letter.kind,
            recipient=recipient.address,
            gateway=contact.gateway,
            address=contact.address,
            reason=reason,
            because=because,
            due_at=now + contact.after,
            urgency=urgency,
            escalation_id=escalation.id if escalation else None,
            nudge_id=letter.nudge_id,
            level=letter.level,
            page_round=escalation.page_round if escalation else None,
            step=contact.step,
            late=letter.late,
            note=letter.note,
            source=letter.source,
            created_at=now,
        )
        for number, contact in enumerate(found)
    )
    return replace(situation, notifications=(*situation.notifications, *added)), bool(added)


def _told(
    reason: Because,
    recipient: Recipient,
    letter: Letter,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
) -> tuple[Situation, str]:
    """The reason in words. That there are none keeps no page back; the situation says it."""
    try:
        return situation, told_because(reason, catalog)
    except Exception as problem:
        text = f"why {recipient.address} is told cannot be said ({words_of(problem)})"
        return note(situation, now, text, team=_team_of(letter, None), source=letter.source), text


def _take_turn(situation: Situation, team: str | None) -> Situation:
    if team is None or team in situation.turns:
        return situation
    return replace(situation, turns={**situation.turns, team: situation.next_turns.get(team, 0)})


def cancel(situation: Situation, which: Iterable[Notification]) -> Situation:
    """The situation without the live ones among `which`; one that is being sent now gets no further
    attempt.
    """
    ids = {one.id for one in which if one.live}
    return replace(
        situation,
        notifications=tuple(
            _called_off(notification) if notification.id in ids else notification
            for notification in situation.notifications
        ),
    )


def _called_off(notification: Notification) -> Notification:
    if notification.status is NotificationStatus.SENDING:
        return replace(notification, stopped=True)
    return replace(notification, status=NotificationStatus.CANCELLED)


def hurry(situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Bring forward a person's next notification step where every address of the steps before it
    has failed for good.
    """
    if all(notification.status is not NotificationStatus.FAILED for notification in situation.notifications):
        return situation
    sooner: set[int] = set()
    groups: dict[tuple[object, ...], list[Notification]] = {}
    for one in situation.notifications:
        if one.kind in (NotificationKind.PAGE, NotificationKind.NUDGE, NotificationKind.INFORM):
            groups.setdefault(
                (one.kind, one.recipient, one.escalation_id, one.page_round, one.nudge_id, one.created_at), []
            ).append(one)
    for group in groups.values():
        for step in sorted({one.step for one in group}):
            if any(one.status is not NotificationStatus.FAILED for one in group if one.step < step):
                break
            if any(one.step < step for one in group):
                here = (one for one in group if one.step == step)
                sooner.update(
                    one.id
                    for one in here
                    if one.status is NotificationStatus.PENDING and one.due_at > now and not one.held_back
                )
    if not sooner:
        return situation
    brought = tuple(
        replace(notification, due_at=now) if notification.id in sooner else notification
        for notification in situation.notifications
    )
    steps = tuple(
        dict.fromkeys(
            (notification.recipient, notification.gateway)
            for notification in situation.notifications
            if notification.id in sooner
        )
    )
    return replace(situation, notifications=brought).log(now, LaterStepsHurried(steps=steps), catalog)
