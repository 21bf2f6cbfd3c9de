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
