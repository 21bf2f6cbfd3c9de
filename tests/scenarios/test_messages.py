"""Messages as they arrive: what each kind says, to whom, and what is to be typed."""

from __future__ import annotations

import pytest

from escalate_cli.delivery.envelope import Envelope
from tests.internet import sms_parts
from tests.organisations import BANK, STANDARD
from tests.unaligned import unaligned
from tests.world import World, spoken

HOST = "ssh oncall@ops1"
WITH_HOST = f'[messages]\nhost = "{HOST}"\n'
EVERYWHERE = BANK.but('high = [ { via = ["sms"] } ]', 'high = [ { via = ["sms", "email"] } ]').but(
    'id = "critical"\nurgency = "high"',
    'id = "critical"\nurgency = "high"\ninform = ["channel:status", "person:cto"]',
)
WITH_CHANNEL = STANDARD.but('notify = ["on-call"]', 'notify = ["on-call", "channel"]')


def rule(when: str, *lines: str, name: str = "the rule") -> str:
    return "\n".join(["", "[[rules]]", f'name = "{name}"', f"when = {{ {when} }}", *lines, ""])


def letters(world: World) -> dict[str, Envelope]:
    """What was sent since the last look, by "sms to ana"; the last of each."""
    fresh = world.post.letters[world.read :]
    world.sent()
    return {spoken(envelope): envelope for _, envelope in fresh}


# ── what is to be typed ───────────────────────────────────────────────────────────────


def test_the_host_goes_before_everything_that_is_to_be_typed(world_with) -> None:
    asks = rule('open_for = "5m"', 'page = ["person:cto"]', 'mode = "nudge"', 'ask = ["lead"]')
    silent = rule('no_update_for = "3m"', 'inform = ["lead"]', name="Silence")
    world = world_with(WITH_CHANNEL + asks + silent, more=WITH_HOST, organisation=EVERYWHERE)
    world.declare("Log in is broken", "login")
    world.advance("6m")
    world.resolve()
    told = letters(world)
    assert {"nudge sms to bo", "inform email to bo", "resolved email to ana", "slack to identity"} <= set(
        told
    )
    for envelope in told.values():
        for text in (envelope.body, envelope.short):
            assert text.count("escalate ") == text.count(f"{HOST} escalate "), text


def test_the_host_goes_before_what_a_digest_and_a_template_say_is_to_be_typed(world_with) -> None:
    few = EVERYWHERE.but("messages = 1000", "messages = 1")
    own = WITH_HOST + 'body = "{title}: {ack}"\nshort = "{answer} {title}"\n'
    world = world_with(STANDARD, more=own, organisation=few)
    for number in range(4):
        world.declare(f"down {number}", "login")
    world.advance("6m")
    bodies = [envelope.body for envelope in (one for _, one in world.post.letters)]
    assert any(f"Acknowledge all of it: {HOST} escalate ack " in body for body in bodies)
    assert f"down 0: {HOST} escalate ack 1" in bodies
    for body in bodies:
        assert body.count("escalate ") == body.count(f"{HOST} escalate ") > 0, body
    world.sent()


def test_a_channel_is_not_told_what_to_acknowledge(world_with) -> None:
    world = world_with(
        WITH_CHANNEL + rule('open_for = "2m"', 'page = ["person:cto"]', 'mode = "nudge"', 'ask = ["channel"]')
    )
    world.declare("Log in is broken", "login")
    world.advance("2m")
    told = letters(world)
    for envelope in (told["slack to identity"], told["nudge slack to identity"]):
        for text in (envelope.body, envelope.short):
            assert "escalate ack" not in text
            assert "escalate nudge" not in text
        assert "Details: escalate show 1" in unaligned(envelope.body)
    assert "escalate ack 1" in told["sms to ana"].body


def test_whoever_has_it_hears_where_to_say_that_they_know_that_it_got_worse(world_with) -> None:
    steps = EVERYWHERE.but(
        'high = [ { via = ["sms", "email"] } ]',
        'high = [ { via = ["sms"] }, { via = ["email"], after = "2m" } ]',
    )
    world = world_with(STANDARD, more=WITH_HOST, organisation=steps)
    world.declare("down", "login", severity="minor")
    world.ack("ana")
    world.update(severity="critical")
    assert f"{HOST} escalate ack 1" in letters(world)["inform sms to ana"].body


# ── short texts ───────────────────────────────────────────────────────────────────────


def test_a_short_page_says_how_bad_which_what_to_type_then_service_and_words(world_with) -> None:
    world = world_with(STANDARD, more=WITH_HOST)
    world.declare("Customers cannot sign in", "login", severity="critical", message="since the deploy")
    assert world.last().body == (
        "[critical L1] #1 Customers cannot sign in - ssh oncall@ops1 escalate ack 1 - Log in"
        " - since the deploy"
    )
    world.sent()


