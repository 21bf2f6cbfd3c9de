"""Each service from the page to the acknowledgement: the page goes out by Apprise, its answer comes back by the
service's own way, and the real `tick` heeds it. The services are stand-ins on loopback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.answers.nights import Night, night_by
from tests.reception import matrix_server, twilio_server
from tests.reception.matrix_server import MatrixServer
from tests.reception.pushover_server import ANA, TOKEN, PushoverServer
from tests.reception.twilio_server import NUMBER, SID, TwilioServer


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
        assert night("declare", "The X is down", "-s", "x").code == 0
        assert "Tap Acknowledge to take it." in pushover.texts[0]
        night("tick")
        assert night.status == "open"
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt)
        ran = night("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to phone (page of" in night.told
        assert TOKEN not in ran.out + ran.err + night.told
        pushover.asked.clear()
        night("tick")
        assert pushover.asked == []
        assert night.rows("SELECT outcome FROM answers") == [("done",)]


def test_a_tap_of_somebody_who_is_nobody_changes_nothing_and_the_person_paged_hears_it(
    tmp_path: Path,
) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        night("declare", "The X is down", "-s", "x")
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt, by="uStrangerStrangerStrangerStran")
        night("tick")
        assert night.status == "open"
        assert "That address is nobody's here, so nothing was done." in pushover.texts[-1]


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
        assert night("declare", "The X is down", "-s", "x").code == 0
        code = night.sent_code()[:4]
        assert "Reply OK to take it" in twilio.messages[0]["body"]
        twilio.text(f"Ok {code}.")
        ran = night("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to sms (page of" in night.told
        assert twilio.messages[-1]["to"] == twilio_server.ANA
        assert "You have it: #1 The X is down." in twilio.messages[-1]["body"]
        assert twilio_server.TOKEN not in ran.out + ran.err + night.told


def test_27_a_text_that_was_not_delivered_has_failed_and_the_next_level_comes_at_once(tmp_path: Path) -> None:
    with twilio_night(tmp_path) as (night, twilio):
        night("declare", "The X is down", "-s", "x")
        twilio.undelivered(twilio.messages[0]["sid"], 30005)
        night("tick")
        failed = night.rows("SELECT status, error FROM notifications WHERE recipient = 'person:ana'")
        assert failed == [("failed", "bounced: 30005")]
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
        assert night("declare", "The X is down", "-s", "x").code == 0
        (page,) = [each["event_id"] for each in matrix.events]
        assert "Reply OK to take it" in matrix.texts[0]
        matrix.say("NOTE: I am looking", to=page)
        assert night("tick").code == 0
        assert "I am looking" in night.told
        matrix.react("👍", page)
        ran = night("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to matrix (page of" in night.told
        assert "You have it: #1 The X is down." in matrix.texts[-1]
        assert matrix_server.TOKEN not in ran.out + ran.err + night.told


def test_18_a_reaction_to_something_else_and_a_strangers_change_nothing(tmp_path: Path) -> None:
    with matrix_night(tmp_path) as (night, matrix):
        night("declare", "The X is down", "-s", "x")
        page = matrix.events[0]["event_id"]
        other = matrix.say("shall we have lunch?", sender="@bo:example.com")
        matrix.react("👍", other)
        matrix.react("👍", page, sender="@stranger:example.com")
        night("tick")
        assert night.status == "open"
        assert "That address is nobody's here, so nothing was done." in matrix.texts[-1]
