"""What messages say when their gateway listens: what may be sent back, with the code, and nothing new
elsewhere.
"""

from __future__ import annotations

import pytest

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.texts import read_text
from escalate_cli.core.answers.words import Word
from escalate_cli.core.messages.replying import EXAMPLE_CODE
from escalate_cli.core.wording.gsm import is_gsm
from escalate_cli.delivery.envelope import Envelope
from tests.internet import sms_parts
from tests.organisations import BANK, STANDARD
from tests.scenarios.test_answers import LISTENS, code_of
from tests.scenarios.test_length import TITLES
from tests.scenarios.test_messages import letters, rule
from tests.world import World

EMAIL = 'answers = "imaps://oncall:secret@imap.example.com"'
BOTH = LISTENS.but('high = [ { via = ["sms"] } ]', 'high = [ { via = ["sms", "email"] } ]').but(
    "[gateways.email]\n", f"[gateways.email]\n{EMAIL}\n"
)
ASKS = rule('open_for = "5m"', 'page = ["person:cto"]', 'mode = "nudge"', 'ask = ["lead"]')


def without_answers(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("answers ="))


def told(world: World, to: str) -> Envelope:
    return letters(world)[to]


def test_a_page_begins_with_its_code_and_what_may_be_replied(world_with) -> None:
    world = world_with(STANDARD, organisation=BOTH)
    world.declare("customers can't log in", "login")
    page = told(world, "email to ana")
    code = next(
        short_code(each.code) for each in world.look().notifications if each.gateway == "email" and each.code
    )
    assert page.title == f"[major] #1 customers can't log in ({code})"
    assert page.body.startswith(
        f"#1 customers can't log in · {code}\n"
        "Reply OK to take it, NO if it cannot be you. (DONE when it is over; a line after OK: is a note.)\n\n"
        "Severity:"
    )
    assert "escalate ack 1\n" in page.body
    assert page.body.count("customers can't log in") == 1


@pytest.mark.parametrize(("host", "command"), [("", " - escalate ack 1"), ("ssh oncall@" + "o" * 45, "")])
def test_a_short_page_offers_the_answer_and_the_command_only_where_there_is_room(
    world_with, host: str, command: str
) -> None:
    more = f'[messages]\nhost = "{host}"\n' if host else ""
    world = world_with(STANDARD, organisation=LISTENS, more=more)
    title = "customers in the whole of Europe can't log in"
    world.declare(title, "login")
    page = told(world, "sms to ana")
    code = short_code(code_of(world, "ana"))
    offered = f"[major L1] #1 {title} - reply OK {code} or NO {code}"
    assert page.body == f"{offered}{command} - Log in"


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_17_every_short_text_that_may_be_answered_is_one_sms_with_its_whole_code(world_with, title) -> None:
    world = world_with(STANDARD, organisation=LISTENS)
    world.declare(title, "login")
    page = told(world, "sms to ana")
    code = short_code(code_of(world, "ana"))
    assert sms_parts(page.body) == 1
    assert f" - reply OK {code} or NO {code}" in page.body
    world.advance("1h", every="1h")
    for envelope in letters(world).values():
        assert sms_parts(envelope.body) == 1


def test_the_words_that_are_offered_are_in_the_alphabet_of_sms(world_with) -> None:
    world = world_with(STANDARD + ASKS, organisation=LISTENS)
    world.declare("down", "login")
    world.advance("6m")
    for envelope in letters(world).values():
        assert is_gsm(envelope.short)


def test_a_nudge_asks_for_yes_or_no_with_its_code(world_with) -> None:
    world = world_with(STANDARD + ASKS, organisation=BOTH)
    world.declare("down", "login")
    world.advance("5m")
    sent = {key: each for key, each in letters(world).items() if key.startswith("nudge")}
    assert sent
    for key, envelope in sent.items():
        if key.startswith("nudge sms"):
            assert "? - reply YES " in envelope.body
            assert envelope.body.count("escalate") == 0
        else:
            assert "\nReply YES " in envelope.body
            assert "escalate nudge 1 yes" in envelope.body


def test_who_is_paged_when_somebody_has_it_is_offered_to_take_it_over(world_with) -> None:
    world = world_with(STANDARD, organisation=LISTENS)
    world.declare("down", "login")
    world.ack("ana")
    letters(world)
    world.page("person:bo")
    page = told(world, "sms to bo")
    assert f" - reply TAKE {short_code(code_of(world, 'bo'))} - escalate ack 1 --all" in page.body


def test_only_what_answers_may_do_is_offered(world_with) -> None:
    world = world_with(STANDARD, organisation=BOTH, more='[answers]\nmay = ["take", "resolve"]\n')
    world.declare("down", "login")
    assert "\nReply OK to take it. (DONE when it is over.)\n" in told(world, "email to ana").body


