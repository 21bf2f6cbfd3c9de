"""What people did to an incident, as a script that can be run again."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.foresight import happenings
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.simulation import Happening

_ACKNOWLEDGEMENTS = (
    happened.Acknowledged | happened.TakenOver | happened.AcknowledgedInPart | happened.AcknowledgedBesides
)
ENDS = _ACKNOWLEDGEMENTS | happened.Resolved | happened.Snoozed
"""what stops the paging"""
_ACTS = (
    ENDS
    | happened.Passed
    | happened.PassedBesides
    | happened.Reopened
    | happened.PagedByHand
    | happened.GoneOnByHand
    | happened.NudgeAnswered
)
"""what people did, beside their updates"""


def recorded_script(case: Case) -> tuple[Declaration, list[Happening]]:
    """The declaration and what people did after it, as a script."""
    declared_at = case.situation.incident.declared_at
    script = [
        happening
        for at, entries in _acts(case.timeline)
        if (happening := _happening(at - declared_at, entries, case.catalog)) is not None
    ]
    script += [
        Happening(maintenance.start_at - declared_at, _look)
        for maintenance in case.situation.maintenance
        if maintenance.start_at > declared_at
    ]
    return _declaration(case.situation, case.timeline), script


def _declaration(situation: Situation, timeline: Sequence[Entry]) -> Declaration:
    """The declaration as it was made, before any update."""
    incident = situation.incident
    events = [entry.event for entry in timeline]
    declared = next((event for event in events if isinstance(event, happened.Declared)), None)
    severities = [event.before for event in events if isinstance(event, happened.SeverityChanged)]
    scopes = [event.before for event in events if isinstance(event, happened.ScopeChanged)]
    return Declaration(
        title=declared.title if declared is not None else incident.title,
        severity=severities[0] if severities else incident.severity,
        services=scopes[0] if scopes else incident.services,
        message=declared.message if declared is not None else incident.message,
        lead=_first_lead(situation, declared, events),
        by=incident.declared_by,
        labels=_first_labels(situation, events),
        routing=incident.routing,
    )


def _first_lead(
    situation: Situation, declared: happened.Declared | None, events: Sequence[happened.Event]
) -> str | None:
    """The lead named at the declaration. An old record does not name them: there it is the lead of
    today, if no update has changed it.
    """
    if declared is not None and declared.lead is not None:
        return declared.lead
    changed = any(isinstance(event, happened.LeadChanged) for event in events)
    return None if changed else situation.incident.lead


def _first_labels(situation: Situation, events: Sequence[happened.Event]) -> dict[str, str]:
    """The labels given at the declaration: those that no update has set."""
    later = {name for event in events if isinstance(event, happened.LabelsSet) for name in event.after}
    return {name: value for name, value in situation.incident.labels.items() if name not in later}


def _acts(timeline: Sequence[Entry]) -> list[tuple[Instant, list[Entry]]]:
    """The entries that tell of what people did; those of one act together."""
    acts: list[tuple[Instant, list[Entry]]] = []
    for entry in timeline:
        if not _is_fact(entry):
            continue
        last = acts[-1][1][-1] if acts else None
        if (
            last is not None
            and (last.at, last.kind, last.by) == (entry.at, entry.kind, entry.by)
            and entry.kind is not EntryKind.NUDGE
        ):
            acts[-1][1].append(entry)
        else:
            acts.append((entry.at, [entry]))
    return acts


def _is_fact(entry: Entry) -> bool:
    if entry.kind is EntryKind.UPDATED:
        # a rule raises in nobody's name
        return entry.by is not None or not isinstance(entry.event, happened.SeverityChanged)
    return isinstance(entry.event, _ACTS)


def _happening(span: Span, entries: Sequence[Entry], was: Catalog) -> Happening | None:
    first, event, by = entries[0], entries[0].event, entries[0].by
    if isinstance(event, _ACKNOWLEDGEMENTS):
        return happenings.acknowledgement(span, by, everything=_for_everyone(entries, was))
    if isinstance(event, happened.Passed | happened.PassedBesides):
        return happenings.passing(span, by)
    if isinstance(event, happened.Snoozed):
        return happenings.snoozing(span, event.until - first.at, by or "")
    if isinstance(event, happened.Resolved):
        return happenings.resolution(span, message=event.message, by=by)
    if isinstance(event, happened.Reopened):
        return happenings.reopening(span, by=by)
    if isinstance(event, happened.NudgeAnswered):
        return happenings.nudge_answer(span, event.accepted, rule=event.rule, by=by)
    if isinstance(event, happened.PagedByHand):
        targets = tuple(_target(recipient) for recipient in event.recipients)
        return happenings.paging_by_hand(span, targets, by=by, message=event.message)
    if isinstance(event, happened.GoneOnByHand):
        asked = [entry.event for entry in entries if isinstance(entry.event, happened.GoneOnByHand)]
        levels = {None if event.past_the_last else event.level for event in asked}
        return happenings.going_to_level(span, levels.pop() if len(levels) == 1 else None, by=by)
    return happenings.change(span, _changes(entries), by=by)


def _changes(entries: Sequence[Entry]) -> Changes:
    """The update that these entries tell of."""
    changes = Changes()
    for entry in entries:
        event = entry.event
        if isinstance(event, happened.SeverityChanged):
            changes = replace(changes, severity=event.after)
        elif isinstance(event, happened.ScopeChanged):
            changes = replace(changes, add_services=event.added, drop_services=event.dropped)
        elif isinstance(event, happened.LeadChanged):
            changes = replace(changes, lead=event.after)
        elif isinstance(event, happened.LabelsSet):
            changes = replace(changes, labels=event.after)
        elif isinstance(event, happened.TitleChanged):
            changes = replace(changes, title=event.after)
        elif isinstance(event, happened.MessageAdded):
            changes = replace(changes, message=event.message)
    return changes


def _for_everyone(entries: Sequence[Entry], was: Catalog) -> bool:
    """Whether it was an `ack --all`: the record says so; an old one does not, but it took teams
    that are not the person's own.
    """
    if any(isinstance(entry.event, happened.TakenOver) for entry in entries):
        return True
    recorded = [
        entry.event.everything
        for entry in entries
        if isinstance(entry.event, happened.Acknowledged | happened.AcknowledgedBesides)
    ]
    known = [everything for everything in recorded if everything is not None]
    if known:
        return any(known)
    own = was.teams_of(entries[0].by or "")
    teams = {str(entry.team) for entry in entries}
    return bool(teams & own) and bool(teams - own)


def _target(recipient: Recipient) -> Target:
    return Target(TargetKind.PERSON if recipient.is_person else TargetKind.CHANNEL, recipient.id)


def _look(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
    """A maintenance begins: the incident is looked at."""
    return plan(situation, catalog, now)
