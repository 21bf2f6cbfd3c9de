"""Who is on call, as data: until when, how to reach them, who is next; and the turns of one person."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.actions.lookup import find_person, unknown
from escalate_cli.core.calendar.duration import DAY, SECOND, Instant, Span
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.calendar.rota import Shift
from escalate_cli.core.notification.on_call import shift_in, shifts_in
from escalate_cli.core.organisation.catalog import Catalog, Person, Urgency
from escalate_cli.errors import Unknown
from escalate_cli.views import Data

_LOOK_AHEAD = 400 * DAY
_MOST_TURNS = 100
WEEKS_OF_A_PERSON = 28 * DAY
"""how far ahead the turns of a person are shown"""


class ContactStep(msgspec.Struct, frozen=True):
    """One way to reach somebody; tried so long after the page."""

    gateway: str
    address: str
    after: Span


class DutyTurn(msgspec.Struct, frozen=True):
    """A stretch of a schedule, for one of the teams behind it (None: behind none). `schedule` is None
    where the team has none. `since` and `until` are when whoever has it really comes and goes, whatever
    stretch was asked about; None where nobody knows.
    """

    team: str | None
    schedule: str | None
    shift: Shift
    since: Instant | None
    until: Instant | None


class Handover(msgspec.Struct, frozen=True):
    """When somebody else takes over, and who (None: nobody); until when they then have it."""

    at: Instant
    person: str | None
    until: Instant | None


def turns(catalog: Catalog, asked: str | None, at: Instant, until: Instant | None) -> list[DutyTurn]:
    """The turns of what was asked, a team, a schedule or all of them: at `at`, or over the stretch from
    `at` to `until`.

    A schedule behind several teams appears for each. A team without a schedule has nobody on call, and
    that says so.
    """
    pairs = _everywhere(catalog) if asked is None else _asked_for(catalog, asked)
    listed: list[DutyTurn] = []
    for team, schedule_id in pairs:
        schedule = catalog.schedules.get(schedule_id or "")
        if schedule is None:
            nobody = Shift(None, at, until, "the team has no on-call schedule", "", start_known=False)
            listed.append(DutyTurn(team, None, nobody, None, None))
        else:
            shifts = (
                [shift_in(catalog, schedule, at)]
                if until is None
                else shifts_in(catalog, schedule, at, until)
            )
            listed += [_turn(catalog, team, schedule.id, shift) for shift in shifts]
    return listed


def turns_of(catalog: Catalog, person: str, at: Instant, until: Instant) -> list[DutyTurn]:
    """The turns of one person in every schedule between `at` and `until`, the soonest first. What follows
    on without a break in the same schedule is one turn.
    """
    listed: list[DutyTurn] = []
    for team, schedule_id in _everywhere(catalog):
        schedule = catalog.schedules.get(schedule_id or "")
        if schedule is None:
            continue
        of_schedule: list[DutyTurn] = []
        for shift in shifts_in(catalog, schedule, at, until):
            if shift.person != person:
                continue
            turn = _whole(_turn(catalog, team, schedule.id, shift))
            if of_schedule and of_schedule[-1].until == turn.since:
                turn = _joined(of_schedule.pop(), turn)
            of_schedule.append(turn)
        listed += of_schedule
    return sorted(listed, key=lambda turn: (turn.shift.start, turn.schedule or "", turn.team or ""))


def _whole(turn: DutyTurn) -> DutyTurn:
    """This turn, not cut to the stretch that was asked about."""
    start = turn.shift.start if turn.since is None else turn.since
    shift = msgspec.structs.replace(turn.shift, start=start, until=turn.until)
    return msgspec.structs.replace(turn, shift=shift)


def _joined(turn: DutyTurn, following: DutyTurn) -> DutyTurn:
    shift = msgspec.structs.replace(turn.shift, until=following.shift.until)
    return msgspec.structs.replace(turn, shift=shift, until=following.until)


def _turn(catalog: Catalog, team: str | None, schedule: str, shift: Shift) -> DutyTurn:
    whole = shift_in(catalog, catalog.schedules[schedule], shift.start)
    return DutyTurn(team, schedule, shift, whole.start if whole.start_known else None, whole.until)


def person_asked_for(catalog: Catalog, asked: str) -> str | None:
    """The id of the person that is meant; None for a team or a schedule, `Unknown` for nothing known."""
    if _is_team_or_schedule(catalog, asked):
        return None
    try:
        return find_person(asked, catalog).id
    except Unknown as problem:
        if problem.code != "no-such-person":
            raise
        names = (*catalog.teams, *catalog.schedules, *catalog.people)
        raise unknown("team, schedule or person", asked, {name: name for name in names}) from None


def _is_team_or_schedule(catalog: Catalog, asked: str) -> bool:
    names = {team.name.casefold() for team in catalog.teams.values()}
    return asked in catalog.teams or asked in catalog.schedules or asked.casefold() in names


def reach(catalog: Catalog, person_id: str) -> tuple[ContactStep, ...]:
    """How this person is reached when it is urgent, in the order in which it is tried."""
    person: Person | None = catalog.people.get(person_id)
    if person is None:
        return ()
    addresses: dict[str, ContactStep] = {}
    for step in catalog.steps(person, Urgency.HIGH):
        for gateway in step.via:
            if gateway in person.contact:
                addresses.setdefault(gateway, ContactStep(gateway, person.contact[gateway], step.after))
    return tuple(addresses.values())


def handover(catalog: Catalog, turn: DutyTurn, at: Instant) -> Handover | None:
    """When and to whom the schedule of this turn goes over to somebody else after `at`; None where
    nobody else comes in sight.
    """
    schedule = catalog.schedules.get(turn.schedule or "")
    until = turn.until
    for _ in range(_MOST_TURNS):
        if schedule is None or until is None or until > at + _LOOK_AHEAD:
            return None
        following = shift_in(catalog, schedule, until)
        if following.person != turn.shift.person:
            return Handover(until, following.person, following.until)
        until = following.until
    return None


def turns_data(catalog: Catalog, listed: Sequence[DutyTurn], at: Instant) -> list[Data]:
    """These turns as JSON carries them."""
    return [_turn_data(catalog, turn, at) for turn in listed]


def _turn_data(catalog: Catalog, turn: DutyTurn, at: Instant) -> Data:
    shift = turn.shift
    person = catalog.people.get(shift.person or "")
    taken_over = handover(catalog, turn, at)
    return {
        "schedule": turn.schedule,
        "team": turn.team,
        "person": shift.person,
        "from": iso(shift.start if shift.start_known else None),
        "until": iso(shift.until),
        "why": shift.why,
        "name": person.name if person is not None else None,
        "reach": [
            {"gateway": address.gateway, "address": address.address, "after_seconds": address.after // SECOND}
            for address in reach(catalog, shift.person or "")
        ],
        "next": None
        if taken_over is None
        else {"person": taken_over.person, "from": iso(taken_over.at), "until": iso(taken_over.until)},
    }


def _everywhere(catalog: Catalog) -> list[tuple[str | None, str | None]]:
    pairs: list[tuple[str | None, str | None]] = [
        (team.id, team.on_call) for team in catalog.teams.values() if team.on_call
    ]
    used = {schedule for _, schedule in pairs}
    return pairs + [(None, schedule) for schedule in catalog.schedules if schedule not in used]


def _asked_for(catalog: Catalog, asked: str) -> list[tuple[str | None, str | None]]:
    named = [team for team in catalog.teams.values() if asked == team.id] or [
        team for team in catalog.teams.values() if team.name.casefold() == asked.casefold()
    ]
    if named:
        return [(named[0].id, named[0].on_call)]
    if asked in catalog.schedules:
        return [(team.id, asked) for team in catalog.teams.values() if team.on_call == asked] or [
            (None, asked)
        ]
    raise unknown("team or schedule", asked, {name: name for name in [*catalog.teams, *catalog.schedules]})
