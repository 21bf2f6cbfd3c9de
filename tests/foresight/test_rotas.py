"""`never-on-call`: who takes turns and is never on call, by the whole period of a schedule and not
by a window of it.
"""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule, shifts
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import Place
from escalate_cli.foresight.never_on_call import never_on_call
from tests.core.wall_clock import utc
from tests.faults.rounds import mostly_long

NOW = utc("2026-11-25T12:00")
HOURS = {
    "office": Hours("office", "Europe/London", (0, 1, 2, 3, 4), time(9), time(17, 30)),
    "weekend": Hours("weekend", "Europe/London", (5, 6), time(0), time(0)),
    "sunday": Hours("sunday", "Europe/London", (6,), time(12), time(13)),
    "breakfast": Hours("breakfast", "America/New_York", (0, 1, 2, 3, 4, 5, 6), time(4), time(4, 30)),
    "closed at Christmas": Hours(
        "closed at Christmas",
        "Europe/London",
        (4,),
        time(9),
        time(17),
        (date(2026, 12, 25), date(2026, 11, 27)),
    ),
}


def turns(members: str, every: str, hours: str | None = None, start: str = "2026-01-05T09:00") -> Rotation:
    count, unit = every.split()
    return Rotation(tuple(members), datetime.fromisoformat(start), int(count), unit, hours, "rota.toml:1")


def catalog(*rotations: Rotation, overrides: tuple[Override, ...] = ()) -> Catalog:
    return Catalog(
        schedules={"rota": Schedule("rota", "Europe/London", rotations, overrides, "rota.toml:1")},
        hours=HOURS,
    )


CASES = {
    # who is never on call
    "seven members, a day each, Monday to Friday": ([turns("abcdefg", "1 d", "office")], "fg"),
    "eight members come round to every day": ([turns("abcdefgh", "1 d", "office")], ""),
    "five members, a day each": ([turns("abcde", "1 d", "office")], ""),
    "fourteen members, a day each": ([turns("abcdefghijklmn", "1 d", "office")], "fgmn"),
    "seven members, two days each": ([turns("abcdefg", "2 d", "office")], "g"),
    "seven members, seven days each": ([turns("abcdefg", "7 d", "sunday")], ""),
    "thirteen members and one hour a week": ([turns("abcdefghijklm", "1 d", "sunday")], ""),
    "fifty members and one hour a week": ([turns("".join(map(chr, range(200, 250))), "1 d", "sunday")], ""),
    "forty-nine members and one hour a week": (
        [turns("".join(map(chr, range(200, 249))), "1 d", "sunday")],
        42,
    ),
    "weeks": ([turns("abcdefg", "1 w", "sunday")], ""),
    "months": ([turns("abcdefg", "1 months", "sunday")], ""),
    "no hours": ([turns("abcdefg", "1 d")], ""),
    "a rotation that begins in the far future": (
        [turns("abcdefg", "1 d", "office", "2027-01-04T09:00")],
        "fg",
    ),
    "somebody who is there twice": ([turns("abcdefa", "1 d", "office")], "f"),
    "a later rotation that takes every weekend": (
        [turns("abcdefg", "1 d", start="2026-01-05T00:00"), turns("xy", "1 w", "weekend")],
        "fg",
    ),
    "a later rotation that takes all": ([turns("ab", "1 w"), turns("xy", "1 w")], "ab"),
    "a later rotation that will take all": (
        [turns("ab", "1 w"), turns("xy", "1 w", start="2027-01-04T09:00")],
        "",
    ),
    "hours that only winter meets": ([turns("ab", "1 d", "breakfast", "2026-01-05T09:15")], ""),
    "days that are excepted come back": ([turns("abcdefg", "1 d", "closed at Christmas")], "abcdfg"),
}


@pytest.mark.parametrize(("rotations", "idle"), CASES.values(), ids=CASES)
def test_who_is_never_on_call_is_found_and_nobody_else(rotations: list[Rotation], idle: str | int) -> None:
    found = list(never_on_call(catalog(*rotations), NOW))
    if isinstance(idle, int):
        assert f"and {idle - 3} more of rotation 1" in found[0].message
        return
    assert len(found) == bool(idle)
    if idle:
        assert (found[0].code, found[0].place) == ("never-on-call", Place.of("rota.toml:1"))
        shown = [f'"{one}"' for one in idle[:3]]
        assert all(one in found[0].message for one in shown)
        others = {member for rotation in rotations for member in rotation.members} - set(idle)
        assert not any(f'"{other}"' in found[0].message for other in others)


def test_an_override_does_not_hide_that_somebody_never_has_a_turn() -> None:
    swap = Override("g", datetime(2026, 11, 25), datetime(2026, 12, 24))
    assert len(list(never_on_call(catalog(turns("abcdefg", "1 d", "office"), overrides=(swap,)), NOW))) == 1


@pytest.mark.parametrize("members", mostly_long([3, 6, 7, 9, 10, 14], 7))
@pytest.mark.parametrize("days", [1, 2, 3, 5])
@pytest.mark.parametrize("hours", ["office", "weekend", "sunday"])
def test_the_finding_agrees_with_two_years_of_shifts(members: int, days: int, hours: str) -> None:
    organisation = catalog(turns("abcdefghijklmn"[:members], f"{days} d", hours))
    schedule = organisation.schedules["rota"]
    seen = {shift.person for shift in shifts(schedule, HOURS, NOW, NOW + 730 * DAY)}
    idle = [member for member in schedule.rotations[0].members if member not in seen]
    found = list(never_on_call(organisation, NOW))
    assert bool(found) == bool(idle)
    assert all(f'"{one}"' in found[0].message for one in idle[:3])
