"""A message of ours has come back: it could not be delivered, though its provider had taken it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events import GivenUp, MailboxSays
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog


def come_back(
    situation: Situation, notifications: Collection[int], reason: str, catalog: Catalog, now: Instant
) -> Plan:
    """These notifications have failed for good, as is stored already: the next step or level comes now,
    as after an address that was refused at once.
    """
    decision = Decision(situation, catalog, now)
    for notification in situation.notifications:
        if notification.id in notifications:
            decision.log(
                GivenUp(
                    what=notification.kind.value,
                    notification=notification.id,
                    recipient=notification.recipient,
                    gateway=notification.gateway,
                    attempt=notification.attempts,
                    reason=reason,
                )
            )
    return plan(decision.situation, catalog, now)


def mailbox_says(situation: Situation, person: str, text: str, catalog: Catalog, now: Instant) -> Plan:
    """A robot has answered for somebody who was paged. It changes nothing, and is told."""
    decision = Decision(situation, catalog, now)
    decision.log(MailboxSays(person=person, text=text))
    return Plan(replace(decision.situation), (), situation.incident.next_due_at)
