"""Those who are told without being asked to act: a severity's `inform` targets, the channels of the
teams involved, who leads.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import Informed
from escalate_cli.core.events.reasons import Cause, Severe, Update, WasTold
from escalate_cli.core.incident.doing_without import part
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus, Situation
from escalate_cli.core.notification.paging import Letter, tell, write_to
from escalate_cli.core.notification.targets import Contact, Recipient
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.reasons import purpose

_CHANNEL_OF_TEAMS = Target(TargetKind.CHANNEL)


def inform(
    targets: tuple[Target, ...],
    note: str,
    cause: Cause,
    situation: Situation,
    catalog: Catalog,
    now: Instant,
    *,
    source: str = "",
) -> Situation:
    """Tell `targets` of `note`, once, asking for nothing; whoever cannot be reached is named on the
    timeline.
    """
    if not targets:
        return situation
    letter = Letter(NotificationKind.INFORM, cause, source=source, note=note, chase=False)
    told = tell(targets, letter, situation, catalog, now)
    event = Informed(
        recipients=told.recipients, missed=told.missed, reason=purpose(cause, catalog), source=source
    )
    return told.situation.log(now, event, catalog)


def tell_stakeholders(
    note: str, severity_id: str, situation: Situation, catalog: Catalog, now: Instant
) -> Situation:
    """Tell the `inform` targets of this severity of `note`."""
    severity = catalog.severity(severity_id)
    return inform(severity.inform, note, Severe(severity_id), situation, catalog, now, source=severity.source)


def tell_channels(
    note: str, situation: Situation, catalog: Catalog, now: Instant, *, severity_before: str | None = None
) -> Situation:
    """Tell the channels of the incident's teams and the stakeholders of its severity of `note`,
    each once; those of the severity that it had before, too."""
    channels = tuple(
        Target(TargetKind.CHANNEL, catalog.teams[escalation.team].channel)
        for escalation in situation.escalations
        if escalation.team in catalog.teams and catalog.teams[escalation.team].channel
    )
    severity = catalog.severity(situation.incident.severity)
    before = catalog.severity(severity_before).inform if severity_before is not None else ()
    targets = tuple(dict.fromkeys((*channels, *severity.inform, *before)))
    return inform(targets, note, Update(), situation, catalog, now, source=severity.source)


def tell_lead(lead: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Tell a person that they lead this incident now."""
    letter = Letter(NotificationKind.INFORM, None, note="You lead this incident now.", chase=False)
    told = tell((Target(TargetKind.PERSON, lead),), letter, situation, catalog, now)
    return told.situation


def tell_the_end(note: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Tell everyone who was written to that it is over, by the gateways that have reached them,
    whatever has become of other addresses and whatever the severity is now; and the severity's
    channels."""
    letter = Letter(NotificationKind.RESOLVED, None, note=note, chase=False)
    reached = _reached(situation, catalog)
    for target in catalog.severity(situation.incident.severity).inform:
        if target.kind is TargetKind.CHANNEL and target.name in catalog.channels:
            reached.setdefault(f"channel:{target.name}", ())
    for address, ways in reached.items():
        kind, _, identifier = address.partition(":")
        if identifier in (catalog.people if kind == "person" else catalog.channels):
            recipient = Recipient(kind, identifier, WasTold())
            situation = part(
                lambda before, to=recipient, by=ways: write_to(
                    to, letter, before, catalog, now, ways=by or None
                )[0],  # type: ignore[misc]
                f"telling {address} of the end",
                situation,
                now,
            )
    return situation


def _reached(situation: Situation, catalog: Catalog) -> dict[str, tuple[Contact, ...]]:
    """By recipient, the gateways and addresses that have reached them, or may have; none where
    those gateways are no longer there.
    """
    reached = (NotificationStatus.SENT, NotificationStatus.SENDING)
    kinds = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE)
    found: dict[str, dict[str, Contact]] = {}
    for notification in situation.notifications:
        if notification.kind in kinds and (
            notification.status in reached or (notification.unsure and notification.attempts > 0)
        ):
            ways = found.setdefault(notification.recipient, {})
            if notification.gateway in catalog.gateways:
                ways[notification.gateway] = Contact(notification.gateway, notification.address, 0, 0)
    return {recipient: tuple(ways.values()) for recipient, ways in found.items()}
