"""Who is on call, shift by shift: rotations, layers, hours, the ends of the calendar."""

from __future__ import annotations

import timeit

import pytest

from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import (
    Override,
    Schedule,
    Shift,
    next_handoff,
    on_call,
    zone_trouble_of_schedule,
)
from tests.core.rotas import HOURS, in_zone, local, turns
from tests.core.wall_clock import utc, who

NO_HOURS: dict[str, Hours] = {}
NOBODY = "no rotation applies"


def takes(person: str, start: str, until: str) -> Override:
    return Override(person, local(start), local(until), f"{person}:1")


def rota(rotation: int, turn: int) -> str:
    return f"rotation {rotation} of identity-primary, turn {turn}"


WEEKLY = in_zone("Europe/London", turns("ana bo", "2026-01-05T09:00", "1 w"))
BERLIN_GAP = in_zone("Europe/Berlin", turns("ana bo", "2026-03-28T02:30", "1 d"))
BERLIN_TWICE = in_zone("Europe/Berlin", turns("ana bo", "2026-10-24T02:30", "1 d"))
NEW_YORK = in_zone("America/New_York", turns("ana bo", "2026-10-31T01:30", "1 d"))
LORD_HOWE = in_zone("Australia/Lord_Howe", turns("ana bo", "2026-10-03T02:15", "1 d"))
ST_JOHNS = in_zone("America/St_Johns", turns("ana bo", "2010-11-06T00:00", "1 d"))
CASABLANCA = in_zone("Africa/Casablanca", turns("ana bo", "2024-03-09T02:30", "1 d"))
APIA = in_zone("Pacific/Apia", turns("ana bo cy", "2011-12-28T09:00", "1 d"))
APIA_MIDNIGHT = in_zone("Pacific/Apia", turns("ana bo cy", "2011-12-28T00:00", "1 d"))
APIA_WEEKLY = in_zone("Pacific/Apia", turns("ana bo", "2011-12-23T09:00", "1 w"))
MONTHS = in_zone("Europe/London", turns("ana bo cy", "2026-01-31T09:00", "1 months"))
QUARTERS = in_zone("UTC", turns("ana bo", "2023-11-30T09:00", "3 months"))


