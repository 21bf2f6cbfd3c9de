"""Promise 4.3 where it is hard to keep: a fallback that reaches nobody, rounds that take days,
channels beside nobody.
"""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import EscalationStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, STANDARD
from tests.world import World, instant

GONE = Outcome(OutcomeKind.PERMANENT, "HTTP 404")
SATURDAY = instant("2026-11-28T10:00:00")
MUTE = (
    '[people.mute]\nname = "Mute"\n[people.mail-only]\nname = "Mail Only"\ncontact = { email ='
    ' "mail-only@example.com" }\n'
)
WEEKDAYS = """
[schedules.weekdays]
[[schedules.weekdays.rotations]]
members = ["ana"]
start = 2026-01-05T09:00:00
every = "1w"
hours = "office"
"""
ON_WEEKDAYS = '[[policies.standard.levels]]\nnotify = ["schedule:weekdays"]\nwait = "5m"\n'


def fallback(page: str) -> str:
    return BANK.but('page = ["person:ops"]', f"page = {page}")


def begin(world: World, at: int) -> None:
    world.clock.at = world.start_at = at


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ('["person:mute"]', "Mute has no address for high urgency"),
        ('["person:mail-only"]', "Mail Only has no address for high urgency"),
        ('["schedule:weekdays"]', "nobody is on call in weekdays"),
    ],
)
def test_4_3_where_the_fallback_reaches_nobody_the_levels_are_walked_again_as_without_one(
    world_with, page: str, why: str
) -> None:
    world = world_with(STANDARD, organisation=fallback(page), more=MUTE + WEEKDAYS)
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.advance("31m")
    walk = [(0, "sms to ana"), (5, "sms to bo"), (15, "sms to ana"), (20, "sms to bo"), (30, "sms to ana")]
    assert world.history() == walk
    assert world.timeline().count(f"{why}; the levels are walked again") == 2
    assert world.look().escalations[0].status is EscalationStatus.PAGING
    world.sent()


def test_4_3_a_fallback_that_is_only_a_channel_is_told_and_the_levels_are_walked_again(world_with) -> None:
    world = world_with(STANDARD, organisation=fallback('["channel:status"]'))
    world.declare("down", "login")
    world.advance("16m")
    assert world.history() == [
        (0, "sms to ana"),
        (5, "sms to bo"),
        (15, "slack to status"),
        (15, "sms to ana"),
    ]
    world.sent()


def test_4_3_a_fallback_that_follows_a_schedule_is_paged_again_once_somebody_is_on_call(world_with) -> None:
    """Nobody is on call in it before Monday; the levels reach nobody at all."""
    policy = '[policies.standard]\n[[policies.standard.levels]]\nnotify = ["person:mute"]\nwait = "5m"\n'
    world = world_with(policy, organisation=fallback('["schedule:weekdays"]'), more=MUTE + WEEKDAYS)
    begin(world, instant("2026-11-30T08:50:00"))
    world.declare("down", "login")
    world.advance("31m")
    assert world.history() == [(15, "sms to ana"), (30, "sms to ana")]
    world.sent()


def test_4_3_the_levels_are_walked_again_when_the_fallback_is_no_longer_reached(world_with) -> None:
    """Its schedule ends at 17:30."""
    world = world_with(STANDARD, organisation=fallback('["schedule:weekdays"]'), more=WEEKDAYS)
    begin(world, instant("2026-11-27T17:05:00"))
    world.declare("down", "login")
    world.advance("50m")
    by_fallback = (15, "sms to ana")
    again = [(30, "sms to ana"), (35, "sms to bo"), (45, "sms to ana"), (50, "sms to bo")]
    assert world.history() == [(0, "sms to ana"), (5, "sms to bo"), by_fallback, *again]
    assert (
        "the fallback was not reached: the levels of policy standard of Identity are walked again"
        in world.timeline()
    )
    world.sent()


def test_4_3_a_fallback_whose_every_address_failed_for_good_does_not_end_the_walking(world_with) -> None:
    world = world_with(STANDARD)
    world.post.refuse = lambda url: GONE if url.endswith("%2B6") else None
    world.declare("down", "login")
    world.advance("36m")
    assert world.history() == [(0, "sms to ana"), (5, "sms to bo"), (30, "sms to ana"), (35, "sms to bo")]
    world.sent()


HELD = """
[policies.standard]
repeat = 1
[[policies.standard.levels]]
notify = ["schedule:weekdays"]
wait = "5m"
[[policies.standard.levels]]
notify = ["person:mute"]
wait = "10m"
during = "office"
"""


