"""The facts of a past incident, run through a configuration: when would whom have been paged, and
when were they really?

Facts are what people said and did: the declaration, updates, acknowledgements, answers to nudges,
pages by hand, the end, and what was under maintenance. What rules, levels and schedules did follows
from the configuration and is worked out anew. In the replay every tick is in time and every message
arrives: late ticks and failing providers of the past are not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import DAY, MINUTE, Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.incident.situation import (
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.recorded_script import ENDS, recorded_script
from escalate_cli.foresight.simulation import Simulation, simulate

THE_SAME: Span = 2 * MINUTE
"""with one tick a minute and a slow provider, times differ by this much without any change of the
configuration
"""

_CALLS = (NotificationKind.PAGE, NotificationKind.NUDGE)


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


def replay(case: Case, catalog: Catalog, now: Instant) -> Replay:
    """Run the recorded facts through `catalog`. The case's own configuration tells whose
    acknowledgement meant what.
    """
    situation, incident = case.situation, case.situation.incident
    declaration, script = recorded_script(case)
    simulation = simulate(
        declaration,
        catalog,
        incident.declared_at,
        _last_look(case, now),
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
    people = [Reach(person, recorded.get(person), replayed[person]) for person in replayed]
    people += [Reach(person, recorded[person], None) for person in recorded if person not in replayed]
    return Replay(situation, simulation, tuple(people), _remarks(declaration, case.timeline, catalog))


def _last_look(case: Case, now: Instant) -> Instant:
    """Up to now; an imported incident that is over, nobody knows since when, is looked at for a day
    after what is known of it.
    """
    incident = case.situation.incident
    if incident.status is IncidentStatus.RESOLVED and incident.resolved_at is None:
        return max((entry.at for entry in case.timeline), default=incident.declared_at) + DAY
    return max(now, incident.declared_at)


def had_nobody_acted(case: Case, until: Instant, person: str) -> Instant | None:
    """When this person would have been written to, had nobody acknowledged, snoozed or resolved it;
    None: not until `until`.
    """
    without_ends = tuple(entry for entry in case.timeline if not isinstance(entry.event, ENDS))
    declaration, script = recorded_script(replace(case, timeline=without_ends))
    simulation = simulate(
        declaration,
        case.catalog,
        case.situation.incident.declared_at,
        until,
        script,
        maintenance=case.situation.maintenance,
        next_turns=_turns(case.situation),
        enough=lambda message: message.person == person,
    )
    return next((message.at for message in simulation.messages if message.person == person), None)


def _turns(situation: Situation) -> dict[str, int]:
    """Round robin: the turns that this incident took."""
    return {**situation.next_turns, **situation.turns}


def _went(notification: Notification) -> bool:
    return notification.attempts > 0 or notification.status in (
        NotificationStatus.SENT,
        NotificationStatus.SENDING,
    )


def _first_tried(notification: Notification) -> Instant:
    return notification.sent_at if notification.sent_at is not None else notification.created_at


def _first(reached: Iterable[tuple[Recipient, Span]]) -> dict[str, Span]:
    """When each person is reached first, in that order."""
    spans: dict[str, Span] = {}
    for recipient, span in reached:
        if recipient.is_person:
            spans[recipient.id] = min(span, spans.get(recipient.id, span))
    return dict(sorted(spans.items(), key=lambda person_span: person_span[1]))


def _remarks(declaration: Declaration, timeline: Sequence[Entry], catalog: Catalog) -> tuple[str, ...]:
    remarks = [
        f'the service "{service}" is not in this configuration'
        for service in declaration.services
        if service not in catalog.services
    ]
    if declaration.severity not in {severity.id for severity in catalog.severities}:
        remarks.append(
            f'the severity "{declaration.severity}" is not in this configuration: it counts as the gravest'
        )
    if any(isinstance(entry.event, happened.PolicyReloaded) for entry in timeline):
        remarks.append(
            "the incident adopted an edited policy while it ran: the replay uses one configuration all along"
        )
    return tuple(remarks)