@pytest.mark.parametrize(
    ("schedule", "at", "person", "turn", "because"),
    [
        (WEEKLY, "2026-01-05T08:59", None, 0, "before its start a rotation does not apply"),
        (WEEKLY, "2026-01-05T09:00", "ana", 1, "the very first instant"),
        (WEEKLY, "2026-01-12T08:59", "ana", 1, "the last minute of the first turn"),
        (
            WEEKLY,
            "2026-01-12T09:00",
            "bo",
            2,
            "a page at the very instant of a handoff goes to the incoming person",
        ),
        (WEEKLY, "2026-03-30T07:59", "bo", 12, "09:00 is 08:00 UTC once summer time has begun"),
        (WEEKLY, "2026-03-30T08:00", "ana", 13, "the first handoff in summer time"),
        (WEEKLY, "2036-03-31T08:00", "ana", 535, "ten years on it is still Monday at 09:00"),
        (BERLIN_GAP, "2026-03-29T00:59", "ana", 1, "the minute before the gap"),
        (
            BERLIN_GAP,
            "2026-03-29T01:00",
            "bo",
            2,
            "02:30 does not exist: handed over at the first instant after the gap",
        ),
        (BERLIN_GAP, "2026-03-30T00:30", "ana", 3, "and the next day at 02:30 again"),
        (BERLIN_TWICE, "2026-10-25T00:29", "ana", 1, "before 02:30 comes the first time"),
        (BERLIN_TWICE, "2026-10-25T00:30", "bo", 2, "02:30, the first time"),
        (BERLIN_TWICE, "2026-10-25T01:29", "bo", 2, "02:29 comes again: no way back"),
        (BERLIN_TWICE, "2026-10-26T01:29", "bo", 2, "a turn of 25 hours"),
        (NEW_YORK, "2026-11-01T05:30", "bo", 2, "01:30 daylight time"),
        (NEW_YORK, "2026-11-02T06:29", "bo", 2, "a turn of 25 hours"),
        (LORD_HOWE, "2026-10-03T15:29", "ana", 1, "before the gap of half an hour"),
        (LORD_HOWE, "2026-10-03T15:30", "bo", 2, "02:15 does not exist there"),
        (LORD_HOWE, "2026-10-04T15:15", "ana", 3, "02:15 at +11"),
        (ST_JOHNS, "2010-11-07T02:29", "ana", 1, "23:59 the first time"),
        (ST_JOHNS, "2010-11-07T02:30", "bo", 2, "midnight the first time"),
        (ST_JOHNS, "2010-11-07T02:31", "bo", 2, "23:01 of the day before, again: no way back"),
        (CASABLANCA, "2024-03-10T01:30", "bo", 2, "clocks go back for Ramadan: 02:30 the first time"),
        (CASABLANCA, "2024-03-11T02:29", "bo", 2, "a turn of 25 hours"),
        (APIA, "2011-12-29T19:00", "bo", 2, "09:00 on the 29th"),
        (APIA, "2011-12-30T18:59", "bo", 2, "still: the 30th does not happen"),
        (APIA, "2011-12-30T19:00", "ana", 4, "09:00 on the 31st; cy's turn has length zero"),
        (APIA_MIDNIGHT, "2011-12-30T09:59", "bo", 2, "the last minute of the 29th"),
        (
            APIA_MIDNIGHT,
            "2011-12-30T10:00",
            "ana",
            4,
            "the first minute of the 31st; cy's turn has length zero",
        ),
        (APIA_WEEKLY, "2011-12-30T18:59", "ana", 1, "no Friday"),
        (APIA_WEEKLY, "2011-12-30T19:00", "bo", 2, "so Saturday at 09:00"),
        (APIA_WEEKLY, "2012-01-05T19:00", "ana", 3, "and the next handoff is on a Friday again"),
        (MONTHS, "2026-02-28T08:59", "ana", 1, "the 31st of February is the 28th"),
        (MONTHS, "2026-02-28T09:00", "bo", 2, "the 31st of February is the 28th"),
        (MONTHS, "2026-03-31T07:59", "bo", 2, "counted from the 31st, not from the 28th"),
        (MONTHS, "2026-03-31T08:00", "cy", 3, "counted from the 31st, not from the 28th"),
        (MONTHS, "2028-02-29T09:00", "bo", 26, "a leap year"),
        (QUARTERS, "2024-02-29T08:59", "ana", 1, "quarters, clamped to a leap day"),
        (QUARTERS, "2024-02-29T09:00", "bo", 2, "quarters, clamped to a leap day"),
        (in_zone("UTC"), "2026-01-01T00:00", None, 0, "an empty schedule"),
        (
            in_zone("UTC", turns("", "2026-01-01T00:00", "1 d")),
            "2026-06-01T00:00",
            None,
            0,
            "a rotation of nobody",
        ),
    ],
)
def test_one_rotation(schedule: Schedule, at: str, person: str | None, turn: int, because: str) -> None:
    shift = on_call(schedule, NO_HOURS, utc(at))
    assert shift.person == person, because
    assert shift.why == (rota(1, turn) if turn else NOBODY), because
    assert who(schedule, NO_HOURS, utc(at))[::2] == (person, turn), "the slow model agrees"


LAYERED = in_zone(
    "Europe/London",
    turns("low", "2026-01-05T09:00", "1 w", source="catalog.toml:30"),
    turns("day eve", "2026-01-05T09:00", "1 d", hours="office", source="catalog.toml:40"),
    turns("", "2026-01-05T09:00", "1 d"),
    takes("cy", "2026-11-10T12:00", "2026-11-10T18:00"),
    takes("di", "2026-11-10T13:00", "2026-11-10T14:00"),
    takes("ed", "2026-11-10T13:30", "2026-11-10T13:30"),
    takes("fi", "2026-11-10T17:00", "2026-11-10T09:00"),
)
ONE_DAY = in_zone("UTC", takes("bo", "2026-01-01T00:00", "2026-01-02T00:00"))
OFFICE_ONLY = in_zone("Europe/London", turns("ana", "2026-01-07T12:00", "1 w", hours="office"))


