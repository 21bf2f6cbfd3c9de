"""Who is on call at an instant, since when, until when, and why.

A schedule is a pile of layers: overrides on top (the last one topmost), rotations below (the last
one topmost). The topmost layer that applies at an instant names the person. A layer can say in one
step when it last ended and when it next begins, so handoffs are never walked one by one.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar import hours as opening
from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.calendar.hours import Hours

_LOOK_BACK = 60 * DAY
_LAST_YEAR = 9998  # leaves room for the day after the last


class Rotation(msgspec.Struct, frozen=True):
    """People taking turns. `start` is the naive local time of the first handoff; a turn lasts
    `count` × `unit` ("d", "w", "months").
    """

    members: tuple[str, ...]
    start: datetime
    count: int
    unit: str
    hours: str | None = None
    source: str = ""


class Override(msgspec.Struct, frozen=True):
    """`person` takes the schedule from `start` until `until`, naive local times, half-open."""

    person: str
    start: datetime
    until: datetime
    source: str = ""


class Schedule(msgspec.Struct, frozen=True):
    """Who is on call when. Later rotations win over earlier ones where they apply; overrides win
    over all, later ones over earlier ones.
    """

    id: str
    timezone: str
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()
    source: str = ""


class Shift(msgspec.Struct, frozen=True, eq=False):
    """A stretch in which one turn of one layer is on call, half-open.

    `person` is None where nobody is on call. `until` is None when no end is in sight. `why` is a
    text for people. `source` is the `file:line` of the rotation or override; where nobody is on
    call, of the schedule.
    """

    person: str | None
    start: Instant
    until: Instant | None
    why: str
    source: str
    rotation: int = 0
    """which rotation decides, counted from 1; 0 for an override, or when nobody is on call"""
    start_known: bool = True
    """False where nobody was ever on call before: then `start` is only how far back the search went"""

    def __eq__(self, other: object) -> bool:
        """The same stretch and source, with everything else that is known about it."""
        return isinstance(other, Shift) and self._stretch == other._stretch

    def __hash__(self) -> int:
        return hash(self._stretch)

    @property
    def _stretch(self) -> tuple[object, ...]:
        return (self.person, self.start, self.until, self.why, self.source)


def on_call(schedule: Schedule, hours: Mapping[str, Hours], at: Instant) -> Shift:
    """The shift at `at`. At the very instant of a handoff it is the incoming person's.

    It is the longest stretch around `at` with the same turn of the same layer. Where nobody was
    ever on call before, it starts 60 days before `at`. Hours that neither open nor close within 400
    days count as never changing. Times are in UTC when the zone is not there. `ValueError` for
    unknown hours, which a checked configuration does not have.
    """
    return _shift(schedule, _layers(schedule, hours), at)


def zone_trouble_of_schedule(schedule: Schedule, hours: Mapping[str, Hours]) -> str:
    """What is wrong, as a sentence, where UTC is used in place of a time zone that this schedule
    needs. Then another person than planned may be on call.
    """
    needed = {schedule.timezone: f"schedule {schedule.id}"}
    for name in (rotation.hours for rotation in schedule.rotations):
        if name is not None and name in hours:
            needed.setdefault(hours[name].timezone, f"hours {name} of schedule {schedule.id}")
    troubles = ((what, opening.zone_trouble(timezone)) for timezone, what in needed.items())
    return "; ".join(f"{what}: {trouble}" for what, trouble in troubles if trouble)


def next_handoff(schedule: Schedule, hours: Mapping[str, Hours], at: Instant) -> Instant | None:
    """The first instant strictly after `at` that belongs to another shift; None when none is in
    sight. Errors as `on_call`.
    """
    return on_call(schedule, hours, at).until


def shifts(schedule: Schedule, hours: Mapping[str, Hours], start: Instant, until: Instant) -> list[Shift]:
    """The shifts that cover [`start`, `until`) exactly, in order, cut to it. Gaps are shifts
    without a person; no shift has length zero. Errors as `on_call`.
    """
    layers = _layers(schedule, hours)
    stretches = []
    at = start
    while at < until:
        shift = _shift(schedule, layers, at)
        end = until if shift.until is None else min(shift.until, until)
        stretches.append(replace(shift, start=at, until=end, start_known=True))
        at = end
    return stretches


class Turn(NamedTuple):
    """One turn of a rotation by its calendar alone: its number from 0, its handoff, and the next
    handoff. Hours and other layers are not looked at.
    """

    number: int
    start: Instant
    until: Instant | None


def turn_at(rotation: Rotation, timezone: str, at: Instant) -> Turn | None:
    """The turn of the rotation that `at` falls into; None before its first handoff."""
    return _RotationLayer(rotation, "", opening.zone_or_utc(timezone), None).turn(at)


def handoff(rotation: Rotation, timezone: str, number: int) -> Instant | None:
    """The instant at which turn `number` begins; None when that is after the end of the calendar."""
    return _RotationLayer(rotation, "", opening.zone_or_utc(timezone), None).handoff(number)


def shifted(rotation: Rotation, steps: int) -> datetime | None:
    """The local time at which turn `steps` begins, also before the first (-1); None beyond the calendar."""
    try:
        day = _day(rotation, steps)
    except (ValueError, OverflowError):
        return None
    return None if day is None else datetime.combine(day, rotation.start.time())


def _layers(schedule: Schedule, hours: Mapping[str, Hours]) -> list[_OverrideLayer | _RotationLayer]:
    """The layers of the schedule that can ever apply, topmost first."""
    tz = opening.zone_or_utc(schedule.timezone)
    layers: list[_OverrideLayer | _RotationLayer] = []
    for override in reversed(schedule.overrides):
        start, until = (
            opening.local_to_instant(override.start, tz),
            opening.local_to_instant(override.until, tz),
        )
        if start < until:
            layers.append(_OverrideLayer(override, start, until))
    for number, rotation in reversed(list(enumerate(schedule.rotations, start=1))):
        if not rotation.members:
            continue
        limit = None if rotation.hours is None else hours.get(rotation.hours)
        if rotation.hours is not None and limit is None:
            raise ValueError(
                f'rotation {number} of {schedule.id} names the hours "{rotation.hours}", which do not exist'
            )
        layers.append(_RotationLayer(rotation, f"rotation {number} of {schedule.id}", tz, limit, number))
    return layers


def _shift(schedule: Schedule, layers: list[_OverrideLayer | _RotationLayer], at: Instant) -> Shift:
    """The topmost stint at `at`, cut where layers above it end before `at` or begin after it.
    Layers below make no difference.
    """
    begins: list[Instant] = []
    ends: list[Instant] = []
    stint: Shift | None = None
    for layer in layers:
        stint = layer.stint(at)
        if stint is not None:
            break
        ended, starts = layer.last_end(at), layer.next_start(at)
        if ended is not None:
            begins.append(ended)
        if starts is not None:
            ends.append(starts)
    if stint is None:
        start = max(begins, default=at - _LOOK_BACK)
        return Shift(
            None,
            start,
            min(ends, default=None),
            "no rotation applies",
            schedule.source,
            start_known=bool(begins),
        )
    if stint.until is not None:
        ends.append(stint.until)
    return replace(stint, start=max([stint.start, *begins]), until=min(ends, default=None))


class _OverrideLayer(msgspec.Struct, frozen=True):
    """One override between its two instants."""

    override: Override
    start: Instant
    until: Instant

    def stint(self, at: Instant) -> Shift | None:
        if not self.start <= at < self.until:
            return None
        return Shift(self.override.person, self.start, self.until, "override", self.override.source)

    def last_end(self, at: Instant) -> Instant | None:
        return self.until if self.until <= at else None

    def next_start(self, at: Instant) -> Instant | None:
        return self.start if self.start > at else None


class _RotationLayer(msgspec.Struct, frozen=True):
    """One rotation: never before its first handoff, only while its hours, if any, are open."""

    rotation: Rotation
    name: str
    tz: ZoneInfo
    hours: Hours | None
    number: int = 0

    def stint(self, at: Instant) -> Shift | None:
        """The stretch around `at` in which one turn of this layer applies, whatever the layers above do."""
        if self.hours is not None and not opening.is_open(self.hours, at):
            return None
        turn = self.turn(at)
        if turn is None:
            return None
        number, start, until = turn
        if self.hours is not None:
            opened, closes = opening.last_change(self.hours, at), opening.next_change(self.hours, at)
            start = start if opened is None else max(start, opened)
            until = min((end for end in (until, closes) if end is not None), default=None)
        person = self.rotation.members[number % len(self.rotation.members)]
        why = f"{self.name}, turn {number + 1}"
        return Shift(person, start, until, why, self.rotation.source, self.number)

    def last_end(self, at: Instant) -> Instant | None:
        """When this layer last stopped applying; it does not apply at `at`."""
        if self.hours is None:
            return None
        closed, first = opening.last_change(self.hours, at), self.handoff(0)
        return closed if closed is not None and first is not None and first < closed else None

    def next_start(self, at: Instant) -> Instant | None:
        """When this layer will apply next; it does not apply at `at`."""
        first = self.handoff(0)
        if first is None or self.hours is None:
            return first
        return opening.next_open(self.hours, max(first, at))

    def turn(self, at: Instant) -> Turn | None:
        """The turn at `at`: its number from 0, its handoff and the next; None before the first
        handoff.

        The number is estimated from the calendar. Clock changes and short months can make it wrong
        by a few turns, so it is then corrected.
        """
        day, first = opening.instant_to_local(at, self.tz).date(), self.rotation.start.date()
        if self.rotation.unit == "months":
            passed = (day.year - first.year) * 12 + day.month - first.month
        else:
            passed = (day - first).days // _days_in(self.rotation.unit)
        number = max(passed // self.rotation.count, 0)
        start = self.handoff(number)
        while start is None or start > at:
            number -= 1
            if number < 0:
                return None
            start = self.handoff(number)
        until = self.handoff(number + 1)
        while until is not None and until <= at:  # also over turns of length zero
            number, start, until = number + 1, until, self.handoff(number + 2)
        return Turn(number, start, until)

    def handoff(self, number: int) -> Instant | None:
        """The instant at which turn `number` begins; None when that is after the end of the
        calendar.

        It is counted on the calendar from the very first handoff, not from the previous one. A
        handoff on a day that the zone's calendar skips happens together with the next day's. In a
        daily rotation the skipped day's turn then has length zero.
        """
        day = _day(self.rotation, number)
        if day is None:
            return None
        time = self.rotation.start.time()
        start = opening.local_to_instant(datetime.combine(day, time), self.tz)
        while opening.instant_to_local(start, self.tz).date() > day and opening.day_is_skipped(day, self.tz):
            day += timedelta(days=1)
            start = opening.local_to_instant(datetime.combine(day, time), self.tz)
        return start


def _day(rotation: Rotation, number: int) -> date | None:
    first, steps = rotation.start.date(), number * rotation.count
    if rotation.unit == "months":
        year, month = divmod(first.year * 12 + first.month - 1 + steps, 12)
        if year > _LAST_YEAR:
            return None
        return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
    ordinal = first.toordinal() + steps * _days_in(rotation.unit)
    return date.fromordinal(ordinal) if ordinal <= date(_LAST_YEAR, 12, 31).toordinal() else None


def _days_in(unit: str) -> int:
    if unit not in ("d", "w"):
        raise ValueError(f'a rotation turns every so many "d", "w" or "months", not "{unit}"')
    return 7 if unit == "w" else 1
