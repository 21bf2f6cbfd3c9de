"""What people heard does not hold any longer: whoever had it has it no more, or what was over is open
again. Whoever heard the one hears the other, quietly.
"""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.events import ToldNobodyHasIt, ToldOpenAgain
from escalate_cli.core.events.reasons import Lapse, NobodyHasIt, OpenAgain, Over, WasTold
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.notification.hearsay import who_heard
from escalate_cli.core.notification.paging import Letter, write_to
from escalate_cli.core.notification.reached import may_have_arrived, quietly, ways_that_reached
from escalate_cli.core.notification.reporter import tell_reporter_again
from escalate_cli.core.notification.targets import Addressee, teams_in, whom
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import LapseNews, it_is_open_again, nobody_has_it

_PAGING = (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
_TOLD = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE, NotificationKind.RESOLVED)


def tell_nobody_has_it(
    before: Situation,
    decision: Decision,
    *,
    lapse: Lapse | None = None,
    by: str | None = None,
    message: str | None = None,
) -> None:
    """Tell that what was somebody's in `before` waits for an acknowledgement again: the teams' channels,
    whoever heard that they have it, and whoever had it. Not `by`, whose deed it is, nor whom a page
    reaches now: that says enough.

    The end of a snooze at its time is no news: whoever heard of it heard when it ends. `lapse` is
    why, where a deed (`by`, with its `message`) made it so; else it is read off the escalations.
    """
    ended = {
        escalation.id: lapse or _lapse_of(escalation, decision)
        for escalation in before.escalations
        if escalation.status is EscalationStatus.ACKNOWLEDGED
        and escalation.acknowledged_by is not None
        and decision.escalation(escalation.id).status in _PAGING
    }
    escalations = [escalation for escalation in before.escalations if ended.get(escalation.id) is not None]
    if escalations:
        why = ended[escalations[0].id] or Lapse.FORGOTTEN
        decision.part(
            lambda: _tell_lapse(escalations, why, by, message, before, decision), "telling that nobody has it"
        )


def _lapse_of(escalation: Escalation, decision: Decision) -> Lapse | None:
    """Why this is nobody's any more; None where its snooze ended when it was said to."""
    on_time = escalation.next_at is not None and escalation.next_at <= decision.now
    if escalation.snoozed_until is not None:
        return None if on_time else Lapse.SNOOZE_ENDED
    return Lapse.FORGOTTEN if on_time else Lapse.WORSE


def _tell_lapse(
    escalations: list[Escalation],
    why: Lapse,
    by: str | None,
    message: str | None,
    before: Situation,
    decision: Decision,
) -> None:
    had = tuple(
        dict.fromkeys(escalation.acknowledged_by for escalation in escalations if escalation.acknowledged_by)
    )
    others = any(
        escalation.status is EscalationStatus.ACKNOWLEDGED for escalation in decision.situation.escalations
    )
    taken_at = max(escalation.acknowledged_at or 0 for escalation in escalations)
    lapsed = LapseNews(
        had,
        why,
        teams=tuple(dict.fromkeys(escalation.team for escalation in escalations)) if others else (),
        by=by,
        silent_for=decision.now - max(taken_at, before.incident.message_since),
        message=message,
    )
    note = nobody_has_it(lapsed, decision.catalog)
    letter = Letter(NotificationKind.INFORM, NobodyHasIt(had[0], why), note=note, chase=False)
    heard = who_heard(escalations, before, decision.situation)
    told, missed = _tell([*heard, *map(Recipient.person, had)], letter, by, before, decision)
    if told or missed:
        decision.log(ToldNobodyHasIt(recipients=told, had=had, lapse=why, missed=missed))


def tell_open_again(
    before: Situation, decision: Decision, *, by: str | None = None, message: str | None = None
) -> None:
    """Tell that what was over in `before` is open again: the teams' channels, whoever heard its end or
    ended it, and whoever reported it. Not `by`, nor whom a page reaches now. An end that nobody has
    heard yet is not told any more."""
    ended_at = before.incident.resolved_at or 0
    ends = [
        notification
        for notification in before.notifications
        if notification.kind is NotificationKind.RESOLVED and notification.created_at >= ended_at
    ]
    decision.cancel(ends)
    heard = [notification.recipient for notification in ends if may_have_arrived(notification)]
    causes = {notification.reason.cause for notification in ends}
    heard += [Recipient.person(cause.by) for cause in causes if isinstance(cause, Over) and cause.by]
    note = it_is_open_again(by, message, decision.catalog)
    letter = Letter(NotificationKind.INFORM, OpenAgain(by), note=note, chase=False)

    def tell() -> None:
        told, missed = _tell(heard, letter, by, before, decision)
        if told or missed:
            decision.log(ToldOpenAgain(recipients=told, missed=missed))

    decision.part(tell, "telling that it is open again")
    decision.part(
        lambda: tell_reporter_again(by, message, decision), "telling who reported it that it is open again"
    )


def call_off_lapses(decision: Decision) -> None:
    """Somebody has it: that nobody has is not told any more where it has not gone out."""
    decision.cancel(
        notification
        for notification in decision.situation.notifications
        if isinstance(notification.reason.cause, NobodyHasIt)
    )


def _tell(
    heard: Iterable[Recipient], letter: Letter, by: str | None, before: Situation, decision: Decision
) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Whom it reaches beside the teams' channels, and why it does not reach others."""
    catalog = decision.catalog
    hearers: dict[Recipient, Addressee] = {}
    for team in teams_in(decision.situation):
        if team in catalog.teams and catalog.teams[team].channel:
            for addressee in whom(Target(TargetKind.CHANNEL, None), team, decision).addressees:
                hearers.setdefault(addressee.recipient, addressee)
    for recipient in heard:
        known = catalog.people if recipient.is_person else catalog.channels
        if recipient.id in known and recipient.kind in ("person", "channel"):
            hearers.setdefault(recipient, Addressee(recipient, WasTold()))
    paged = _paged_since(before, decision)
    reached = ways_that_reached(decision, _TOLD)
    told: list[Recipient] = []
    missed: list[str] = []
    for recipient, addressee in hearers.items():
        if recipient in paged or recipient == Recipient.person(by or ""):
            continue
        if write_to(addressee, letter, decision, ways=quietly(recipient, reached, decision)):
            told.append(recipient)
        else:
            missed.append(f"{catalog.name_of(recipient)} has no address")
    return tuple(told), tuple(missed)


def _paged_since(before: Situation, decision: Decision) -> set[Recipient]:
    """The people for whom a page has been written since `before`."""
    known = {notification.id for notification in before.notifications}
    return {
        notification.recipient
        for notification in decision.situation.notifications
        if notification.kind is NotificationKind.PAGE
        and notification.id not in known
        and notification.recipient.is_person
        and notification.status is not NotificationStatus.CANCELLED
    }
