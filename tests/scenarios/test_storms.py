"""In a storm one digest arrives in place of many messages, and drops nothing (promise 15)."""

from __future__ import annotations

from tests.organisations import BANK, STANDARD
from tests.world import World


def storm(world_with) -> World:
    """At most three messages in five minutes: two come as they are, the third gathers for 100 s."""
    organisation = BANK.but("messages = 1000", 'messages = 3\nper = "5m"')
    return world_with(STANDARD.but('"5m"', '"4w"'), organisation=organisation)


def test_4_15_in_a_storm_the_rest_arrives_as_one_digest_that_names_every_incident(world_with) -> None:
    world = storm(world_with)
    for number in range(20):
        world.declare(f"storm {number}", "login")
    world.expects(*["sms to ana"] * 2)
    assert "held back by [limits]: Ana by sms, for a digest in 1m40s" in world.timeline(3)
    world.advance("100s", every="10s")
    world.expects("sms to ana")
    text = world.last().body
    assert "18 incidents: major #3 storm 2, major #4-#20 - escalate ack 3 4 5" in text
    assert len(text) <= 160
    assert all(
        notification.status.value == "sent"
        for number in range(1, 21)
        for notification in world.look(number).notifications
    )
    world.advance("10m")
    world.expects_nothing()


def test_4_15_a_storm_that_goes_on_never_exceeds_the_limit_and_drops_nothing(world_with) -> None:
    world = storm(world_with)
    for number in range(60):
        world.declare(f"storm {number}", "login")
        world.advance("10s", every="10s")
    world.advance("6m", every="10s")
    at = [when for when, _ in world.post.letters]
    assert all(
        sum(since < when <= since + 300_000_000 for when in at) <= 3
        for since in range(at[0] - 1, at[-1], 10_000_000)
    )
    assert all(
        notification.status.value == "sent"
        for number in range(1, 61)
        for notification in world.look(number).notifications
    )
    world.sent()


def test_4_15_a_full_digest_names_every_incident_with_its_title(world_with) -> None:
    world = storm(world_with)
    for number in range(6):
        world.declare(f"storm {number}", "login", severity="minor")
    world.advance("2m", every="10s")
    assert all(f"#{number} storm {number - 1}" in world.last().body for number in (3, 4, 5, 6))
    world.expects(*["email to ana"] * 3)


def test_4_15_the_limit_is_per_person_and_gateway(world_with) -> None:
    world = storm(world_with)
    for _ in range(2):
        world.declare("storm", "login", "payments")
    world.expects(*["sms to ana", "sms to cara"] * 2)


def test_4_15_an_acknowledged_incident_is_not_in_the_digest(world_with) -> None:
    world = storm(world_with)
    for number in range(5):
        world.declare(f"storm {number}", "login", severity="minor")
    world.ack("ana", 4)
    world.advance("2m", every="10s")
    world.expects(*["email to ana"] * 3, "inform slack to identity")
    assert "storm 4" in world.last().body
    assert "storm 3" not in world.last().body


def test_4_15_a_digest_that_fails_is_tried_again_whole(world_with) -> None:
    from escalate_cli.core.notification.attempt import Outcome, OutcomeKind

    world = storm(world_with)
    for number in range(6):
        world.declare(f"storm {number}", "login")
    world.expects(*["sms to ana"] * 2)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.advance("100s", every="10s")
    world.expects_nothing()
    world.post.refuse = lambda url: None
    world.advance("20s", every="5s")
    world.expects("sms to ana")
    assert all(
        notification.status.value == "sent"
        for number in range(1, 7)
        for notification in world.look(number).notifications
    )


def test_4_14_a_retry_waits_its_time_though_digests_go_out_meanwhile(world_with) -> None:
    """Down for two and a half minutes: the fourth attempt comes after three, whatever else is tried
    until then.
    """
    from escalate_cli.core.notification.attempt import Outcome, OutcomeKind

    world = storm(world_with)
    for number in range(4):
        world.declare(f"storm {number}", "login")
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.advance("100s", every="5s")
    for number in range(15):
        world.declare(f"storm {4 + number}", "login")
        world.advance("10s", every="5s")
    world.post.refuse = lambda url: None
    world.advance("10m", every="5s")
    assert {
        notification.status.value
        for number in range(1, 20)
        for notification in world.look(number).notifications
    } == {"sent"}
    world.sent()
