"""Answers by Telegram, from a stand-in that keeps updates until they are confirmed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress, parse_answers
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.look import CannotRead, Look, begins_at
from escalate_cli.reception.telegram import look, sign_in, wait
from tests.servers import Answer, HttpServer, Request

CODE = "k7m4xq9wbcdf2345vwxz"
TOKEN = "123:hunter2canary"
ANA = {"id": 42, "is_bot": False}
PRIVATE, GROUP = {"id": 42, "type": "private"}, {"id": -100, "type": "supergroup"}


def updates(*listed: dict[str, Any]) -> Answer:
    return Answer(200, {"ok": True, "result": list(listed)})


def message(number: int, text: str = "OK", chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    written = {"message_id": number, "date": 1_700_000_000 + number, "from": ANA, "chat": chat, "text": text}
    return {"update_id": 1000 + number, "message": written | more}


def address_of(web: HttpServer) -> AnswersAddress:
    return parse_answers(f"telegram://{TOKEN}?server=http://127.0.0.1:{web.port}")


def place(following: int = 1000, ago: int = 0) -> str:
    return json.dumps({"next": following, "at": Clock().now() // SECOND - ago})


def asked(web: HttpServer, method: str = "getUpdates") -> list[Any]:
    return [request.json for request in web.arrived if called(request) == method]


def called(request: Request) -> str:
    assert request.path.startswith(f"/bot{TOKEN}/")
    return request.path.rpartition("/")[2]


def read(*listed: dict[str, Any]) -> tuple[Arrival, ...]:
    with HttpServer(updates(*listed)) as web:
        return look(address_of(web), place()).arrived


def test_nothing_older_is_read_and_what_is_not_confirmed_comes_again() -> None:
    with HttpServer(updates(message(7))) as web:
        begun = look(address_of(web), None)
        assert (begun.arrived, json.loads(begun.place)["next"]) == ((), 1008)
        web.answer_with(updates(message(9, "NO"), message(8), message(8)))
        looked = look(address_of(web), begun.place)
        assert [(each.text, each.external_id) for each in looked.arrived] == [("OK", "42:8"), ("NO", "42:9")]
        assert look(address_of(web), begun.place).arrived == looked.arrived
        look(address_of(web), looked.place)
        assert [each["offset"] for each in asked(web)] == [-1, 1008, 1008, 1010]
        assert "message_reaction" in asked(web)[0]["allowed_updates"]


def test_a_reply_is_to_the_message_in_its_chat() -> None:
    (answer,) = read(message(5, "OK", reply_to_message={"message_id": 3, "chat": PRIVATE}))
    assert answer == Arrival("42:5", "42", "OK", 1_700_000_005_000_000, answered=("42:3",))


def test_a_reply_to_a_page_has_the_code_that_the_page_shows() -> None:
    page = {
        "message_id": 3,
        "chat": PRIVATE,
        "from": {"id": 1, "is_bot": True},
        "text": f"/ok_{CODE} /no_{CODE}",
    }
    assert read(message(5, reply_to_message=page))[0].codes == (CODE,)
    assert read(message(5, reply_to_message=page | {"from": ANA}))[0].codes == ()


@pytest.mark.parametrize(
    ("text", "word", "codes"),
    [
        (f"/ok_{CODE}", "OK", (CODE,)),
        (f"/no_{CODE}@our_bot", "NO", (CODE,)),
        (f"/Done_{CODE.upper()}", "DONE", (CODE,)),
        ("/ok", "OK", ()),
        ("/ok@our_bot k7m4", "OK k7m4", ()),
        ("/snooze 30m", "SNOOZE 30m", ()),
        ("/ok_short", "/ok_short", ()),
        ("/ok_aaaaaaaaaaaaaaaaaaaa", "/ok_aaaaaaaaaaaaaaaaaaaa", ()),
        ("ok, but call me", "ok, but call me", ()),
    ],
)
def test_a_command_is_a_word_and_a_code(text: str, word: str, codes: tuple[str, ...]) -> None:
    (answer,) = read(message(1, text))
    assert (answer.text, answer.codes) == (word, codes)


def test_a_button_counts_for_who_presses_it_and_is_told_so() -> None:
    query = {
        "id": "77",
        "from": {"id": 99},
        "data": f"ok:{CODE}",
        "message": {"message_id": 3, "chat": GROUP},
    }
    with HttpServer(updates({"update_id": 1001, "callback_query": query})) as web:
        (answer,) = look(address_of(web), place()).arrived
        assert asked(web, "answerCallbackQuery") == [{"callback_query_id": "77"}]
    assert (answer.sender, answer.text, answer.codes, answer.shared) == ("99", "OK", (CODE,), True)
    assert read({"update_id": 1, "callback_query": query | {"data": "of:another:bot"}}) == ()
    (all_of_it,) = read({"update_id": 1, "callback_query": query | {"data": f"ok all:{CODE}"}})
    assert (all_of_it.text, all_of_it.codes) == ("OK ALL", (CODE,))


def test_a_reaction_is_the_emoji_that_is_new() -> None:
    thumb, heart = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "❤"}
    reaction = {"chat": GROUP, "message_id": 3, "user": ANA, "date": 5, "old_reaction": [heart]}
    (answer,) = read({"update_id": 1001, "message_reaction": reaction | {"new_reaction": [heart, thumb]}})
    assert (answer.text, answer.answered, answer.sender, answer.shared) == ("👍", ("-100:3",), "42", True)
    assert read({"update_id": 1001, "message_reaction": reaction | {"new_reaction": []}}) == ()


def test_what_is_nobodys_answer() -> None:
    edited = {"update_id": 1002, "edited_message": message(3)["message"]}
    assert read(edited, {"update_id": 1003, "message": 7}, {"x": 1}, {"update_id": "a"}) == ()
    assert read(message(1, chat=GROUP))[0].shared
    assert read(message(1, forward_origin={}))[0].robot == "it was forwarded"
    assert read(message(1, **{"from": {"id": 1, "is_bot": True}}))[0].robot == "a bot wrote it"
    assert (
        read({"update_id": 1, "message": {"message_id": 1, "chat": PRIVATE, "from": ANA, "photo": []}}) == ()
    )


def test_a_day_without_a_look_is_a_gap_and_begins_with_what_is_left() -> None:
    with HttpServer(updates(message(2))) as web:
        looked = look(address_of(web), place(9000, ago=25 * 3600))
        assert looked.gap is not None
        assert asked(web)[0]["offset"] == 0
        assert json.loads(looked.place)["next"] == 1003
        assert look(address_of(web), place(ago=23 * 3600)).gap is None


def test_waiting_is_one_long_poll() -> None:
    with HttpServer(Answer(200, updates(message(2)).body, after=0.3)) as web:
        looked: Look = wait(address_of(web), place(), 20)
        assert len(looked.arrived) == 1
        assert asked(web)[0]["timeout"] in (19, 20)
        web.answer_with(updates())
        begun = time.monotonic()
        assert wait(address_of(web), place(), 0.5).arrived == ()
        assert 0.4 < time.monotonic() - begun < 2


def test_another_reader_and_a_webhook_are_told_apart() -> None:
    for words, told, for_good in (
        ("Conflict: terminated by other getUpdates request", "another reader fetches them", False),
        ("Conflict: can't use getUpdates method while webhook is active", "call deleteWebhook", True),
    ):
        with (
            HttpServer(Answer(409, {"ok": False, "description": words})) as web,
            pytest.raises(CannotRead) as problem,
        ):
            look(address_of(web), place())
        assert told in problem.value.reason
        assert problem.value.for_good is for_good


def test_signing_in_tells_the_bot_its_privacy_and_a_webhook() -> None:
    me = {"ok": True, "result": {"username": "our_bot", "can_read_all_group_messages": False}}
    hook = {"ok": True, "result": {"url": ""}}
    paths = {f"/bot{TOKEN}/getMe": Answer(200, me), f"/bot{TOKEN}/getWebhookInfo": Answer(200, hook)}
    with HttpServer(at_path=paths) as web:
        assert sign_in(address_of(web)) == ("@our_bot", "in groups it hears commands and replies only")
        hook["result"]["url"] = "https://secret.example.com/hunter2canary"
        with pytest.raises(CannotRead) as problem:
            sign_in(address_of(web))
    assert problem.value.for_good
    assert "canary" not in problem.value.reason


def test_a_place_that_begins_at_a_moment_reads_what_came_since_and_nothing_older() -> None:
    with HttpServer(updates(message(7), message(9, "NO"))) as web:
        looked = look(address_of(web), begins_at((1_700_000_000 + 8) * SECOND))
    assert [each.text for each in looked.arrived] == ["NO"]
    assert json.loads(looked.place)["next"] == 1010
