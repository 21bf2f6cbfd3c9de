"""What does not get through is a trouble on the board of `watch`, until it has or is given up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from escalate_cli.actions.overview import overview
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.views.board import not_delivered
from tests.cli.boards import watched
from tests.loopback import Bank, bank, server
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.world import World


@pytest.fixture
def escalate(tmp_path) -> Iterator[Bank]:
    quiet = "[limits]\nmessages = 1000\n"
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", LOOPBACK + quiet), ("gateways.toml", LOOPBACK_GATEWAYS))


def test_a_message_that_does_not_get_through_is_a_trouble_until_it_has_or_is_given_up(escalate):
    """No event, which a small terminal drops for the sake of incidents."""
    escalate.declare("Cards declined", "-s", "payments", code=6)
    for number in range(6):
        escalate.here("declare", f"a nuisance {number}", "-s", "login", "--severity", "minor")
    lines = watched(escalate, 80, 10, "Ctrl-C ends this", "not delivered")
    *_, trouble = [line for line in lines if "not delivered" in line]
    assert trouble.startswith("not delivered: page to Dee by down for #1 (HTTP 500); tried again in ")
    escalate.here("page", "1", "dee")
    lines = watched(escalate, 80, 10, "Ctrl-C ends this", "2 not delivered")
    *_, trouble = [line for line in lines if "not delivered" in line]
    assert trouble.startswith("2 not delivered: page to Dee by down for #1 (HTTP 500) and 1 more; ")
    escalate.here("resolve", "1")
    assert not any("not delivered" in line for line in watched(escalate, 80, 10, "a nuisance 5", "Ctrl-C"))


def test_several_that_do_not_get_through_are_one_line_the_worst_incident_first(tmp_path):
    world = World(tmp_path)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500") if "/sms/" in url else None
    world.declare("a nuisance", "payments", severity="major")
    world.declare("Nobody can sign in", "login", severity="critical")
    going_on = overview(world.context, most_situations=9, most_entries=9)
    assert [number for number, _ in going_on.failing] == [2, 1]
    assert not_delivered(going_on.failing, world.catalog, world.clock.at) == (
        "2 not delivered: page to Ana by sms for #2 (HTTP 500) and 1 more; tried again in 15s"
    )
    world.post.refuse = lambda url: None
    world.advance("1m")
    assert overview(world.context, most_situations=9, most_entries=9).failing == ()
    world.store.close()
