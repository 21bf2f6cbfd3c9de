"""Maintenance: for a while the incidents of a service are recorded and page nobody. Several of one
service add up.

To begin or end one is an act on every incident of these services: first what has lapsed since the
last pass happens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.lookup import find_service, reporter, storable
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.changes.acting import JUST_BEFORE, acting
from escalate_cli.core.escalation import maintenance as core
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.incident.situation import Maintenance, Situation
from escalate_cli.errors import DamagedRow, UsageProblem

_EVERY = 1 << 31
"""as many incidents as there are"""


class MaintenanceBegun(msgspec.Struct, frozen=True):
    """What was begun, one a service; `longer` are the whole stretches in which those services are
    quiet for longer than that, by other maintenances.
    """

    begun: tuple[Maintenance, ...]
    longer: tuple[Maintenance, ...]


class MaintenanceEnded(msgspec.Struct, frozen=True):
    """What was ended; the planned ones that were called off, of services that are not quiet yet; the
    services that have neither.
    """

    ended: tuple[Maintenance, ...]
    called_off: tuple[Maintenance, ...]
    not_quiet: tuple[str, ...]


def begin_maintenance(
    context: Context,
    services: Sequence[str],
    span: Span,
    *,
    start: Instant | None = None,
    reason: str | None = None,
    by: str | None = None,
) -> MaintenanceBegun:
    """Incidents on these services page nobody for `span` from `start`, which is now otherwise."""
    catalog = context.running_catalog
    named = dict.fromkeys(find_service(service, catalog).id for service in services)
    who = reporter(by, context)
    with context.store.transaction():
        now = context.moment()
        start = now if start is None else start
        if start + span <= now:
            raise UsageProblem(
                "this maintenance would be over already", "--from and --for must reach beyond now"
            )
        why = storable(reason, "reason") if reason else None
        begun = tuple(Maintenance(service, start, start + span, why, who) for service in named)
        situations = context.store.situations
        recorded = (*reversed(begun), *situations.maintenance())

        def keep_quiet(situation: Situation) -> Situation:
            """What has just fallen due is called off, unless the maintenance begins later."""
            return (
                plan(replace(situation, maintenance=recorded), catalog, now).situation
                if start <= now
                else situation
            )

        _bring_up_to_date(context, tuple(named), now, keep_quiet)
        for maintenance in begun:
            situations.add_maintenance(maintenance)
    whole = (core.quiet(recorded, catalog, maintenance.service, start) for maintenance in begun)
    return MaintenanceBegun(
        begun, tuple(stretch for stretch in whole if stretch is not None and stretch.until_at > start + span)
    )


def end_maintenance(
    context: Context, services: Sequence[str], *, reason: str | None = None, by: str | None = None
) -> MaintenanceEnded:
    """End the maintenances of these services, of all where none is named."""
    who = reporter(by, context)
    with context.store.transaction():
        now = context.moment()
        situations = context.store.situations
        quiet = [maintenance.service for maintenance in quiet_services(context)]
        recorded = situations.maintenance()
        known = {maintenance.service for maintenance in recorded}
        # A service may have left the configuration since.
        asked = tuple(
            dict.fromkeys(
                service if service in known else find_service(service, context.running_catalog).id
                for service in services or quiet
            )
        )
        why = storable(reason, "reason") if reason else None
        ended = tuple(Maintenance(service, now, now, why, who) for service in asked if service in quiet)
        called_off = tuple(
            planned
            for service in asked
            if service not in quiet
            for planned in recorded
            if planned.service == service and planned.start_at > now
            if planned in core.upcoming(recorded, context.running_catalog, service, now)
        )
        _bring_up_to_date(context, asked, now)
        for maintenance in ended:
            situations.add_maintenance(maintenance)
        for planned in called_off:
            over = Maintenance(planned.service, planned.start_at, planned.start_at - 1, why, who)
            situations.add_maintenance(over)
    done = {maintenance.service for maintenance in (*ended, *called_off)}
    return MaintenanceEnded(ended, called_off, tuple(service for service in asked if service not in done))


def _bring_up_to_date(
    context: Context,
    services: Sequence[str],
    now: Instant,
    act: Callable[[Situation], Situation] = lambda situation: situation,
) -> None:
    """Do and store what has lapsed of the incidents of these services, and then `act`; inside a transaction.

    One that cannot be read or planned stands in nobody's way: the next pass says so.
    """
    situations = context.store.situations
    for number in situations.due(now - JUST_BEFORE, _EVERY):
        try:
            with context.store.part():
                before = situations.load(number)
                if before is not None and _concerned(before, services):
                    situations.save(before, acting(before, context.running_catalog, now, act))
        except DamagedRow:
            continue


def _concerned(situation: Situation, services: Sequence[str]) -> bool:
    scopes = (situation.incident.services, *(escalation.services for escalation in situation.escalations))
    return any(service in services for scope in scopes for service in scope)


def quiet_services(context: Context) -> tuple[Maintenance, ...]:
    """The stretches that services are quiet now, one a service."""
    catalog, now = context.running_catalog, context.clock.now()
    recorded = context.store.situations.maintenance()
    stretches = (core.quiet(recorded, catalog, service, now) for service in _services(recorded, context))
    return tuple(stretch for stretch in stretches if stretch is not None)


def planned_maintenances(context: Context) -> tuple[Maintenance, ...]:
    """What is planned to begin later, soonest first; of a repeated one the next. What begins within a
    stretch that is quiet now is a part of that.
    """
    catalog, now = context.running_catalog, context.clock.now()
    recorded = context.store.situations.maintenance()
    planned: list[Maintenance] = []
    for service in _services(recorded, context):
        stretch = core.quiet(recorded, catalog, service, now)
        planned += [
            maintenance
            for maintenance in core.upcoming(recorded, catalog, service, now)
            if stretch is None or maintenance.start_at > stretch.until_at
        ]
    return tuple(sorted(planned, key=lambda maintenance: maintenance.start_at))


def _services(recorded: Sequence[Maintenance], context: Context) -> list[str]:
    """Every service that a maintenance names."""
    announced = (service for series in context.running_catalog.maintenance for service in series.services)
    return list(dict.fromkeys((*(maintenance.service for maintenance in recorded), *announced)))
