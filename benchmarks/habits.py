"""Who answers how soon: habits of people, drawn from the policy and the level that pages them."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from benchmarks.planted import fact
from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, SECOND, Span

ANSWERED = 0.8
LONGEST = 5 * DAY
"""after which somebody ends an incident that nobody has taken"""


@dataclass(frozen=True)
class Habit:
    """How a level is answered: how likely, after how long in the middle (microseconds), how much
    that varies, at most after how long.
    """

    likely: float
    median: Span
    spread: float
    most: Span

    def after(self, dice: random.Random) -> Span:
        return min(max(int(self.median * math.exp(dice.gauss(0, self.spread))), 20 * SECOND), self.most)


def habit(policy: str, level: int, wait: Span) -> Habit:
    """How this level is answered."""
    short, long, silent = fact("short-wait"), fact("long-wait"), fact("unanswered-level")
    if (policy, level) == (short["policy"], short["level"]):
        return Habit(0.85, 3 * MINUTE + 30 * SECOND, 0.3, 20 * MINUTE)
    if (policy, level) == (long["policy"], long["level"]):
        return Habit(0.85, 3 * MINUTE, 0.4, 10 * MINUTE)
    if policy == silent["policy"]:
        # Never so late that the answer would fall into the next round's first level.
        return Habit(0.0 if level == silent["level"] else 0.9, int(0.4 * wait), 0.35, int(0.9 * wait))
    if policy == fact("person-at-night")["policy"]:
        return Habit(0.95, int(0.45 * wait), 0.4, 4 * HOUR)
    return Habit(ANSWERED, int(0.45 * wait), 0.4, 4 * HOUR)
