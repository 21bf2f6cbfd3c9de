"""Promises 5, 7, 23: whoever was paged besides the escalations, by a hand or a rule, and answers."""

from __future__ import annotations

from tests.scenarios.test_somebody_has_it import news
from tests.world import World


def test_a_page_by_hand_that_has_arrived_is_answered_though_somebody_has_it(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.advance("1m")
    world.page("cto")
    world.expects("sms to ana", "inform slack to identity", "sms to cto")
    world.advance("90s")
    world.ack("cto")
    world.expects("inform slack to identity")
    assert news(world)[-1] == "Cto has acknowledged it, too, 1m30s after the page."
    assert "acknowledged by Cto, who was paged besides\n" in world.timeline() + "\n"
    world.ack("cto")
    world.expects_nothing()


def test_whoever_has_acknowledged_a_page_by_hand_hears_no_more_of_what_others_do(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.page("cto")
    world.advance("1m")
    world.ack("cto")
    world.sent()
    world.ack("bo", everything=True)
    world.expects("inform slack to identity", "inform email to ana")


def test_until_they_are_paged_again(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.page("cto")
    world.advance("1m")
    world.ack("cto")
    world.advance("1m")
    world.page("cto")
    world.sent()
    world.ack("bo", everything=True)
    world.expects("inform slack to identity", "inform email to ana", "inform email to cto")


def test_a_page_by_hand_before_somebody_took_all_of_it_needs_no_answer(world: World) -> None:
    world.declare("down", "login")
    world.page("cto")
    world.advance("1m")
    world.ack("ana")
    world.sent()
    world.ack("cto")
    world.expects_nothing()


def test_who_answered_before_it_was_over_is_told_anew_after_it_is_open_again(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.page("cto")
    world.advance("1m")
    world.ack("cto")
    world.resolve()
    world.advance("1m")
    world.reopen()
    world.page("cto")
    world.sent()
    world.ack("bo")
    assert "inform email to cto" in world.sent()
