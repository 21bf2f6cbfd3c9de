"""Hours of levels, acknowledgements of everybody, and turns that are taken incident by incident."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import STANDARD
from tests.world import instant, spoken

# ── during ────────────────────────────────────────────────────────────────────────────


OFFICE_LEAD = """
[policies.standard]
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
during = "office"
"""


def test_a_level_is_held_until_its_hours_begin_and_then_pages_at_once(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-21T03:00:00")  # a Saturday night
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    assert "level 2 of Identity held until the hours office begin" in world.timeline()
    assert world.look().incident.next_due_at == instant("2026-11-23T09:00:00")
    world.clock.at = instant("2026-11-23T08:59:00")
    world.tick()
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to bo")


def test_a_level_within_its_hours_is_not_held(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana", "sms to bo")


def test_a_hold_that_ends_while_nothing_runs_pages_at_the_next_tick_within_the_hours(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-23T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    world.sleep("6h30m")  # 09:35: its own wait ended at 09:10
    world.expects("sms to bo", "sms to ops")


def test_a_hold_slept_through_until_after_the_hours_is_paged_when_they_begin_again(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-23T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    world.sleep("17h")  # 20:05: the window came and went; the policy has run out
    world.expects("sms to ops")
    assert (
        "level 2 of Identity is owed: its hours office passed in a gap without any tick" in world.timeline()
    )
    world.advance("13h", every="15m")
    assert "sms to bo" in world.sent()


@pytest.mark.parametrize(
    ("friday", "opens"),
    [("2026-03-27T20:00:00", "2026-03-30T08:00:00"), ("2026-10-23T20:00:00", "2026-10-26T09:00:00")],
)
def test_hours_are_local_across_the_change_of_clocks(world_with, friday: str, opens: str) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant(friday)
    world.declare("down", "login")
    world.advance("5m")
    world.sent()
    assert world.look().incident.next_due_at == instant(opens)
    world.resolve()
    world.sent()


WHEN_AND_DURING = OFFICE_LEAD.replace(
    'during = "office"', 'during = "office"\nwhen = { severity = ">=major" }'
)
SATURDAY, OPENING = "2026-11-28T10:00:00", "2026-11-30T09:00:00"
ASKED_TWICE = {
    # the severity when it is declared, and from Sunday on; what the timeline says of level 2;
    # who hears on Monday
    "it holds both times": ("major", "major", "held until the hours office begin", "sms to bo"),
    "no longer when the hours begin": ("major", "minor", "left out: severity is minor", None),
    "not yet when the level comes due": ("minor", "major", "left out: severity is minor", None),
}


@pytest.mark.parametrize("case", ASKED_TWICE)
def test_4_3_a_condition_of_a_held_level_is_asked_when_it_comes_due_and_when_its_hours_begin(
    world_with, case: str
) -> None:
    declared, since_sunday, timeline, heard = ASKED_TWICE[case]
    world = world_with(WHEN_AND_DURING)
    world.clock.at = instant(SATURDAY)
    world.declare("down", "login", severity=declared)
    world.advance("1d", every="5m")
    held = "level 2 of Identity held until the hours office begin" in world.timeline()
    assert held is (declared == "major"), "asked for the first time"
    if since_sunday != declared:
        world.update(severity=since_sunday)
    world.sent()
    while world.clock.at < instant(OPENING):
        world.sleep("1h")
    at_opening = [spoken(letter) for at, letter in world.post.letters if at == instant(OPENING)]
    assert [one for one in at_opening if one.endswith(" to bo")] == ([heard] if heard else [])
    assert f"level 2 of Identity {timeline}" in world.timeline()
    world.sent()


def test_an_acknowledgement_ends_a_hold(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-21T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.ack("ana")
    world.advance("3d", every="1h")
    world.expects("sms to ana", "inform slack to identity")


# ── acks = "all" ──────────────────────────────────────────────────────────────────────


EVERYONE = """
[policies.standard]
[[policies.standard.levels]]
notify = ["members"]
wait = "5m"
acks = "all"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "10m"
"""


def test_a_level_that_wants_everyone_waits_for_everyone_it_paged(world_with) -> None:
    world = world_with(EVERYONE)
    world.declare("down", "login")
    world.expects("sms to ana", "sms to bo")
    world.ack("ana")
    assert "level 1 still waits for Bo" in world.timeline()
    assert world.look().incident.status is IncidentStatus.OPEN
    world.ack("bo")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    world.advance("1h", every="10m")
    world.expects("inform slack to identity", "inform email to bo", "inform slack to identity")


def test_a_level_that_wants_everyone_goes_on_when_one_is_silent(world_with) -> None:
    world = world_with(EVERYONE)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("5m")
    world.expects("sms to ana", "sms to bo", "sms to cto", "inform slack to identity", "inform email to bo")


# ── round robin ───────────────────────────────────────────────────────────────────────


def test_round_robin_takes_the_members_in_turn_one_an_incident(world_with) -> None:
    world = world_with(STANDARD.but('["on-call"]', '["round-robin"]'))
    for expected in ("ana", "bo", "ana"):
        world.declare("down", "login")
        world.expects(f"sms to {expected}")


def test_the_turn_stays_the_same_within_one_incident(world_with) -> None:
    world = world_with(STANDARD.but('["on-call"]', '["round-robin"]').but("repeat = 0", "repeat = 1"))
    world.declare("down", "login")
    world.advance("15m")
    world.expects("sms to ana", "sms to bo", "sms to ana")
