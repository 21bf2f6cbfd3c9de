"""Scenarios 19 and 20: a machine that sleeps, a cron that stops, a clock that jumps. On the
injected clock; and, where libfaketime is installed, with the real command under a faked one."""

from __future__ import annotations

import shutil

import pytest

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.delivery.processes import until
from tests.faults.harness import Installation, crew, installation
from tests.organisations import BANK
from tests.servers import Answer, HttpServer
from tests.world import World, instant

LADDER = """
[policies.standard]
repeat = 1
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "15m"
"""
WALK = ["sms to ana", "sms to bo", "sms to cto", "sms to ana", "sms to bo", "sms to cto", "sms to ops"]


def people(world: World) -> list[str]:
    return [who for _, who in world.history()]


@pytest.mark.parametrize("every", ["1s", "59s", "61s", "7m"])
def test_ticks_however_far_apart_page_the_same_people_in_the_same_order(tmp_path, every):
    world = World(tmp_path, LADDER)
    world.declare("down", "login")
    world.advance("1h10m" if every != "1s" else "16m", every=every)
    # of a second walk, 7 min may pass over a level of 5: product.md §4.11
    walk = WALK[:3] if every in ("1s", "7m") else WALK
    assert people(world)[: len(walk)] == walk
    minutes = [minute for minute, _ in world.history()]
    assert minutes == sorted(minutes)


def test_ticks_at_the_same_instant_change_nothing(tmp_path):
    world = World(tmp_path, LADDER)
    world.declare("down", "login")
    for wait, who in (("5m", "bo"), ("10m", "cto")):
        world.sleep(wait)
        for _ in range(3):
            world.tick()
        assert people(world)[-1] == f"sms to {who}"
    assert people(world) == WALK[:3]


def test_ticks_a_day_apart_leave_nobody_out(tmp_path):
    world = World(tmp_path, LADDER)
    world.declare("down", "login")
    for _ in range(4):
        world.sleep("1d")
    first = list(dict.fromkeys(people(world)))
    assert first[:2] == WALK[:2]
    assert set(first) == set(WALK), "everybody whom a tick a minute would have reached"
    assert len(people(world)) <= 1 + 2 * 4, "no burst"


@pytest.mark.parametrize("gap", ["3h", "1d", "7d"])
def test_a_machine_that_slept_pages_the_earliest_level_and_the_one_due_now_once_each_and_then_waits_in_full(
    tmp_path, gap
):
    world = World(tmp_path, LADDER)
    world.declare("down", "login")
    world.sleep(gap)
    assert world.sent()[0] == "sms to ana"
    late = people(world)[1:]
    assert len(late) <= 2, late
    assert "sms to bo" in late, "the earliest level never paged"
    assert "late" in world.timeline()
    before = len(people(world))
    for _ in range(4):
        world.advance("1m")
    assert len(people(world)) == before, "full waits from here"


JUMPS = {
    "back an hour": ("-1h",),
    "back a day": ("-1d",),
    "to 1970": ("1970",),
    "to 1970 and back to the right time": ("1970", "right"),
    "forward a day": ("+1d",),
    "forward a day and back": ("+1d", "-1d"),
    "back and forth ten times": ("-1h", "+1h") * 10,
}


def jump(world: World, how: str, passed: int) -> None:
    hour = 3_600_000_000
    world.clock.at = {
        "-1h": world.clock.at - hour,
        "+1h": world.clock.at + hour,
        "-1d": world.clock.at - 24 * hour,
        "+1d": world.clock.at + 24 * hour,
        "1970": passed,
        "right": world.start_at + passed,
    }[how]


@pytest.mark.parametrize("name", JUMPS)
def test_a_clock_that_jumps_stalls_nothing_bursts_nothing_and_resolves_nothing(tmp_path, name):
    """A person in back-off, one limited, one acknowledged, one walking: after the jump, no more
    than the waits of real time.
    """
    world = World(tmp_path, LADDER.replace("repeat = 1", 'repeat = 1\nack_timeout = "30m"'))
    world.declare("walking", "login")
    world.declare("taken", "payments")
    world.ack("cara", 2)
    world.advance("2m")
    for how in JUMPS[name]:
        jump(world, how, 120_000_000)
        world.tick()
    forwards = sum(how in ("+1d", "+1h", "right") for how in JUMPS[name])
    world.advance("16m")
    told = people(world)
    assert "sms to bo" in told, "level 2 came within its wait of real time"
    assert "sms to cto" in told, "level 3 too"
    assert len(told) <= 5 + 4 * forwards, told
    first = told.index("sms to bo")
    assert told[:first].count("sms to ana") <= 2
    assert world.look(1).incident.status.value == "open"
    assert world.look(2).incident.resolved_at is None


def test_a_clock_set_back_does_not_hold_a_page_back_for_longer_than_the_limit(tmp_path):
    """The person has had as much as the limit allows when the clock goes back a day: the next page
    is late by `per`, not by a day.
    """
    organisation = BANK.but("messages = 1000", 'messages = 2\nper = "5m"')
    world = World(tmp_path, LADDER, organisation=organisation)
    for number in range(2):
        world.declare(f"no {number}", "login")
    assert len(world.sent()) == 2
    world.clock.at -= 24 * 3_600_000_000
    world.tick()
    world.declare("no 3", "login")
    world.advance("6m")
    assert any("#3" in envelope.body for _, envelope in world.post.letters)


