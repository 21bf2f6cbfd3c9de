"""What an act answers on the screen: how the incident is now, and whom the act has told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.calendar.moment import iso
from tests.delivery.processes import until
from tests.loopback import Bank, bank, server
from tests.organisations import ONE_TEAM

ANA = "/sms/+447700900123"


@pytest.fixture
def escalate(tmp_path: Path) -> Iterator[Bank]:
    with server() as web:
        yield bank(tmp_path, web)


def test_4_3_an_act_names_those_whom_what_had_lapsed_before_it_paged(escalate):
    """No tick runs when the snooze ends: the act finds out, and pages."""
    escalate.declare("Nobody can sign in", "-s", "login")
    assert escalate("snooze", "1", "1s").code == 0
    until(lambda: escalate.show()["next_due_at"] < iso(Clock().now() - SECOND))
    ran = escalate("update", "1", "--label", "a=b")
    assert (ran.code, escalate.told.count(ANA)) == (0, 2)
    paged = re.compile(r"Ana Ruiz +sms +sent")
    assert paged.search(ran.out), ran.out
    assert not paged.search(escalate("update", "1", "--label", "a=c").out), "not by this one"


ASKS = (
    '[[rules]]\nname = "Ask"\nwhen = { severity = "major" }\npage = ["person:kim"]\nmode = "nudge"\n'
    'ask = ["person:bo"]\nexpires = "1s"\non_expiry = "page"\n'
)


def test_4_3_an_answer_that_comes_too_late_sends_what_the_end_of_its_nudge_made_due(tmp_path: Path) -> None:
    with server() as web:
        escalate = bank(tmp_path, web, ("all.toml", ONE_TEAM + ASKS))
        escalate.declare("down", "-s", "login")
        until(lambda: escalate.show()["next_due_at"] < iso(Clock().now()))
        assert "/kim" not in escalate.told
        ran = escalate("nudge", "1", "no", "--by", "bo")
        assert (ran.code, escalate.told.count("/kim")) == (5, 1), ran


def test_an_update_says_at_once_which_service_its_words_sound_like(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    ran = escalate("update", "1", "-m", "it is the secrets vault")
    assert ran.code == 0
    rows = [line for line in ran.out.splitlines() if line.startswith("sounds like")]
    assert [" ".join(row.split()) for row in rows] == ["sounds like Vault: escalate update 1 --service vault"]
    taken = escalate("update", "1", "--service", "vault")
    assert "sounds like" not in taken.out


def test_the_json_of_an_incident_has_the_service_that_its_words_sound_like(escalate):
    assert escalate.declare("Nobody can sign in", "-s", "login")["suggestion"] is None
    said = escalate("update", "1", "-m", "it is the secrets vault", "--json").json
    assert (said["suggestion"], said["services"]) == ("vault", ["login"])
    assert escalate("update", "1", "-s", "vault", "--json").json["suggestion"] is None
