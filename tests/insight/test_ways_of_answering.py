"""`report` says how people answered, from where and how fast; `lessons`, by which gateway nobody does. Pages
by HTTP, answers handed in by the real command.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.nights import Night, night_by

NUMBER = "+447700900123"


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with night_by(tmp_path, "json://127.0.0.1:PORT/{to}", "by-command", NUMBER) as made:
        yield made


def incidents(night: Night, answered: int, typed: int) -> None:
    for number in range(answered + typed):
        declared = night("declare", f"The X is down {number}", "-s", "x", "--json")
        incident = str(declared.json["id"])
        if number < answered:
            ran = night(
                "answer", "--gateway", "phone", "--from", NUMBER, "--text", "OK", "--id", f"m{number}"
            )
        else:
            ran = night("ack", incident, "--by", "ana")
        assert ran.code == 0, ran.err
        assert night("resolve", incident, "--by", "ana").code == 0


def test_how_people_answer_from_where_and_how_fast(night: Night) -> None:
    incidents(night, answered=2, typed=1)
    told = night("report", "--json").json
    assert told["acknowledgements"]["by_way"] == {"reply to phone": 2, "command": 1}
    assert told["acknowledgements"]["by_gateway"] == {"phone": 3}
    (by_gateway,) = told["answers_by_gateway"]
    assert (by_gateway["gateway"], by_gateway["to_answer"]["count"]) == ("phone", 3)
    assert {one["way"]: one["to_answer"]["count"] for one in told["answers_by_way"]} == {
        "reply to phone": 2,
        "command": 1,
    }
    shown = night("report").out
    assert "How they answered" in shown
    assert "by reply to phone" in shown
    assert "paged through phone" in shown
    assert "acknowledged by way,reply to phone,acknowledgements,2" in night("report", "--csv").out
    assert night("report", "--html", "report.html").code == 0
    page = (night.place / "report.html").read_text(encoding="utf-8")
    assert "How they answered" in page
    assert "by reply to phone" in page


def test_where_all_is_typed_no_table_of_ways_is_shown(night: Night) -> None:
    incidents(night, answered=0, typed=1)
    assert night("report", "--json").json["acknowledgements"]["by_way"] == {"command": 1}
    assert "How they answered" not in night("report").out


@pytest.mark.long
def test_a_gateway_that_listens_and_by_which_nobody_answers_is_a_lesson(night: Night) -> None:
    incidents(night, answered=0, typed=6)
    (lesson,) = [one for one in night("lessons", "--json").json if one["code"] == "gateway-unanswered"]
    assert lesson["title"].startswith("Nobody answers by phone")
    assert "6 pages through phone were acknowledged by one person" in lesson["evidence"]
    assert "--wait" in night("lessons").out
    incidents(night, answered=1, typed=0)
    assert "gateway-unanswered" not in night("lessons").out + str(night("lessons", "--json").json)
