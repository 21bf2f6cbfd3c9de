"""Scenario 49: all of it at once. `ESCALATE_CHAOS_MINUTES=60` makes it an hour,
`ESCALATE_FAULTS_SEED` another one.
"""

from __future__ import annotations

import os
import shutil

import pytest

from tests.faults.chaos.life import FAKETIME, life
from tests.faults.chaos.processes import Sum
from tests.faults.harness import CLOCK
from tests.faults.rounds import report, seeded


@pytest.mark.long
def test_whatever_happens_at_once_nothing_is_lost_and_nobody_is_paged_after_an_acknowledgement(tmp_path):
    minutes = float(os.environ.get("ESCALATE_CHAOS_MINUTES", "3"))
    seed = os.environ.get("ESCALATE_FAULTS_SEED", "1")
    total, end, number, wrong = Sum(), CLOCK.monotonic() + 60 * minutes, 0, []
    part = min(50.0, 60 * minutes / 3)
    while CLOCK.monotonic() < end:
        jumping = number % 2 == 1 and FAKETIME is not None
        place = tmp_path / f"life-{number}"
        with life(place, seeded(f"chaos {number}"), total, jumping) as here:
            here.wrong = wrong
            here.go_on(part)
            here.come_to_rest()
            here.take_account()
            if here.copies:
                here.put_a_copy_back()
                here.go_on(part / 2)
                here.come_to_rest()
                here.take_account()
        print(f"\nseed {seed}, life {number}{', its clock jumps' if jumping else ''}: {total}", flush=True)
        print("\n".join(wrong), flush=True)
        shutil.rmtree(place, ignore_errors=True)
        number += 1
    report(
        rounds=number,
        messages=total.messages,
        lost=len(wrong),
        repeated=dict(total.repeated),
        killed=total.signals["KILL"],
    )
    assert wrong == [], total
