"""Whether a new configuration takes the turn under way from somebody, and which `start` would keep
it.

Turns are counted from the `start` of a rotation. With one member more or less, somebody else has
the turn this very minute. Both configurations are asked with the code that pages use
(`core.calendar.rota`), and every proposal is tried before it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, Instant, Span
from escalate_cli.core.calendar.moment import named_time
from escalate_cli.core.calendar.rota import Rotation, Schedule, Shift, Turn, on_call, shifted, shifts, turn_at
from escalate_cli.core.organisation.catalog import Catalog

_LONGEST = 60 * DAY
"""of a longer turn only so much is compared"""
_TRIES = 60
"""how many turns back to look, in a monthly rotation, for a month that has the day of its `start`"""


class TakenTurn(msgspec.Struct, frozen=True):
    """A new configuration takes the turn under way in `schedule` from `person`. `until` is when the
    turn would have ended.

    `instead` (None: nobody) is on call at `at` instead: now, or when the turn would next have been
    on call. Setting `start`, a local time, in the rotation at `source` would put `keeper` on call.
    The keeper is the person, or whoever comes next when they have left the rotation. `start` is
    None when no start would help, or none is needed.
    """

    schedule: str
    person: str
    until: Instant | None
    instead: str | None
    at: Instant
    source: str
    left: bool
    start: datetime | None
    keeper: str | None


class _Under(msgspec.Struct, frozen=True):
    """A turn under way in the old configuration: which rotation, whose, and the stretches in which
    it is on call.
    """

    number: int
    turn: Turn
    person: str
    decides_now: bool
    stretches: tuple[Shift, ...]
    until: Instant


def taken_turns(old: Catalog, new: Catalog, schedule: str, since: Instant, now: Instant) -> list[TakenTurn]:
    """The turns of `schedule` that were under way at `since`, still are at `now`, and that `new`
    takes from somebody.

    A turn counts as taken when its person is on call now and would not be, or when nothing is left
    of what is still to come. What an override says is intended, in either configuration.
    `ValueError` as `on_call`.
    """
    before, after = old.schedules.get(schedule), new.schedules.get(schedule)
    if before is None or after is None or not after.rotations:
        return []
    now_after = on_call(after, new.hours, now)
    taken = []
    for under in _under_way(before, old, since, now):
        if under.decides_now and not _is_override(now_after):
            lost = now_after.person != under.person
        else:
            lost = _kept(under, after, new, under.person) == 0
        if lost:
            taken.append(_taken(under, before, after, old, new, now))
    return taken


def _under_way(schedule: Schedule, catalog: Catalog, since: Instant, now: Instant) -> Iterator[_Under]:
    for number, rotation in reversed(list(enumerate(schedule.rotations, start=1))):
        turn = turn_at(rotation, schedule.timezone, now) if rotation.members else None
        if turn is None or turn.start > since:
            continue
        until = min(now + _LONGEST, turn.until if turn.until is not None else now + _LONGEST)
        stretches = tuple(
            shift for shift in shifts(schedule, catalog.hours, now, until) if shift.rotation == number
        )
        if stretches:
            person = rotation.members[turn.number % len(rotation.members)]
            yield _Under(number, turn, person, stretches[0].start == now, stretches, until)


def _is_override(shift: Shift) -> bool:
    return shift.person is not None and shift.rotation == 0


def _kept(under: _Under, after: Schedule, new: Catalog, person: str) -> Span:
    """How long `person` is on call by `after` in the stretches of the turn; an override counts as
    kept, since it is meant.
    """
    kept = 0
    for stretch in under.stretches:
        for shift in shifts(after, new.hours, stretch.start, stretch.until or under.until):
            if shift.person == person or _is_override(shift):
                kept += (shift.until or under.until) - shift.start
    return kept


def _taken(
    under: _Under, before: Schedule, after: Schedule, old: Catalog, new: Catalog, now: Instant
) -> TakenTurn:
    at = under.stretches[0].start
    now_after = on_call(after, new.hours, at)
    deciding = after.rotations[(now_after.rotation or min(under.number, len(after.rotations))) - 1]
    keeper: str | None = under.person
    proposal = _proposal(under, under.person, before, after, old, new, now)
    same = after.rotations[under.number - 1].members if under.number <= len(after.rotations) else ()
    left = proposal is None and under.person not in same
    if left:
        keeper = _next_in_turn(under, before, after)
        if keeper is not None and now_after.person != keeper:
            proposal = _proposal(under, keeper, before, after, old, new, now)
    source, start = (
        (deciding.source, None) if proposal is None else (after.rotations[proposal[0]].source, proposal[1])
    )
    return TakenTurn(
        after.id, under.person, under.turn.until, now_after.person, at, source, left, start, keeper
    )


def _next_in_turn(under: _Under, before: Schedule, after: Schedule) -> str | None:
    """Who came next in the old order and is still in the rotation."""
    members = {member for rotation in after.rotations for member in rotation.members} - {under.person}
    order = before.rotations[under.number - 1].members
    following = (order[(under.turn.number + step) % len(order)] for step in range(1, len(order)))
    return next((member for member in following if member in members), None)


def _proposal(
    under: _Under, keeper: str, before: Schedule, after: Schedule, old: Catalog, new: Catalog, now: Instant
) -> tuple[int, datetime] | None:
    """The rotation (from 0) and its `start` that keep the turn best: as much of it as can be, and
    what follows as it was.
    """
    best: tuple[tuple[bool, Span, Span], int, datetime] | None = None
    for index, start in _candidates(under, keeper, after, now):
        rotations = list(after.rotations)
        rotations[index] = replace(rotations[index], start=start)
        tried = replace(after, rotations=tuple(rotations))
        is_now = on_call(tried, new.hours, now).person == keeper
        kept = _kept(under, tried, new, keeper)
        if not kept or (
            under.decides_now and not is_now and not _is_override(on_call(tried, new.hours, now))
        ):
            continue
        alike = _alike(before, old, tried, new, under.until)
        if best is None or (is_now, kept, alike) > best[0]:
            best = (is_now, kept, alike), index, start
    return None if best is None else best[1:]


def _candidates(under: _Under, keeper: str, after: Schedule, now: Instant) -> Iterator[tuple[int, datetime]]:
    """What may keep the turn: the same handoffs, with the keeper's turn now; else a rotation on top
    that begins when the turn is over.
    """
    indexes = sorted(range(len(after.rotations)), key=lambda index: (index + 1 != under.number, -index))
    for index in indexes:
        rotation = after.rotations[index]
        for place, member in enumerate(rotation.members):
            if member == keeper:
                yield index, _start_for(rotation, after.timezone, place, now)
    for index in indexes:
        rotation = after.rotations[index]
        turn = turn_at(rotation, after.timezone, under.until - 1)
        if turn is not None and turn.until is not None:
            start = shifted(rotation, turn.number + 1)
            if start is not None:
                yield index, start


def _start_for(rotation: Rotation, timezone: str, place: int, now: Instant) -> datetime:
    """The `start` by which the turn at `now` is that of the member at `place`, its handoffs as they
    are; as near to its own as can be.
    """
    steps = _number(rotation, timezone, now) - place
    round_of = len(rotation.members)
    if steps >= 0:
        steps %= round_of
    choices = [
        shifted(rotation, steps - number * round_of)
        for number in range(_TRIES if rotation.unit == "months" else 1)
    ]
    sound = [choice for choice in choices if choice is not None]
    return next(
        (date for date in sound if rotation.unit != "months" or date.day == rotation.start.day),
        sound[0] if sound else rotation.start,
    )


def _number(rotation: Rotation, timezone: str, now: Instant) -> int:
    """The number of the turn at `now`. It may be negative before the first handoff: -1 is the turn
    that would have come before turn 0.
    """
    back = 0
    while True:
        start = shifted(rotation, -back)
        turn = None if start is None else turn_at(replace(rotation, start=start), timezone, now)
        if turn is not None:
            return turn.number - back
        if start is None:
            return 0
        back = 2 * back + 1


def _alike(before: Schedule, old: Catalog, after: Schedule, new: Catalog, start: Instant) -> Span:
    """How long after the turn both have the same person on call."""
    until = start + _LONGEST
    return sum(
        (inner.until or until) - inner.start
        for outer in shifts(before, old.hours, start, until)
        for inner in shifts(after, new.hours, outer.start, outer.until or until)
        if inner.person == outer.person
    )


def message_of(taken: TakenTurn, catalog: Catalog, now: Instant) -> tuple[str, str]:
    """What is said about it: the sentence, and what to do."""
    zone = catalog.schedules[taken.schedule].timezone
    until = f" until {named_time(taken.until, zone)}" if taken.until is not None else ""
    instead = _name(taken.instead, catalog) if taken.instead is not None else "nobody"
    when = "now" if taken.at <= now else f"from {named_time(taken.at, zone)}"
    owner, keeper = _name(taken.person, catalog), _name(taken.keeper or taken.person, catalog)
    message = (
        f'the turn under way in schedule "{taken.schedule}" was {owner}\'s{until}; by this edit {instead} is'
        f" on call {when}"
    )
    if taken.left:
        message += f": {owner} has left the rotation"
    if taken.start is None:
        hint = (
            "if that is meant, nothing is to be done; else put them back, or write an override for now:"
            " escalate override"
        )
    else:
        start = taken.start.isoformat()
        verb = (
            "comes next and is on call now" if taken.left else "stays on call, and the turns go on from there"
        )
        hint = f"write start = {start} in this rotation: then {keeper} {verb}"
    return message, hint


def _name(person: str | None, catalog: Catalog) -> str:
    known = catalog.people.get(person or "")
    return known.name if known is not None else str(person)
