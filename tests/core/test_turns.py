"""Who is on call now stays on call (product.md §4.21): a turn under way that an edit takes is
found, and the `start` named keeps it.
"""

from __future__ import annotations

import random
from datetime import datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from escalate_cli.config.load import load
from escalate_cli.core.calendar.duration import DAY, HOUR, WEEK, Instant
from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule, on_call
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.turns import TakenTurn, message_of, taken_turns
from tests.core.wall_clock import utc

THORNMERE = Path(__file__).parents[2] / "benchmarks" / "thornmere"
OFFICE = Hours("office", "Europe/London", (0, 1, 2, 3, 4), time(9), time(17, 30))
NIGHT = Hours("night", "Europe/London", (0, 1, 2, 3, 4, 5, 6), time(17, 30), time(9))


def rotation(
    members: str, start: str = "2026-01-05T09:00", count: int = 1, unit: str = "w", hours: str | None = None
) -> Rotation:
    return Rotation(tuple(members), datetime.fromisoformat(start), count, unit, hours, "rota.toml:1")


def catalog(
    *rotations: Rotation, overrides: tuple[Override, ...] = (), zone: str = "Europe/London"
) -> Catalog:
    return Catalog(
        schedules={"rota": Schedule("rota", zone, rotations, overrides)},
        hours={"office": OFFICE, "night": NIGHT},
    )


def on(schedule_of: Catalog, at: Instant) -> str | None:
    return on_call(schedule_of.schedules["rota"], schedule_of.hours, at).person


def with_start(new: Catalog, taken: TakenTurn, number: int = 0) -> Catalog:
    rota = new.schedules["rota"]
    assert taken.start is not None
    changed = [
        replace(rotation, start=taken.start) if index == number else rotation
        for index, rotation in enumerate(rota.rotations)
    ]
    return replace(new, schedules={"rota": replace(rota, rotations=tuple(changed))})


NOW = "2026-11-25T12:00"  # a Wednesday
LAST, LEAP = "2026-01-31T09:00", "2024-02-29T09:00"
EDITS = {
    # what is edited: the rotation before, the rotation after, now
    "a member appended to weeks": (rotation("abc"), rotation("abcd"), NOW),
    "a member put first": (rotation("abcde"), rotation("xabcde"), NOW),
    "a member put before all others of days": (rotation("abc", unit="d"), rotation("xabc", unit="d"), NOW),
    "a member appended to two weeks": (rotation("abc", count=2), rotation("abcde", count=2), NOW),
    "a member appended to months": (rotation("abc", unit="months"), rotation("abcd", unit="months"), NOW),
    "months that begin on the 31st": (
        rotation("abc", LAST, unit="months"),
        rotation("abcde", LAST, unit="months"),
        NOW,
    ),
    "a member of months on the 29th of February": (
        rotation("abc", LEAP, 3, "months"),
        rotation("ab", LEAP, 3, "months"),
        NOW,
    ),
    "the order turned round": (rotation("abcd"), rotation("dcba"), NOW),
    "the handoff on another day": (rotation("abcd"), rotation("bcda", "2026-01-06T10:00"), NOW),
    "turns of another length": (rotation("abcd"), rotation("abcd", count=2), NOW),
    "a start that lies in the future": (rotation("abc"), rotation("abc", "2027-01-04T09:00"), NOW),
    "in the hour that comes twice": (
        rotation("abc", unit="d"),
        rotation("abcd", unit="d"),
        "2026-10-25T01:30",
    ),
    "on the day on which the clocks go forward": (
        rotation("abc", "2026-01-05T01:30", unit="d"),
        rotation("abcde", "2026-01-05T01:30", unit="d"),
        "2026-03-29T01:30",
    ),
    "outside of the hours, where nobody is": (
        rotation("abc", hours="office"),
        rotation("abcd", hours="office"),
        "2026-11-25T20:00",
    ),
}


@pytest.mark.parametrize(("before", "after", "now"), EDITS.values(), ids=EDITS)
def test_4_21_the_start_that_is_named_keeps_who_is_on_call_now(
    before: Rotation, after: Rotation, now: str
) -> None:
    at = utc(now)
    old, new = catalog(before), catalog(after)
    found = taken_turns(old, new, "rota", at, at)
    (taken,) = found
    kept = with_start(new, taken)
    assert taken.keeper == taken.person
    assert on(kept, at) == on(old, at)
    assert taken_turns(old, kept, "rota", at, at) == []


@pytest.mark.parametrize("moment", range(40))
def test_4_21_there_is_a_finding_exactly_where_somebody_else_is_on_call_now(moment: int) -> None:
    draw = random.Random(moment)
    at = utc("2026-01-12T00:00") + draw.randrange(0, 300 * 24) * HOUR
    before = rotation(
        "abcdef"[: draw.randint(2, 6)], count=draw.randint(1, 3), unit=draw.choice(["d", "w", "months"])
    )
    members = list(before.members)
    members.insert(draw.randint(0, len(members)), "z")
    if draw.random() < 0.5:
        members.remove(draw.choice(before.members))
    old, new = catalog(before), catalog(replace(before, members=tuple(members)))
    found = taken_turns(old, new, "rota", at, at)
    assert bool(found) == (on(old, at) != on(new, at))
    for taken in found:
        if taken.start is not None:
            assert on(with_start(new, taken), at) == taken.keeper
        if on(old, at) in members:
            assert taken.keeper == on(old, at)
            assert taken.start is not None


