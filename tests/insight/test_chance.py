"""More than chance: the binomial tail against exact fractions, and what the tests of the lessons rest on."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.insight.lessons.chance import stands_out, tail, usual


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_the_tail_is_the_exact_one(k: int, n: int, twentieths: int) -> None:
    rate = Fraction(twentieths, 20)
    exact = (
        sum(math.comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(k, n + 1)) if k else Fraction(1)
    )
    assert tail(k, n, float(rate)) == pytest.approx(float(exact), abs=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "rate", "looks", "more"),
    [
        (3, 3, 0.05, 10, True),  # three of three where one in twenty is usual
        (3, 3, 0.5, 1, False),  # three of three where half is usual
        (6, 6, 0.5, 1, True),
        (6, 6, 0.5, 40, False),  # … but not having looked at forty of them
        (0, 0, 0.5, 1, False),
        (40, 400, 0.1, 1, False),
    ],
)
def test_what_stands_out(k: int, n: int, rate: float, looks: int, more: bool) -> None:
    assert stands_out(k, n, rate, looks) is more


def test_few_others_say_little() -> None:
    assert usual(0, 0, 0.3) == pytest.approx(0.3)
    assert usual(3, 3, 0.3) == pytest.approx(0.72)
    assert usual(300, 300, 0.3) > 0.99
