"""Whether a count is more than chance: one-sided binomial tests against what is usual elsewhere,
corrected for the number of tests.

Whoever looks at a hundred levels finds one that nobody answered three times in a row, and it means
nothing. So a share counts only if chance, at the rate that is usual among the others, would bring
it up in fewer than one of twenty whole organisations like this one (Bonferroni 1936). If there are
few others, the usual rate is drawn towards a stated expectation that is worth two observations.
"""

from __future__ import annotations

import math

LEVEL = 0.05
_WEIGHT = 2.0


def usual(k: int, n: int, expected: float, weight: float = _WEIGHT) -> float:
    """The rate of `k` in `n` others, drawn towards `expected`, which is worth `weight` of them."""
    return (k + weight * expected) / (n + weight)


def tail(k: int, n: int, rate: float) -> float:
    """The probability of `k` or more in `n`, each at `rate`."""
    if k <= 0:
        return 1.0
    if k > n or rate <= 0.0:
        return 0.0
    if rate >= 1.0:
        return 1.0
    return min(1.0, math.fsum(math.exp(_log_of_exactly(hits, n, rate)) for hits in range(k, n + 1)))


def _log_of_exactly(k: int, n: int, rate: float) -> float:
    choices = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choices + k * math.log(rate) + (n - k) * math.log1p(-rate)


def stands_out(k: int, n: int, rate: float, looks: int) -> bool:
    """Whether `k` or more of `n` is more than chance at `rate`, having looked at `looks` such counts."""
    return tail(k, n, rate) * max(looks, 1) < LEVEL
