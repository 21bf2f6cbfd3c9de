"""Those who are told without being asked to act: a severity's `inform` targets, the channels of the
teams involved, who leads.
"""

from __future__ import annotations

from functools import partial

from escalate_cli.core.events import Informed
from escalate_cli.core.events.reasons import Cause, Severe, Update, WasTold
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus
from escalate_cli.core.notification.paging import Letter, tell, write_to
from escalate_cli.core.notification.targets import Addressee, Contact
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import purpose


def inform(
    targets: tuple[Target, ...], note: str, cause: Cause, decision: Decision, *, source: str = ""
) -> None:
    """Tell `targets` of `note`, once, asking for nothing; whoever cannot be reached is named on the
    timeline.
    """
    if not targets:
        return
    letter = Letter(NotificationKind.INFORM, cause, source=source, note=note, chase=False)
    told = tell(targets, letter, decision)
    reason = purpose(cause, decision.catalog)
    decision.log(Informed(recipients=told.recipients, missed=told.missed, reason=reason, source=source))


def tell_stakeholders(note: str, severity_id: str, decision: Decision) -> None:
    """Tell the `inform` targets of this severity of `note`."""
    severity = decision.catalog.severity(severity_id)
    inform(severity.inform, note, Severe(severity_id), decision, source=severity.source)


def tell_channels(note: str, decision: Decision, *, severity_before: str | None = None) -> None:
    """Tell the channels of the incident's teams and the stakeholders of its severity of `note`,
    each once; those of the severity that it had before, too."""
    catalog = decision.catalog
    channels = tuple(
        Target(TargetKind.CHANNEL, catalog.teams[escalation.team].channel)
        for escalation in decision.situation.escalations
        if escalation.team in catalog.teams and catalog.teams[escalation.team].channel
    )
    severity = catalog.severity(decision.incident.severity)
    before = catalog.severity(severity_before).inform if severity_before is not None else ()
    targets = tuple(dict.fromkeys((*channels, *severity.inform, *before)))
    inform(targets, note, Update(), decision, source=severity.source)


def tell_lead(lead: str, decision: Decision) -> None:
    """Tell a person that they lead this incident now."""
    letter = Letter(NotificationKind.INFORM, None, note="You lead this incident now.", chase=False)
    tell((Target(TargetKind.PERSON, lead),), letter, decision)


def tell_the_end(note: str, decision: Decision) -> None:
    """Tell everyone who was written to that it is over, by the gateways that have reached them,
    whatever has become of other addresses and whatever the severity is now; and the severity's
    channels."""
    catalog = decision.catalog
    letter = Letter(NotificationKind.RESOLVED, None, note=note, chase=False)
    reached = _reached(decision)
    for target in catalog.severity(decision.incident.severity).inform:
        if target.kind is TargetKind.CHANNEL and target.name in catalog.channels:
            reached.setdefault(Recipient.channel(target.name or ""), ())
    for recipient, ways in reached.items():
        if recipient.id in (catalog.people if recipient.is_person else catalog.channels):
            tell_it = partial(write_to, Addressee(recipient, WasTold()), letter, decision, ways=ways or None)
            decision.part(tell_it, f"telling {recipient} of the end")


def _reached(decision: Decision) -> dict[Recipient, tuple[Contact, ...]]:
    """By recipient, the gateways and addresses that have reached them, or may have; none where
    those gateways are no longer there.
    """
    arrived = (NotificationStatus.SENT, NotificationStatus.SENDING)
    kinds = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE)
    reached: dict[Recipient, dict[str, Contact]] = {}
    for notification in decision.situation.notifications:
        if notification.kind in kinds and (
            notification.status in arrived or (notification.unsure and notification.attempts > 0)
        ):
            ways = reached.setdefault(notification.recipient, {})
            if notification.gateway in decision.catalog.gateways:
                ways[notification.gateway] = Contact(notification.gateway, notification.address, 0, 0)
    return {recipient: tuple(ways.values()) for recipient, ways in reached.items()}
