"""Memos, which belong to no incident: at least once, never twice by two, never for ever, and no page
waits for them.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.notification.memo import Memo, memos_to
from escalate_cli.core.organisation.recipient import Recipient
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def keep(world: World, person: str = "ana") -> list[Memo]:
    """A memo to somebody, stored."""
    ids = (str(number) for number in count(1))
    memos = memos_to(
        Recipient.person(person), "On call: changed", "You are on call.", world.catalog, world.clock.at, ids
    )
    with world.store.transaction():
        for memo in memos:
            world.store.memos.keep(memo)
    return memos


def test_a_pass_sends_what_a_command_left_behind_once(world: World) -> None:
    assert keep(world)
    world.tick()
    assert [envelope.title for _, envelope in world.post.letters] == ["On call: changed"]
    world.advance("10m")
    assert (len(world.post.letters), world.store.memos.all()) == (1, [])


def test_what_is_refused_is_tried_again_after_the_waits_of_pages_and_then_given_up(world: World) -> None:
    keep(world)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    start = world.clock.at
    world.advance("30m", every="5s")
    tried = [(at - start) // SECOND for at, _ in world.post.tried]
    assert tried == [5, 20, 65, 185]
    assert world.store.memos.all() == []


def test_an_address_that_is_none_is_given_up_at_once(world: World) -> None:
    keep(world)
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 404")
    world.tick()
    assert world.store.memos.all() == []


def test_one_whose_process_died_is_sent_again_after_its_lease_and_says_so(world: World) -> None:
    (memo,) = keep(world)
    with world.store.transaction():
        world.store.memos.keep(memo.claimed("dead", world.clock.at, 20 * SECOND))
    world.tick()
    assert world.post.letters == [], "somebody has it"
    world.sleep("35s")
    assert [envelope.title for _, envelope in world.post.letters] == ["(repeat) On call: changed"]
    assert world.store.memos.all() == []


def test_a_clock_that_was_set_back_holds_up_none(world: World) -> None:
    keep(world)
    world.clock.at -= 5 * HOUR
    world.tick()
    assert len(world.post.letters) == 1


def test_old_news_is_not_sent_and_said(world: World) -> None:
    keep(world)
    world.clock.at += DAY + MINUTE
    report = world.tick()
    assert (world.post.letters, world.store.memos.all()) == ([], [])
    assert any("given up" in text for text in report.warnings)


def test_one_that_cannot_be_read_stops_neither_pages_nor_other_memos(world: World) -> None:
    keep(world)
    with world.store.transaction():
        world.store.ledger.remember("memo:0", "{nonsense")
    world.declare("Log in is broken", "login")
    world.tick()
    assert sorted(envelope.kind for _, envelope in world.post.letters) == ["inform", "page"]