def test_the_words_of_whoever_pages_by_hand_are_in_the_short_text(world: World) -> None:
    world.declare("down", "login", message="since the deploy")
    world.page("person:cto", message="can you call the bank?")
    assert world.last().body == "[major] #1 down - escalate ack 1 - Log in - can you call the bank?"
    world.sent()


@pytest.mark.parametrize(
    ("title", "message", "says"),
    [
        ("down", "🔥 it burns", " - escalate ack 1 - Log in - it burns"),
        ("down", "всё горит", " - escalate ack 1 - Log in"),
        ("не работает", "всё горит", " - escalate ack 1 - Log in - всё горит"),
    ],
)
def test_a_foreign_letter_in_the_words_takes_no_room_from_the_title(
    world: World, title: str, message: str, says: str
) -> None:
    world.declare(title, "login", message=message)
    body = world.last().body
    assert body == f"[major L1] #1 {title}{says}"
    assert sms_parts(body) == 1
    world.sent()


# ── rules ─────────────────────────────────────────────────────────────────────────────


def test_a_rule_speaks_english_and_says_what_would_help(world_with) -> None:
    silent = rule(
        'severity = ">=major", no_update_for = "90s"', 'inform = ["lead", "channel"]', name="Silence"
    )
    world = world_with(STANDARD + silent, organisation=EVERYWHERE)
    world.declare("Log in is broken", "login")
    world.advance("2m")
    told = letters(world)
    assert told["inform sms to bo"].body == (
        "[major info] #1 Log in is broken: no update for 1m30s while it is major or worse;"
        " post one: escalate update 1 -m ..."
    )
    text = unaligned(told["inform email to bo"].body)
    assert text.startswith("No update for 1m30s while it is major or worse.\n")
    assert "Rule: Silence" in text
    assert "Post one: escalate update 1 -m ..." in text
    assert "Post one" not in told["inform slack to identity"].body
    assert 'rule "Silence"' in world.timeline()
    assert ">=" not in world.timeline()


def test_a_page_by_a_rule_and_a_question_speak_english(world_with) -> None:
    pages = rule('severity = ">=critical"', 'page = ["person:cto"]', name="Critical reaches the CTO")
    asks = rule(
        'at_severity_for = "2m"', 'page = ["person:dan"]', 'raise_to = "critical"', 'mode = "nudge"',
        'ask = ["lead"]', 'expires = "10m"', name="It drags on",
    )  # fmt: skip
    world = world_with(STANDARD + pages + asks, organisation=EVERYWHERE)
    world.declare("Log in is broken", "login", severity="critical")
    told = letters(world)
    assert 'Why you: named directly; rule "Critical reaches the CTO": it is critical' in unaligned(
        told["email to cto"].body
    )
    world.advance("2m")
    told = letters(world)
    assert told["nudge sms to bo"].body == (
        "[critical] #1 Log in is broken: Page Dan and raise it to critical? escalate nudge 1 yes|no"
    )
    text = unaligned(told["nudge email to bo"].body)
    assert "Proposed: Page Dan and raise it to critical?" in text
    assert 'you are asked: rule "It drags on": at the same severity for 2m' in text
    assert "Yes: escalate nudge 1 yes\nNo: escalate nudge 1 no\n" in text
    assert "asked Bo whether to page Dan and raise it to critical" in world.timeline()


# ── those who do not work on it ───────────────────────────────────────────────────────


def test_stakeholders_hear_what_since_when_who_works_on_it_and_when_next_and_no_commands(world_with) -> None:
    silent = rule('severity = "critical", no_update_for = "30m"', 'inform = ["lead"]')
    world = world_with(WITH_CHANNEL + silent, organisation=EVERYWHERE)
    world.declare("Customers cannot sign in", "login", severity="critical", message="since the deploy")
    told = letters(world)
    for text in (told["inform slack to status"].body, told["inform email to cto"].body):
        text = unaligned(text)
        assert "Affected: Log in\n" in text
        assert "Since: 10:00 GMT (" in text
        assert "Working on it: Identity is being paged, nobody has answered yet\n" in text
        assert "Next word: expected by 10:30 GMT\n" in text
        assert "since the deploy" in text
        assert "escalate " not in text
    assert told["inform sms to cto"].body == "[critical info] #1 Customers cannot sign in: Just declared"
    assert told["inform email to cto"].title == "[critical] For information: #1 Customers cannot sign in"
    world.ack("ana")
    world.advance("5m")
    world.update(message="it is the database", by="ana")
    text = unaligned(letters(world)["inform slack to status"].body)
    assert "it is the database" in text
    assert "Working on it: Ana for Identity\n" in text
    assert "Next word: expected by 10:35 GMT\n" in text
    world.resolve()
    told = letters(world)
    assert "escalate " not in told["resolved slack to status"].body
    assert "Lasted: 10:00 GMT to 10:05 GMT (5m)" in unaligned(told["resolved slack to status"].body)


