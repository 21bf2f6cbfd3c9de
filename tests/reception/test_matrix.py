"""Answers by Matrix: messages, replies and reactions of rooms, from a stand-in that syncs."""

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
from escalate_cli.reception.matrix import look, sign_in, wait
from tests.reception.matrix_server import ANA, BOT, ROOM, TOKEN, MatrixServer
from tests.servers import Answer, HttpServer

BO = "@bo:example.com"


@pytest.fixture
def matrix() -> Iterator[MatrixServer]:
    with MatrixServer() as server:
        yield server


def ago(seconds: float) -> str:
    return begins_at(Clock().now() - round(seconds * SECOND))


def texts(arrived: tuple[Arrival, ...]) -> list[str]:
    return [each.text for each in arrived]


def read(matrix: MatrixServer) -> tuple[Arrival, ...]:
    return look(parse_answers(matrix.answers), ago(60)).arrived


def test_nothing_older_is_read_and_each_message_once(matrix) -> None:
    address = parse_answers(matrix.answers)
    matrix.say("OK", ago=60)
    begun = look(address, None)
    assert (begun.arrived, json.loads(begun.place)["me"]) == ((), BOT)
    name = matrix.say("NO")
    looked = look(address, begun.place)
    (answer,) = looked.arrived
    assert (answer.external_id, answer.sender, answer.text, answer.shared) == (name, ANA, "NO", False)
    assert abs((answer.sent_at or 0) / SECOND - Clock().now() / SECOND) < 5
    assert look(address, begun.place).arrived == looked.arrived
    assert look(address, looked.place).arrived == ()


def test_a_place_that_begins_at_a_moment_reads_what_came_since_and_nothing_older(matrix) -> None:
    address = parse_answers(matrix.answers)
    matrix.say("long before", ago=600)
    matrix.say("OK", ago=30)
    looked = look(address, ago(120))
    assert texts(looked.arrived) == ["OK"]
    assert (look(address, looked.place).arrived, looked.gap) == ((), None)


def test_a_reply_is_to_its_message_without_what_it_quotes(matrix) -> None:
    page = matrix.say("a page", sender=BOT)
    matrix.say(f"> <{BOT}> a page\n> second line\n\nOK", to=page)
    (answer,) = read(matrix)
    assert (answer.text, answer.answered) == ("OK", (page,))


def test_within_a_thread_it_is_to_the_message_with_which_the_thread_began(matrix) -> None:
    page, other = matrix.say("a page", sender=BOT), matrix.say("another", sender=BOT)
    for falling_back, answered in ((True, (page,)), (False, (other, page))):
        relation = {
            "rel_type": "m.thread",
            "event_id": page,
            "m.in_reply_to": {"event_id": other},
            "is_falling_back": falling_back,
        }
        content = {"msgtype": "m.text", "body": "OK", "m.relates_to": relation}
        name = matrix.put("m.room.message", content)
        assert [each.answered for each in read(matrix) if each.external_id == name] == [answered]


def test_a_reaction_is_to_its_message_and_to_no_other(matrix) -> None:
    page = matrix.say("a page", sender=BOT)
    name = matrix.react("👍", page)
    assert read(matrix)[0] == Arrival(name, ANA, "👍", read(matrix)[0].sent_at, answered=(page,), shared=True)


def test_in_a_room_of_several_it_is_shared(matrix) -> None:
    matrix.members[ROOM].append(BO)
    matrix.say("OK")
    assert read(matrix)[0].shared
    matrix.members = {ROOM: []}
    assert read(matrix)[0].shared


def test_what_is_nobodys_answer(matrix) -> None:
    matrix.put("m.room.message", {"msgtype": "m.notice", "body": "OK"})
    assert [each.robot for each in read(matrix)] == ["a bot wrote it"]
    matrix.events.clear()
    page = matrix.say("a page", sender=BOT)
    edit = {"msgtype": "m.text", "body": "* OK", "m.relates_to": {"rel_type": "m.replace", "event_id": page}}
    for content in (edit, {}, {"msgtype": "m.emote", "body": "OK"}, {"msgtype": ["m.text"], "body": {}}):
        matrix.put("m.room.message", content)
    for content in ({}, {"m.relates_to": 7}, {"m.relates_to": {"rel_type": "m.annotation", "key": "👍"}}):
        matrix.put("m.reaction", content)
    matrix.put("m.room.member", {"membership": "join"})
    assert read(matrix) == ()


def test_what_is_written_in_an_encrypted_room_is_a_gap(matrix) -> None:
    address = parse_answers(matrix.answers)
    matrix.put("m.room.encrypted", {"ciphertext": "x"})
    looked = look(address, ago(60))
    assert looked.arrived == ()
    assert "an encrypted room" in (looked.gap or "")
    assert look(address, looked.place).gap is None


