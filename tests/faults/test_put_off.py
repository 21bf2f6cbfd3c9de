"""What cannot be dealt with is put off for a minute; the heart does not beat in that minute either
(product.md §4.20).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND
from tests.faults.stories import Night, night

UNREADABLE = {
    "an escalation": (
        "UPDATE escalations SET status = 'pagign' WHERE incident_id = 1;"
        " UPDATE incidents SET next_due_at = 1",
        "UPDATE escalations SET status = 'paging' WHERE incident_id = 1",
    ),
    "a notification": (
        "UPDATE notifications SET urgency = 'hihg', status = 'pending', due_at = 1 WHERE id = 1",
        "UPDATE notifications SET urgency = 'high' WHERE id = 1",
    ),
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path) as made:
        made.context.keep_catalog()
        made.declare("Log in is broken", "login")
        made.tick(1)
        assert made.passes[-1].beat
        yield made


def write(here: Night, statements: str) -> None:
    database = here.context.store.database
    with here.context.store.transaction():
        for statement in statements.split("; "):
            database.change(statement)


@pytest.mark.parametrize("what", UNREADABLE)
def test_4_20_while_a_record_that_cannot_be_read_is_put_off_no_pass_beats(here: Night, what: str) -> None:
    spoil, mend = UNREADABLE[what]
    write(here, spoil)
    here.tick(15, every=10 * SECOND)
    assert [one.at for one in here.passes if one.beat][1:] == []
    write(here, mend)
    here.tick(2)
    assert here.passes[-1].beat


def test_4_20_while_an_incident_that_cannot_be_planned_is_put_off_no_pass_beats(
    here: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*given: object) -> None:
        raise KeyError("boom")

    with monkeypatch.context() as spoilt:
        spoilt.setattr("escalate_cli.engine.planning.plan", boom)
        here.tick(30, every=10 * SECOND)
        assert len([one for one in here.passes if one.beat]) < 30
        first = next(index for index, one in enumerate(here.passes) if one.troubles)
        assert not any(one.beat for one in here.passes[first:])
    here.tick(2)
    assert here.passes[-1].beat


def test_4_20_a_clock_that_is_set_back_keeps_no_heartbeat_away_for_longer(here: Night) -> None:
    write(here, UNREADABLE["an escalation"][0])
    here.tick(1)
    write(here, UNREADABLE["an escalation"][1])
    here.clock.at -= 60 * MINUTE
    here.tick(2)
    assert here.passes[-1].beat