def test_4_21_somebody_who_leaves_in_their_turn_is_followed_by_whoever_came_next() -> None:
    at = utc(NOW)
    old = catalog(rotation("abcd"))
    leaver = on(old, at)
    following = on(old, at + WEEK)
    new = catalog(rotation("abcd".replace(str(leaver), "")))
    found = taken_turns(old, new, "rota", at, at)
    (taken,) = found
    assert (taken.person, taken.left, taken.keeper) == (leaver, True, following)
    assert on(new if taken.start is None else with_start(new, taken), at) == following


def test_4_21_who_leaves_one_layer_and_stays_in_another_is_followed_too() -> None:
    at = utc("2026-11-25T20:00")  # night: the lower layer
    base, top = rotation("abcd"), rotation("abcd", hours="office")
    old = catalog(base, top)
    leaver = str(on(old, at))
    new = catalog(rotation("abcd".replace(leaver, "")), top)
    (taken,) = taken_turns(old, new, "rota", at, at)
    assert (taken.left, taken.keeper) == (True, on(old, at + WEEK))
    assert on(new if taken.start is None else with_start(new, taken), at) == taken.keeper


def test_4_21_of_several_layers_the_one_that_was_edited_is_named() -> None:
    at = utc("2026-11-25T20:00")  # night: the lower layer
    base, top = rotation("abc"), rotation("xyz", hours="office")
    new = catalog(rotation("abcd"), top)
    (taken,) = taken_turns(catalog(base, top), new, "rota", at, at)
    assert taken.person == on(catalog(base, top), at)
    assert taken_turns(catalog(base, top), with_start(new, taken), "rota", at, at) == []
    by_day = utc(NOW)  # the turn below is under way, too
    (taken,) = taken_turns(catalog(base, top), new, "rota", by_day, by_day)
    assert "from Wed 2026-11-25 17:30 GMT" in message_of(taken, new, by_day)[0]
    changed_top = catalog(base, rotation("vwxyz", hours="office"))
    (taken,) = taken_turns(catalog(base, top), changed_top, "rota", by_day, by_day)
    assert on(with_start(changed_top, taken, 1), by_day) == on(catalog(base, top), by_day)


def test_4_21_a_new_layer_that_takes_the_turn_is_told_to_begin_when_it_is_over() -> None:
    at = utc(NOW)
    old = catalog(rotation("abc"))
    new = catalog(rotation("abc"), rotation("xy", "2026-11-02T09:00"))
    (taken,) = taken_turns(old, new, "rota", at, at)
    assert taken.start == datetime(2026, 11, 30, 9)
    assert on(with_start(new, taken, 1), at) == on(old, at)


def test_4_21_what_an_override_says_is_meant() -> None:
    at = utc(NOW)
    before = rotation("abc")
    swap = Override("z", datetime(2026, 11, 25, 9), datetime(2026, 11, 25, 18))
    assert taken_turns(catalog(before), catalog(before, overrides=(swap,)), "rota", at, at) == []
    assert taken_turns(catalog(before, overrides=(swap,)), catalog(before), "rota", at, at) == []
    (taken,) = taken_turns(
        catalog(before, overrides=(swap,)), catalog(rotation("abcd"), overrides=(swap,)), "rota", at, at
    )
    assert taken.person == on(catalog(before), at)  # the rest of the turn, when the override is over
    whole = replace(swap, start=datetime(2026, 11, 20), until=datetime(2026, 12, 3))
    assert (
        taken_turns(
            catalog(before, overrides=(whole,)), catalog(rotation("abcd"), overrides=(whole,)), "rota", at, at
        )
        == []
    )


def test_4_21_a_turn_that_began_after_the_edit_was_met_is_nobody_s_loss() -> None:
    before, after = catalog(rotation("abc")), catalog(rotation("abcd"))
    met = utc(NOW)
    assert taken_turns(before, after, "rota", met, met + DAY)
    assert taken_turns(before, after, "rota", met, met + WEEK) == []


@pytest.mark.parametrize("change", ["appended", "put first", "removed"])
def test_4_21_in_a_large_organisation_every_rotation_keeps_its_turn(change: str) -> None:
    old = load(THORNMERE).catalog
    at = utc("2026-11-25T12:00")
    found = 0
    for name, schedule in old.schedules.items():
        (whole,) = schedule.rotations
        now_on = on_call(schedule, old.hours, at).person
        others = [member for member in whole.members if member != now_on]
        members = {"appended": (*whole.members, "z"), "put first": ("z", *whole.members)}.get(
            change, tuple(member for member in whole.members if member != others[0])
        )
        after = replace(schedule, rotations=(replace(whole, members=members),))
        new = replace(old, schedules={**old.schedules, name: after})
        taken = taken_turns(old, new, name, at, at)
        assert bool(taken) == (on_call(after, old.hours, at).person != now_on)
        for one in taken:
            assert one.start is not None
            kept = replace(after, rotations=(replace(after.rotations[0], start=one.start),))
            assert on_call(kept, old.hours, at).person == now_on
            assert on_call(kept, old.hours, at).until == on_call(schedule, old.hours, at).until
            found += 1
    assert len(old.schedules) == 20
    assert found >= 5
