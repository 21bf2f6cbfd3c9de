"""Moments as people write them, seen from Monday, 23 November 2026, 12:00 in London."""

from __future__ import annotations

import pytest

from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE
from escalate_cli.core.calendar.moment import NotAMoment, from_now, iso, local_time, parse_moment

NOW = 1_795_435_200_000_000  # 2026-11-23T12:00:00Z


@pytest.mark.parametrize(
    ("text", "zone", "means"),
    [
        ("now", "Europe/London", "2026-11-23T12:00:00Z"),
        ("+2h", "Europe/London", "2026-11-23T14:00:00Z"),
        ("-1h30m", "Europe/London", "2026-11-23T10:30:00Z"),
        ("2026-12-24 09:00", "Europe/Berlin", "2026-12-24T08:00:00Z"),
        ("2026-12-24T09:00:30", "America/New_York", "2026-12-24T14:00:30Z"),
        ("2026-07-01", "Europe/London", "2026-06-30T23:00:00Z"),
        ("2026-12-24T09:00Z", "Asia/Tokyo", "2026-12-24T09:00:00Z"),
        ("2026-12-24t09:00:00+02:00", "Asia/Tokyo", "2026-12-24T07:00:00Z"),
        ("2026-12-24 09:00 -0330", "Asia/Tokyo", "2026-12-24T12:30:00Z"),
        ("sun 03:00", "Europe/London", "2026-11-29T03:00:00Z"),
        ("Monday 12:00", "Europe/London", "2026-11-23T12:00:00Z"),
        ("mon 11:59", "Europe/London", "2026-11-30T11:59:00Z"),
        ("tomorrow 09:00", "Asia/Tokyo", "2026-11-24T00:00:00Z"),
        ("today 09:00", "Europe/London", "2026-11-23T09:00:00Z"),
        ("13:00", "Europe/London", "2026-11-23T13:00:00Z"),
        ("9:00", "Europe/London", "2026-11-24T09:00:00Z"),
        ("2026-10-25 01:30", "Europe/London", "2026-10-25T00:30:00Z"),  # shown twice: the first time
    ],
)
def test_a_moment_means(text, zone, means):
    assert iso(parse_moment(text, NOW, zone)) == means


@pytest.mark.parametrize(
    ("text", "zone", "wrong", "hint"),
    [
        ("2027-03-28 01:30", "Europe/London", "does not exist in Europe/London", "2027-03-28 02:00"),
        ("2011-12-30 12:00", "Pacific/Apia", "does not exist in Pacific/Apia", "2011-12-31 00:00"),
        ("2026-13-01", "UTC", "no such day", "calendar"),
        ("2026-12-24 25:00", "UTC", "is not a moment", "write it like"),
        ("2026-12-24 09:00+99:00", "UTC", "no place on earth", "write it like"),
        ("+5", "UTC", "has no unit", "write it like"),
        ("funday 03:00", "UTC", "is not a moment", "write it like"),
        ("sun", "UTC", "is not a moment", "write it like"),
        ("", "UTC", "is not a moment", "write it like"),
        ("x" * 10_000, "UTC", "…", "write it like"),
        ("９９:００", "UTC", "is not a moment", "write it like"),
    ],
)
def test_what_is_no_moment_is_refused_with_a_hint(text, zone, wrong, hint):
    with pytest.raises(NotAMoment) as refused:
        parse_moment(text, NOW, zone)
    assert wrong in str(refused.value)
    assert hint in refused.value.hint
    assert len(str(refused.value)) < 200


def test_moments_as_people_read_them():
    assert local_time(NOW, "Asia/Tokyo") == "Mon 2026-11-23 21:00"
    assert [
        from_now(at, NOW)
        for at in (NOW + 4 * MINUTE, NOW - 12 * MINUTE, NOW, NOW + 2 * DAY + 3 * HOUR + MINUTE, None)
    ] == ["in 4m", "12m ago", "now", "in 2d3h", "–"]
