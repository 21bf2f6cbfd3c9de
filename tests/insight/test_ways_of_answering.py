"""`report` says how people answered, from where and how fast; `lessons`, by which gateway nobody does. Pages
by HTTP, answers handed in by the real command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def lines(told: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Of each gateway: pages, how many were acknowledged, how many of those could be timed."""
    return {
        line["gateway"]: (line["pages"], line["acknowledged"], line["to_answer"]["count"])
        for line in told["answers_by_gateway"]
    }


def test_how_people_answer_from_where_and_how_fast(night: Night) -> None:
    incidents(night, answered=2, typed=1)
    told = night("report", "--json").json
    assert told["acknowledgements"]["by_way"] == {"reply to phone": 2, "command": 1}
    assert told["acknowledgements"]["by_gateway"] == {"phone": 3}
    assert lines(told) == {"phone": (3, 3, 3)}
    assert {one["way"]: one["to_answer"]["count"] for one in told["answers_by_way"]} == {
        "reply to phone": 2,
        "command": 1,
    }
    shown = night("report").out
    assert "How they answered" in shown
    assert "by reply to phone" in shown
    assert "Pages by gateway" in shown
    assert "acknowledged by way,reply to phone,acknowledgements,2" in night("report", "--csv").out
    assert night("report", "--html", "report.html").code == 0
    page = (night.place / "report.html").read_text(encoding="utf-8")
    assert "How they answered" in page
    assert "by reply to phone" in page


def test_where_all_is_typed_no_table_of_ways_is_shown(night: Night) -> None:
    incidents(night, answered=0, typed=1)
    assert night("report", "--json").json["acknowledgements"]["by_way"] == {"command": 1}
    assert "How they answered" not in night("report").out


@pytest.mark.parametrize("answered_by", ["phone", "desk"])
def test_an_answer_counts_for_the_gateway_it_came_by_and_every_gateway_that_paged_has_a_line(
    tmp_path: Path, answered_by: str
) -> None:
    """Whichever of the two messages of a page went out last: the one that was answered has done it."""
    desk = '[gateways.desk]\nurl = "json://127.0.0.1:PORT/{to}"\nanswers = "by-command"\n'
    addresses = f'{NUMBER}", desk = "{NUMBER}'
    with night_by(tmp_path, "json://127.0.0.1:PORT/{to}", "by-command", addresses, more=desk) as night:
        for number in range(2):
            night("declare", f"The X is down {number}", "-s", "x")
            answer = ("answer", "--gateway", answered_by, "--from", NUMBER, "--text", "OK")
            assert night(*answer, "--id", f"m{number}").code == 0
            assert night("resolve", str(number + 1), "--by", "ana").code == 0
        told = night("report", "--json").json
        other = "desk" if answered_by == "phone" else "phone"
        assert told["acknowledgements"]["by_gateway"] == {answered_by: 2}
        assert lines(told) == {answered_by: (2, 2, 2), other: (2, 0, 0)}
        (silent,) = [line for line in told["answers_by_gateway"] if line["gateway"] == other]
        assert silent["to_answer"]["median_seconds"] is None
        shown = night("report").out
        assert re.search(rf"^ *{answered_by} +2 +2 +100 ?% ", shown, re.MULTILINE), shown
        assert re.search(rf"^ *{other} +2 +0 +0 ?%", shown, re.MULTILINE), shown


@pytest.mark.long
def test_a_gateway_that_listens_and_by_which_nobody_answers_is_a_lesson(night: Night) -> None:
    incidents(night, answered=0, typed=6)
    (lesson,) = [one for one in night("lessons", "--json").json if one["code"] == "gateway-unanswered"]
    assert lesson["title"].startswith("Nobody answers by phone")
    assert "6 pages through phone were acknowledged by one person" in lesson["evidence"]
    assert "--wait" in night("lessons").out
    incidents(night, answered=1, typed=0)
    assert "gateway-unanswered" not in night("lessons").out + str(night("lessons", "--json").json)
