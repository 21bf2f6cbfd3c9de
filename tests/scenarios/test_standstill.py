"""The promise about time that stands still (product.md §4.16): whoever declares or looks hears that
nobody would be escalated to.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import parse_duration
from escalate_cli.health.warnings import tick_warning
from tests.world import World


def test_4_16_while_something_is_due_and_no_tick_has_run_for_five_minutes_it_is_said(world: World) -> None:
    assert tick_warning(world.context) == []  # nothing is due
    world.declare("x", "login")
    world.expects("sms to ana")
    assert "no tick has ever run" in tick_warning(world.context)[0].text
    world.tick()
    assert tick_warning(world.context) == []
    world.clock.at += parse_duration("4m59s")
    assert tick_warning(world.context) == []
    world.clock.at += parse_duration("1s")
    assert "no tick has run for 5m" in tick_warning(world.context)[0].text
    world.resolve()
    world.expects("resolved email to ana")
    assert tick_warning(world.context) == []
