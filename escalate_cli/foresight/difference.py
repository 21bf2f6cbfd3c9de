"""What changes for people between two configurations: who is reached first after how long, service
by service, at telling moments.

The moments are: now; the coming Wednesday 11:00 (office hours), Thursday 03:00 (a night), Saturday
15:00 and Sunday 03:00 (a weekend), in the organisation's time zone. In the coming two weeks also
the handoffs from which on a schedule has somebody else on call than before the change, and the
instants from which on changed hours differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar import hours as opening
from escalate_cli.core.calendar.duration import WEEK, Instant, Span
from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.moment import NotAMoment, parse_moment
from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.notification.on_call import shift_in, shifts_in
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.first_reached import first_reached

USUAL = ("wed 11:00", "thu 03:00", "sat 15:00", "sun 03:00")
_LOOK_AHEAD: Span = 2 * WEEK
MOST_MOMENTS = 12
"""how many handoffs and changed hours to look at besides the usual moments; the first ones are
enough to see a change
"""


class Change(msgspec.Struct, frozen=True):
    """A person who is reached at another time than before: microseconds after the declaration, None
    for never. `moments` are all moments for which this is so, `at` is the first.
    """

    service: str
    severity: str
    person: str
    before: Span | None
    after: Span | None
    at: Instant
    moments: tuple[Instant, ...] = ()


def difference(
    old: Catalog, new: Catalog, now: Instant, trouble: Callable[[str], object] = lambda text: None
) -> tuple[Change, ...]:
    """Every change for people, in the order of services, severities and people.

    Services that both configurations treat alike (same team, same policy, named in no condition)
    are looked at once. Planned maintenances are left out. So is a service that cannot be looked at,
    and `trouble` is told.
    """
    before, after = _Side(old), _Side(new)
    moments = telling_moments(before.catalog, after.catalog, now)
    changes: dict[tuple[str, str, str, Span | None, Span | None], list[Instant]] = {}
    for service in _both(old.services, new.services):
        for severity in _both(before.severities, after.severities):
            for at in moments:
                try:
                    was, becomes = before.reached(service, severity, at), after.reached(service, severity, at)
                except Exception as problem:
                    trouble(f"service {service} could not be looked at ({words_of(problem)})")
                    break
                for person in _both(was, becomes):
                    if was.get(person) != becomes.get(person):
                        change = (service, severity, person, was.get(person), becomes.get(person))
                        changes.setdefault(change, []).append(at)
    return tuple(Change(*change, at=times[0], moments=tuple(times)) for change, times in changes.items())


class _Side:
    """One of the two configurations, without its maintenances, and whom it reaches."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = replace(catalog, maintenance=())
        self.severities = tuple(severity.id for severity in catalog.severities)
        self._known: dict[tuple[object, ...], dict[str, Span]] = {}

    def reached(self, service: str, severity: str, at: Instant) -> dict[str, Span]:
        """After how long each person is first written to; nobody, where the configuration has no
        such service or severity.
        """
        if service not in self.catalog.services or severity not in self.severities:
            return {}
        alike = (self._kind_of(service), severity, at)
        if alike not in self._known:
            self._known[alike] = first_reached(self.catalog, service, severity, at)
        return self._known[alike]

    def _kind_of(self, service_id: str) -> tuple[object, ...]:
        """What decides who is paged for a service: two services with equal values are treated alike."""
        service = self.catalog.services[service_id]
        conditions = [rule.when for rule in self.catalog.rules]
        conditions += [level.when for policy in self.catalog.policies.values() for level in policy.levels]
        named = any(service_id in (condition.services or ()) for condition in conditions)
        return (service.team, service.policy, service_id if named else "")


def telling_moments(old: Catalog, new: Catalog, now: Instant) -> tuple[Instant, ...]:
    """The moments at which the two configurations are compared, in order."""
    zone = new.settings.timezone
    usual = [now]
    for text in USUAL:
        try:
            usual.append(parse_moment(text, now, zone))
        except NotAMoment:  # the clocks skip it on that day
            continue
    special = [
        *(
            at
            for schedule in _both(old.schedules, new.schedules)
            for at in _other_people(schedule, old, new, now)
        ),
        *(
            at
            for name in _both(old.hours, new.hours)
            for at in _other_hours(old.hours.get(name), new.hours.get(name), now)
        ),
    ]
    return tuple(sorted({*usual, *sorted(set(special))[:MOST_MOMENTS]}))


def _both(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """What is on one side or the other, each once, in order."""
    return tuple(dict.fromkeys((*before, *after)))


def _other_people(schedule_id: str, old: Catalog, new: Catalog, now: Instant) -> list[Instant]:
    """The handoffs of the coming weeks from which on somebody else is on call than in the other
    configuration.
    """
    before, after = old.schedules.get(schedule_id), new.schedules.get(schedule_id)
    if before is None or after is None or (_bare(before), old.hours) == (_bare(after), new.hours):
        return []
    until = now + _LOOK_AHEAD
    handoffs = {
        shift.start for shift in (*shifts_in(old, before, now, until), *shifts_in(new, after, now, until))
    }
    handovers = []
    pair: tuple[str | None, str | None] | None = None
    for at in sorted(handoffs):
        people = (shift_in(old, before, at).person, shift_in(new, after, at).person)
        if people[0] != people[1] and people != pair:
            handovers.append(at)
        pair = people
    return handovers


def _bare(schedule: Schedule) -> Schedule:
    """The schedule without the lines it stands in."""
    return replace(
        schedule,
        source="",
        rotations=tuple(replace(rotation, source="") for rotation in schedule.rotations),
        overrides=tuple(replace(override, source="") for override in schedule.overrides),
    )


def _other_hours(before: Hours | None, after: Hours | None, now: Instant) -> list[Instant]:
    """The instants of the coming week from which on one is open and the other is not. None for hours
    that cannot be used: nobody waits for those.
    """
    if before is None or after is None or replace(before, source="") == replace(after, source=""):
        return []
    try:
        return _where_they_differ(before, after, now)
    except Exception:
        return []


def _where_they_differ(before: Hours, after: Hours, now: Instant) -> list[Instant]:
    changes: set[Instant] = {now}
    for hours in (before, after):
        at: Instant | None = now
        while at is not None and at < now + WEEK:
            changes.add(at)
            at = opening.next_change(hours, at)
    return [at for at in sorted(changes) if opening.is_open(before, at) != opening.is_open(after, at)]
