"""Why somebody was not told of an incident: the first condition that stopped it, and when time
alone would have brought it.

What stopped it is read from the record; what time would still bring is asked of the simulation.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.changes.acting import JUST_BEFORE
from escalate_cli.core.events import (
    FallbackPaged,
    FallbackReachedNoPerson,
    NudgeAnswered,
    NudgeAsked,
    NudgeDropped,
    NudgeExpired,
    PagedByEveryAddress,
    RuleFired,
)
from escalate_cli.core.incident.situation import Notification, NotificationStatus
from escalate_cli.core.notification.targets import contacts
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Rule
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.rules import condition_in_words
from escalate_cli.foresight.candidates import may_mean_any
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.missed_levels import obstacle_at_levels
from escalate_cli.foresight.recorded_script import ENDS
from escalate_cli.foresight.replaying import had_nobody_acted
from escalate_cli.foresight.simulation import SimulatedMessage, simulate_on

_OF_RULES = RuleFired | NudgeAsked | NudgeAnswered | NudgeExpired | NudgeDropped
_OF_FALLBACK = FallbackPaged | FallbackReachedNoPerson | PagedByEveryAddress
_WILL_NOT_COME = (NotificationStatus.FAILED, NotificationStatus.CANCELLED)
"""what is still to come counts before these"""

_LOOK_AHEAD = 4 * DAY
"""how far `would_tell_at` looks: a level may wait for the office to open after a long weekend"""


def was_told(case: Case, person: str) -> bool:
    """Whether anything was sent to this person, or is just being sent."""
    reached = (NotificationStatus.SENT, NotificationStatus.SENDING)
    return any(notification.status in reached for notification in _notifications_to(person, case))


def stopped_by(case: Case, person: str) -> str:
    """The first condition that kept this person from being told, in the order in which the incident
    would have come to them.
    """
    notifications = _notifications_to(person, case)
    if notifications:
        return _stopped_on_the_way(min(notifications, key=_order), case)
    at_levels = obstacle_at_levels(person, case)
    known = case.catalog.people.get(person)
    if known is not None and not at_levels.for_want_of_address and not _has_address(person, case.catalog):
        return f"{known.name} has no address that a page could go to ({known.source})"
    return at_levels.why or _stopped_at_rules(person, case) or _stopped_at_fallback(person, case)


def would_tell_at(case: Case, present: Catalog, now: Instant, person: str) -> Instant | None:
    """When this person would be written to if nobody does anything from `now` on; None: not within
    four days.

    For an incident that somebody has, or that is over: when they would have been written to had
    nobody acknowledged, snoozed or resolved it.
    """
    if not case.situation.paging:
        return had_nobody_acted(case, case.situation.incident.declared_at + _LOOK_AHEAD, person)

    def reaches(message: SimulatedMessage) -> bool:
        return message.person == person

    foreseen = simulate_on(case.situation, present, now, now + _LOOK_AHEAD, enough=reaches)
    return next((message.at for message in foreseen.messages if reaches(message)), None)


def _notifications_to(person: str, case: Case) -> list[Notification]:
    return [
        notification
        for notification in case.situation.notifications
        if notification.recipient == Recipient.person(person)
    ]


def _order(notification: Notification) -> int:
    status = notification.status
    return _WILL_NOT_COME.index(status) + 1 if status in _WILL_NOT_COME else 0


def _stopped_on_the_way(notification: Notification, case: Case) -> str:
    """Why a notification that was made did not arrive, or not yet."""
    what = f"the {notification.kind.in_words} by {notification.gateway}"
    due_at = case.at(notification.due_at)
    if notification.status is NotificationStatus.CANCELLED:
        return f"{what} was due at {due_at} and was no longer needed then{_because_over(notification, case)}"
    if notification.status is NotificationStatus.FAILED:
        return f"{what} failed: {notification.error or 'no reason is known'}"
    error = f" ({notification.error})" if notification.error else ""
    return f"{what} is to be sent at {due_at}{error}"


def _because_over(notification: Notification, case: Case) -> str:
    """What had ended the paging before a notification was due."""
    first_at, last_at = notification.created_at, notification.due_at + JUST_BEFORE
    ends = (entry for entry in case.timeline if isinstance(entry.event, ENDS))
    end = next((entry for entry in ends if first_at <= entry.at <= last_at), None)
    if end is None:
        return ""
    escalations = case.situation.escalations
    ended = next((escalation for escalation in escalations if end.team in (None, escalation.team)), None)
    return f": {case.ended(end, ended)}"


def _has_address(person: str, catalog: Catalog) -> bool:
    recipient = Recipient.person(person)
    return any(contacts(recipient, urgency, catalog) for urgency in Urgency)


def _stopped_at_rules(person: str, case: Case) -> str:
    """Why the first rule that may mean them did not reach them; "" where no rule may."""
    for rule in case.catalog.rules:
        if may_mean_any((*rule.page, *rule.inform), person, None, case):
            return f"{_why_not_by(rule, case)} ({rule.source})"
    return ""


def _why_not_by(rule: Rule, case: Case) -> str:
    entries = [
        entry
        for entry in case.timeline
        if isinstance(entry.event, _OF_RULES) and entry.event.rule == rule.name
    ]
    if not entries:
        return f'the rule "{rule.name}" has not come true: {condition_in_words(rule.when, case.catalog)}'
    if rule.mode.value == "nudge":
        return f'the rule "{rule.name}" asks first: {entries[-1].text}'
    return f'the rule "{rule.name}" fired at {case.at(entries[0].at)} and did not mean them then'


def _stopped_at_fallback(person: str, case: Case) -> str:
    """Why the fallback, which comes last, did not reach them; or that nothing leads to them at all."""
    fallback = case.catalog.fallback
    if may_mean_any(fallback.page, person, fallback.team, case):
        return f"{_without_fallback(case)} ({fallback.source})"
    ids = dict.fromkeys(escalation.policy.id for escalation in case.situation.escalations)
    policies = ", ".join(ids) or "no policy"
    return f"nothing leads to them: no level of {policies}, no rule and not the fallback names them"


def _without_fallback(case: Case) -> str:
    for entry in case.timeline:
        if isinstance(entry.event, _OF_FALLBACK) and entry.event.recipients:
            return f"the fallback was paged at {case.at(entry.at)} and did not mean them then"
    ends = [
        (end, escalation)
        for escalation in case.situation.escalations
        if (end := case.end_of(escalation)) is not None
    ]
    if not ends or case.situation.paging:
        return "the fallback is not paged yet: no policy has run out of levels"
    return f"the fallback was not needed: {case.ended(*min(ends, key=lambda ended: ended[0].at))}"
