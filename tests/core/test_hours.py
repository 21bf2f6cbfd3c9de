"""Opening hours and wall clocks, against tables and against a slow model that watches the clock
(wall_clock.py).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.core.calendar.hours import (
    Hours,
    day_is_skipped,
    instant_to_local,
    is_open,
    last_change,
    local_to_instant,
    next_change,
    next_open,
    zone,
)
from tests.core.wall_clock import HOUR, MINUTE, first_showing, open_at, shown, utc

DAY = 24 * HOUR
WORKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = tuple(range(7))

# Zone and the UTC moment of a change of its clocks (or, last, of its calendar).
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-10-25T01:00"),
    ("Europe/London", "2026-03-29T01:00"),
    ("Europe/London", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("America/St_Johns", "2026-11-01T04:30"),
    ("America/St_Johns", "2010-11-07T02:31"),  # one minute past midnight becomes 23:01 of the day before
    ("Africa/Casablanca", "2024-03-10T02:00"),  # Ramadan begins
    ("Africa/Casablanca", "2024-04-14T02:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),  # 2011-12-30 does not happen
]


@pytest.mark.parametrize(
    ("in_zone", "local", "instant", "because"),
    [
        ("Europe/Berlin", "2026-07-01T09:00", "2026-07-01T07:00", "an ordinary summer day"),
        (
            "Europe/Berlin",
            "2026-03-29T02:30",
            "2026-03-29T01:00",
            "does not exist: the first instant after the gap",
        ),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00", "the first time that does not exist"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00", "the first time that exists again"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "comes twice: the first time"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00", "after the repeated hour"),
        (
            "Europe/London",
            "2026-03-29T01:59",
            "2026-03-29T01:00",
            "London's gap is an hour earlier on the wall",
        ),
        ("Europe/London", "2026-10-25T01:00", "2026-10-25T00:00", "the start of the repeated hour"),
        ("America/New_York", "2026-03-08T02:15", "2026-03-08T07:00", "gap"),
        ("America/New_York", "2026-11-01T01:15", "2026-11-01T05:15", "twice"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", "a gap of half an hour"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "half an hour comes twice"),
        ("America/St_Johns", "2026-03-08T02:30", "2026-03-08T05:30", "an offset of three and a half hours"),
        ("America/St_Johns", "2010-11-07T00:00", "2010-11-07T02:30", "midnight comes twice"),
        (
            "America/St_Johns",
            "2010-11-06T23:30",
            "2010-11-07T02:00",
            "twice, though the second is after a midnight",
        ),
        ("Africa/Casablanca", "2024-03-10T02:30", "2024-03-10T01:30", "clocks go back for Ramadan"),
        ("Africa/Casablanca", "2024-04-14T02:30", "2024-04-14T02:00", "and forward after it"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00", "a whole day that does not exist"),
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00", "the day after it"),
        ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59", "the minute before it"),
        ("UTC", "1969-12-31T23:59", "1969-12-31T23:59", "before the epoch"),
    ],
)
def test_a_local_time_becomes_an_instant(in_zone: str, local: str, instant: str, because: str) -> None:
    naive = datetime.fromisoformat(local)
    assert local_to_instant(naive, in_zone) == utc(instant), because
    assert local_to_instant(naive, in_zone) == first_showing(naive, in_zone), because
    assert local_to_instant(naive.replace(fold=1), in_zone) == utc(instant), "fold has no say"


def test_microseconds_survive() -> None:
    assert (
        local_to_instant(datetime(2026, 7, 1, 9, 0, 0, 123457), "Europe/Berlin")
        == utc("2026-07-01T07:00") + 123457
    )
    assert (
        instant_to_local(utc("2026-07-01T07:00") + 1, "Europe/Berlin").isoformat()
        == "2026-07-01T09:00:00.000001+02:00"
    )


@pytest.mark.parametrize(
    ("in_zone", "change"),
    [*CHANGES[:2], *(pytest.param(*one, marks=pytest.mark.long) for one in CHANGES[2:])],
)
def test_every_local_minute_around_a_change_keeps_the_rule_and_the_order(in_zone: str, change: str) -> None:
    middle = shown(utc(change), in_zone)
    minutes = [middle + timedelta(minutes=number) for number in range(-1500, 100)]
    instants = [local_to_instant(naive, in_zone) for naive in minutes]
    assert instants == sorted(instants)
    assert instants[::7] == [first_showing(naive, in_zone) for naive in minutes[::7]]


def test_only_a_day_that_the_calendar_lacks_is_skipped() -> None:
    assert day_is_skipped(date(2011, 12, 30), "Pacific/Apia")
    assert not day_is_skipped(date(2011, 12, 29), "Pacific/Apia")
    assert not day_is_skipped(date(2011, 12, 31), "Pacific/Apia")
    assert not day_is_skipped(date(2026, 3, 29), "Europe/Berlin")


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "Europe", "", "../../etc/passwd", "/etc/passwd", "zone.tab", "a\0b", "ü" * 500]
)
def test_an_unknown_zone_is_a_value_error_that_says_so(name: str) -> None:
    with pytest.raises(ValueError, match=r"unknown time zone .*Europe/Berlin"):
        zone(name)


@pytest.mark.parametrize("at", [-(10**18), -62_000_000_000_000_000, 253_402_300_799_999_999, 10**18])
def test_the_ends_of_the_calendar_crash_nothing(at: int) -> None:
    hours = Hours("office", "Pacific/Kiritimati", EVERY_DAY, time(9), time(17))
    for answer in (next_open, next_change, last_change, is_open):
        answer(hours, at)


OFFICE = Hours("office", "Europe/London", WORKDAYS, time(9), time(17, 30), (date(2026, 12, 25),))
NIGHT = Hours("night", "Europe/London", (4,), time(22), time(6))
WEEK = Hours("week", "Europe/London", WORKDAYS, time(0), time(0))
ALWAYS = Hours("always", "Europe/London", EVERY_DAY, time(9), time(9))
BUT_CHRISTMAS = Hours("but", "Europe/London", EVERY_DAY, time(9), time(9), (date(2026, 12, 25),))
NEVER = Hours("never", "Europe/London", (), time(9), time(17))
SWALLOWED = Hours("swallowed", "Europe/London", (6,), time(1), time(2))  # 2026-03-29 has no such hour


@pytest.mark.parametrize(
    ("hours", "at", "open_now", "opens", "changes", "changed"),
    [
        (OFFICE, "2026-11-09T08:59", False, "2026-11-09T09:00", "2026-11-09T09:00", "2026-11-06T17:30"),
        (OFFICE, "2026-11-09T09:00", True, "2026-11-09T09:00", "2026-11-09T17:30", "2026-11-09T09:00"),
        (OFFICE, "2026-11-09T17:30", False, "2026-11-10T09:00", "2026-11-10T09:00", "2026-11-09T17:30"),
        (OFFICE, "2026-12-25T12:00", False, "2026-12-28T09:00", "2026-12-28T09:00", "2026-12-24T17:30"),
        (NIGHT, "2026-11-07T05:59", True, "2026-11-07T05:59", "2026-11-07T06:00", "2026-11-06T22:00"),
        (NIGHT, "2026-11-06T05:59", False, "2026-11-06T22:00", "2026-11-06T22:00", "2026-10-31T06:00"),
        (WEEK, "2026-11-11T12:00", True, "2026-11-11T12:00", "2026-11-14T00:00", "2026-11-09T00:00"),
        (WEEK, "2026-11-14T00:00", False, "2026-11-16T00:00", "2026-11-16T00:00", "2026-11-14T00:00"),
        (ALWAYS, "2026-11-14T00:00", True, "2026-11-14T00:00", None, None),
        (BUT_CHRISTMAS, "2026-12-25T08:59", True, "2026-12-25T08:59", "2026-12-25T09:00", None),
        (
            BUT_CHRISTMAS,
            "2026-12-25T09:00",
            False,
            "2026-12-26T09:00",
            "2026-12-26T09:00",
            "2026-12-25T09:00",
        ),
        (BUT_CHRISTMAS, "2027-01-05T12:00", True, "2027-01-05T12:00", None, "2026-12-26T09:00"),
        (NEVER, "2026-11-14T00:00", False, None, None, None),
        (SWALLOWED, "2026-03-29T00:59", False, "2026-04-05T00:00", "2026-04-05T00:00", "2026-03-22T02:00"),
    ],
)
def test_hours_open_and_close(
    hours: Hours, at: str, open_now: bool, opens: str | None, changes: str | None, changed: str | None
) -> None:
    def instant(text: str | None) -> int | None:
        return None if text is None else utc(text)

    assert is_open(hours, utc(at)) is open_now
    assert next_open(hours, utc(at)) == instant(opens)
    assert next_change(hours, utc(at)) == instant(changes)
    assert last_change(hours, utc(at)) == instant(changed)


def test_hours_that_stay_closed_for_more_than_400_days_never_open_again() -> None:
    closed = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(500))
    hours = Hours("shut", "UTC", EVERY_DAY, time(9), time(17), closed)
    assert next_open(hours, utc("2026-01-01T00:00")) is None
    assert next_open(hours, utc("2026-05-01T00:00")) == utc("2027-05-16T09:00")


# Windows whose edges fall into the gaps and repeated hours of CHANGES, reach past midnight, or touch each
# other.
EDGES = [
    (time(1, 30), time(2, 30)),
    (time(22), time(2, 15)),
    (time(1, 45), time(1, 45)),
    (time(23, 15), time(0)),
    (time(0), time(0, 1)),
]


@pytest.mark.parametrize(
    ("in_zone", "change"),
    [*CHANGES[:2], *(pytest.param(*one, marks=pytest.mark.long) for one in CHANGES[2:])],
)
def test_hours_agree_with_the_clock_watcher_at_every_minute_around_a_change(
    in_zone: str, change: str
) -> None:
    middle = utc(change)
    away = shown(middle, in_zone).date() - timedelta(days=1)
    for start, until in EDGES:
        for hours in (
            Hours("h", in_zone, EVERY_DAY, start, until, (away,)),
            Hours("h", in_zone, (5, 6), start, until),
        ):
            minutes = range(middle - 8 * HOUR, middle + 5 * HOUR, MINUTE)
            model = [open_at(hours, at) for at in minutes]
            assert [is_open(hours, at) for at in minutes] == model
            changes = [
                at for at, now, before in zip(minutes[1:], model[1:], model, strict=False) if now != before
            ]
            for at in [*minutes[::23], *changes, *(at - 1 for at in changes)]:
                later = [moment for moment in changes if moment > at]
                earlier = [moment for moment in changes if moment <= at]
                if later:
                    assert next_change(hours, at) == later[0]
                    assert next_open(hours, at) == (at if is_open(hours, at) else later[0])
                if earlier:
                    assert last_change(hours, at) == earlier[-1]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CHANGES),
    st.sets(st.integers(0, 6)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(-10 * 24 * 60, 10 * 24 * 60),
    st.sets(st.integers(-9, 9)),
)
def test_between_two_changes_nothing_opens_or_closes(
    change: tuple[str, str], days: set[int], start: time, until: time, minutes: int, away: set[int]
) -> None:
    in_zone, middle = change
    today = shown(utc(middle), in_zone).date()
    hours = Hours(
        "h", in_zone, tuple(days), start, until, tuple(today + timedelta(days=number) for number in away)
    )
    at = utc(middle) + minutes * MINUTE
    now = is_open(hours, at)
    assert now is open_at(hours, at)
    last, following = last_change(hours, at), next_change(hours, at)
    for probe in range(
        max(last or 0, at - 9 * DAY), min(following or at + 9 * DAY, at + 9 * DAY), 31 * MINUTE
    ):
        assert open_at(hours, probe) is now
    if following is not None:
        assert open_at(hours, following - 1) is now
        assert open_at(hours, following) is not now
        assert last_change(hours, following) == following
    if last is not None:
        assert open_at(hours, last) is now
        assert open_at(hours, last - 1) is not now