@pytest.mark.parametrize("page", ['["person:ops"]', '["person:mute"]', "[]"])
def test_4_3_a_round_that_reached_nobody_is_repeated_when_it_took_time(world_with, page: str) -> None:
    """Level 1 reaches nobody on Saturday, level 2 is held until Monday: then somebody is on call."""
    world = world_with(HELD, organisation=fallback(page), more=MUTE + WEEKDAYS)
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.advance("47h4m", every="15m")
    assert world.history() == [(47 * 60, "sms to ana")]
    assert "level 1 of 2 of policy standard, round 2: paged Ana" in world.timeline()
    world.sent()


def test_4_3_a_round_in_which_a_held_level_failed_for_good_is_repeated_for_those_not_tried(
    world_with,
) -> None:
    world = world_with(HELD.replace("person:mute", "person:bo"), more=WEEKDAYS)
    world.post.refuse = lambda url: GONE if url.endswith("%2B2") else None
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.advance("47h", every="15m")
    assert world.history() == [(47 * 60, "sms to ana")]
    world.sent()


def test_4_3_a_round_that_took_no_time_is_not_repeated_at_the_same_instant(world_with) -> None:
    """Walked again at once, the levels reach nobody again: the fallback is paged at once."""
    world = world_with(ON_WEEKDAYS.replace("[[", "[policies.standard]\nrepeat = 3\n[[", 1), more=WEEKDAYS)
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.expects("sms to ops")
    assert world.timeline().count("reaches nobody") == 1


def test_4_3_a_level_held_where_the_policy_has_run_out_does_not_keep_the_fallback_waiting(world_with) -> None:
    """The fallback has nobody before Saturday noon, and a level that is walked again is held until Monday."""
    noon = WEEKDAYS.replace("weekdays", "saturdays").replace("office", "noon")
    noon += '[hours.noon]\ndays = ["sat"]\nfrom = "12:00"\nto = "18:00"\n'
    policy = '[policies.standard]\n[[policies.standard.levels]]\nnotify = ["channel"]\nwait = "5m"\n'
    policy += '[[policies.standard.levels]]\nnotify = ["person:mute"]\nwait = "5m"\nduring = "office"\n'
    world = world_with(policy, organisation=fallback('["schedule:saturdays"]'), more=MUTE + noon)
    begin(world, instant("2026-11-27T17:20:00"))
    world.declare("down", "login")
    world.advance("18h44m", every="5m")
    assert world.history() == [
        (0, "slack to identity"),
        (5, "slack to identity"),
        (18 * 60 + 40, "sms to ana"),
    ]
    held = [splitline for splitline in world.timeline().splitlines() if "held until the hours" in splitline]
    assert len(held) == 1
    world.sent()


@pytest.mark.parametrize("page", ['["person:mute"]', "[]"])
def test_a_channel_is_told_once_at_one_moment_however_many_levels_name_it(world_with, page: str) -> None:
    policy = (
        '[policies.standard]\nrepeat = 1\n[[policies.standard.levels]]\nnotify = ["schedule:weekdays",'
        ' "channel"]\nwait = "5m"\n'
    )
    policy += '[[policies.standard.levels]]\nnotify = ["channel"]\nwait = "10m"\n'
    world = world_with(policy, organisation=fallback(page), more=MUTE + WEEKDAYS)
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.advance("21m")
    assert world.history() == [(0, "slack to identity"), (10, "slack to identity"), (20, "slack to identity")]
    world.sent()


@pytest.mark.parametrize("page", ['["person:mute"]', "[]"])
def test_4_11_after_a_gap_somebody_who_is_on_call_by_now_is_paged_at_once(world_with, page: str) -> None:
    """Before the gap nobody was reached and nobody was in the fallback: the policy was to be tried
    again later.
    """
    world = world_with(
        "[policies.standard]\n" + ON_WEEKDAYS, organisation=fallback(page), more=MUTE + WEEKDAYS
    )
    begin(world, instant("2026-11-30T07:00:00"))
    world.declare("down", "login")
    world.expects_nothing()
    world.sleep("4h")
    world.expects("sms to ana")


def test_4_11_a_level_that_reached_nobody_has_not_been_paged_and_is_owed_after_a_gap(world_with) -> None:
    """Level 1 reaches nobody all weekend. On Monday somebody is on call, and nothing ran when it came due."""
    policy = ON_WEEKDAYS.replace("[[", "[policies.standard]\n[[", 1)
    policy += '[[policies.standard.levels]]\nnotify = ["channel"]\nwait = "10m"\n'
    world = world_with(policy, organisation=fallback("[]"), more=WEEKDAYS)
    begin(world, SATURDAY)
    world.declare("down", "login")
    world.advance("46h54m", every="1h")
    world.sent()
    world.sleep("20m")
    assert "sms to ana" in world.sent()
    assert "paged Ana (owed since a gap" in world.timeline()
