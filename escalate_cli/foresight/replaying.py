"""A past incident's facts through a configuration: when would whom have been paged, against when they were.

Facts are what people said and did: the declaration, updates, acknowledgements, answers to nudges,
pages by hand, the end; and what was under maintenance. What rules, levels and schedules did follows
from the configuration and is worked out anew. The replay ticks in time and every message arrives:
late ticks and failing providers of the past are not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import DAY, MINUTE, Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import (
    Entry,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening, Simulation, simulate

THE_SAME: Span = 2 * MINUTE
"""a tick a minute and a slow provider make this much difference without any change of the configuration"""

_CALLS = (NotificationKind.PAGE, NotificationKind.NUDGE)
_ACKNOWLEDGEMENTS = happened.Acknowledged | happened.AcknowledgedInPart | happened.AcknowledgedBesides
_ENDS = _ACKNOWLEDGEMENTS | happened.Resolved | happened.Snoozed
_ACTS = _ENDS | happened.Reopened | happened.PagedByHand | happened.GoneOnByHand | happened.NudgeAnswered
"""what people did, beside their updates"""


class Reach(msgspec.Struct, frozen=True):
    """When a person was first paged or asked, in microseconds after the declaration: as recorded,
    and in the replay; None: never.
    """

    person: str
    recorded: Span | None
    replayed: Span | None

    @property
    def change(self) -> str:
        """same, earlier, later, spared or new."""
        if self.recorded is None or self.replayed is None:
            return "new" if self.recorded is None else "spared"
        if abs(self.recorded - self.replayed) < THE_SAME:
            return "same"
        return "earlier" if self.replayed < self.recorded else "later"


class Replay(msgspec.Struct, frozen=True):
    """What a replay came to. `people` are in the order in which the replay reaches them, those
    spared last.
    """

    situation: Situation
    simulation: Simulation
    people: tuple[Reach, ...]
    remarks: tuple[str, ...]

    @property
    def gained(self) -> Span:
        """How much earlier the first person is reached; negative: later; 0 where nobody is on one side."""
        recorded = min(
            (person.recorded for person in self.people if person.recorded is not None), default=None
        )
        replayed = min(
            (person.replayed for person in self.people if person.replayed is not None), default=None
        )
        return recorded - replayed if recorded is not None and replayed is not None else 0


def replay(
    situation: Situation, timeline: Sequence[Entry], was: Catalog, catalog: Catalog, now: Instant
) -> Replay:
    """Run the recorded facts through `catalog`. `was` is the configuration as it was, which tells
    whose acknowledgement meant what.
    """
    incident = situation.incident
    until = _last_look(situation, timeline, now)
    said, script = facts(situation, timeline, was)
    simulation = simulate(
        said,
        catalog,
        incident.declared_at,
        until,
        script,
        maintenance=situation.maintenance,
        next_turns=_turns(situation),
    )
    recorded = _first(
        (notification.recipient, _first_tried(notification) - incident.declared_at)
        for notification in situation.notifications
        if notification.kind in _CALLS and _went(notification)
    )
    replayed = _first(
        (message.recipient, message.after) for message in simulation.messages if message.kind in _CALLS
    )
    people = [Reach(one, recorded.get(one), replayed[one]) for one in replayed]
    people += [Reach(one, recorded[one], None) for one in recorded if one not in replayed]
    return Replay(situation, simulation, tuple(people), _remarks(said, timeline, catalog))


def _last_look(situation: Situation, timeline: Sequence[Entry], now: Instant) -> Instant:
    """Up to now; an imported incident that is over, nobody knows since when, is looked at for a day
    after what is known of it.
    """
    incident = situation.incident
    if incident.status is IncidentStatus.RESOLVED and incident.resolved_at is None:
        return max((one.at for one in timeline), default=incident.declared_at) + DAY
    return max(now, incident.declared_at)


def had_nobody_acted(
    situation: Situation, timeline: Sequence[Entry], was: Catalog, until: Instant, person: str
) -> Instant | None:
    """When this person would have been written to, had nobody acknowledged, snoozed or resolved it;
    None: not until `until`.
    """
    said, script = facts(situation, [one for one in timeline if not isinstance(one.event, _ENDS)], was)
    simulation = simulate(
        said,
        was,
        situation.incident.declared_at,
        until,
        script,
        maintenance=situation.maintenance,
        next_turns=_turns(situation),
        enough=lambda message: message.person == person,
    )
    return next((one.at for one in simulation.messages if one.person == person), None)


def facts(
    situation: Situation, timeline: Sequence[Entry], was: Catalog
) -> tuple[Declaration, list[Happening]]:
    """The declaration and what people did after it, as a script."""
    incident = situation.incident
    declared = next((one.event for one in timeline if isinstance(one.event, happened.Declared)), None)
    severities = [one.event.before for one in timeline if isinstance(one.event, happened.SeverityChanged)]
    scopes = [one.event.before for one in timeline if isinstance(one.event, happened.ScopeChanged)]
    said = Declaration(
        title=declared.title if declared is not None else incident.title,
        severity=severities[0] if severities else incident.severity,
        services=scopes[0] if scopes else incident.services,
        message=declared.message if declared is not None else incident.message,
        lead=_first_lead(situation, timeline),
        by=incident.declared_by,
        labels=_first_labels(situation, timeline),
        routing=incident.routing,
    )
    script = [
        happening
        for at, some in _acts(timeline)
        if (happening := _happening(at - incident.declared_at, some, was)) is not None
    ]
    script += [
        Happening(one.start_at - incident.declared_at, _look)
        for one in situation.maintenance
        if one.start_at > incident.declared_at
    ]
    return said, script


def _first_lead(situation: Situation, timeline: Sequence[Entry]) -> str | None:
    """The lead named at the declaration; where an old record does not say it, nobody has taken over
    from them since.
    """
    declared = next((one.event for one in timeline if isinstance(one.event, happened.Declared)), None)
    if declared is not None and declared.lead is not None:
        return declared.lead
    changed = any(isinstance(one.event, happened.LeadChanged) for one in timeline)
    return None if changed else situation.incident.lead


def _first_labels(situation: Situation, timeline: Sequence[Entry]) -> dict[str, str]:
    """The labels given at the declaration: those that no update has set."""
    later = {
        name for one in timeline if isinstance(one.event, happened.LabelsSet) for name in one.event.after
    }
    return {name: value for name, value in situation.incident.labels.items() if name not in later}


def _acts(timeline: Sequence[Entry]) -> list[tuple[Instant, list[Entry]]]:
    """The entries that tell of what people did; those of one act together."""
    acts: list[tuple[Instant, list[Entry]]] = []
    for one in timeline:
        if not _is_fact(one):
            continue
        last = acts[-1][1][-1] if acts else None
        if (
            last is not None
            and (last.at, last.kind, last.by) == (one.at, one.kind, one.by)
            and one.kind is not EntryKind.NUDGE
        ):
            acts[-1][1].append(one)
        else:
            acts.append((one.at, [one]))
    return acts


def _is_fact(one: Entry) -> bool:
    if one.kind is EntryKind.UPDATED:
        # a rule raises in nobody's name
        return one.by is not None or not isinstance(one.event, happened.SeverityChanged)
    return isinstance(one.event, _ACTS)


def _happening(span: Span, some: Sequence[Entry], was: Catalog) -> Happening | None:
    first, event, by = some[0], some[0].event, some[0].by
    if isinstance(event, _ACKNOWLEDGEMENTS):
        return happenings.acknowledgement(span, by, everything=_for_everyone(some, was))
    if isinstance(event, happened.Snoozed):
        return happenings.rest(span, event.until - first.at, by or "")
    if isinstance(event, happened.Resolved):
        return happenings.end(span, message=event.message, by=by)
    if isinstance(event, happened.Reopened):
        return happenings.again(span, by=by)
    if isinstance(event, happened.NudgeAnswered):
        return happenings.answer(span, event.accepted, rule=event.rule, by=by)
    if isinstance(event, happened.PagedByHand):
        targets = tuple(_target(recipient) for recipient in event.recipients)
        return happenings.by_hand(span, targets, by=by, message=event.message)
    if isinstance(event, happened.GoneOnByHand):
        asked = [one.event for one in some if isinstance(one.event, happened.GoneOnByHand)]
        levels = {None if one.past_the_last else one.level for one in asked}
        return happenings.to_level(span, levels.pop() if len(levels) == 1 else None, by=by)
    return happenings.change(span, _changes(some), by=by)


def _changes(some: Sequence[Entry]) -> Changes:
    """The update that these entries tell of."""
    made = Changes()
    for one in some:
        event = one.event
        if isinstance(event, happened.SeverityChanged):
            made = replace(made, severity=event.after)
        elif isinstance(event, happened.ScopeChanged):
            made = replace(made, add_services=event.added, drop_services=event.dropped)
        elif isinstance(event, happened.LeadChanged):
            made = replace(made, lead=event.after)
        elif isinstance(event, happened.LabelsSet):
            made = replace(made, labels=event.after)
        elif isinstance(event, happened.TitleChanged):
            made = replace(made, title=event.after)
        elif isinstance(event, happened.MessageAdded):
            made = replace(made, message=event.message)
    return made


def _for_everyone(some: Sequence[Entry], was: Catalog) -> bool:
    """Whether it was an `ack --all`: the record says so; an old one does not, but it took teams
    that are not the person's own.
    """
    said = [
        one.event.everything
        for one in some
        if isinstance(one.event, happened.Acknowledged | happened.AcknowledgedBesides)
    ]
    known = [one for one in said if one is not None]
    if known:
        return any(known)
    mine = was.teams_of(some[0].by or "")
    teams = {str(one.team) for one in some}
    return bool(teams & mine) and bool(teams - mine)


def _target(recipient: str) -> Target:
    kind, _, identifier = recipient.partition(":")
    return Target(TargetKind.PERSON if kind == "person" else TargetKind.CHANNEL, identifier)


def _look(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
    """A maintenance begins: the incident is looked at."""
    return plan(situation, catalog, now)


def _turns(situation: Situation) -> dict[str, int]:
    """Round robin: the turns that this incident took."""
    return {**situation.next_turns, **situation.turns}


def _went(one: Notification) -> bool:
    return one.attempts > 0 or one.status in (NotificationStatus.SENT, NotificationStatus.SENDING)


def _first_tried(one: Notification) -> Instant:
    return one.sent_at if one.sent_at is not None else one.created_at


def _first(reached: Iterable[tuple[str, Span]]) -> dict[str, Span]:
    found: dict[str, Span] = {}
    for recipient, span in reached:
        kind, _, person = recipient.partition(":")
        if kind == "person":
            found[person] = min(span, found.get(person, span))
    return dict(sorted(found.items(), key=lambda one: one[1]))


def _remarks(said: Declaration, timeline: Sequence[Entry], catalog: Catalog) -> tuple[str, ...]:
    remarks = [
        f'the service "{service}" is not in this configuration'
        for service in said.services
        if service not in catalog.services
    ]
    if said.severity not in {severity.id for severity in catalog.severities}:
        remarks.append(
            f'the severity "{said.severity}" is not in this configuration: it counts as the gravest'
        )
    if any(isinstance(one.event, happened.PolicyReloaded) for one in timeline):
        remarks.append(
            "the incident adopted an edited policy while it ran: the replay uses one configuration all along"
        )
    return tuple(remarks)
