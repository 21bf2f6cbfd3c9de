"""Each service from the page to the acknowledgement: the page goes out by Apprise, its answer comes back by
the service's own way, and the real `tick` heeds it. The services are stand-ins on loopback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from tests.answers.nights import Night, night_by
from tests.delivery.processes import until
from tests.reception import matrix_server, telegram_server, twilio_server
from tests.reception.matrix_server import MatrixServer
from tests.reception.pushover_server import ANA, TOKEN, PushoverServer
from tests.reception.telegram_server import TelegramServer
from tests.reception.twilio_server import NUMBER, SID, TwilioServer

CLOCK = Clock()


@contextmanager
def pushover_night(place: Path) -> Iterator[tuple[Night, PushoverServer]]:
    with PushoverServer() as pushover:
        url = (
            f"form://127.0.0.1:{pushover.port}/1/messages.json?:type=&:version=&:user={{to}}"
            f"&:token={TOKEN}&:priority=2&:retry=60&:expire=3600"
        )
        with night_by(place, url, pushover.answers, ANA) as night:
            yield night, pushover


def test_17_a_tap_on_acknowledge_in_pushover(tmp_path: Path) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        assert night.here("declare", "The X is down", "-s", "x").code == 0
        assert "Tap Acknowledge to take it." in pushover.texts[0]
        night.here("tick")
        assert night.status == "open"
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt)
        ran = night.here("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to phone (page of" in night.told
        assert TOKEN not in ran.out + ran.err + night.told
        pushover.asked.clear()
        night.here("tick")
        assert pushover.asked == []
        assert night.rows("SELECT outcome FROM answers") == [("done",)]


def test_a_tap_of_somebody_who_is_nobody_changes_nothing_and_the_person_paged_hears_it(
    tmp_path: Path,
) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        night.here("declare", "The X is down", "-s", "x")
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt, by="uStrangerStrangerStrangerStran")
        night.here("tick")
        assert night.status == "open"
        assert "That address is nobody's here, so nothing was done." in pushover.texts[-1]


@pytest.mark.long
def test_a_watch_hears_taps_on_pages_that_went_out_while_it_waited(tmp_path: Path) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        night.here("tick")
        watch = night.begin("watch", "--interval", "2s")
        until(lambda: night.rows("SELECT 1 FROM facts WHERE name = 'last_pass_at'") != [])
        for number in (1, 2):
            night.here("declare", f"The X is down {number}", "-s", "x")
            until(lambda: len(pushover.asked) > 0)
        began = CLOCK.monotonic()
        for receipt in pushover.receipts:
            pushover.acknowledge(receipt)
        until(lambda: night.rows("SELECT 1 FROM incidents WHERE status = 'open'") == [])
        took = CLOCK.monotonic() - began
        watch.terminate()
        assert night.end(watch).code == 0
    assert took < 20
    for receipt in pushover.receipts:
        assert pushover.asked.count(receipt) <= 2 + took / 5


@contextmanager
def twilio_night(place: Path) -> Iterator[tuple[Night, TwilioServer]]:
    with TwilioServer() as twilio:
        url = (
            f"form://127.0.0.1:{twilio.port}/2010-04-01/Accounts/{SID}/Messages.json?:type=&:version=&:title="
            f"&:message=Body&:To={{to}}&:From={NUMBER.replace('+', '%2B')}"
        )
        # the plugin of a form signs in to nothing
        twilio.logins.add("")
        with night_by(place, url, twilio.answers, twilio_server.ANA, "sms") as night:
            yield night, twilio


def test_17_a_text_with_the_code_by_twilio(tmp_path: Path) -> None:
    with twilio_night(tmp_path) as (night, twilio):
        assert night.here("declare", "The X is down", "-s", "x").code == 0
        code = night.sent_code()[:4]
        assert "Reply OK to take it" in twilio.messages[0]["body"]
        twilio.text(f"Ok {code}.")
        ran = night.here("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to sms (page of" in night.told
        assert twilio.messages[-1]["to"] == twilio_server.ANA
        assert "You have it: #1 The X is down." in twilio.messages[-1]["body"]
        assert twilio_server.TOKEN not in ran.out + ran.err + night.told


BLOCKED = "this number has blocked us: its owner must send START to our number"


@pytest.mark.parametrize(("number", "why"), [(30005, "bounced: 30005"), (21610, BLOCKED)])
def test_27_a_text_that_was_not_delivered_has_failed_and_the_next_level_comes_at_once(
    tmp_path: Path, number: int, why: str
) -> None:
    with twilio_night(tmp_path) as (night, twilio):
        night.here("declare", "The X is down", "-s", "x")
        twilio.undelivered(twilio.messages[0]["sid"], number)
        night.here("tick")
        failed = night.rows("SELECT status, error FROM notifications WHERE recipient = 'person:ana'")
        assert failed == [("failed", why)]
        assert f"page to Ana by sms: {why}" in night.told
        assert night.rows("SELECT status FROM notifications WHERE recipient = 'person:bo'") == [("sent",)]


@contextmanager
def matrix_night(place: Path) -> Iterator[tuple[Night, MatrixServer]]:
    with MatrixServer() as matrix:
        url = f"matrix://{matrix_server.TOKEN}@127.0.0.1:{matrix.port}/{{to}}"
        more = f'answers_from = ["{matrix_server.ANA}"]'
        with night_by(place, url, matrix.answers, matrix_server.ROOM, "matrix", ana_more=more) as night:
            yield night, matrix


def test_17_a_reply_and_a_reaction_in_matrix(tmp_path: Path) -> None:
    with matrix_night(tmp_path) as (night, matrix):
        assert night.here("declare", "The X is down", "-s", "x").code == 0
        (page,) = [each["event_id"] for each in matrix.events]
        assert "Reply OK to take it" in matrix.texts[0]
        matrix.say("NOTE: I am looking", to=page)
        assert night.here("tick").code == 0
        assert "I am looking" in night.told
        matrix.react("👍", page)
        ran = night.here("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to matrix (page of" in night.told
        assert "You have it: #1 The X is down." in matrix.texts[-1]
        assert matrix_server.TOKEN not in ran.out + ran.err + night.told


def test_18_a_reaction_to_something_else_and_a_strangers_change_nothing(tmp_path: Path) -> None:
    with matrix_night(tmp_path) as (night, matrix):
        night.here("declare", "The X is down", "-s", "x")
        page = matrix.events[0]["event_id"]
        other = matrix.say("shall we have lunch?", sender="@bo:example.com")
        matrix.react("👍", other)
        matrix.react("👍", page, sender="@stranger:example.com")
        night.here("tick")
        assert night.status == "open"
        assert "That address is nobody's here, so nothing was done." in matrix.texts[-1]


@contextmanager
def telegram_night(place: Path, more: str = "") -> Iterator[tuple[Night, TelegramServer]]:
    with TelegramServer() as telegram:
        night_in = night_by(place, telegram.url, telegram.answers, str(telegram_server.ANA), "telegram", more)
        with night_in as night:
            yield night, telegram


def test_17_a_button_of_telegram_and_its_phone_is_told(tmp_path: Path) -> None:
    with telegram_night(tmp_path) as (night, telegram):
        night.here("declare", "The X is down", "-s", "x")
        assert list(telegram.buttons()) == ["I have it", "Not me", "It is over"]
        telegram.press("I have it")
        ran = night.here("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to telegram (page of" in night.told
        assert telegram.told_phones == ["77"]
        assert "You have it: #1 The X is down." in telegram.sent[-1]["text"]
        assert telegram_server.TOKEN not in ran.out + ran.err + night.told


def test_17_whoever_is_paged_for_what_somebody_has_takes_it_over_by_a_button(tmp_path: Path) -> None:
    with telegram_night(tmp_path) as (night, telegram):
        night.here("declare", "The X is down", "-s", "x")
        night.here("ack", "1", "--by", "bo")
        night.here("page", "1", "person:ana")
        telegram.press("I take it over")
        assert night.here("tick").code == 0
        assert night.rows("SELECT acknowledged_by FROM incidents") == [("ana",)]
        assert "has it now, taken over from Bo" in str(night.web.arrived[-1].json)


def test_17_a_tappable_command_ends_it(tmp_path: Path) -> None:
    with telegram_night(tmp_path) as (night, telegram):
        night.here("declare", "The X is down", "-s", "x")
        telegram.write(f"/done_{night.sent_code()}")
        assert night.here("tick").code == 0
        assert night.status == "resolved"
        assert "by reply to telegram" in night.told


def test_17_one_button_of_a_digest_takes_all_of_it(tmp_path: Path) -> None:
    with telegram_night(tmp_path, more='[limits]\nmessages = 1\nper = "10m"\n') as (night, telegram):
        for number in range(4):
            night.here("declare", f"The X is down {number}", "-s", "x")
        with night.sql() as database:
            database.execute("UPDATE notifications SET due_at = 1 WHERE status IN ('pending', 'retrying')")
            database.execute("UPDATE notifications SET sent_at = sent_at - 660000000")
            database.execute(
                "UPDATE attempts SET began_at = began_at - 660000000, ended_at = ended_at - 660000000"
            )
        night.here("tick")
        labels = [json.loads(each["reply_markup"])["inline_keyboard"][0] for each in telegram.sent]
        number = next(n for n, row in enumerate(labels) if row[0]["text"] == "I have all of it")
        telegram.press("I have all of it", number)
        assert night.here("tick").code == 0
        assert night.rows("SELECT DISTINCT status FROM incidents") == [("acknowledged",)]


def test_18_a_reaction_to_another_message_of_the_bot_is_no_answer(tmp_path: Path) -> None:
    with telegram_night(tmp_path) as (night, telegram):
        night.here("declare", "The X is down", "-s", "x")
        telegram.write("WHO")
        night.here("tick")
        assert len(telegram.sent) == 2
        telegram.react("👍", 1)
        night.here("tick")
        assert night.status == "open"
        telegram.react("👍", 0)
        night.here("tick")
        assert night.status == "acknowledged"
