"""Answers by ntfy: buttons that publish to a topic, read over HTTP from a stand-in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.look import CannotRead, begins_at
from escalate_cli.reception.ntfy import look, sign_in, wait
from tests.reception.ntfy_server import READ, WRITE, NtfyServer

CODE, OTHER = "k7m4xq9wbcdf2345vwxz", "p3x2xq9wbcdf2345vwxz"


@pytest.fixture
def ntfy() -> Iterator[NtfyServer]:
    with NtfyServer() as server:
        yield server


def texts(arrived: tuple[Arrival, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.text, each.codes) for each in arrived]


def test_a_button_is_an_answer_with_a_code_and_no_sender(ntfy) -> None:
    address = parse_answers(ntfy.url)
    ntfy.publish({"code": OTHER, "word": "OK"}, ago=60)
    place = look(address, None).place
    name = ntfy.publish({"code": CODE, "word": "NO"})
    looked = look(address, place)
    (answer,) = looked.arrived
    assert (answer.external_id, answer.sender, answer.text, answer.codes) == (name, "", "NO", (CODE,))
    assert abs((answer.sent_at or 0) / SECOND - Clock().now() / SECOND) < 5
    assert look(address, looked.place).arrived == ()


def test_what_is_written_counts_by_a_long_code_only(ntfy) -> None:
    address = parse_answers(ntfy.url)
    place = look(address, None).place
    for message in (f"OK {CODE}", "OK k7m4", '{"code": ["x"], "word": 7}', "[1]", '{"code": "k7m4"}', ""):
        ntfy.publish(message)
    assert texts(look(address, place).arrived) == [
        (f"OK {CODE}", (CODE,)),
        ("OK k7m4", ()),
        ("7", ()),
        ("[1]", ()),
        ("", ()),
        ("", ()),
    ]


def test_a_crash_between_two_looks_loses_nothing_and_an_id_that_is_gone_neither(ntfy) -> None:
    address = parse_answers(ntfy.url)
    ntfy.publish("long before", ago=3000)
    place = look(address, None).place
    first = ntfy.publish({"code": CODE, "word": "OK"})
    looked = look(address, place)
    assert look(address, place).arrived == looked.arrived
    second = ntfy.publish({"code": CODE, "word": "DONE"})
    ntfy.messages = [message for message in ntfy.messages if message["id"] != first]
    assert [each.external_id for each in look(address, looked.place).arrived] == [second]


@pytest.mark.parametrize("ahead", [-300, 300])
def test_a_clock_that_is_wrong_loses_nothing(ntfy, ahead: int) -> None:
    ntfy.ahead = ahead
    address = parse_answers(ntfy.url)
    place = look(address, None).place
    ntfy.publish({"code": CODE, "word": "OK"})
    assert len(look(address, place).arrived) == 1
    assert f"! its clock is 5m {'ahead of' if ahead > 0 else 'behind'} ours" in sign_in(address)


def test_more_than_half_a_day_without_a_look_is_a_gap(ntfy) -> None:
    address = parse_answers(ntfy.url)
    place = json.loads(look(address, None).place)
    assert look(address, json.dumps(place | {"at": place["at"] - 11 * 3600})).gap is None
    looked = look(address, json.dumps(place | {"at": place["at"] - 13 * 3600}))
    assert looked.gap is not None
    assert "12 hours" in looked.gap
    assert look(address, looked.place).gap is None


def test_waiting_ends_as_soon_as_something_arrives(ntfy, at_once) -> None:
    address = parse_answers(ntfy.url)
    place = look(address, None).place
    begun = time.monotonic()
    at_once(0.3, lambda: ntfy.publish({"code": CODE, "word": "OK"}))
    looked = wait(address, place, 20)
    assert texts(looked.arrived) == [("OK", (CODE,))]
    assert 0.2 < time.monotonic() - begun < 2
    assert len(ntfy.requests) <= 5


def test_waiting_ends_when_its_time_is_up(ntfy) -> None:
    address = parse_answers(ntfy.url)
    begun = time.monotonic()
    assert wait(address, None, 0.7).arrived == ()
    assert 0.6 < time.monotonic() - begun < 2


def test_a_server_that_ends_every_stream_is_not_asked_without_a_pause(ntfy, at_once) -> None:
    ntfy.ends_streams = True
    address = parse_answers(ntfy.url)
    place = look(address, None).place
    at_once(0.3, lambda: ntfy.publish({"code": CODE, "word": "OK"}))
    assert len(wait(address, place, 1.0).arrived) == 1
    assert len(ntfy.requests) <= 5


def test_who_may_read_is_told(ntfy) -> None:
    address = parse_answers(f"{ntfy.url}?write={WRITE}")
    first = "topic escalate-answers at 127.0.0.1: can be read"
    assert sign_in(address) == (first, "the token that goes out with pages cannot read")
    ntfy.readers.add(WRITE)
    assert "! the token of the option write can read as well" in sign_in(address)[1]
    ntfy.readers.add(None)
    assert "! anybody can read the topic" in sign_in(address)[1]


def test_a_name_and_a_password_do_as_well(ntfy) -> None:
    ntfy.readers = {"ana:pw"}
    assert look(parse_answers(ntfy.url.replace(READ, "ana:pw")), None).arrived == ()


def test_a_wrong_token_is_for_good_and_not_told(ntfy) -> None:
    for act in (lambda address: look(address, None), sign_in, lambda address: wait(address, None, 5)):
        with pytest.raises(CannotRead) as problem:
            act(parse_answers(ntfy.url.replace(READ, "tk_wrongcanary")))
        assert problem.value.reason == "127.0.0.1 refuses: HTTP 403, forbidden"
        assert problem.value.for_good


def test_a_place_that_begins_at_a_moment_reads_what_came_since_and_nothing_older(ntfy) -> None:
    address = parse_answers(ntfy.url)
    ntfy.publish({"code": OTHER, "word": "OK"}, ago=600)
    ntfy.publish({"code": CODE, "word": "NO"}, ago=30)
    looked = look(address, begins_at(Clock().now() - 120 * SECOND))
    assert texts(looked.arrived) == [("NO", (CODE,))]
    assert (look(address, looked.place).arrived, looked.gap) == ((), None)
