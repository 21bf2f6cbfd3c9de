"""When a service is quiet: as long as any maintenance of it lasts, whether somebody began it,
planned it, or the configuration announces it.

Records are never changed. To end a maintenance is a record of its own whose `until_at` is its
`start_at`: it cuts off every maintenance of the service that lasts at that moment. To call off a
planned one is a record that ends before it starts: it removes those that start at its `start_at`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.hours import local_to_instant, zone_trouble
from escalate_cli.core.calendar.rota import Rotation, handoff, turn_at
from escalate_cli.core.incident.situation import Maintenance
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.planned_maintenance import PlannedMaintenance

_MOST = 60
"""how many maintenances in a row, without a gap, are followed; whoever asks looks again at the end
of these
"""


def quiet(recorded: Sequence[Maintenance], catalog: Catalog, service: str, at: Instant) -> Maintenance | None:
    """The unbroken stretch around `at` in which the service is quiet, as one maintenance with the
    reasons that last and those that come in it; None when it is not quiet. `recorded` is in the order
    of the store: the newest record first.
    """
    lasting = _lasting(recorded, catalog, service, at)
    if not lasting:
        return None
    start_at, until_at = (
        min(maintenance.start_at for maintenance in lasting),
        max(maintenance.until_at for maintenance in lasting),
    )
    for _ in range(_MOST):
        later = max(
            (maintenance.until_at for maintenance in _lasting(recorded, catalog, service, until_at)),
            default=until_at,
        )
        earlier = min(
            (maintenance.start_at for maintenance in _lasting(recorded, catalog, service, start_at - 1)),
            default=start_at,
        )
        if (earlier, later) == (start_at, until_at):
            break
        start_at, until_at = earlier, later
    longest = max(lasting, key=lambda maintenance: maintenance.until_at)
    within = [spell for spell in upcoming(recorded, catalog, service, at) if spell.start_at <= until_at]
    reasons = dict.fromkeys(maintenance.reason for maintenance in (*lasting, *within) if maintenance.reason)
    return replace(longest, start_at=start_at, until_at=until_at, reason="; ".join(reasons) or None)


def muted_until(
    recorded: Sequence[Maintenance], catalog: Catalog, services: Sequence[str], at: Instant
) -> Instant | None:
    """Until when all of these services are quiet; None when one of them is not, or there is none."""
    quiets = [quiet(recorded, catalog, service, at) for service in services]
    if not quiets or None in quiets:
        return None
    return min(stretch.until_at for stretch in quiets if stretch is not None)


def last_muted(
    recorded: Sequence[Maintenance], catalog: Catalog, services: Sequence[str], now: Instant
) -> tuple[Instant, Instant] | None:
    """The last stretch before `now`, as (start, end), in which all of these services were quiet;
    None where there was none.
    """
    ends = {
        spell.until_at
        for service in services
        for spell in _spells(recorded, catalog, service, now)
        if spell.until_at <= now
    }
    for end in sorted(ends, reverse=True):
        quiets = [quiet(recorded, catalog, service, end - 1) for service in services]
        if None not in quiets:
            return max(stretch.start_at for stretch in quiets if stretch is not None), end
    return None


def upcoming(
    recorded: Sequence[Maintenance], catalog: Catalog, service: str, now: Instant
) -> list[Maintenance]:
    """The maintenances of the service that are planned to begin after `now`, soonest first; of a
    repeated one the next.
    """
    return sorted(
        (spell for spell in _spells(recorded, catalog, service, now) if spell.start_at > now),
        key=lambda spell: spell.start_at,
    )


def _lasting(
    recorded: Sequence[Maintenance], catalog: Catalog, service: str, at: Instant
) -> list[Maintenance]:
    return [
        spell for spell in _spells(recorded, catalog, service, at) if spell.start_at <= at < spell.until_at
    ]


def _spells(
    recorded: Sequence[Maintenance], catalog: Catalog, service: str, around: Instant
) -> Iterator[Maintenance]:
    """Every maintenance of the service with its real length; of repeated ones, those around that
    instant.
    """
    ends: list[Instant] = []
    called_off: set[Instant] = set()
    for entry in recorded:  # the newest record first: what ends a maintenance was recorded after it
        if entry.service != service:
            continue
        if entry.until_at == entry.start_at:
            ends.append(entry.start_at)
        elif entry.until_at < entry.start_at:
            called_off.add(entry.start_at)
        elif entry.start_at not in called_off:
            yield _cut(entry, ends)
    for planned in catalog.maintenance:
        if service in planned.services:
            yield from (_cut(occurrence, ends) for occurrence in _occurrences(planned, service, around))


def _cut(maintenance: Maintenance, ends: Sequence[Instant]) -> Maintenance:
    cuts = [end for end in ends if maintenance.start_at <= end < maintenance.until_at]
    return replace(maintenance, until_at=min(cuts)) if cuts else maintenance


def _occurrences(planned: PlannedMaintenance, service: str, around: Instant) -> Iterator[Maintenance]:
    """Of a repeated maintenance: the one that began last before that instant, the one before, and
    the next. A maintenance that comes once is returned as it is. Nothing when its time zone is
    not there: then pages go out.
    """
    if zone_trouble(planned.timezone):
        return
    starts = list(_starts(planned, around))
    for start in starts:
        yield Maintenance(service, start, start + planned.span, planned.reason)


def _starts(planned: PlannedMaintenance, around: Instant) -> Iterator[Instant]:
    if not planned.unit:
        yield local_to_instant(planned.start, planned.timezone)
        return
    calendar = Rotation((), planned.start, planned.count, planned.unit)
    turn = turn_at(calendar, planned.timezone, around)
    number = -1 if turn is None else turn.number
    for each in range(max(number - 1, 0), number + 2):
        start = handoff(calendar, planned.timezone, each)
        if start is not None:
            yield start