def test_a_digest_offers_ok_all(world_with) -> None:
    world = world_with(STANDARD, organisation=BOTH.but("messages = 1000", "messages = 1"))
    for number in range(4):
        world.declare(f"down {number}", "login")
    world.advance("6m")
    bodies = [envelope for _, envelope in world.post.letters if "more messages about" in envelope.short]
    assert bodies
    for envelope in bodies:
        assert " - reply OK ALL" in envelope.short
        assert sms_parts(envelope.short) == 1
        if envelope.title:
            assert "\nReply OK ALL to take all of it.\n" in envelope.body
            assert "Acknowledge all of it: escalate ack" in envelope.body
    world.sent()


def test_channels_news_and_ends_have_no_code(world_with) -> None:
    world = world_with(
        STANDARD.but('notify = ["on-call"]', 'notify = ["on-call", "channel"]'), organisation=LISTENS
    )
    world.declare("down", "login")
    world.resolve()
    for key, envelope in letters(world).items():
        if key not in ("sms to ana", "sms to bo"):
            assert "eply" not in envelope.body + envelope.title, key


def test_a_gateway_without_answers_says_what_it_said(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    page = told(world, "sms to ana")
    assert page.body == "[major L1] #1 down - escalate ack 1 - Log in"


def test_templates_say_the_answer_and_the_code(world_with) -> None:
    own = '[messages]\nbody = "{title} ({code})\\n{answer}"\nshort = "{title}: {answer}"\n'
    world = world_with(STANDARD, organisation=BOTH, more=own)
    world.declare("down", "login")
    sent = letters(world)
    codes = {each.gateway: short_code(each.code) for each in world.look().notifications if each.code}
    assert sent["sms to ana"].body == f"down: reply OK {codes['sms']} or NO {codes['sms']}"
    assert sent["email to ana"].body.startswith(f"down ({codes['email']})\nReply OK to take it, NO")


def test_templates_of_a_gateway_that_only_speaks_say_the_command(world_with) -> None:
    world = world_with(STANDARD, more='[messages]\nshort = "{title}: {answer} {code}"\n')
    world.declare("down", "login")
    assert told(world, "sms to ana").body.strip() == "down: escalate ack 1"


WAYS = {
    "telegram": ("tgram://123456789:AAabc/{to}", "telegram://123456789:AAabc", "Take it: /ok_"),
    "telegram with buttons": (
        "forms://api.telegram.org/bot123456789:AAabc/sendMessage?:message=text&:chat_id={to}",
        "telegram://123456789:AAabc",
        'Tap "I have it" to take it, "Not me" if it cannot be you, "It is over" when it is over.',
    ),
    "ntfy": (
        "ntfys://ntfy.example.com/{to}",
        "ntfys://rd@ntfy.example.com/answers?write=wr",
        'Tap "I have it"',
    ),
    "pushover": ("pover://{to}@token?priority=emergency", "pushover://token", "Tap Acknowledge to take it."),
}


@pytest.mark.parametrize(("url", "answers", "sentence"), WAYS.values(), ids=WAYS)
def test_each_service_says_what_can_be_done_in_it(world_with, url: str, answers: str, sentence: str) -> None:
    start = BANK.index("[gateways.sms]")
    end = BANK.index("[", start + 5)
    gateway = f'[gateways.sms]\nurl = "{url}"\nanswers = "{answers}"\n\n'
    world = world_with(STANDARD, organisation=type(BANK)(BANK[:start] + gateway + BANK[end:]))
    world.declare("down", "login")
    body = world.last().body
    world.sent()
    assert f"\n{sentence}" in body
    for command in (word for word in body.split() if word.startswith("/")):
        assert len(command.removeprefix("/")) <= 32


def test_the_code_of_an_example_has_the_shape_of_one() -> None:
    assert read_text(f"OK {short_code(EXAMPLE_CODE)}").answer is not None
    assert read_text(f"OK {EXAMPLE_CODE}").answer.word is Word.TAKE


@pytest.mark.parametrize("organisation", [BOTH, without_answers(BOTH)], ids=["listens", "does not listen"])
def test_18_no_line_of_our_own_messages_is_an_answer(world_with, organisation: str) -> None:
    """Whoever sends them back or on, without the line with the code, has said nothing; an OK below them is
    not above our text.
    """
    silent = rule('no_update_for = "3m"', 'inform = ["lead"]', name="Silence")
    world = world_with(STANDARD + ASKS + silent, organisation=organisation)
    world.declare("down", "login", "payments")
    world.advance("20m", every="5m")
    world.ack("bo")
    world.resolve()
    bodies = {envelope.body for _, envelope in world.post.letters}
    world.sent()
    lines = {line for body in bodies for line in body.splitlines()}
    for begins in ("Next:", "Acknowledge:", "Severity:", "Why you:"):
        assert any(line.startswith(begins) for line in lines), begins
    answers = {line for line in lines if read_text(line).answer is not None}
    assert {line for line in answers if not line.startswith(("Yes:", "No:"))} == set()
    assert {body for body in bodies if read_text(body).answer is not None} == set()
    long = [body for body in bodies if "Severity:" in body]
    assert long
    assert [body for body in long if read_text(f"{body}\n\nOK\n").answer is not None] == []
