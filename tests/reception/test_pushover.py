"""Answers by Pushover: receipts of emergency messages, from a stand-in that counts who asks for which."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.look import CannotRead, begins_at
from escalate_cli.reception.pushover import look, sign_in, wait
from escalate_cli.reception.receipts import MOST_OPEN, receipts_in, with_receipts
from tests.reception.pushover_server import ANA, TOKEN, PushoverServer
from tests.servers import Answer, HttpServer


@pytest.fixture
def pushover() -> Iterator[PushoverServer]:
    with PushoverServer() as server:
        yield server


def test_the_button_is_an_answer_to_its_message_by_whoever_tapped_it(pushover) -> None:
    address, receipt = parse_answers(pushover.answers), pushover.queue()
    place = with_receipts(begins_at(7), [receipt])
    looked = look(address, place)
    assert (looked.arrived, looked.gap) == ((), None)
    pushover.acknowledge(receipt, at=1_700_000_000)
    assert look(address, looked.place).arrived == (
        Arrival(receipt, ANA, "OK", 1_700_000_000 * SECOND, answered=(receipt,)),
    )


def test_what_is_acknowledged_expired_or_unknown_is_never_asked_for_again(pushover) -> None:
    address = parse_answers(pushover.answers)
    tapped, expired, waits, unknown = (*(pushover.queue() for _ in range(3)), "x" * 30)
    pushover.acknowledge(tapped)
    pushover.receipts[expired]["expired"] = 1
    known = [tapped, expired, waits, unknown]
    looked = look(address, with_receipts(None, known))
    assert [each.external_id for each in looked.arrived] == [tapped]
    assert sorted(pushover.asked) == sorted(known)
    pushover.asked.clear()
    looked = look(address, with_receipts(looked.place, known))
    assert (looked.arrived, pushover.asked) == ((), [waits])


def test_a_crash_between_two_looks_loses_nothing(pushover) -> None:
    address, receipt = parse_answers(pushover.answers), pushover.queue()
    pushover.acknowledge(receipt)
    place = with_receipts(None, [receipt])
    assert look(address, place).arrived == look(address, place).arrived != ()


def test_answers_of_one_look_come_in_the_order_of_the_taps(pushover) -> None:
    address = parse_answers(pushover.answers)
    first, second = pushover.queue(), pushover.queue()
    pushover.acknowledge(second, at=1_700_000_000)
    pushover.acknowledge(first, at=1_700_000_009)
    looked = look(address, with_receipts(None, [second, first]))
    assert [each.external_id for each in looked.arrived] == [second, first]


def test_without_receipts_nobody_is_asked() -> None:
    address = parse_answers(f"pushover://{TOKEN}?server=http://127.0.0.1:1")
    for place in (None, begins_at(7), "{}", '{"open": "x", "done": 7}', '{"open": ["../apps"]}'):
        looked = look(address, place)
        assert (looked.arrived, receipts_in(looked.place).open) == ((), ())


def test_too_many_questions_end_a_look_and_the_next_begins_with_the_others(pushover) -> None:
    address = parse_answers(pushover.answers)
    known = [pushover.queue() for _ in range(4)]
    pushover.acknowledge(known[1])
    pushover.refuses, pushover.spared = 429, 2
    looked = look(address, with_receipts(None, known))
    assert [each.external_id for each in looked.arrived] == [known[1]]
    assert receipts_in(with_receipts(looked.place, known)).open == (known[2], known[3], known[0])
    with pytest.raises(CannotRead) as problem:
        look(address, looked.place)
    assert "HTTP 429, try again later" in problem.value.reason
    assert not problem.value.for_good


def test_a_place_is_short_however_many_messages_wait(pushover) -> None:
    known = [f"{number:030}" for number in range(500)]
    place = with_receipts(None, known)
    assert receipts_in(place).open == tuple(known[:MOST_OPEN])
    done = {"status": 1, "acknowledged": 1, "acknowledged_by": ANA}
    with HttpServer(Answer(200, done)) as web:
        address = parse_answers(f"pushover://{TOKEN}?server=http://127.0.0.1:{web.port}")
        for _ in range(3):
            place = with_receipts(look(address, place).place, known)
            assert len(place) <= 2000


def test_a_wait_is_a_pause_and_a_look(pushover) -> None:
    address, receipt = parse_answers(pushover.answers), pushover.queue()
    pushover.acknowledge(receipt)
    begun = time.monotonic()
    assert len(wait(address, with_receipts(None, [receipt]), 0.4).arrived) == 1
    assert 0.3 < time.monotonic() - begun < 2
    assert len(pushover.asked) == 1


def test_what_is_left_of_the_month_is_told(pushover) -> None:
    address = parse_answers(pushover.answers)
    assert sign_in(address) == (
        "receipts of messages of priority emergency can be read",
        "7496 of 10000 messages of this month are left",
    )
    pushover.remaining = 12
    assert "! 12 of 10000 messages of this month are left" in sign_in(address)


def test_a_wrong_token_is_for_good_and_not_told(pushover) -> None:
    address = parse_answers(pushover.answers.replace(TOKEN, "awrongtokencanary"))
    place = with_receipts(None, [pushover.queue()])
    for act in (lambda: look(address, place), lambda: sign_in(address), lambda: wait(address, place, 0.1)):
        with pytest.raises(CannotRead) as problem:
            act()
        assert problem.value.reason == "127.0.0.1 refuses: HTTP 400, application token is invalid"
        assert problem.value.for_good


@pytest.mark.parametrize("body", [{"status": 0}, {"ok": True}, {"status": "1"}])
def test_what_does_not_answer_as_pushover_does_is_said(body: dict[str, object]) -> None:
    with HttpServer(Answer(200, body)) as web:
        address = parse_answers(f"pushover://{TOKEN}?server=http://127.0.0.1:{web.port}")
        with pytest.raises(CannotRead, match="does not answer as Pushover does"):
            look(address, with_receipts(None, ["r" * 30]))


def test_what_a_state_lacks_is_left_out() -> None:
    odd = {"status": 1, "acknowledged": 1, "acknowledged_at": "soon", "acknowledged_by": ["x"]}
    with HttpServer(Answer(200, odd)) as web:
        address = parse_answers(f"pushover://{TOKEN}?server=http://127.0.0.1:{web.port}")
        (answer,) = look(address, with_receipts(None, ["r" * 30])).arrived
    assert (answer.sender, answer.sent_at) == ("", None)
