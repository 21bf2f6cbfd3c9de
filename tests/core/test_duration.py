"""Durations: read, shown, and refused with a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    WEEK,
    parse_duration,
    show_about,
    show_duration,
)

TEN_YEARS = 3650 * DAY


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", 90 * SECOND),
        ("15m", 15 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("2D", 2 * DAY),
        ("1w2d3h4m5s", WEEK + 2 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND),
        ("1w5s", WEEK + 5 * SECOND),
        ("0s", 0),
        ("007m", 7 * MINUTE),
        ("3650d", TEN_YEARS),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, span: int) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5", '"5" has no unit: write "5s", "5m" or "5h"'),
        ("0", '"0" has no unit: write "0s", "0m" or "0h"'),
        ("", '"" is not a duration: write it like "90s", "15m", "1h30m", "2d" or "1w"'),
        ("   ", '"   " is not a duration'),
        ("5x", '"5x" is not a duration'),
        ("m", '"m" is not a duration'),
        ("1m1h", '"1m1h" is not a duration'),
        ("1m1m", '"1m1m" is not a duration'),
        ("-5m", '"-5m" is not a duration'),
        ("1.5h", '"1.5h" is not a duration'),
        ("15 min", '"15 min" is not a duration'),
        ("15m\n", "is not a duration"),
        ("٣m", '"٣m" is not a duration'),
        ("²", '"²" is not a duration'),
        ("5months", '"5months" is not a duration'),
        ("3651d", '"3651d" is longer than ten years'),
        ("9" * 39 + "w", "is longer than ten years"),
        ("9" * 10_000 + "w", '…" is not a duration'),
    ],
)
def test_what_is_no_duration_is_refused_with_a_way_out(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the whole message is looked at)
        parse_duration(text)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("span", "shown", "about"),
    [
        (0, "0s", "0s"),
        (499_999, "0s", "0s"),
        (-499_999, "0s", "0s"),
        (600_000, "1s", "1s"),
        (90 * MINUTE, "1h30m", "1h30m"),
        (-90 * SECOND, "-1m30s", "-1m30s"),
        (DAY - 1, "1d", "1d"),
        (WEEK + DAY + HOUR + MINUTE + SECOND, "1w1d1h1m1s", "1w1d"),
        (-(3 * HOUR + 12 * MINUTE + 7 * SECOND), "-3h12m7s", "-3h12m"),
        (41 * SECOND, "41s", "41s"),
    ],
)
def test_a_duration_is_shown_as_people_write_it(span: int, shown: str, about: str) -> None:
    assert show_duration(span) == shown
    assert show_about(span) == about


@given(st.integers(0, TEN_YEARS // SECOND))
def test_what_is_shown_reads_back_as_the_same(seconds: int) -> None:
    assert parse_duration(show_duration(seconds * SECOND)) == seconds * SECOND


@given(st.text(max_size=60) | st.text("0123456789wdhms ", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        span = parse_duration(text)
    except ValueError:
        return  # anything else than a ValueError fails the test
    assert 0 <= span <= TEN_YEARS
    assert parse_duration(show_duration(span)) == span
