"""What robots send back to a page: that it could not be delivered, or that somebody is away. A page that
has come back has failed for good; nothing else that a robot sends changes anything.
"""

from __future__ import annotations

from escalate_cli.actions.intents import Deed
from escalate_cli.actions.perform import carry_out_within
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival, Bounce
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerOutcome, RecordedAnswer
from escalate_cli.core.answers.recognise import Messages, people_at
from escalate_cli.core.calendar.duration import HOUR
from escalate_cli.core.changes.bounced import come_back, mailbox_says
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.refusals import bounced
from escalate_cli.core.wording.text import printable

_LONGEST = 100
"""characters of what a mailbox says"""


def take_in_bounce(
    context: Context, gateway: str, arrived: Arrival, bounce: Bounce, messages: Messages
) -> RecordedAnswer | None:
    """A message of ours has come back; what is put on record. None where it was not ours, was known to
    have failed, or may still get through.
    """
    asked = _about(arrived, messages)
    if asked is None or not bounce.final:
        return None
    reason = bounced(bounce.status)
    if asked.trial is not None:
        context.store.trials.note_heard(asked.trial, "", reason, None)
        return None
    failed = context.store.outbox.came_back(asked.notification, reason)
    if not failed:
        return None
    for incident in dict.fromkeys(failed.values()):
        gone = frozenset(number for number, of in failed.items() if of == incident)
        carry_out_within(context, incident, _come_back(gone, reason))
    answer = RecordedAnswer(
        gateway=gateway,
        external_id=arrived.external_id,
        sender=printable(arrived.sender)[:200],
        read_at=context.moment(),
        line=reason,
        outcome=AnswerOutcome.BOUNCED,
        sent_at=arrived.sent_at,
        notification_id=asked.notification,
        incident_id=asked.incident,
    )
    context.store.answers.record(answer)
    return answer


def _come_back(notifications: frozenset[int], reason: str) -> Deed:
    return lambda situation, catalog, now: come_back(situation, notifications, reason, catalog, now)


def note_absence(context: Context, gateway: str, arrived: Arrival, messages: Messages) -> None:
    """What the mailbox of somebody who was paged says about our page is told, at most once an hour."""
    asked = _about(arrived, messages)
    people = people_at(arrived.sender, gateway, context.running_catalog)
    if asked is None or asked.recipient not in [Recipient.person(person.id) for person in people]:
        return
    text = printable(arrived.subject or arrived.text.strip().partition("\n")[0])[:_LONGEST]
    if asked.trial is not None:
        context.store.trials.note_heard(asked.trial, text, "of a robot", None)
        return
    ledger, now, person = context.store.ledger, context.moment(), asked.recipient.id
    told_at = ledger.fact(f"absence {person}")
    if told_at is not None and 0 <= now - int(told_at) < HOUR:
        return
    ledger.remember(f"absence {person}", str(now))
    carry_out_within(
        context,
        asked.incident,
        lambda situation, catalog, now: mailbox_says(situation, person, text, catalog, now),
    )


def _about(arrived: Arrival, messages: Messages) -> AskedMessage | None:
    for look_up, marks in ((messages.by_codes, arrived.codes), (messages.by_external_ids, arrived.answered)):
        asked = tuple(look_up(marks)) if marks else ()
        if asked:
            return asked[0]
    return None
