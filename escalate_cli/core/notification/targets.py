"""From a target of a policy ("on-call", "lead:payments") to the people and channels it means at an
instant, and to their addresses.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar import rota
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
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.holding import named_holder
from escalate_cli.core.incident.situation import EscalationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient


class Addressee(msgspec.Struct, frozen=True):
    """Someone or somewhere to tell, and how they come to be meant: on call for a team, say."""

    recipient: Recipient
    meant: Meant | None


class TargetReach(msgspec.Struct, frozen=True):
    """What a target came to: whom it means, or the reason why that is nobody; and what could not be
    used on the way, as a sentence.
    """

    addressees: tuple[Addressee, ...] = ()
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


def whom(target: Target, team: str | None, decision: Decision) -> TargetReach:
    """Whom `target` means now, seen from `team` (None: relative targets mean every team in the
    incident).

    What cannot be used reaches nobody, and stands in nobody's way: it raises nothing.
    """
    try:
        return _resolve(target, team, decision)
    except Exception as problem:
        return _unusable(str(target), problem)


def _unusable(what: str, problem: Exception) -> TargetReach:
    text = f"{what} cannot be used ({words_of(problem)})"
    return TargetReach(reason=text, broken=text)


def _resolve(target: Target, team: str | None, decision: Decision) -> TargetReach:
    kind, catalog = target.kind, decision.catalog
    if kind is TargetKind.PERSON:
        return _people([target.name or ""], Named(), catalog)
    if kind is TargetKind.SCHEDULE:
        return _on_schedule(target.name or "", OnCallIn(target.name or ""), decision)
    if kind is TargetKind.CHANNEL and target.name is not None:
        return _channel(target.name, Named(), catalog)
    if kind is TargetKind.INCIDENT_LEAD:
        return _incident_lead(decision)
    named = target.name or team
    teams = (named,) if named else teams_in(decision.situation)
    of_teams = [_of_team_safely(kind, team_id, decision) for team_id in teams]
    addressees = tuple(addressee for reached in of_teams for addressee in reached.addressees)
    nobody = "; ".join(reached.reason for reached in of_teams) or "no team is in the incident"
    broken = "; ".join(reached.broken for reached in of_teams if reached.broken)
    return TargetReach(addressees, "" if addressees else nobody, broken)


def _of_team_safely(kind: TargetKind, team: str, decision: Decision) -> TargetReach:
    try:
        return _of_team(kind, team, decision)
    except Exception as problem:
        return _unusable(f"{kind.value}:{team}", problem)


def _of_team(kind: TargetKind, team_id: str, decision: Decision) -> TargetReach:
    catalog, situation = decision.catalog, decision.situation
    team = catalog.teams.get(team_id)
    if team is None:
        return TargetReach(reason=f"team {team_id} is not in the configuration")
    if kind is TargetKind.ON_CALL:
        if not team.on_call:
            return TargetReach(reason=f"{team.name} has no on-call schedule")
        return _on_schedule(team.on_call, OnCallFor(team_id), decision)
    if kind is TargetKind.LEAD:
        if not team.lead:
            return TargetReach(reason=f"{team.name} has no lead")
        return _people([team.lead], LeadOf(team_id), catalog)
    if kind is TargetKind.CHANNEL:
        if not team.channel:
            return TargetReach(reason=f"{team.name} has no channel")
        return _channel(team.channel, ChannelOf(team_id), catalog)
    if not team.members:
        return TargetReach(reason=f"{team.name} has no members")
    if kind is TargetKind.MEMBERS:
        return _people(team.members, MemberOf(team_id), catalog)
    turn = situation.turns.get(team_id, situation.next_turns.get(team_id, 0))
    return _people([team.members[turn % len(team.members)]], NextInTurn(team_id), catalog)


def _people(ids: Sequence[str], meant: Meant, catalog: Catalog) -> TargetReach:
    known = tuple(Addressee(Recipient.person(person), meant) for person in ids if person in catalog.people)
    gone = [person for person in ids if person not in catalog.people]
    return TargetReach(known, f"{', '.join(gone)} not in the configuration" if gone else "")


def _channel(channel_id: str, meant: Meant, catalog: Catalog) -> TargetReach:
    if channel_id not in catalog.channels:
        return TargetReach(reason=f"channel {channel_id} is not in the configuration")
    return TargetReach((Addressee(Recipient.channel(channel_id), meant),))


def _on_schedule(schedule_id: str, meant: Meant, decision: Decision) -> TargetReach:
    catalog = decision.catalog
    schedule = catalog.schedules.get(schedule_id)
    if schedule is None:
        return TargetReach(reason=f"schedule {schedule_id} is not in the configuration")
    try:
        shift = rota.on_call(schedule, catalog.hours, decision.now)
    except Exception as problem:
        return _unusable(f"schedule {schedule_id}", problem)
    broken = rota.zone_trouble_of_schedule(schedule, catalog.hours)
    if shift.person is None:
        return TargetReach(reason=f"nobody is on call in {schedule_id}", broken=broken)
    return replace(_people([shift.person], meant, catalog), broken=broken)


def _incident_lead(decision: Decision) -> TargetReach:
    incident, people = decision.incident, decision.catalog.people
    if incident.lead in people:
        return _people([incident.lead or ""], LeadsIncident(), decision.catalog)
    taker = named_holder(decision.situation)
    if taker in people:
        return _people([taker or ""], TookIt(), decision.catalog)
    broken = []
    for team in teams_in(decision.situation):
        reached = _of_team_safely(TargetKind.ON_CALL, team, decision)
        broken += [reached.broken] if reached.broken else []
        if reached.addressees:
            return replace(reached, broken="; ".join(broken))
    reason = "the incident has no lead, nobody acknowledged it, and nobody is on call for its teams"
    return TargetReach(reason=reason, broken="; ".join(broken))


def contacts(recipient: Recipient, urgency: Urgency, catalog: Catalog) -> tuple[Contact, ...]:
    """The addresses to use for `recipient`, in time order; none when the recipient cannot be
    reached at this urgency.

    A person's steps are those of the urgency, by the gateways for which there is an address. Steps
    that lead nowhere cost no waiting: the first that leads somewhere begins at once, also where no
    step comes before it, and the others count from it. So whom a level reaches is reached when it
    is due, which `check` proves coverage by. A channel is told once, through every contact.
    """
    if not recipient.is_person:
        return _all_at_once(catalog.channels[recipient.id].contact, catalog)
    person = catalog.people[recipient.id]
    leading = [
        Contact(gateway, person.contact[gateway], step.after, number)
        for number, step in enumerate(catalog.steps(person, urgency))
        for gateway in step.via
        if gateway in person.contact and gateway in catalog.gateways
    ]
    saved = min((contact.after for contact in leading), default=0)
    in_time = sorted(leading, key=lambda contact: contact.after)
    return tuple(replace(contact, after=contact.after - saved) for contact in in_time)


def addresses_of(recipient: Recipient, catalog: Catalog) -> tuple[Contact, ...]:
    """Every address of `recipient`, all at once: what is left where their notification rules cannot
    be used.
    """
    known = (catalog.people if recipient.is_person else catalog.channels).get(recipient.id)
    return _all_at_once(known.contact, catalog) if known is not None else ()


def _all_at_once(addresses: dict[str, str], catalog: Catalog) -> tuple[Contact, ...]:
    return tuple(
        Contact(gateway, address, 0, 0)
        for gateway, address in addresses.items()
        if gateway in catalog.gateways
    )