def test_a_retry_in_back_off_survives_every_jump(tmp_path):
    world = World(tmp_path, LADDER)
    down = [True]
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500") if down else None
    world.declare("down", "login")
    world.clock.at -= 24 * 3_600_000_000
    world.tick()
    down.clear()
    world.advance("16s", every="1s")
    world.expects("sms to ana")


HANDOFFS = {
    "Berlin, at the hour that the clocks skip": (
        "Europe/Berlin",
        "2026-03-28T02:30:00",
        "2026-03-29T01:00:00",
    ),
    "Berlin, at the hour that comes twice": ("Europe/Berlin", "2026-10-24T02:30:00", "2026-10-25T00:30:00"),
    "New York, at the hour that the clocks skip": (
        "America/New_York",
        "2026-03-07T02:30:00",
        "2026-03-08T07:00:00",
    ),
    "Lord Howe, at the half hour that the clocks skip": (
        "Australia/Lord_Howe",
        "2026-10-03T02:15:00",
        "2026-10-03T15:30:00",
    ),
    "St John's, at the hour that comes twice": (
        "America/St_Johns",
        "2026-10-31T01:15:00",
        "2026-11-01T03:45:00",
    ),
    "Casablanca, when Ramadan begins": ("Africa/Casablanca", "2024-03-09T02:30:00", "2024-03-10T01:30:00"),
    "Apia, across the day that it lost": ("Pacific/Apia", "2011-12-29T09:00:00", "2011-12-30T19:00:00"),
}
"""the zone, the first of daily handoffs in its local time, and the instant of the next in UTC;
Apia's second handoff was on a day that never was, so that the third person follows the first"""


@pytest.mark.parametrize("name", HANDOFFS)
def test_a_page_at_the_very_instant_of_a_handoff_goes_to_the_incoming_person(tmp_path, name):
    zone, start, handoff = HANDOFFS[name]
    schedule = '[schedules.identity-primary]\n[[schedules.identity-primary.rotations]]\nmembers = ["ana"]\n'
    turns = (
        "[schedules.identity-primary]\ntimezone ="
        f' "{zone}"\n[[schedules.identity-primary.rotations]]\nmembers = ["ana", "bo", "cto"]\n'
    )
    organisation = BANK.but(
        f'{schedule}start = 2026-01-05T09:00:00\nevery = "1w"', f'{turns}start = {start}\nevery = "1d"'
    )
    world = World(tmp_path, LADDER, organisation=organisation)
    world.clock.at = instant(handoff) - 1
    world.declare("just before", "login")
    world.expects("sms to ana")
    world.clock.at += 1
    world.declare("at the instant", "login")
    world.expects("sms to cto" if "Apia" in name else "sms to bo")
    world.store.close()


# ── the real command, under a faked clock ─────────────────────────────────────────────

needs_faketime = pytest.mark.skipif(shutil.which("faketime") is None, reason="libfaketime is not installed")


def at(place: Installation, offset: str, *words: str, code: int | None = 0):
    """Run `escalate` with a wall clock that is off by `offset`."""
    ran = place.script(
        'exec faketime -f "$0" escalate "$@"'.replace('"$0"', f'"{offset}"').replace('"$@"', " ".join(words))
    )
    assert code is None or ran.code == code, ran
    assert "Traceback" not in ran.err
    return ran


@needs_faketime
def test_the_real_command_after_three_hours_of_sleep(tmp_path):
    config = (
        crew(1, ("a",), wait="5m") + '[[policies.all-hands.levels]]\nnotify = ["person:q"]\nwait = "1h"\n'
    )
    config += '[people.q]\nname = "Q"\ncontact = { a = "q" }\n'
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        at(place, "+0", "declare", "down", "-s", "x")
        at(place, "+3h", "tick", code=None)
        told = place.told
        assert sorted(told) == ["/a/p0", "/a/p0", "/a/q"], (
            "the earliest level never paged, and what is due by now: the fallback"
        )
        assert "late" in next(message for message in place.messages if message.path == "/a/q").json["message"]
        at(place, "+3h", "tick")
        assert place.told == told


@needs_faketime
@pytest.mark.long
@pytest.mark.parametrize("back", ["-1h", "-24h", "-20000d"])
def test_the_real_command_with_a_clock_set_back(tmp_path, back):
    """A retry in back-off and a second level: both come when real time, not the clock, has passed."""
    config = (
        crew(1, ("a",), wait="2s") + '[[policies.all-hands.levels]]\nnotify = ["person:q"]\nwait = "1h"\n'
    )
    config += '[people.q]\nname = "Q"\ncontact = { a = "q" }\n'
    with HttpServer(Answer(500), Answer()) as web, installation(tmp_path, web, config) as place:
        at(place, "+0", "declare", "down", "-s", "x", code=6)
        at(place, back, "tick", code=None)

        def both() -> bool:
            at(place, back, "tick", code=None)
            return sorted(set(place.told)) == ["/a/p0", "/a/q"] and place.statuses()["sent"] == 2

        until(both)
        assert at(place, back, "list").code == 0
