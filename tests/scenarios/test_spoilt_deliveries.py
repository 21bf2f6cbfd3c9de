"""What raises while a message is weighed, made or recorded costs that much and no other message
(product.md §4.20).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.engine.pass_report import PassReport
from tests.organisations import BANK, STANDARD
from tests.world import World

QUIET = STANDARD.but('"5m"', '"4w"').but('"10m"', '"4w"')
LIMITED = BANK.but("messages = 1000", 'messages = 4\nper = "5m"')
Spoil = Callable[[World], None]


class NoName:
    """A name that cannot be shown, be it alone or among others."""

    def __format__(self, spec: str) -> str:
        raise LookupError("no such name")


def named_oddly(world: World, *people: str) -> None:
    """These have names that cannot be shown."""
    odd = {person: replace(world.catalog.people[person], name=NoName()) for person in people}
    world.catalog = replace(world.catalog, people={**world.catalog.people, **odd})


def without_limits_time(world: World) -> None:
    world.catalog = replace(world.catalog, limits=replace(world.catalog.limits, per="soon"))


def _write(world: World, statement: str, *values: Any) -> None:
    with world.store.transaction():
        assert world.store.database.change(statement, values) == 1


def both_are_due(world: World, spoil: Spoil) -> PassReport:
    """Ana has more than `[limits]` allow; then both teams' incidents come to be due in one pass,
    one of them for her.
    """
    for number in range(3):
        world.declare(f"storm {number}", "login")
    world.maintenance("login", "2m")
    world.maintenance("payments", "2m")
    world.declare("Log in is broken", "login")
    world.declare("Cards are declined", "payments")
    world.sent()
    spoil(world)
    world.clock.at += 2 * MINUTE
    return world.tick()


def test_4_20_what_cannot_be_weighed_goes_out_by_itself_and_the_pass_says_so(world_with) -> None:
    world = world_with(QUIET, organisation=LIMITED)
    report = both_are_due(world, without_limits_time)
    world.expects("sms to ana", "sms to cara")
    assert any(
        "incident 4: a message was not weighed against others (" in trouble for trouble in report.troubles
    ), report.troubles
    assert {
        notification.status.value for number in (4, 5) for notification in world.look(number).notifications
    } == {"sent"}
    world.tick()
    world.expects_nothing()


def test_4_20_a_digest_that_cannot_be_made_up_goes_out_one_by_one(world_with) -> None:
    """What waits beside it is damaged: that costs the damaged one, and none of the others."""
    world = world_with(QUIET, organisation=LIMITED)
    for number in range(6):
        world.declare(f"storm {number}", "login")
    world.sent()
    _write(world, "UPDATE notifications SET urgency = 'odd' WHERE incident_id = 5")
    damaged = []
    for _ in range(8):
        world.clock.at += MINUTE
        damaged.append(world.tick().damage)
    world.expects("sms to ana", "sms to ana")
    assert {
        notification.status.value for number in (4, 6) for notification in world.look(number).notifications
    } == {"sent"}
    assert any("incident 5: a record of the database cannot be read" in str(one) for one in damaged)


@pytest.mark.parametrize(
    "refused", [None, Outcome(OutcomeKind.TEMPORARY, "HTTP 500"), Outcome(OutcomeKind.PERMANENT, "HTTP 400")]
)
def test_4_20_an_outcome_that_cannot_be_told_is_recorded_and_costs_no_other(
    world_with, refused: Outcome | None
) -> None:
    world = world_with(QUIET)
    world.maintenance("login", "2m")
    world.maintenance("payments", "2m")
    world.declare("Log in is broken", "login")
    world.declare("Cards are declined", "payments")
    named_oddly(world, "ana")
    world.post.refuse = lambda url: refused if url.endswith("%2B1") else None
    world.clock.at += 2 * MINUTE
    report = world.tick()
    known = {None: "sent", OutcomeKind.TEMPORARY: "retrying", OutcomeKind.PERMANENT: "failed"}[
        refused.kind if refused else None
    ]
    assert [world.look(number).notifications[0].status.value for number in (1, 2)] == [known, "sent"]
    assert f"person:ana: {known} (TypeError: " in world.timeline(1)
    assert any(
        "incident 1: how a message ended could not be told (" in trouble for trouble in report.troubles
    ), report.troubles
    world.sent()
    world.tick()
    world.expects_nothing()


def test_4_20_what_a_failed_page_would_set_free_is_no_reason_to_forget_that_it_failed(world_with) -> None:
    """How long `[limits]` count back cannot be known, and so not what the person has been told of."""
    world = world_with(QUIET, organisation=LIMITED)
    world.post.refuse = lambda url: (
        Outcome(OutcomeKind.TEMPORARY, "HTTP 500") if url.endswith("%2B1") and world.read else None
    )
    report = both_are_due(world, without_limits_time)
    world.expects("sms to cara")
    assert [
        notification.status.value for number in (4, 5) for notification in world.look(number).notifications
    ] == ["retrying", "sent"]
    assert any(
        "incident 4: what waits for a message that failed could not be set free" in trouble
        for trouble in report.troubles
    ), report.troubles
