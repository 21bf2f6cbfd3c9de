"""Maintenance: for a while the incidents of a service are recorded and page nobody."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.context import Context
from escalate_cli.core.duration import Span
from escalate_cli.core.model import Maintenance
from escalate_cli.meaning import find_service, reporter, storable


def begin_maintenance(
    context: Context, services: Sequence[str], span: Span, *, reason: str | None = None, by: str | None = None
) -> tuple[Maintenance, ...]:
    """Incidents on these services page nobody for `span`."""
    catalog = context.running_catalog
    found = [find_service(one, catalog).id for one in services]
    who = reporter(by, context)
    with context.store.transaction():
        now = context.moment()
        begun = tuple(Maintenance(one, now, now + span, storable(reason, "reason") if reason else None, who) for one in found)
        for one in begun:
            context.store.situations.add_maintenance(one)
    return begun


def end_maintenance(
    context: Context, services: Sequence[str], *, reason: str | None = None, by: str | None = None
) -> tuple[tuple[Maintenance, ...], tuple[str, ...]]:
    """End the maintenances of these services, of all where none is named: what was ended, and the services that were not quiet."""
    who = reporter(by, context)
    with context.store.transaction():
        now = context.moment()
        quiet = [one.service for one in quiet_services(context)]
        # A quiet service may have left the configuration since.
        asked = tuple(dict.fromkeys(one if one in quiet else find_service(one, context.running_catalog).id for one in services or quiet))
        said = storable(reason, "reason") if reason else None
        ended = tuple(Maintenance(one, now, now, said, who) for one in asked if one in quiet)
        for one in ended:
            context.store.situations.add_maintenance(one)
    return ended, tuple(one for one in asked if one not in quiet)


def quiet_services(context: Context) -> tuple[Maintenance, ...]:
    """The maintenances that keep a service quiet now, one a service."""
    now = context.clock.now()
    latest: dict[str, Maintenance] = {}
    for one in context.store.situations.maintenance():
        if one.start_at <= now:
            latest.setdefault(one.service, one)
    return tuple(one for one in latest.values() if one.until_at > now)
