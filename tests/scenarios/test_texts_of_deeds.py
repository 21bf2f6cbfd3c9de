"""What those read who hear that somebody has it, and whoever reported it: no commands for the reporter."""

from __future__ import annotations

from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.mail.page import page_of
from tests.organisations import BANK, STANDARD
from tests.unaligned import unaligned
from tests.world import World, spoken

WITH_HOST = '[messages]\nhost = "ssh oncall@ops1"\n'
SHORT_MAIL = BANK.but(
    'url = "json://127.0.0.1:1/email/{to}"', 'url = "json://127.0.0.1:1/email/{to}"\ntext = "short"'
)


def letters(world: World) -> dict[str, Envelope]:
    """What was sent since the last look, by "sms to ana"; the last of each."""
    fresh = world.post.letters[world.read :]
    world.sent()
    return {spoken(envelope): envelope for _, envelope in fresh}


def taken(world: World) -> dict[str, Envelope]:
    world.declare("Customers cannot sign in", "login", by="cto")
    world.advance("5m")
    letters(world)
    world.ack("bo")
    return letters(world)


def test_the_subject_says_who_has_which_incident(world: World) -> None:
    told = taken(world)
    assert told["inform email to ana"].title == "Bo has #1 Customers cannot sign in"
    assert told["inform slack to identity"].title == "Bo has #1 Customers cannot sign in"
    assert "Details: escalate show 1" in unaligned(told["inform email to ana"].body)


def test_the_reporter_reads_plain_words_and_nothing_to_type(world_with) -> None:
    world = world_with(STANDARD, more=WITH_HOST)
    told = taken(world)["inform email to cto"]
    assert told.title == "Bo is working on it: #1 Customers cannot sign in"
    assert "Bo is working on it." in told.body
    world.resolve(message="rolled back")
    over = letters(world)["resolved email to cto"]
    assert over.title == "It is over: #1 Customers cannot sign in"
    assert "rolled back" in over.body
    for text in (told.body, told.short, over.body, over.short):
        assert "escalate" not in text
        assert "oncall@ops1" not in text


def test_the_reporter_s_short_text_says_it_first(world_with) -> None:
    world = world_with(STANDARD, organisation=SHORT_MAIL)
    told = taken(world)
    assert told["inform email to cto"].body == "Bo is working on it: #1 Customers cannot sign in"
    assert told["inform email to ana"].body == (
        "[major info] #1 Customers cannot sign in: Bo has it, right after the page"
    )
    world.resolve()
    told = letters(world)
    assert told["resolved email to cto"].body == "It is over: #1 Customers cannot sign in"
    assert told["resolved email to ana"].body.startswith(
        "[resolved] #1 Customers cannot sign in: It is over after"
    )


def test_your_own_words_for_the_reporter(world_with) -> None:
    world = world_with(STANDARD, more='[messages]\nreporter.title = "You told us: {title}"\n')
    assert taken(world)["inform email to cto"].title == "You told us: Customers cannot sign in"


def test_the_page_of_a_mail_to_the_reporter_has_nothing_to_type(world_with) -> None:
    mail = BANK.but("json://127.0.0.1:1/email/{to}", "mailto://127.0.0.1:1/email/{to}")
    world = world_with(STANDARD, organisation=mail)
    card = taken(world)["inform email to cto"].card
    assert card is not None
    page = page_of(card)
    assert "Bo is working on it" in page
    assert "escalate " not in page.split("<body")[1]
