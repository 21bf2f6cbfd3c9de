"""Answers by SMS through Twilio: texts that are listed page by page, from a stand-in."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.answers.arrived import Arrival, Bounce
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.look import CannotRead, begins_at
from escalate_cli.reception.twilio import look, sign_in, wait
from tests.reception.twilio_server import ANA, NUMBER, SID, TOKEN, TwilioServer
from tests.servers import Answer, HttpServer

CODE = "k7m4xq9wbcdf2345vwxz"


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


def ago(seconds: float) -> str:
    return begins_at(Clock().now() - round(seconds * SECOND))


def texts(arrived: tuple[Arrival, ...]) -> list[str]:
    return [each.text for each in arrived]


def test_a_text_is_an_answer_of_its_number(twilio) -> None:
    address = parse_answers(twilio.answers)
    place = look(address, None).place
    sid = twilio.text(f"OK {CODE}")
    (answer,) = look(address, place).arrived
    assert (answer.external_id, answer.sender, answer.text, answer.codes) == (sid, ANA, f"OK {CODE}", (CODE,))
    assert abs((answer.sent_at or 0) / SECOND - Clock().now() / SECOND) < 5
    assert twilio.asked[-2]["To"] == NUMBER


def test_nothing_older_is_read_and_each_text_once(twilio) -> None:
    address = parse_answers(twilio.answers)
    twilio.text("long before", ago=4000)
    twilio.text("before", ago=300)
    twilio.text("NO", ago=30)
    looked = look(address, ago(120))
    assert texts(looked.arrived) == ["NO"]
    assert (look(address, looked.place).arrived, looked.gap) == ((), None)
    twilio.text("OK")
    again = look(address, looked.place)
    assert texts(again.arrived) == ["OK"]
    assert look(address, looked.place).arrived == again.arrived
    assert look(address, again.place).arrived == ()


def test_a_text_that_is_listed_late_is_read(twilio) -> None:
    address = parse_answers(twilio.answers)
    begins = ago(7200)
    twilio.text("second", ago=60)
    looked = look(address, begins)
    twilio.text("first", ago=1800)
    assert texts(look(address, looked.place).arrived) == ["first"]


def test_answers_come_in_the_order_in_which_they_were_sent_over_all_pages(twilio) -> None:
    address = parse_answers(twilio.answers)
    for number in range(250):
        twilio.text(f"note {number}", ago=300 - number)
    looked = look(address, ago(600))
    assert texts(looked.arrived) == [f"note {number}" for number in range(250)]
    assert looked.gap is None
    assert len(looked.place) <= 2000
    assert look(address, looked.place).arrived == ()


def test_more_than_can_be_listed_is_a_gap_once(twilio) -> None:
    address = parse_answers(twilio.answers)
    for number in range(600):
        twilio.text(f"note {number}", ago=650 - number)
    looked = look(address, ago(1000))
    assert len(looked.arrived) == 500
    assert "older ones were not read" in (looked.gap or "")
    assert look(address, looked.place).gap is None


def test_what_is_for_twilio_or_from_us_is_no_answer(twilio) -> None:
    for word in ("STOP", "stopall", "Unsubscribe", " END ", "HELP", "start"):
        twilio.text(word)
    twilio.send("a page", NUMBER)
    twilio.messages[-1]["to"] = NUMBER
    twilio.messages += [
        {"sid": "", "at": 4e9, "to": NUMBER},
        {"sid": "x", "at": 4e9, "to": NUMBER, "date_sent": 7},
    ]
    assert look(parse_answers(twilio.answers), ago(60)).arrived == ()


def test_a_page_of_ours_that_was_not_delivered_has_come_back(twilio) -> None:
    address = parse_answers(twilio.answers)
    page = twilio.send("a page", ANA, ago=30)
    looked = look(address, ago(60))
    assert looked.arrived == ()
    twilio.undelivered(page, 30003)
    looked = look(address, looked.place)
    (report,) = looked.arrived
    assert (report.bounce, report.answered) == (Bounce(True, "30003", ANA), (page,))
    assert look(address, looked.place).arrived == ()


def test_texts_are_read_even_where_our_own_messages_cannot_be_listed(twilio) -> None:
    twilio.text("OK")
    twilio.refuses_ours = True
    assert texts(look(parse_answers(twilio.answers), ago(60)).arrived) == ["OK"]


def test_waiting_ends_when_something_arrives_or_its_time_is_up(twilio) -> None:
    address = parse_answers(twilio.answers)
    place = look(address, None).place
    begun = time.monotonic()
    assert wait(address, place, 0.5).arrived == ()
    assert 0.4 < time.monotonic() - begun < 2
    twilio.text("OK")
    assert texts(wait(address, place, 30).arrived) == ["OK"]
    assert time.monotonic() - begun < 4


def test_too_many_questions_are_said_with_how_long_to_wait(twilio) -> None:
    twilio.refuses = 429
    with pytest.raises(CannotRead) as problem:
        look(parse_answers(twilio.answers), ago(60))
    assert problem.value.reason.endswith("HTTP 429, Too Many Requests; it asks for 30s of patience")
    assert not problem.value.for_good


def test_what_is_amiss_with_the_number_is_told(twilio) -> None:
    address = parse_answers(twilio.answers)
    first = f"texts to {NUMBER} can be read"
    assert sign_in(address) == (first,)
    twilio.owns[NUMBER] = False
    assert sign_in(address) == (first, f"! {NUMBER} takes no texts")
    twilio.owns.clear()
    assert "is no number of this account" in sign_in(address)[1]
    twilio.closed = True
    assert sign_in(address) == (first,)


def test_a_key_signs_in_to_the_account(twilio) -> None:
    twilio.logins = {f"SK1:{TOKEN}"}
    twilio.text("OK")
    assert texts(look(parse_answers(f"{twilio.answers}&apikey=SK1"), ago(60)).arrived) == ["OK"]


def test_a_wrong_token_is_for_good_and_nothing_of_the_account_is_told(twilio) -> None:
    address = parse_answers(twilio.answers.replace(TOKEN, "wrongcanary"))
    for act in (lambda: look(address, None), lambda: sign_in(address), lambda: wait(address, None, 5)):
        with pytest.raises(CannotRead) as problem:
            act()
        assert problem.value.reason == "127.0.0.1 refuses: HTTP 401, Authenticate"
        assert problem.value.for_good


@pytest.mark.parametrize("body", [{}, {"messages": None}, {"messages": "x"}])
def test_what_does_not_answer_as_twilio_does_is_said(body: dict[str, object]) -> None:
    with HttpServer(Answer(200, body)) as web:
        address = parse_answers(f"twilio://{SID}:{TOKEN}@{NUMBER}?server=http://127.0.0.1:{web.port}")
        with pytest.raises(CannotRead, match="does not answer as Twilio does"):
            look(address, None)


@pytest.mark.parametrize("following", [7, "http://169.254.169.254/x?Page=1", "//evil.example/?PageToken=x"])
def test_the_next_page_is_asked_for_at_the_same_place(following: object) -> None:
    with HttpServer(Answer(200, {"messages": [], "next_page_uri": following})) as web:
        address = parse_answers(f"twilio://{SID}:{TOKEN}@{NUMBER}?server=http://127.0.0.1:{web.port}")
        look(address, ago(60))
        assert {request.path.partition("?")[0] for request in web.arrived} == {
            f"/2010-04-01/Accounts/{SID}/Messages.json"
        }
