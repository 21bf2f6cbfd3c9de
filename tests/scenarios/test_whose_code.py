"""The code of a message is shown to its person alone: with it and their address anybody answers for them."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.nights import Night, night_by

ME = pwd.getpwuid(os.getuid()).pw_name
PLAIN = "json://127.0.0.1:PORT/{to}"


@pytest.fixture
def nobodys(tmp_path: Path) -> Iterator[Night]:
    """Whoever runs the commands is nobody in the catalog."""
    with night_by(tmp_path, PLAIN, "by-command", "+447700900123") as night:
        yield night


@pytest.fixture
def anas(tmp_path: Path) -> Iterator[Night]:
    """Whoever runs the commands is Ana."""
    more = f'login = ["{ME}"]'
    with night_by(tmp_path, PLAIN, "by-command", "+447700900123", ana_more=more) as night:
        yield night


def shown(text: str) -> dict[str, object]:
    incident = json.loads(text)
    return {each["recipient"]: each["code"] for each in incident["notifications"]}


def test_28_a_code_is_shown_to_its_person(anas: Night) -> None:
    declared = anas("declare", "The X is down", "-s", "x", "--json")
    code = anas.sent_code()
    assert shown(declared.out)["person:ana"] == code
    assert shown(anas("show", "1", "--json").out)["person:ana"] == code
    assert shown(anas("update", "1", "-m", "more", "--json").out)["person:ana"] == code
    assert shown(anas("ack", "1", "--by", "bo", "--json").out)["person:ana"] is None


def test_28_nobody_else_sees_a_code(nobodys: Night) -> None:
    declared = nobodys("declare", "The X is down", "-s", "x", "--json")
    code = nobodys.sent_code()
    assert shown(declared.out) == {"person:ana": None}
    assert shown(nobodys("ack", "1", "--by", "ana", "--json").out)["person:ana"] == code
    said = [
        nobodys(*words).out
        for words in (
            ("show", "1", "--json"), ("show", "1"), ("list", "--json"), ("timeline", "1", "--json"),
            ("explain", "1", "--json"), ("export", "1", "--format", "json"), ("export", "1"),
            ("report", "--json"), ("doctor", "--json"), ("update", "1", "-m", "more", "--json"),
            ("ack", "1", "--by", "bo", "--all", "--json"), ("tick", "--json"), ("show", "1", "--debug"),
        )
    ]  # fmt: skip
    assert all(said)
    assert code not in "".join(said)
    assert all(set(shown(text).values()) == {None} for text in (said[0], said[9], said[10]))


def test_28_a_document_has_no_code_whoever_writes_it(anas: Night) -> None:
    anas("declare", "The X is down", "-s", "x")
    assert anas.sent_code() not in anas("export", "1", "--format", "json").out