def test_no_next_word_is_promised_where_no_rule_asks_for_any(world_with) -> None:
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("down", "login", severity="critical")
    assert "Next word" not in letters(world)["inform slack to status"].body


def test_whoever_works_on_it_hears_news_as_such(world_with) -> None:
    """A severity informs the CTO, whom a hand has paged: what they can type stays in it."""
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("down", "login", severity="critical")
    world.page("person:cto")
    world.update(message="still down", by="ana")
    assert "Details: escalate show 1" in unaligned(letters(world)["inform email to cto"].body)


# ── templates ─────────────────────────────────────────────────────────────────────────

OWN = """
[messages]
title = "PAGE {title}"
short = "page {title} {ack}"
nudge.title = "ASK {question}"
nudge.short = "{question} {answer}"
inform.title = "NEWS {title}"
inform.short = "news {message}"
stakeholders.title = "STATUS {title}"
resolved.body = "over: {title}"
digest.title = "{count} incidents, worst {severity} {id}"
digest.short = "{count} incidents: {answer}"
"""


def test_each_kind_has_its_own_templates_and_a_plain_one_is_a_page_s(world_with) -> None:
    asks = rule('open_for = "2m"', 'page = ["person:dan"]', 'mode = "nudge"', 'ask = ["lead"]')
    loud = EVERYWHERE.but("[settings]", '[settings]\nend_urgency = "high"')
    world = world_with(STANDARD + asks, more=OWN, organisation=loud)
    world.declare("down", "login", severity="critical")
    world.advance("2m")
    world.update(message="it is the database", by="ana")
    told = letters(world)
    assert told["email to ana"].title == "PAGE down"
    assert told["sms to ana"].body == "page down escalate ack 1"
    assert told["nudge email to bo"].title == "ASK Page Dan?"
    assert told["nudge sms to bo"].body == "Page Dan? escalate nudge 1 yes|no"
    assert told["inform slack to status"].title == "STATUS down"
    assert told["inform slack to identity"].title == "NEWS down"
    assert told["inform sms to cto"].body.startswith("news "), "a stakeholder's, where it has none of its own"
    world.resolve()
    told = letters(world)
    assert told["resolved email to ana"].body == "over: down"
    assert told["resolved email to ana"].title == "[resolved] #1 down", "what is left out is built in"
    assert told["resolved sms to ana"].body.startswith("[resolved] #1 down")


def test_a_page_s_template_is_not_a_nudge_s(world_with) -> None:
    """With those of version 0.1.0 a question read like a page, and could not be answered from."""
    asks = rule('open_for = "2m"', 'page = ["person:dan"]', 'mode = "nudge"', 'ask = ["lead"]')
    own = '[messages]\ntitle = "{title}"\nbody = "{title} {ack}"\nshort = "{title} {ack}"\n'
    world = world_with(STANDARD + asks, more=own, organisation=EVERYWHERE)
    world.declare("down", "login")
    world.advance("2m")
    told = letters(world)
    assert "escalate nudge 1 yes" in told["nudge email to bo"].body
    assert told["nudge sms to bo"].body.endswith("Page Dan? escalate nudge 1 yes|no")


def test_a_digest_has_its_own_templates(world_with) -> None:
    world = world_with(STANDARD, more=OWN, organisation=EVERYWHERE.but("messages = 1000", "messages = 1"))
    for number in range(4):
        world.declare(f"down {number}", "login")
    world.advance("6m")
    told = [envelope for _, envelope in world.post.letters]
    assert any(envelope.title == "3 incidents, worst major 2" for envelope in told)
    assert any(envelope.body == "3 incidents: escalate ack 2 3 4" for envelope in told)
    world.sent()


def test_a_page_for_what_somebody_has_says_who_and_how_to_take_it_over(world_with) -> None:
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.page("person:cto")
    told = letters(world)
    body = unaligned(told["email to cto"].body)
    assert "Has it: Ana, since 10:00 GMT" in body
    assert "Take it over: escalate ack 1 --all" in body
    assert "Acknowledge:" not in body
    assert "escalate ack 1 --all" in told["sms to cto"].body


# ── how it reads ──────────────────────────────────────────────────────────────────────


def test_values_stand_below_each_other_in_the_order_in_which_they_are_wanted(world_with) -> None:
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("Customers cannot sign in", "login", message="since the deploy")
    world.advance("5m")
    lines = letters(world)["email to bo"].body.splitlines()
    labels = ["Severity", "Affected", "Declared", "Told so far", "Why you", "Acknowledge", "Details"]
    told = [next(line for line in lines if line.startswith(f"{label}:")) for label in labels]
    columns = {len(line) - len(line.partition(":")[2].lstrip()) for line in told}
    assert len(columns) == 1
    assert [lines.index(line) for line in told] == sorted(lines.index(line) for line in told)
    assert lines[0] == "#1 Customers cannot sign in"
