"""Words that fit several services, none for sure: the fallback team gets them, or a guess that is
told to be one.
"""

from __future__ import annotations

import pytest

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.events import Routed, SoundsLike, Way
from escalate_cli.core.routing.router import Router
from tests.organisations import BANK, STANDARD
from tests.world import World

DOUBTFUL = "the database with the password and the card"
"""fits the login best, then the card payments, then the database"""


def in_doubt(world_with, how: str) -> World:
    organisation = BANK.replace("[settings]\n", f'[settings]\nin_doubt = "{how}"\n', 1)
    return world_with(STANDARD, organisation=organisation.replace('text = "short"', 'text = "full"'))


def routed(world: World, incident: int = 1) -> Routed:
    return next(
        entry.event for entry in world.store.situations.timeline(incident) if isinstance(entry.event, Routed)
    )


def best(world: World) -> list[str]:
    routing = Router(world.catalog.services.values(), meanings).route(DOUBTFUL)
    assert routing.service is None, "it has to leave doubt"
    return [candidate.service for candidate in routing.candidates]


def test_in_doubt_the_fallback_team_is_the_default(world_with) -> None:
    world = world_with(STANDARD)
    world.declare(DOUBTFUL)
    assert routed(world).way is Way.NOBODY
    assert world.look().incident.services == ()
    world.expects("sms to eve")


@pytest.mark.parametrize(("how", "many"), [("best", 1), ("both", 2)])
def test_in_doubt_the_best_candidates_get_it_and_hear_that_it_is_a_guess(
    world_with, how: str, many: int
) -> None:
    world = in_doubt(world_with, how)
    candidates = best(world)
    world.declare(DOUBTFUL)
    incident = world.look().incident
    assert incident.services == tuple(candidates[:many]) == incident.guess
    assert routed(world).way is Way.GUESSED
    assert "a guess" in world.timeline()
    teams = {world.catalog.services[service].team for service in candidates[:many]}
    assert {escalation.team for escalation in world.look().escalations} == teams
    text = world.last().body
    assert "a guess" in text
    for other in candidates[many:]:
        assert f"escalate update 1 --service {other} --drop-service" in text
    world.sent()


def test_a_guess_that_is_put_right_is_none_any_more(world_with) -> None:
    world = in_doubt(world_with, "best")
    guessed, other = best(world)[:2]
    world.declare(DOUBTFUL)
    world.sent()
    world.update(add_services=(other,), drop_services=(guessed,))
    assert world.look().incident.guess == ()
    assert {escalation.team for escalation in world.look().escalations if escalation.next_at} == {
        world.catalog.services[other].team
    }
    world.sent()


@pytest.mark.parametrize("how", ["best", "both"])
def test_words_about_nothing_are_never_guessed(world_with, how: str) -> None:
    world = in_doubt(world_with, how)
    world.declare("the coffee machine hums")
    assert routed(world).way is Way.NOBODY
    world.expects("sms to eve")


@pytest.mark.parametrize("how", ["best", "both"])
def test_words_that_are_sure_are_no_guess(world_with, how: str) -> None:
    world = in_doubt(world_with, how)
    world.declare("card declined")
    assert routed(world).way is Way.TITLE
    assert world.look().incident.guess == ()
    world.expects("sms to cara")


def test_an_update_that_names_a_service_suggests_it_where_none_is_known_yet(world: World) -> None:
    world.declare("the coffee machine hums")
    world.expects("sms to eve")
    world.update(message="it is the auth database")
    assert world.look().incident.suggestion == "auth-db", "though its team is the fallback team"
    assert [
        e.event.service for e in world.store.situations.timeline(1) if isinstance(e.event, SoundsLike)
    ] == ["auth-db"]
    world.sent()


def test_a_short_text_says_that_it_is_a_guess(world_with) -> None:
    organisation = BANK.replace("[settings]\n", '[settings]\nin_doubt = "best"\n', 1)
    world = world_with(STANDARD, organisation=organisation)
    world.declare(DOUBTFUL)
    assert "(a guess)" in world.last().body
    assert len(world.last().body) <= 160
    world.sent()
