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


def test_a_short_text_names_the_candidates_where_no_service_is_known(world: World) -> None:
    names = [world.catalog.service_name(service) for service in best(world)]
    world.declare(DOUBTFUL)
    text = world.last().body
    assert f"maybe: {names[0]}, {names[1]}" in text
    assert len(text) <= 160
    assert "escalate ack 1" in text
    world.sent()


def test_where_there_is_no_room_for_candidates_what_to_type_and_the_title_stay(world: World) -> None:
    title = f"{DOUBTFUL}, for everybody in Spain and in Portugal, on the web and in the app"
    assert Router(world.catalog.services.values(), meanings).route(title).service is None
    world.declare(title)
    text = world.last().body
    assert title in text
    assert "escalate ack 1" in text
    assert len(text) <= 160
    assert "maybe" not in text or text.endswith(f"maybe: {world.catalog.service_name(best(world)[0])}")
    world.sent()


def test_words_about_nothing_have_no_candidates_in_a_short_text(world: World) -> None:
    world.declare("the coffee machine hums")
    assert "maybe" not in world.last().body
    world.sent()


# ── an update that sounds like a service ──────────────────────────────────────────────

CARDS = "it is the card declined screen"


def fresh(world: World, recipient: str) -> str:
    """The text of the only fresh message to them."""
    begun = world.read
    [text] = [
        world.post.letters[begun + number][1].body
        for number, spoken in enumerate(world.sent())
        if spoken == recipient
    ]
    return text


def test_the_channel_hears_which_service_an_update_sounds_like_and_what_to_type(world_with) -> None:
    major = 'id = "major"\nurgency = "high"'
    world = world_with(STANDARD, organisation=BANK.but(major, f'{major}\ninform = ["channel:status"]'))
    world.declare("customers cannot sign in", "login")
    world.sent()
    world.update(message=CARDS, by="ana")
    assert world.look().incident.suggestion == "payments"
    begun = world.read
    line = "This sounds like Card payments: escalate update 1 --service payments"
    assert line in fresh(world, "inform slack to identity").splitlines()
    world.read = begun
    assert "escalate" not in fresh(world, "inform slack to status"), "stakeholders type nothing"


def test_what_the_channel_is_told_later_does_not_say_it_again(world: World) -> None:
    world.declare("customers cannot sign in", "login")
    world.update(message=CARDS, by="ana")
    world.sent()
    world.ack("ana")
    assert "sounds like" not in fresh(world, "inform slack to identity")


def test_a_short_text_of_the_update_says_it_where_there_is_room_for_the_whole_command(world_with) -> None:
    organisation = BANK.but('channel = "identity-room"', 'channel = "phone"').but(
        "[channels.status]",
        '[channels.phone]\nname = "Phone"\ncontact = { sms = "phone" }\n[channels.status]',
    )
    world = world_with(STANDARD, organisation=organisation)
    world.declare("customers cannot sign in", "login")
    world.sent()
    world.update(message=CARDS, by="ana")
    text = fresh(world, "inform sms to phone")
    assert text.endswith("; sounds like Card payments: escalate update 1 --service payments")
    world.declare("customers cannot sign in, nobody knows why since the release", "login")
    world.sent()
    world.update(2, message=CARDS, by="ana")
    text = fresh(world, "inform sms to phone")
    assert len(text) <= 160
    assert "sounds like Card payments" in text
    assert "escalate" not in text, "no half command"
