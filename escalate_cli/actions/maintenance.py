"""Maintenance: for a while the incidents of a service are recorded and page nobody. Several of one
service add up.

To begin or end one is an act on every incident of these services: first what has lapsed since the
last pass happens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def begin_maintenance(
    context: Context,
    services: Sequence[str],
    span: Span,
    *,
    start: Instant | None = None,
    reason: str | None = None,
    by: str | None = None,
) -> tuple[tuple[Maintenance, ...], tuple[Maintenance, ...]]:
    """Incidents on these services page nobody for `span` from `start`, which is now otherwise.

    What was begun, and for each service of it the whole stretch in which it is quiet where that lasts longer.
    """
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
        begun = tuple(
            Maintenance(one, start, start + span, storable(reason, "reason") if reason else None, who)
            for one in named
        )
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
        for one in begun:
            situations.add_maintenance(one)
    whole = (core.quiet(recorded, catalog, one.service, start) for one in begun)
    return begun, tuple(one for one in whole if one is not None and one.until_at > start + span)


def end_maintenance(
    context: Context, services: Sequence[str], *, reason: str | None = None, by: str | None = None
) -> tuple[tuple[Maintenance, ...], tuple[Maintenance, ...], tuple[str, ...]]:
    """End the maintenances of these services, of all where none is named.

    What was ended; the planned ones that were called off, of a service that is not quiet yet; the
    services that have neither.
    """
    who = reporter(by, context)
    with context.store.transaction():
        now = context.moment()
        situations = context.store.situations
        quiet = [service.service for service in quiet_services(context)]
        recorded = situations.maintenance()
        known = {one.service for one in recorded}
        # A service may have left the configuration since.
        asked = tuple(
            dict.fromkeys(
                service if service in known else find_service(service, context.running_catalog).id
                for service in services or quiet
            )
        )
        said = storable(reason, "reason") if reason else None
        ended = tuple(Maintenance(one, now, now, said, who) for one in asked if one in quiet)
        waiting = [
            one
            for name in asked
            if name not in quiet
            for one in recorded
            if one.service == name and one.start_at > now
        ]
        called_off = tuple(
            one
            for one in waiting
            if one in core.upcoming(recorded, context.running_catalog, one.service, now)
        )
        _bring_up_to_date(context, asked, now)
        for one in ended:
            situations.add_maintenance(one)
        for one in called_off:
            situations.add_maintenance(Maintenance(one.service, one.start_at, one.start_at - 1, said, who))
    done = {one.service for one in (*ended, *called_off)}
    return ended, called_off, tuple(one for one in asked if one not in done)


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
    return any(one in services for scope in scopes for one in scope)


def quiet_services(context: Context) -> tuple[Maintenance, ...]:
    """The stretches that services are quiet now, one a service."""
    catalog, now = context.running_catalog, context.clock.now()
    recorded = context.store.situations.maintenance()
    found = (core.quiet(recorded, catalog, service, now) for service in _services(recorded, context))
    return tuple(one for one in found if one is not None)


def planned_maintenances(context: Context) -> tuple[Maintenance, ...]:
    """What is planned to begin later, soonest first; of a repeated one the next."""
    catalog, now = context.running_catalog, context.clock.now()
    recorded = context.store.situations.maintenance()
    found = [
        one for name in _services(recorded, context) for one in core.upcoming(recorded, catalog, name, now)
    ]
    return tuple(sorted(found, key=lambda one: one.start_at))


def _services(recorded: Sequence[Maintenance], context: Context) -> list[str]:
    """Every service that a maintenance names."""
    announced = (name for one in context.running_catalog.maintenance for name in one.services)
    return list(dict.fromkeys((*(one.service for one in recorded), *announced)))