@pytest.mark.parametrize(
    ("schedule", "at", "person", "start", "until", "why", "source"),
    [
        # The stretch of one turn in one layer, cut by the layers above it.
        (
            LAYERED,
            "2026-11-10T08:00",
            "low",
            "2026-11-09T17:30",
            "2026-11-10T09:00",
            rota(1, 45),
            "catalog.toml:30",
        ),
        (
            LAYERED,
            "2026-11-10T09:00",
            "eve",
            "2026-11-10T09:00",
            "2026-11-10T12:00",
            rota(2, 310),
            "catalog.toml:40",
        ),
        (LAYERED, "2026-11-10T12:00", "cy", "2026-11-10T12:00", "2026-11-10T13:00", "override", "cy:1"),
        (LAYERED, "2026-11-10T13:30", "di", "2026-11-10T13:00", "2026-11-10T14:00", "override", "di:1"),
        (LAYERED, "2026-11-10T14:00", "cy", "2026-11-10T14:00", "2026-11-10T18:00", "override", "cy:1"),
        (
            LAYERED,
            "2026-11-10T18:00",
            "low",
            "2026-11-10T18:00",
            "2026-11-11T09:00",
            rota(1, 45),
            "catalog.toml:30",
        ),
        (
            LAYERED,
            "2026-11-14T12:00",
            "low",
            "2026-11-13T17:30",
            "2026-11-16T09:00",
            rota(1, 45),
            "catalog.toml:30",
        ),
        # Gaps: bounded by what was and what comes, else by 60 days back and no end.
        (
            OFFICE_ONLY,
            "2026-01-07T11:59",
            None,
            "2025-11-08T11:59",
            "2026-01-07T12:00",
            NOBODY,
            "catalog.toml:7",
        ),
        (OFFICE_ONLY, "2026-01-07T12:00", "ana", "2026-01-07T12:00", "2026-01-07T17:30", rota(1, 1), ""),
        (
            OFFICE_ONLY,
            "2026-01-10T12:00",
            None,
            "2026-01-09T17:30",
            "2026-01-12T09:00",
            NOBODY,
            "catalog.toml:7",
        ),
        (OFFICE_ONLY, "2026-01-14T13:00", "ana", "2026-01-14T12:00", "2026-01-14T17:30", rota(1, 2), ""),
        (in_zone("UTC"), "2026-03-02T00:00", None, "2026-01-01T00:00", None, NOBODY, "catalog.toml:7"),
        (ONE_DAY, "2026-03-02T00:00", None, "2026-01-02T00:00", None, NOBODY, "catalog.toml:7"),
    ],
)
def test_layers(
    schedule: Schedule, at: str, person: str | None, start: str, until: str | None, why: str, source: str
) -> None:
    shift = on_call(schedule, HOURS, utc(at))
    assert shift == Shift(person, utc(start), None if until is None else utc(until), why, source)
    assert next_handoff(schedule, HOURS, utc(at)) == shift.until


def test_a_turn_that_would_end_after_the_calendar_never_ends() -> None:
    for every in ("99999 months", "999999 w", "99999999 d"):
        schedule = in_zone("UTC", turns("ana bo", "2026-01-05T09:00", every))
        assert on_call(schedule, NO_HOURS, utc("2026-01-05T09:00")).until is None
        assert on_call(schedule, NO_HOURS, utc("9000-01-05T09:00")).person == "ana"


def test_a_daily_turn_at_the_end_of_the_calendar() -> None:
    schedule = in_zone("Pacific/Apia", turns("ana", "0002-01-05T09:00", "1 d"))
    for at in (-(10**17), utc("0003-01-05T09:00"), utc("9998-12-31T09:00"), 10**18):
        on_call(schedule, NO_HOURS, at)


def test_what_a_checked_configuration_does_not_have_is_a_value_error() -> None:
    with pytest.raises(ValueError, match='rotation 1 of identity-primary names the hours "offce"'):
        on_call(in_zone("UTC", turns("ana", "2026-01-05T09:00", "1 d", hours="offce")), HOURS, 0)
    with pytest.raises(ValueError, match='not "fortnight"'):
        on_call(
            in_zone("UTC", turns("ana", "2026-01-05T09:00", "1 fortnight")), NO_HOURS, utc("2026-02-05T09:00")
        )


def test_a_zone_that_is_gone_is_taken_as_utc_and_said() -> None:
    rotation = turns("ana bo", "2026-07-06T09:00", "1 d")
    gone, utc_zone = in_zone("Atlantis/Capital", rotation), in_zone("UTC", rotation)
    for at in (utc("2026-07-07T08:59"), utc("2026-07-07T09:00")):
        assert on_call(gone, NO_HOURS, at) == on_call(utc_zone, NO_HOURS, at)
    assert (
        'schedule identity-primary: the time zone "Atlantis/Capital" cannot be used'
        in zone_trouble_of_schedule(gone, NO_HOURS)
    )
    assert zone_trouble_of_schedule(utc_zone, NO_HOURS) == ""


def test_a_rotation_that_began_years_ago_is_looked_up_in_less_than_100_microseconds() -> None:
    schedule = in_zone("Europe/London", turns("ana bo cy", "1996-01-01T09:00", "1 w"))
    at = utc("2026-11-10T12:00")
    assert min(timeit.repeat(lambda: on_call(schedule, NO_HOURS, at), number=50, repeat=20)) / 50 < 100e-6
