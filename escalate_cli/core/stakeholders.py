"""Those who are told without being asked to act: a severity's `inform` targets, the channels of the teams involved, who leads."""

from __future__ import annotations

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.doing_without import part
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import EntryKind, NotificationKind, NotificationStatus, Situation
from escalate_cli.core.paging import Letter, tell, write_to
from escalate_cli.core.policy import Target, TargetKind
from escalate_cli.core.targets import Recipient, name_of

_CHANNEL_OF_TEAMS = Target(TargetKind.CHANNEL)


def inform(
    targets: tuple[Target, ...], note: str, reason: str, situation: Situation, catalog: Catalog, now: Instant, *, source: str = ""
) -> Situation:
    """Tell `targets` of `note`, once, asking for nothing; whoever cannot be reached is named on the timeline."""
    if not targets:
        return situation
    letter = Letter(NotificationKind.INFORM, reason, source=source, note=note, chase=False)
    told = tell(targets, letter, situation, catalog, now)
    names = ", ".join(name_of(one, catalog) for one in told.recipients)
    text = f"informed {names}: {reason}" if names else f"nobody to inform: {reason}"
    if told.missed:
        text += f" (not reached: {'; '.join(told.missed)})"
    return told.situation.log(now, EntryKind.PAGED, text, recipients=list(told.recipients), missed=list(told.missed), source=source)


def tell_stakeholders(note: str, severities: tuple[str, ...], situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Tell the `inform` targets of these severities of `note`."""
    targets = tuple(dict.fromkeys(target for one in severities for target in catalog.severity(one).inform))
    source = next((catalog.severity(one).source for one in severities if catalog.severity(one).inform), "")
    hears_of = " and ".join(one for one in severities if catalog.severity(one).inform)
    return inform(targets, note, f"hears of {hears_of} incidents", situation, catalog, now, source=source)


def tell_channels(note: str, situation: Situation, catalog: Catalog, now: Instant, *, but_not: tuple[Target, ...] = ()) -> Situation:
    """Tell the stakeholders of the incident's severity and the channels of its teams of `note`; `but_not` those who know it already."""
    severity = catalog.severity(situation.incident.severity)
    channels = tuple(
        Target(TargetKind.CHANNEL, catalog.teams[one.team].channel)
        for one in situation.escalations
        if one.team in catalog.teams and catalog.teams[one.team].channel
    )
    targets = tuple(one for one in dict.fromkeys((*channels, *severity.inform)) if one not in but_not)
    return inform(targets, note, "update for the teams involved", situation, catalog, now, source=severity.source)


def tell_lead(lead: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Tell a person that they lead this incident now."""
    letter = Letter(NotificationKind.INFORM, "", note="You lead this incident now.", chase=False)
    told = tell((Target(TargetKind.PERSON, lead),), letter, situation, catalog, now)
    return told.situation


def tell_the_end(note: str, situation: Situation, catalog: Catalog, now: Instant) -> Situation:
    """Tell everyone who was written to, where they were reached, that it is over; and the severity's stakeholders."""
    reached = (NotificationStatus.SENT, NotificationStatus.SENDING)
    kinds = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE)
    told = dict.fromkeys(
        one.recipient
        for one in situation.notifications
        if one.kind in kinds and (one.status in reached or (one.unsure and one.attempts > 0))
    )
    for target in catalog.severity(situation.incident.severity).inform:
        if target.kind is TargetKind.CHANNEL and target.name in catalog.channels:
            told.setdefault(f"channel:{target.name}")
    letter = Letter(NotificationKind.RESOLVED, "", note=note, chase=False)
    for address in told:
        kind, _, identifier = address.partition(":")
        if identifier in (catalog.people if kind == "person" else catalog.channels):
            recipient = Recipient(kind, identifier, "you were told of this incident")
            situation = part(
                lambda before, to=recipient: write_to(to, letter, before, catalog, now)[0],  # type: ignore[misc]
                f"telling {address} of the end",
                situation,
                now,
            )
    return situation
