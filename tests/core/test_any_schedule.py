"""Any schedule, at every minute around a change of clocks, agrees with a model of the rules."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule, Shift, next_handoff, on_call, shifts
from tests.core.rotas import EVERY_DAY, HOURS, in_zone, local, turns
from tests.core.wall_clock import HOUR, MINUTE, shown, utc, who

DAY = 24 * HOUR
# Zone, the UTC moment of a change of its clocks, and handoff times that fall into the gap or the repeated
# stretch.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00", "02:30"),
    ("Europe/Berlin", "2026-10-25T01:00", "02:30"),
    ("Europe/London", "2026-03-29T01:00", "01:00"),
    ("Europe/London", "2026-10-25T01:00", "01:59"),
    ("America/New_York", "2026-03-08T07:00", "02:00"),
    ("America/New_York", "2026-11-01T06:00", "01:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30", "02:15"),
    ("Australia/Lord_Howe", "2026-04-04T15:00", "01:45"),
    ("America/St_Johns", "2026-03-08T05:30", "02:59"),
    ("America/St_Johns", "2010-11-07T02:31", "23:30"),
    ("America/St_Johns", "2010-03-14T03:31", "00:30"),
    ("Africa/Casablanca", "2024-03-10T02:00", "02:30"),
    ("Africa/Casablanca", "2024-04-14T02:00", "02:30"),
    ("Pacific/Apia", "2011-12-30T10:00", "00:00"),
    ("Pacific/Apia", "2011-12-30T10:00", "18:30"),
]


def tiles(schedule: Schedule, hours: dict[str, Hours], start: int, until: int) -> list[Shift]:
    """The shifts, after checking that they cover exactly [start, until) and that on_call says the
    same about each.
    """
    found = shifts(schedule, hours, start, until)
    assert [shift.start for shift in found] + [until] == [start] + [shift.until for shift in found]
    for shift in found:
        assert shift.until is not None
        assert shift.start < shift.until
        for at in (shift.start, (shift.start + shift.until) // 2, shift.until - 1):
            whole = on_call(schedule, hours, at)
            assert whole.until is None or whole.until > at
            assert (
                replace(whole, start=max(whole.start, start), until=min(whole.until or until, until)) == shift
            )
    return found


@pytest.mark.parametrize(("zone", "change", "handoff"), CHANGES)
def test_at_every_minute_around_a_change_of_clocks_the_person_that_the_rules_name(
    zone: str, change: str, handoff: str
) -> None:
    middle = utc(change)
    day = shown(middle, zone).date()
    before = (day - timedelta(days=9)).isoformat()
    daily = turns("ana bo cy di", f"{before}T{handoff}", "1 d")
    weekly = turns("ed fi", f"{before}T{handoff}", "3 d", hours="around")
    start, until = (
        datetime.combine(day, local(f"{before}T{handoff}").time()) + timedelta(minutes=m) for m in (-45, 10)
    )
    swap, swapped_back = (
        Override("gus", start, until),
        Override("hal", until - timedelta(minutes=20), until + timedelta(hours=1)),
    )
    hours = {"around": Hours("around", zone, EVERY_DAY, time(22, 15), (until + timedelta(hours=3)).time())}
    for layers in ([daily], [daily, weekly], [weekly, swap], [daily, weekly, swap, swapped_back]):
        schedule = in_zone(zone, *layers)
        found = tiles(schedule, hours, middle - 15 * HOUR, middle + 15 * HOUR)
        starts = [shift.start for shift in found]
        step = MINUTE if len(layers) > 2 else 5 * MINUTE
        for at in range(middle - 15 * HOUR, middle + 15 * HOUR, step):
            assert found[bisect_right(starts, at) - 1].person == who(schedule, hours, at)[0], f"{at}: {found}"


MINUTES = st.integers(-6 * 24 * 60, 6 * 24 * 60)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, int]:
    """A schedule with layers that begin and end around a change of clocks, and the instant of that change."""
    zone, change, handoff = draw(st.sampled_from(CHANGES))
    middle = shown(utc(change), zone)

    def moment() -> datetime:
        when = middle + timedelta(minutes=draw(MINUTES))
        return (
            datetime.combine(when.date(), local(f"2000-01-01T{handoff}").time())
            if draw(st.booleans())
            else when
        )

    rotations = [
        Rotation(
            tuple(draw(st.lists(st.sampled_from("abcd"), max_size=3))),
            moment() - timedelta(days=draw(st.sampled_from([0, 0, 20, 70]))),
            draw(st.integers(1, 3)),
            draw(st.sampled_from(["d", "d", "w", "months"])),
            draw(st.sampled_from([None, *HOURS])),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    overrides = [
        Override(person, moment(), moment()) for person in draw(st.sampled_from(["", "x", "xy", "xyz"]))
    ]
    return Schedule("s", zone, tuple(rotations), tuple(overrides)), utc(change)


@settings(max_examples=150, deadline=None)
@given(
    schedules(),
    st.integers(-9 * 24 * 60, 9 * 24 * 60),
    st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
)
def test_any_schedule_agrees_with_the_model_and_its_shifts_are_the_longest_possible(
    drawn: tuple[Schedule, int], minutes: int, probes: list[int]
) -> None:
    schedule, middle = drawn
    at = middle + minutes * MINUTE
    shift, model = on_call(schedule, HOURS, at), who(schedule, HOURS, at)
    assert shift.person == model[0]
    assert shift.start <= at
    assert next_handoff(schedule, HOURS, at) == shift.until
    until = shift.until or at + 60 * DAY
    assert at < until
    for inside in [
        shift.start,
        until - 1,
        *(shift.start + (until - shift.start) * probe // 10**6 for probe in probes[:3]),
    ]:
        assert who(schedule, HOURS, min(inside, until - 1)) == model
    if shift.until is not None:
        assert who(schedule, HOURS, shift.until) != model
    if shift.start > at - 60 * DAY or shift.person is not None:
        assert who(schedule, HOURS, shift.start - 1) != model


@settings(max_examples=60, deadline=None)
@given(schedules(), MINUTES, st.integers(1, 5 * 24 * 60 * 60))
def test_shifts_of_any_schedule_tile_any_interval(
    drawn: tuple[Schedule, int], minutes: int, seconds: int
) -> None:
    schedule, middle = drawn
    start = middle + minutes * MINUTE
    for shift in tiles(schedule, HOURS, start, start + seconds * 1_000_000):
        assert shift.person == who(schedule, HOURS, shift.start)[0]
    assert shifts(schedule, HOURS, start, start) == shifts(schedule, HOURS, start, start - 1) == []
