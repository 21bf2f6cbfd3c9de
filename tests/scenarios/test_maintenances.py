"""Maintenances add up (product.md §4.18): a service is quiet while any maintenance of it lasts;
what waited says how late it is.
"""

from __future__ import annotations

import pytest

from escalate_cli.actions.maintenance import (
    begin_maintenance,
    end_maintenance,
    planned_maintenances,
    quiet_services,
)
from escalate_cli.core.calendar.duration import HOUR, MINUTE, parse_duration
from escalate_cli.core.escalation.maintenance import quiet, upcoming
from escalate_cli.errors import UsageProblem
from tests.organisations import STANDARD
from tests.world import World, instant

PLANNED = """
[[maintenance]]
services = ["login"]
start = 2026-11-23T10:10:00
for = "1h"
every = "1w"
reason = "index rebuild"
"""


def later(world: World, span: str, start: str, service: str = "login", *, reason: str | None = None) -> None:
    at = world.clock.at + parse_duration(start)
    begin_maintenance(world.context, [service], parse_duration(span), start=at, reason=reason)


def test_4_18_a_shorter_maintenance_does_not_end_a_longer_one_and_beginning_it_says_so(world: World) -> None:
    world.maintenance("login", "8h")
    world.declare("down", "login")
    longer = begin_maintenance(world.context, ["login"], 5 * MINUTE).longer
    assert [(one.service, one.until_at) for one in longer] == [("login", world.clock.at + 8 * HOUR)]
    world.advance("7h59m", every="10m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_18_a_longer_maintenance_says_nothing_about_a_shorter_one_and_lasts(world: World) -> None:
    world.maintenance("login", "5m")
    assert begin_maintenance(world.context, ["login"], HOUR).longer == ()
    world.declare("down", "login")
    world.advance("59m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_18_maintenances_that_touch_are_one(world: World) -> None:
    world.maintenance("login", "1h")
    later(world, "1h", "1h")
    (whole,) = quiet_services(world.context)
    assert whole.until_at - whole.start_at == 2 * HOUR
    world.declare("down", "login")
    world.advance("1h59m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_18_what_begins_within_a_stretch_under_way_is_a_part_of_it_and_not_listed_again(
    world: World,
) -> None:
    later(world, "2h", "0s", reason="upgrade")
    later(world, "3h", "1h", reason="network")
    later(world, "1h", "6h", reason="disks")
    later(world, "1h", "1h", service="payments", reason="cards")
    (whole,) = quiet_services(world.context)
    assert whole.until_at - world.clock.at == 4 * HOUR
    assert whole.reason == "upgrade; network"
    assert [(each.service, each.reason) for each in planned_maintenances(world.context)] == [
        ("payments", "cards"),
        ("login", "disks"),
    ]
    world.clock.at += 2 * HOUR
    assert [each.reason for each in quiet_services(world.context)] == ["network"], "the upgrade is over"
    assert [each.reason for each in planned_maintenances(world.context)] == ["disks"]


def test_4_18_ending_ends_every_maintenance_of_the_service_that_lasts_and_none_that_is_planned(
    world: World,
) -> None:
    world.maintenance("login", "8h")
    world.maintenance("login", "2h")
    later(world, "1h", "3h")
    world.declare("down", "login")
    world.clock.at += 10 * MINUTE
    assert [one.service for one in end_maintenance(world.context, ["login"]).ended] == ["login"]
    world.tick()
    world.expects("sms to ana")
    assert [maintenance.start_at for maintenance in planned_maintenances(world.context)] == [
        instant("2026-11-23T13:00:00")
    ]
    world.maintenance("login", "1h")
    assert len(quiet_services(world.context)) == 1


def test_4_18_a_maintenance_that_is_planned_keeps_quiet_from_its_beginning(world_with) -> None:
    own = '[people.ana.notify]\nhigh = [{ via = ["email"] }, { via = ["sms"], after = "30m" }]\n'
    world = world_with(STANDARD.but('wait = "5m"', 'wait = "1h"') + own)
    later(world, "1h", "10m")
    world.declare("down", "login")
    world.expects("email to ana")
    world.advance("1h9m")
    world.expects_nothing()  # the text that was still to come is held back, too
    world.advance("1m")
    world.expects("email to ana")


def test_4_18_a_planned_maintenance_is_called_off_by_ending_it(world: World) -> None:
    later(world, "1h", "10m")
    change = end_maintenance(world.context, ["login"])
    assert (change.ended, len(change.called_off), planned_maintenances(world.context)) == ((), 1, ())
    world.declare("down", "login")
    world.expects("sms to ana")
    world.advance("14m")
    world.expects("sms to bo")
    assert end_maintenance(world.context, ["login"]).not_quiet == ("login",)
    world.resolve()
    world.expects("resolved email to ana", "resolved email to bo")


def test_4_18_a_maintenance_that_would_be_over_is_refused(world: World) -> None:
    with pytest.raises(UsageProblem, match="over already"):
        begin_maintenance(world.context, ["login"], HOUR, start=world.clock.at - 2 * HOUR)


def test_4_18_a_page_that_waited_for_a_maintenance_says_how_long(world: World) -> None:
    world.maintenance("login", "1h")
    world.clock.at += 20 * MINUTE
    world.declare("down", "login")
    world.advance("40m")
    world.expects("sms to ana")
    assert "it waited 40m for the end of a maintenance" in world.look().notifications[-1].because
    assert world.look().notifications[-1].late == 0


def test_4_18_a_page_that_waited_for_a_maintenance_that_ended_while_nothing_ran_says_how_late_it_is(
    world: World,
) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login")
    world.sleep("1h4m")
    world.expects("sms to ana")
    page = world.look().notifications[-1]
    assert (page.late, "it waited 1h for the end of a maintenance" in page.because) == (4 * MINUTE, True)
    assert "4m late: no tick ran since it came due" in world.timeline()
    assert "4m late" in world.last().body


def test_4_18_after_a_maintenance_and_a_gap_the_level_that_is_due_is_paged_too(world: World) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login")
    world.sleep("1h7m")
    world.expects("sms to ana", "sms to bo")
    owed = next(page for page in world.look().notifications if page.level == 1)
    assert "it waited 1h for the end of a maintenance, and is owed since a gap of 7m" in owed.because
    due = next(page for page in world.look().notifications if page.level == 2)
    assert "it waited 1h for the end of a maintenance" in due.because


def test_4_18_a_maintenance_that_was_ended_while_nothing_ran_counts_from_its_end(world: World) -> None:
    world.maintenance("login", "8h")
    world.declare("down", "login")
    world.clock.at += 10 * MINUTE
    end_maintenance(world.context, ["login"])
    world.sleep("3m")
    world.expects("sms to ana")
    assert world.look().notifications[-1].late == 3 * MINUTE


def test_4_18_a_maintenance_of_the_configuration_keeps_quiet_every_week(world_with) -> None:
    world = world_with(STANDARD, more=PLANNED)
    world.clock.at += 7 * 24 * HOUR + 20 * MINUTE
    world.declare("down", "login")
    world.advance("49m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")
    assert "it waited 50m for the end of a maintenance" in world.look().notifications[-1].because


def test_4_18_a_maintenance_of_the_configuration_begins_while_an_incident_is_open(world_with) -> None:
    world = world_with(STANDARD.but('wait = "5m"', 'wait = "20m"'), more=PLANNED)
    world.declare("down", "login")
    world.expects("sms to ana")
    world.advance("1h9m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_18_a_maintenance_of_the_configuration_can_be_ended_this_once(world_with) -> None:
    world = world_with(STANDARD, more=PLANNED)
    world.clock.at += 20 * MINUTE
    assert [service.reason for service in quiet_services(world.context)] == ["index rebuild"]
    world.declare("down", "login")
    end_maintenance(world.context, [])
    world.tick()
    world.expects("sms to ana")
    world.ack("ana")
    world.expects("inform slack to identity")
    assert (
        quiet(world.store.situations.maintenance(), world.catalog, "login", world.clock.at + 7 * 24 * HOUR)
        is not None
    )


def test_4_18_a_planned_maintenance_keeps_its_local_time_when_the_clocks_change(world_with) -> None:
    # a Monday before the clocks go forward
    world = world_with(STANDARD, more=PLANNED.replace("11-23T10:10", "03-23T10:10"))
    begins = [one.start_at for one in upcoming((), world.catalog, "login", instant("2026-03-24T00:00:00"))]
    assert begins == [instant("2026-03-30T09:10:00")]


def test_4_18_after_a_snooze_said_during_a_maintenance_one_level_is_paged_and_nothing_is_late(
    world: World,
) -> None:
    world.maintenance("login", "3m")
    world.declare("down", "login")
    world.snooze("20m", "ana")
    world.advance("20m")
    world.expects("sms to ana", "inform slack to identity")
    assert "maintenance over" not in world.timeline()
    assert world.look().notifications[-1].late == 0


def test_4_18_what_was_resolved_during_a_maintenance_and_is_taken_up_again_after_it_is_not_late(
    world: World,
) -> None:
    world.maintenance("login", "3m")
    world.declare("down", "login")
    world.resolve()
    world.advance("20m")
    world.reopen()
    world.expects("sms to ana", "inform slack to identity")
    assert "maintenance over" not in world.timeline()
