"""What a person does to an incident that exists: load → core → save, one transaction each. Plain
values in, a situation out.

Sending what follows is the caller's next step: `engine.deliver`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.actions.lookup import (
    find_incident,
    find_person,
    find_service,
    find_severity,
    find_target,
    reporter,
    storable,
    whoever_types,
)
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes import respond as core
from escalate_cli.core.changes import update as updating
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import IncidentStatus, NudgeStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import Conflict, EscalateError, Unknown, UsageProblem


def _change(
    context: Context, incident_id: int, act: Callable[[Situation, Catalog, Instant], Plan | None]
) -> Situation:
    """Load, bring up to date, change and store one incident in one transaction; None from `act`
    means: it is so already.

    What has lapsed is stored, too, where the act is refused.
    """
    return with_sound_indexes(context, lambda: _change_once(context, incident_id, act))


def _change_once(
    context: Context, incident_id: int, act: Callable[[Situation, Catalog, Instant], Plan | None]
) -> Situation:
    catalog = context.running_catalog
    refused: list[EscalateError] = []
    with context.store.transaction():
        now = context.moment()
        before = find_incident(context, incident_id)

        def do(situation: Situation) -> Situation:
            try:
                planned = act(situation, catalog, now)
            except EscalateError as problem:
                refused.append(problem)
                return situation
            return situation if planned is None else planned.situation

        after = acting(before, catalog, now, do)
        stored = before if after is before else context.store.situations.save(before, after)
    if refused:
        raise refused[0]
    return stored


def _must_be_running(situation: Situation, verb: str) -> None:
    if situation.incident.status is IncidentStatus.RESOLVED:
        number = situation.incident.id
        raise Conflict(
            f"incident {number} is already resolved: it cannot be {verb}",
            f"take it up again: escalate reopen {number}",
            code="already-resolved",
        )


class Revision(msgspec.Struct, frozen=True):
    """What `update` was asked for, as typed."""

    severity: str | None = None
    add_services: tuple[str, ...] = ()
    drop_services: tuple[str, ...] = ()
    lead: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    title: str | None = None
    by: str | None = None


def update(context: Context, incident_id: int, asked: Revision) -> Situation:
    """Change severity, scope, lead, labels, title, or add a message."""
    catalog = context.running_catalog
    by = reporter(asked.by, context)
    changes = updating.Changes(
        severity=find_severity(asked.severity, catalog) if asked.severity else None,
        add_services=tuple(find_service(service, catalog).id for service in asked.add_services),
        drop_services=tuple(find_service(service, catalog).id for service in asked.drop_services),
        lead=find_person(asked.lead, catalog) if asked.lead else None,
        labels={storable(name, "label"): storable(value, "label") for name, value in asked.labels},
        message=storable(asked.message, "message") if asked.message else None,
        title=storable(asked.title, "title") if asked.title else None,
    )
    if changes == updating.Changes():
        raise UsageProblem(
            "nothing to change",
            "say what: --severity, --service, --drop-service, --lead, --label, --message or --title",
        )

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "updated")
        return updating.update(situation, changes, catalog, now, by=by)

    return _change(context, incident_id, act)


def acknowledge(context: Context, incident_id: int, by: str | None, *, everything: bool = False) -> Situation:
    """Take the incident; a second time changes nothing."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        _must_be_running(situation, "acknowledged")
        if not core.is_awaiting(situation, who):
            return None
        return core.acknowledge(situation, who, catalog, now, everything=everything)

    return _change(context, incident_id, act)


def resolve(
    context: Context, incident_id: int, *, message: str | None = None, by: str | None = None
) -> Situation:
    """End the incident; a second time changes nothing."""
    who = whoever_types(by, context)
    said = storable(message, "message") if message else None

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        if situation.incident.status is IncidentStatus.RESOLVED:
            return None
        return core.resolve(situation, catalog, now, by=who, message=said)

    return _change(context, incident_id, act)


def reopen(context: Context, incident_id: int, *, by: str | None = None) -> Situation:
    """Take up a resolved incident again, or take an acknowledgement back."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        if situation.incident.status is IncidentStatus.OPEN:
            return None
        key = situation.incident.key
        other = context.store.situations.open_with_key(key) if key else None
        if other is not None and other != incident_id:
            raise Conflict(
                f'the key "{key}" is in use by incident {other}',
                f"work on that one: escalate show {other}",
                code="key-in-use",
            )
        return core.reopen(situation, catalog, now, by=who)

    return _change(context, incident_id, act)


def snooze(context: Context, incident_id: int, span: Span, *, by: str | None = None) -> Situation:
    """Acknowledge for a while."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "snoozed")
        return core.snooze(situation, span, catalog, now, by=who)

    return _change(context, incident_id, act)


def page(
    context: Context,
    incident_id: int,
    targets: Sequence[str],
    *,
    by: str | None = None,
    message: str | None = None,
) -> Situation:
    """Page someone by hand."""
    found = [find_target(target, context.running_catalog) for target in targets]
    who = whoever_types(by, context)
    said = storable(message, "message") if message else None

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "paged for")
        return core.page_by_hand(situation, found, catalog, now, by=who, message=said)

    return _change(context, incident_id, act)


def go_to_level(context: Context, incident_id: int, level: int | None, *, by: str | None = None) -> Situation:
    """Page the next level, or the named one, now."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "escalated")
        most = max((escalation.levels for escalation in situation.escalations), default=0)
        if level is not None and not 1 <= level <= most:
            raise UsageProblem(
                f"there is no level {level}: incident {incident_id} has {most}", f"name one from 1 to {most}"
            )
        return core.go_to_level(situation, level, catalog, now, by=who)

    return _change(context, incident_id, act)


def answer_nudge(context: Context, nudge_id: int, accepted: bool, *, by: str | None = None) -> Situation:
    """Say yes or no to a nudge; saying the same again changes nothing."""
    who = whoever_types(by, context)
    incident_id = context.store.situations.incident_of_nudge(nudge_id) if 0 < nudge_id < 2**63 else None
    if incident_id is None:
        text = f"no such nudge: {nudge_id} (looked in {context.store.database.path})"
        raise Unknown(text, "`escalate nudge` lists the open ones", code="no-such-nudge")

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        nudge = next(one for one in situation.nudges if one.id == nudge_id)
        wanted = NudgeStatus.ACCEPTED if accepted else NudgeStatus.DECLINED
        if nudge.status is wanted:
            return None
        if nudge.status is not NudgeStatus.OPEN:
            raise Conflict(
                f"nudge {nudge_id} is already {nudge.status.value}",
                f"see what happened: escalate timeline {incident_id}",
                code="nudge-over",
            )
        return core.answer_nudge(situation, nudge, accepted, catalog, now, by=who)

    return _change(context, incident_id, act)


def reload(context: Context, incident_id: int, *, by: str | None = None) -> Situation:
    """Adopt the policies as the configuration has them now."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "reloaded")
        return core.reload(situation, catalog, now, by=who)

    return _change(context, incident_id, act)
