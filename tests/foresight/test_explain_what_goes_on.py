"""Why somebody was not told of an incident that pages again, or whose level asks who is on call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from escalate_cli.foresight import absence
from tests.foresight.test_explain import MORE, record
from tests.organisations import STANDARD
from tests.world import World

TEN_MINUTES = STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "10m"')
THIRD = '[[policies.standard.levels]]\nnotify = ["person:cto"]\nwait = "10m"\n'


def lapses(world: World) -> None:
    world.advance("11m")


def is_reopened(world: World) -> None:
    world.resolve()
    world.advance("1m")
    world.reopen()


def is_given_back(world: World) -> None:
    world.pass_on("ana")


def is_snoozed_and_over(world: World) -> None:
    world.snooze("5m", "ana")
    world.advance("6m")


@pytest.mark.parametrize("ends", [lapses, is_reopened, is_given_back, is_snoozed_and_over])
def test_what_pages_again_has_no_end(ends: Callable[[World], None], tmp_path: Path) -> None:
    world = World(tmp_path, TEN_MINUTES + THIRD)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    assert "fallback was not needed: acknowledged by Ana" in absence.stopped_by(record(world), "ops")
    assert "was never reached: acknowledged by Ana" in absence.stopped_by(record(world), "cto")
    ends(world)
    assert world.look().paging
    fallback, level = (absence.stopped_by(record(world), person) for person in ("ops", "cto"))
    assert fallback.startswith("the fallback is not paged yet: no policy has run out of levels")
    assert level.startswith("level 3 of policy standard for Identity is not reached yet: it stands at level")
    world.store.close()


def test_after_a_lapse_the_acknowledgement_that_stands_is_named_with_its_own_time_out(tmp_path: Path) -> None:
    world = World(tmp_path, TEN_MINUTES + THIRD)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.advance("12m")
    world.ack("bo")
    for person in ("ops", "cto"):
        stopped = absence.stopped_by(record(world), person)
        assert (
            "acknowledged by Bo for Identity at 10:13; without an update it pages again at 10:23" in stopped
        )
        assert "Ana" not in stopped
    world.advance("1m")
    world.ack("ana", everything=True)
    assert absence.stopped_by(record(world), "cto").endswith(
        "was never reached: taken over by Ana from Bo for Identity at 10:14; without an update it pages"
        " again at 10:24"
    )
    world.store.close()


def test_the_fallback_may_still_come_while_another_team_is_paged(tmp_path: Path) -> None:
    world = World(tmp_path, STANDARD)
    world.declare("down", "login", "payments")
    world.ack("ana")
    assert world.look().paging
    assert absence.stopped_by(record(world), "ops").startswith("the fallback is not paged yet")
    world.store.close()


def test_a_level_that_would_have_meant_somebody_else_says_that_it_would_have_to_be_their_turn(
    tmp_path: Path,
) -> None:
    policy = STANDARD + '[[policies.standard.levels]]\nnotify = ["schedule:spare"]\nwait = "10m"\n'
    world = World(tmp_path, policy, more=MORE)
    world.declare("down", "login")
    turn = "; it would have to be their turn, too: at 10:{} spare {} Zoe on call: rotation 1 of spare"
    where = "level 3 of policy standard for Identity "
    waits = absence.stopped_by(record(world), "eve")
    assert waits.startswith(f"{where}is not reached yet: it stands at level 1 of 3")
    assert turn.format("05", "has") in waits
    world.advance("2m")
    world.ack("ana")
    over = absence.stopped_by(record(world), "eve")
    assert over.startswith(f"{where}was never reached: acknowledged by Ana for Identity at 10:02")
    assert turn.format("02", "had") in over
    assert "their turn" not in absence.stopped_by(record(world), "zoe")
    world.store.close()


def test_a_level_that_surely_means_somebody_is_named_before_one_at_which_it_is_not_their_turn(
    tmp_path: Path,
) -> None:
    policy = STANDARD + (
        '[[policies.standard.levels]]\nnotify = ["schedule:spare"]\nwait = "10m"\n'
        '[[policies.standard.levels]]\nnotify = ["person:eve"]\nwait = "10m"\n'
    )
    world = World(tmp_path, policy, more=MORE)
    world.declare("down", "login")
    world.ack("ana")
    assert absence.stopped_by(record(world), "eve").startswith("level 4 of policy standard for Identity was")
    world.store.close()
