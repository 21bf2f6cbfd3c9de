"""Promise 17: nothing is too long, and every short text is one SMS, whatever the incident is called."""

from __future__ import annotations

import pytest

from escalate_cli.core.wording.fitting import Text, fit
from tests.internet import sms_parts
from tests.organisations import STANDARD
from tests.unaligned import unaligned
from tests.world import World

TITLES = {
    "plain": "Log in is down",
    "long": "Log in is down " * 40,
    "brackets": "[db] {pool} \\ ~ ^ | € " * 20,
    "a dash and quotes": "“Log in” – down … since 9 o’clock " * 5,
    "emoji": "🔥" * 119,
    "emoji at its end": "Log in is down, " * 7 + "🔥" * 30,
    "Polish": "Logowanie nie działa, błąd połączenia " * 5,
    "Chinese": "登录失败" * 60,
    "joined emoji": "👩‍👩‍👧‍👦" * 40,
    "one letter": "x",
    "a megabyte": "x" * 1_000_000,
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_4_17_every_short_text_is_one_sms_and_says_what_to_type(world: World, title: str) -> None:
    world.declare(title, "login")
    world.expects("sms to ana")
    world.advance("3h", every="3h")
    for _, sent in world.post.letters:
        assert sms_parts(sent.body) == 1
        assert sent.body.startswith("[major")
        assert " - escalate ack 1" in sent.body
    assert any(" late] #1 " in sent.body for _, sent in world.post.letters)
    world.sent()


def test_4_17_typographic_signs_cost_no_more_than_plain_ones(world: World) -> None:
    world.declare("“Log in” – down … since 9 o’clock, " + "x" * 60, "login")
    world.expects("sms to ana")
    told = '[major L1] #1 "Log in" - down ... since 9 o\'clock, ' + "x" * 60 + " - escalate ack 1"
    assert world.last().body.startswith(told)


@pytest.mark.parametrize("limit", [500, 1000, 4096])
def test_4_17_a_full_text_is_cut_where_it_says_least(world_with, limit: int) -> None:
    world = world_with(STANDARD)
    world.declare("Log in is down " * 100, "login", severity="minor", message="line of a log\n" * 2000)
    world.expects("email to ana")
    sent = world.last()
    fitted = fit(Text(sent.body, sent.loose), lambda text: len(text) <= limit)
    assert fitted is not None
    assert fitted.text.startswith("#1 Log in is down")
    text = unaligned(fitted.text)
    assert "Severity: minor" in text
    assert "\nWhy you: on call for Identity" in text
    assert "\nNext: level 2 of 2 (" in text
    assert "\nAcknowledge: escalate ack 1\n" in text
