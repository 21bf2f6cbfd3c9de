"""From a target of a policy ("on-call", "lead:payments") to the people and channels it means at an
instant.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar import rota as schedule
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events.reasons import (
    ChannelOf,
    LeadOf,
    LeadsIncident,
    Meant,
    MemberOf,
    Named,
    NextInTurn,
    OnCallFor,
    OnCallIn,
    TookIt,
)
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import EscalationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind


class Recipient(msgspec.Struct, frozen=True):
    """Someone or somewhere to tell, and how they come to be meant: `person:ana`, on call for a team."""

    kind: str
    id: str
    meant: Meant

    @property
    def address(self) -> str:
        """The recipient as notifications name it."""
        return f"{self.kind}:{self.id}"


class Reached(msgspec.Struct, frozen=True):
    """What a target came to: recipients, or the reason why there are none; and what could not be
    used on the way, as a sentence.
    """

    recipients: tuple[Recipient, ...] = ()
    reason: str = ""
    broken: str = ""


class Contact(msgspec.Struct, frozen=True):
    """One address of a recipient: through which gateway, how long (microseconds) after the page, in
    which notification step.
    """

    gateway: str
    address: str
    after: int
    step: int


def teams_in(situation: Situation) -> tuple[str, ...]:
    """The teams that are in the incident now, in the order they came in."""
    active = (
        escalation.team
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED
    )
    return tuple(dict.fromkeys(active))


def resolve(
    target: Target, team: str | None, situation: Situation, catalog: Catalog, now: Instant
) -> Reached:
    """Whom `target` means at `now`, seen from `team` (None: relative targets mean every team in the
    incident).

    What cannot be used reaches nobody, and stands in nobody's way: it raises nothing.
    """
    try:
        return _resolve(target, team, situation, catalog, now)
    except Exception as problem:
        return _unusable(str(target), problem)


def _unusable(what: str, problem: Exception) -> Reached:
    text = f"{what} cannot be used ({words_of(problem)})"
    return Reached(reason=text, broken=text)


def _resolve(
    target: Target, team: str | None, situation: Situation, catalog: Catalog, now: Instant
) -> Reached:
    kind = target.kind
    if kind is TargetKind.PERSON:
        return _people([target.name or ""], Named(), catalog)
    if kind is TargetKind.SCHEDULE:
        return _on_schedule(target.name or "", OnCallIn(target.name or ""), catalog, now)
    if kind is TargetKind.CHANNEL and target.name is not None:
        return _channel(target.name, Named(), catalog)
    if kind is TargetKind.INCIDENT_LEAD:
        return _incident_lead(situation, catalog, now)
    named = target.name or team
    teams = (named,) if named else teams_in(situation)
    found = [_of_team_safely(kind, one, situation, catalog, now) for one in teams]
    recipients = tuple(recipient for reached in found for recipient in reached.recipients)
    reason = "" if recipients else "; ".join(one.reason for one in found) or "no team is in the incident"
    return Reached(recipients, reason, "; ".join(one.broken for one in found if one.broken))


def _of_team_safely(
    kind: TargetKind, team: str, situation: Situation, catalog: Catalog, now: Instant
) -> Reached:
    try:
        return _of_team(kind, team, situation, catalog, now)
    except Exception as problem:
        return _unusable(f"{kind.value}:{team}", problem)


def _of_team(kind: TargetKind, team_id: str, situation: Situation, catalog: Catalog, now: Instant) -> Reached:
    team = catalog.teams.get(team_id)
    if team is None:
        return Reached(reason=f"team {team_id} is not in the configuration")
    if kind is TargetKind.ON_CALL:
        if not team.on_call:
            return Reached(reason=f"{team.name} has no on-call schedule")
        return _on_schedule(team.on_call, OnCallFor(team_id), catalog, now)
    if kind is TargetKind.LEAD:
        return (
            _people([team.lead], LeadOf(team_id), catalog)
            if team.lead
            else Reached(reason=f"{team.name} has no lead")
        )
    if kind is TargetKind.CHANNEL:
        if not team.channel:
            return Reached(reason=f"{team.name} has no channel")
        return _channel(team.channel, ChannelOf(team_id), catalog)
    if not team.members:
        return Reached(reason=f"{team.name} has no members")
    if kind is TargetKind.MEMBERS:
        return _people(team.members, MemberOf(team_id), catalog)
    turn = situation.turns.get(team_id, situation.next_turns.get(team_id, 0))
    return _people([team.members[turn % len(team.members)]], NextInTurn(team_id), catalog)


def _people(ids: list[str] | tuple[str, ...], meant: Meant, catalog: Catalog) -> Reached:
    known = tuple(Recipient("person", one, meant) for one in ids if one in catalog.people)
    gone = [one for one in ids if one not in catalog.people]
    return Reached(known, f"{', '.join(gone)} not in the configuration" if gone else "")


def _channel(channel_id: str, meant: Meant, catalog: Catalog) -> Reached:
    if channel_id not in catalog.channels:
        return Reached(reason=f"channel {channel_id} is not in the configuration")
    return Reached((Recipient("channel", channel_id, meant),))


def _on_schedule(schedule_id: str, meant: Meant, catalog: Catalog, now: Instant) -> Reached:
    found = catalog.schedules.get(schedule_id)
    if found is None:
        return Reached(reason=f"schedule {schedule_id} is not in the configuration")
    try:
        shift = schedule.on_call(found, catalog.hours, now)
    except Exception as problem:
        return _unusable(f"schedule {schedule_id}", problem)
    broken = schedule.trouble_of(found, catalog.hours)
    if shift.person is None:
        return Reached(reason=f"nobody is on call in {schedule_id}", broken=broken)
    return replace(_people([shift.person], meant, catalog), broken=broken)


def _incident_lead(situation: Situation, catalog: Catalog, now: Instant) -> Reached:
    incident = situation.incident
    if incident.lead in catalog.people:
        return _people([incident.lead or ""], LeadsIncident(), catalog)
    if incident.acknowledged_by in catalog.people:
        return _people([incident.acknowledged_by or ""], TookIt(), catalog)
    broken = []
    for team in teams_in(situation):
        reached = _of_team_safely(TargetKind.ON_CALL, team, situation, catalog, now)
        broken += [reached.broken] if reached.broken else []
        if reached.recipients:
            return replace(reached, broken="; ".join(broken))
    reason = "the incident has no lead, nobody acknowledged it, and nobody is on call for its teams"
    return Reached(reason=reason, broken="; ".join(broken))


def contacts(recipient: Recipient, urgency: Urgency, catalog: Catalog) -> tuple[Contact, ...]:
    """The addresses to use for `recipient`, in time order; none when the recipient cannot be
    reached at this urgency.

    A person's steps are those of the urgency, by the gateways for which there is an address. Steps
    that lead nowhere cost no waiting: the first that leads somewhere begins at once, also where no
    step comes before it, and the others count from it. So whom a level reaches is reached when it
    is due, which `check` proves coverage by. A channel is told once, through every contact.
    """
    if recipient.kind == "channel":
        addresses = catalog.channels[recipient.id].contact
        return tuple(
            Contact(gateway, to, 0, 0) for gateway, to in addresses.items() if gateway in catalog.gateways
        )
    person = catalog.people[recipient.id]
    found = [
        Contact(gateway, person.contact[gateway], step.after, number)
        for number, step in enumerate(catalog.steps(person, urgency))
        for gateway in step.via
        if gateway in person.contact and gateway in catalog.gateways
    ]
    saved = min((contact.after for contact in found), default=0)
    return tuple(
        Contact(one.gateway, one.address, one.after - saved, one.step)
        for one in sorted(found, key=lambda one: one.after)
    )


def addresses_of(recipient: Recipient, catalog: Catalog) -> tuple[Contact, ...]:
    """Every address of `recipient`, all at once: what is left where their notification rules cannot
    be used.
    """
    things = catalog.channels if recipient.kind == "channel" else catalog.people
    known = things.get(recipient.id)
    addresses = known.contact if known is not None else {}
    return tuple(
        Contact(gateway, to, 0, 0) for gateway, to in addresses.items() if gateway in catalog.gateways
    )
