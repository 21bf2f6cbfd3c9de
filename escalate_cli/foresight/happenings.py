"""What somebody may do to a simulated incident: the same acts as on the command line, `span`
microseconds after the beginning.

Each says why nothing follows where the command would refuse: an incident that is over cannot be
acknowledged, simulated or not.
"""

from __future__ import annotations

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes import respond as core
from escalate_cli.core.changes import take
from escalate_cli.core.changes import update as updating
from escalate_cli.core.changes.pass_on import pass_on
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.holding import holders
from escalate_cli.core.incident.situation import (
    IncidentStatus,
    NotificationKind,
    NotificationStatus,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight.simulation import Act, Happening


def acknowledgement(span: Span, by: str | None = None, *, everything: bool = False) -> Happening:
    """`by` takes it; without a name the first of those who were paged last."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        person = by or paged_last(situation)
        if person is None:
            return "nobody can acknowledge: no person has been paged"
        if not take.is_awaiting(situation, person, now, everything=everything):
            name = catalog.name_of(Recipient.person(person))
            have = [holding.person for holding in holders(situation)]
            taker = catalog.name_of(Recipient.person((have or [""])[0]))
            return f"the acknowledgement by {name} changes nothing: {taker} has it"
        return take.acknowledge(situation, person, catalog, now, everything=everything)

    return Happening(span, _unless_over(act, "acknowledged"))


def passing(span: Span, by: str | None = None) -> Happening:
    """`by` cannot take it; without a name the first of those who were paged last."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        person = by or paged_last(situation)
        if person is None:
            return "nobody can pass it on: no person has been paged"
        name = catalog.name_of(Recipient.person(person))
        return pass_on(situation, person, catalog, now) or f"{name} has nothing to pass on"

    return Happening(span, _unless_over(act, "passed on"))


def change(span: Span, changes: updating.Changes, *, by: str | None = None) -> Happening:
    """An update: severity, services, lead, labels, title, message."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return updating.update(situation, changes, catalog, now, by=by, meanings=meanings)

    return Happening(span, _unless_over(act, "updated"))


def nudge_answer(span: Span, accepted: bool, *, rule: str | None = None, by: str | None = None) -> Happening:
    """A yes or no to the nudges that are open then (of `rule`, where one is named), by whoever was asked."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        planned: Plan | str = f"nobody can answer {'yes' if accepted else 'no'}: no nudge is open"
        for number in [nudge.id for nudge in situation.nudges if rule in (None, nudge.rule)]:
            nudge = next(current for current in situation.nudges if current.id == number)
            if nudge.status is NudgeStatus.OPEN:
                asked = next((recipient.id for recipient in nudge.asked if recipient.is_person), None)
                planned = core.answer_nudge(situation, nudge, accepted, catalog, now, by=by or asked)
                situation = planned.situation
        return planned

    return Happening(span, _unless_over(act, "asked about"))


def resolution(span: Span, *, message: str | None = None, by: str | None = None) -> Happening:
    """It is over."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return core.resolve(situation, catalog, now, by=by, message=message)

    return Happening(span, _unless_over(act, "resolved again"))


def snoozing(span: Span, length: Span, by: str) -> Happening:
    """`by` snoozes it for `length` microseconds."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return take.snooze(situation, length, catalog, now, by=by)

    return Happening(span, _unless_over(act, "snoozed"))


def reopening(span: Span, *, by: str | None = None) -> Happening:
    """Reopened, or an acknowledgement taken back."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        if situation.incident.status is IncidentStatus.OPEN:
            return "it is open: there is nothing to reopen"
        return core.reopen(situation, catalog, now, by=by)

    return Happening(span, act)


def paging_by_hand(
    span: Span, targets: tuple[Target, ...], *, by: str | None = None, message: str | None = None
) -> Happening:
    """Somebody pages `targets` by hand."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return core.page_by_hand(situation, targets, catalog, now, by=by, message=message)

    return Happening(span, _unless_over(act, "paged for"))


def going_to_level(span: Span, level: int | None = None, *, by: str | None = None) -> Happening:
    """Somebody goes to this level, or the next one, in every escalation."""

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        return core.go_to_level(situation, level, catalog, now, by=by)

    return Happening(span, _unless_over(act, "escalated"))


def _unless_over(act: Act, verb: str) -> Act:
    def guarded(situation: Situation, catalog: Catalog, now: Instant) -> Plan | str:
        if situation.incident.status is IncidentStatus.RESOLVED:
            return f"it is already resolved: it cannot be {verb}"
        return act(situation, catalog, now)

    return guarded


def paged_last(situation: Situation) -> str | None:
    """The person whose page went out last; the first of them where several went at once."""
    pages = [
        notification
        for notification in situation.notifications
        if notification.kind is NotificationKind.PAGE
        and notification.status is NotificationStatus.SENT
        and notification.recipient.is_person
    ]
    latest = max((page.sent_at or 0 for page in pages), default=None)
    return next((page.recipient.id for page in pages if page.sent_at == latest), None)