@pytest.mark.parametrize("begins", [True, False])
def test_what_a_sync_does_not_tell_is_asked_for(matrix, begins: bool) -> None:
    address = parse_answers(matrix.answers)
    for number in range(30):
        matrix.say(f"old {number}", ago=600)
    place = ago(300) if begins else look(address, None).place
    for number in range(150):
        matrix.say(f"note {number}", ago=150 - number if begins else 0)
    looked = look(address, place)
    assert texts(looked.arrived) == [f"note {number}" for number in range(150)]
    assert looked.gap is None


def test_more_than_is_read_at_once_is_a_gap(matrix) -> None:
    address = parse_answers(matrix.answers)
    place = look(address, None).place
    for number in range(400):
        matrix.say(f"note {number}")
    looked = look(address, place)
    assert len(looked.arrived) == 320
    assert "older answers may be lost" in (looked.gap or "")


def test_a_token_that_is_not_known_any_more_loses_nothing(matrix) -> None:
    address = parse_answers(matrix.answers)
    matrix.say("long before", ago=600)
    place = look(address, None).place
    matrix.say("OK")
    matrix.oldest = 100
    looked = look(address, place)
    assert (texts(looked.arrived), looked.gap) == (["OK"], None)


def test_waiting_is_one_long_poll(matrix, at_once) -> None:
    address = parse_answers(matrix.answers)
    place = look(address, None).place
    begun = time.monotonic()
    at_once(0.3, lambda: matrix.say("OK"))
    assert texts(wait(address, place, 20).arrived) == ["OK"]
    assert 0.2 < time.monotonic() - begun < 3
    assert matrix.syncs[-1]["timeout"] == "20000"
    assert len(matrix.syncs) == 2


def test_waiting_ends_when_its_time_is_up(matrix) -> None:
    begun = time.monotonic()
    assert wait(parse_answers(matrix.answers), None, 0.7).arrived == ()
    assert 0.6 < time.monotonic() - begun < 3


def test_a_server_that_answers_at_once_is_not_asked_without_a_pause() -> None:
    paths = {
        "/_matrix/client/v3/sync": Answer(200, {"next_batch": "s1"}),
        "/_matrix/client/v3/account": Answer(200, {"user_id": BOT}),
    }
    with HttpServer(at_path=paths) as web:
        wait(parse_answers(f"matrix://{TOKEN}@127.0.0.1:{web.port}"), None, 2.5)
        assert len(web.arrived) <= 6


def test_who_it_is_and_which_rooms_cannot_be_read_is_told(matrix) -> None:
    address = parse_answers(matrix.answers)
    assert sign_in(address) == (BOT, "in 1 room")
    matrix.members["!other:example.com"] = [BOT]
    matrix.encrypted.add(ROOM)
    assert sign_in(address) == (
        BOT,
        "in 2 rooms",
        f"! what is written in an encrypted room cannot be read, only reactions: {ROOM}",
    )


def test_a_wrong_token_is_for_good_and_not_told(matrix) -> None:
    address = parse_answers(matrix.answers.replace(TOKEN, "syt_wrongcanary"))
    for act in (lambda: look(address, None), lambda: sign_in(address), lambda: wait(address, ago(9), 5)):
        with pytest.raises(CannotRead) as problem:
            act()
        assert problem.value.reason == "127.0.0.1 refuses: HTTP 401, Unrecognised access token"
        assert problem.value.for_good


@pytest.mark.parametrize(
    "rooms", [7, {"join": []}, {"join": {ROOM: 7}}, {"join": {ROOM: {"timeline": {"events": [7, {}]}}}}]
)
def test_what_is_of_another_shape_is_passed_over(rooms: object) -> None:
    with HttpServer(Answer(200, {"user_id": BOT, "next_batch": "s1", "rooms": rooms})) as web:
        looked = look(parse_answers(f"matrix://{TOKEN}@127.0.0.1:{web.port}"), ago(9))
    assert (looked.arrived, looked.gap) == ((), None)


@pytest.mark.parametrize("body", [{}, {"user_id": BOT}, {"user_id": 7, "next_batch": "s1"}])
def test_what_does_not_answer_as_matrix_does_is_said(body: dict[str, object]) -> None:
    with HttpServer(Answer(200, body)) as web, pytest.raises(CannotRead, match="not answer as Matrix does"):
        look(parse_answers(f"matrix://{TOKEN}@127.0.0.1:{web.port}"), ago(9))
