"""The promises of the guide, 10 to 13: at least once, late ticks, clocks that jump, one claim each."""

from __future__ import annotations

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import STANDARD
from tests.scenarios.policies import OWN_RULES, THREE_LEVELS, TO_ANN
from tests.unaligned import unaligned
from tests.world import World

DOWN = Outcome(OutcomeKind.TEMPORARY, "HTTP 500")


# ── 10. at least once, bounded ────────────────────────────────────────────────────────


def test_4_10_a_message_that_fails_is_tried_again_but_never_more_often_than_attempts(world_with) -> None:
    world = world_with(STANDARD.but('"5m"', '"6h"'))
    world.post.refuse = lambda url: DOWN
    world.declare("down", "login")
    world.advance("20m", every="1s")
    assert [at - world.start_at for at, url in world.post.tried if "%2B1" in url] == [
        0,
        15_000_000,
        60_000_000,
        180_000_000,
    ]
    assert world.look().notifications[0].status is NotificationStatus.FAILED


def test_4_10_a_message_whose_sender_died_is_repeated_and_says_so(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)))
    with world.store.transaction():
        assert world.store.outbox.claim(1, "dead", world.clock.at, world.clock.at + 1) is not None
    world.clock.at += 1_000_000
    world.tick()
    assert world.last().body.startswith("(repeat) ")
    assert world.look().notifications[0].attempts == 2
    world.expects("sms to ana")


# ── 11. late ticks ────────────────────────────────────────────────────────────────────


def test_4_11_after_a_gap_the_earliest_level_never_paged_and_the_level_due_now_are_paged_once_each(
    world_with,
) -> None:
    world = world_with(THREE_LEVELS.replace("repeat = 1", "repeat = 5"))
    world.declare("down", "login")
    world.expects("sms to ana")
    world.sleep("20m")  # level 2 was due at 5, level 3 at 15 (until 30)
    world.expects("sms to bo", "sms to cto")
    assert "20m late" not in world.timeline()
    assert "15m late" in world.timeline()
    world.tick()
    world.expects_nothing()
    world.advance("14m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_11_a_gap_of_three_hours_makes_no_burst_and_loses_no_level(world_with) -> None:
    world = world_with(THREE_LEVELS.replace("repeat = 1", "repeat = 0"))
    world.declare("down", "login")
    world.sleep("3h")  # the policy ran out of levels at 30m
    world.expects("sms to ana", "sms to bo", "sms to ops")
    world.advance("14m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to cto", "sms to ops")
    world.advance("15m")
    world.expects("sms to ops")


@pytest.mark.parametrize("every", ["1s", "59s", "61s", "4m"])
@pytest.mark.long
def test_4_11_ticks_further_apart_page_the_same_people_in_the_same_order_only_later(
    world_with, every: str
) -> None:
    world = world_with(THREE_LEVELS)
    world.declare("down", "login")
    world.advance("80m", every=every)
    order = [who for _, who in world.history()]
    assert order[:7] == [
        "sms to ana",
        "sms to bo",
        "sms to cto",
        "sms to ana",
        "sms to bo",
        "sms to cto",
        "sms to ops",
    ]
    world.sent()


# ── 12. clocks ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("back", ["1h", "1d", "3000d"])
def test_4_12_a_clock_set_back_stalls_nothing_for_longer_than_the_time_that_passes(
    world: World, back: str
) -> None:
    from escalate_cli.core.calendar.duration import parse_duration

    world.declare("down", "login")
    world.advance("2m")
    world.clock.at -= parse_duration(back)
    world.tick()
    world.expects("sms to ana")
    world.advance("3m")
    world.expects("sms to bo")


def test_4_12_a_clock_set_forward_a_day_and_back_again_bursts_and_stalls_nothing(world: World) -> None:
    world.declare("down", "login")
    world.clock.at += 86_400_000_000
    world.tick()
    world.expects("sms to ana", "sms to bo", "sms to ops")
    world.clock.at -= 86_400_000_000
    world.tick()
    world.expects_nothing()
    world.advance("15m")
    world.expects("sms to ops")


# ── 13. one claim for each notification ───────────────────────────────────────────────


def test_4_13_each_notification_is_claimed_by_one_process(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)))
    with world.store.transaction():
        assert world.store.outbox.claim(1, "first", world.clock.at, world.clock.at + 60_000_000) is not None
        assert world.store.outbox.claim(1, "second", world.clock.at, world.clock.at + 60_000_000) is None
    world.tick()
    world.expects_nothing()


def test_4_13_an_idle_tick_does_nothing(world: World) -> None:
    for _ in range(3):
        report = world.tick()
        assert (report.incidents, report.notifications_planned, report.messages_sent, report.lines) == (
            0,
            0,
            0,
            [],
        )


# ── ack, between and after ────────────────────────────────────────────────────────────


def test_an_acknowledgement_during_back_off_cancels_the_retry(world: World) -> None:
    world.post.refuse = lambda url: DOWN
    world.declare("down", "login")
    world.ack("ana")
    world.post.refuse = lambda url: None
    world.advance("1h")
    assert world.look().notifications[0].status is NotificationStatus.CANCELLED
    assert [url for _, url in world.post.tried if "/sms/" in url] == [world.post.tried[0][1]]
    world.expects("inform slack to identity")


def test_an_acknowledgement_while_a_message_is_under_way_gives_it_no_further_attempt(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)))
    with world.store.transaction():
        world.store.outbox.claim(1, "dead", world.clock.at, world.clock.at + 1)
    world.ack("ana")
    world.clock.at += 60_000_000
    world.tick()
    assert world.look().notifications[0].status is NotificationStatus.CANCELLED
    world.expects("inform slack to identity")


def test_the_message_says_what_who_why_what_next_and_what_to_type(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("Customers cannot sign in", "login", message="since the deploy")
    letter = next(envelope for _, envelope in world.post.letters if "email" in envelope.url)
    assert letter.title == "[major] #1 Customers cannot sign in"
    for part in (
        "Log in",
        "since the deploy",
        "Why you: ",
        "level 1 of 2",
        "Next: level 2 of 2 (Bo)",
        "escalate ack 1",
    ):
        assert part in unaligned(letter.body)
    world.sent()
